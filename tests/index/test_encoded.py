"""Encoded texts on disk: what a kill leaves, and what of it is used."""

import signal

import numpy as np
import pytest

from index.encoded import EncodedStore, text_digest
from index.encoder import Encoded

DIM = 3
TEXTS = ["green tea", "black tea", "honey"]
FILES = ["vectors", "tokens", "spans", "journal"]

# Adds two texts one by one, then waits with the files open to be killed.
ADDS_AND_WAITS = """
import sys
import numpy as np
from pathlib import Path
from index.encoded import EncodedStore, text_digest
from index.encoder import Encoded
store = EncodedStore(Path(sys.argv[1]), "model", 3)
for text in ("green tea", "black tea"):
    spans = np.array([[0, 5], [6, 9]], np.int32)
    one = Encoded(np.ones(3, np.float32), np.ones((2, 3), np.float32), spans)
    store.add([(text_digest(text), one)])
print("added", flush=True)
sys.stdin.read()
"""


def encoded(seed, tokens):
    """Vectors of a made-up text; ``tokens`` many tokens."""
    rng = np.random.default_rng(seed)
    vector = rng.normal(size=DIM).astype(np.float32)
    matrix = rng.uniform(-1, 1, size=(tokens, DIM)).astype(np.float32)
    spans = np.array([[i, i + 1] for i in range(tokens)], np.int32)
    return Encoded(vector, matrix, spans)


TOKENS = [2, 4, 3]
ITEMS = {
    text: encoded(seed, tokens)
    for seed, (text, tokens) in enumerate(zip(TEXTS, TOKENS, strict=True))
}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "unfinished"


def open_store(folder, stamp="model"):
    return EncodedStore(folder, stamp, DIM)


def fill(folder, texts=TEXTS):
    """A store of these texts, closed again."""
    store = open_store(folder)
    store.add((text_digest(text), ITEMS[text]) for text in texts)
    store.close()


def check(store, text):
    """A row is what was added, the tokens within the half step that int8 costs."""
    row, item = store.row(text_digest(text)), ITEMS[text]
    assert row.vector.tolist() == item.vector.tolist()
    assert np.abs(row.tokens / 127 - item.tokens).max() <= 0.5 / 127 + 1e-6
    assert row.spans.tolist() == item.spans.tolist()


def test_texts_come_back_as_they_were_encoded(folder):
    store = open_store(folder)
    store.add((text_digest(text), ITEMS[text]) for text in TEXTS)
    for text in reversed(TEXTS):
        check(store, text)


def test_what_was_added_is_there_the_next_time(folder):
    fill(folder)
    store = open_store(folder)
    assert len(store) == 3
    for text in TEXTS:
        check(store, text)


def test_a_new_store_knows_nothing(folder):
    store = open_store(folder)
    assert len(store) == 0
    assert text_digest("green tea") not in store
    with pytest.raises(KeyError):
        store.row(text_digest("green tea"))


def test_adding_goes_on_after_reopening(folder):
    fill(folder, TEXTS[:1])
    fill(folder, TEXTS[1:])
    store = open_store(folder)
    for text in TEXTS:
        check(store, text)


def test_texts_are_told_apart_by_every_character():
    assert len({text_digest(t) for t in ("tea", "Tea", "tea ", "té", "te\u0301")}) == 5


def test_a_text_without_tokens(folder):
    store = open_store(folder)
    nothing = Encoded(
        np.ones(DIM, np.float32), np.zeros((0, DIM), np.float32), np.zeros((0, 2), np.int32)
    )
    store.add([(text_digest(""), nothing), (text_digest("honey"), ITEMS["honey"])])
    assert store.row(text_digest("")).tokens.shape == (0, DIM)
    check(store, "honey")


# A kill at any byte


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lost", [1, 7])
def test_a_record_that_was_half_written_is_cut_off(folder, name, lost):
    fill(folder)
    file = folder / name
    file.write_bytes(file.read_bytes()[:-lost])
    store = open_store(folder)
    assert text_digest("honey") not in store  # the last one
    for text in TEXTS[:2]:
        check(store, text)
    store.add([(text_digest("honey"), ITEMS["honey"])])
    store.close()
    again = open_store(folder)
    for text in TEXTS:
        check(again, text)


@pytest.mark.parametrize("name", FILES)
def test_data_that_no_record_names_is_cut_off(folder, name):
    fill(folder, TEXTS[:2])
    with (folder / name).open("ab") as stream:
        stream.write(b"\x7f" * 11)
    fill(folder, TEXTS[2:])
    store = open_store(folder)
    for text in TEXTS:
        check(store, text)


@pytest.mark.parametrize("name", FILES)
def test_a_lost_file_means_to_begin_again(folder, name):
    fill(folder)
    (folder / name).unlink()
    assert len(open_store(folder)) == 0
    fill(folder)
    check(open_store(folder), "honey")


def test_every_length_of_the_journal_is_a_state_to_go_on_from(folder):
    fill(folder)
    journal = (folder / "journal").read_bytes()
    for length in range(len(journal)):
        (folder / "journal").write_bytes(journal[:length])
        store = open_store(folder)
        kept = length * len(TEXTS) // len(journal)
        assert [t for t in TEXTS if text_digest(t) in store] == TEXTS[:kept]
        store.close()
        fill(folder, TEXTS[kept:])


def test_what_add_has_returned_from_survives_a_kill(folder, start):
    process = start(ADDS_AND_WAITS, folder)
    assert process.stdout.readline() == "added\n"
    process.kill()
    assert process.wait() == -signal.SIGKILL
    store = open_store(folder)
    assert len(store) == 2
    assert store.row(text_digest("black tea")).spans.tolist() == [[0, 5], [6, 9]]


# Another encoder


def test_what_another_encoder_has_left_is_thrown_away(folder):
    fill(folder)
    assert len(open_store(folder, "other model")) == 0
    assert len(open_store(folder)) == 0  # nor is it there for the first one again


def test_a_folder_without_a_stamp_is_emptied(folder):
    fill(folder)
    (folder / "stamp").unlink()
    (folder / "something").touch()
    assert len(open_store(folder)) == 0
    assert not (folder / "something").exists()


def test_remove_leaves_nothing(folder):
    fill(folder)
    store = open_store(folder)
    store.remove()
    assert not folder.exists()
    store.remove()  # once more is no fault
