"""Building: incremental over documents, atomic over versions, honest when it cannot go on."""

import dataclasses
import json
import shutil
import signal
from pkgutil import resolve_name

import numpy as np
import pytest

from corpus import Document, Section
from corpus.errors import HomeError, IndexDamaged, IndexLocked
from index.build import UNFINISHED, build_index
from index.search import Index

QUESTIONS = ["what is honey?", "how do bees show the way?", "terminal moraine", "matcha", "Assam"]

# A build in a process of its own, one text a run of the encoder; at the n-th call of a function
# it does what the test wants.
BUILD = """
import os, signal, sys
from pathlib import Path
from pkgutil import resolve_name
from unittest.mock import patch
import chromadb  # before patching: its own imports must not count
from corpus.loader import load_curriculum
from index import encoder, ingest
from index.build import build_index

files, folder, models, where, nth = sys.argv[1:]
encoder._BATCH = encoder._BATCH_TOKENS = 1
curriculum = load_curriculum(Path(files))
real, left = resolve_name(where), [int(nth)]

def counted(*arguments, **named):
    left[0] -= 1
    if left[0] == 0:
        {act}
    return real(*arguments, **named)

with patch(where, counted):
    build_index(Path(folder), curriculum, encoder.load_encoder("bundled", Path(models)))
"""
KILLED = BUILD.replace("{act}", "os.kill(os.getpid(), signal.SIGKILL)")
PAUSED = BUILD.replace("{act}", "print('encoding', flush=True); sys.stdin.readline()")


def test_an_unchanged_corpus_encodes_nothing(course, counting):
    before = (course.index / "current").read_text()
    first = build_index(course.index, course.curriculum, counting)
    assert build_index(course.index, course.curriculum, counting) == first
    assert counting.texts == []
    assert (course.index / "current").read_text() == before


def test_only_the_changed_chunk_of_a_changed_document_is_encoded(course, counting):
    course.replace("bees", "fan the nectar", "cool the nectar")
    build_index(course.index, course.curriculum, counting)
    assert [text.splitlines()[0] for text in counting.texts] == ["Bees > Honey"]


def test_a_changed_document_answers_with_its_new_text(course, encoder):
    course.replace("bees", "fan the nectar", "cool the nectar")
    build_index(course.index, course.curriculum, encoder)
    index = Index(course.index, encoder)
    assert "cool the nectar" in index.search("what is honey?").hits[0].chunk.text
    assert "cool the nectar" in index.texts.text("curriculum/stations/02-bees.md")
    assert index.store.count() == index.manifest.chunks


def test_a_changed_name_is_encoded_and_the_other_names_are_not(course, counting):
    course.replace("tea", "names: [assam]", "names: [darjeeling]")
    build_index(course.index, course.curriculum, counting)
    names = [text for text in counting.texts if "\n" not in text]
    assert names == ["darjeeling"]


def test_a_removed_document_disappears(course, encoder, counting):
    course.file("glaciers").unlink()
    manifest = build_index(course.index, course.curriculum, counting)
    assert "curriculum/stations/03-glaciers.md" not in manifest.documents
    index = Index(course.index, encoder)
    hits = index.search("what is a moraine?", k=50).hits
    assert hits
    assert not [hit for hit in hits if "oraine" in hit.chunk.text]
    assert index.catalogue.stop("glaciers/moraine") is None


def test_an_added_document_is_found(course, encoder, counting):
    text = "A kiln is an oven that hardens clay."
    mine = Document("mine/kiln.md", "Kiln", text, "mine", (Section(("Kiln",), 0, len(text)),))
    build_index(course.index, course.curriculum, counting, [mine])
    assert counting.texts == [f"Kiln\n{text}"]
    assert Index(course.index, encoder).search("what is a kiln?").hits[0].chunk.text == text


def test_an_incremental_build_answers_as_a_fresh_one(course, encoder, tmp_path):
    course.replace("bees", "fan the nectar", "cool the nectar")
    course.file("glaciers").unlink()
    build_index(course.index, course.curriculum, encoder)
    build_index(tmp_path / "fresh", course.curriculum, encoder)
    ours, theirs = Index(course.index, encoder), Index(tmp_path / "fresh", encoder)
    assert ours.manifest.fingerprint == theirs.manifest.fingerprint
    for question in QUESTIONS:
        mine, fresh = ours.search(question).hits, theirs.search(question).hits
        assert [hit.chunk for hit in mine] == [hit.chunk for hit in fresh]
        assert [hit.score for hit in mine] == pytest.approx([h.score for h in fresh], abs=1e-3)


def test_fresh_encodes_everything(course, counting):
    build_index(course.index, course.curriculum, counting, fresh=True)
    chunks = [text for text in counting.texts if "\n" in text]
    assert len(chunks) == Index(course.index, counting).manifest.chunks == 12


def test_another_model_encodes_everything(course, counting):
    counting.name = "another model"
    manifest = build_index(course.index, course.curriculum, counting)
    assert manifest.model == "another model"
    assert len([text for text in counting.texts if "\n" in text]) == 12


def test_a_changed_list_of_files_alone_is_enough_to_build(course, counting):
    # References and their topics are no documents' text; the digest of the files stands for them.
    manifest = build_index(course.index, course.curriculum, counting, corpus_digest="other")
    assert manifest.corpus == "other"
    assert len(course.versions()) == 2
    assert counting.texts == []


def test_the_manifest_on_disk_is_the_one_returned(course, encoder):
    course.replace("bees", "fan the nectar", "cool the nectar")
    manifest = build_index(course.index, course.curriculum, encoder)
    version = course.index / (course.index / "current").read_text()
    assert json.loads((version / "manifest.json").read_text()) == dataclasses.asdict(manifest)


def test_progress_goes_from_nothing_to_all_chunks(course, encoder):
    reports = []
    build_index(
        course.index, course.curriculum, encoder, fresh=True,
        report=lambda stage, done, total: reports.append((stage, done, total)),
    )  # fmt: skip
    encoding = [(done, total) for stage, done, total in reports if stage == "encoding"]
    assert (encoding[0], encoding[-1]) == ((0, 12), (12, 12))


def test_one_process_builds_as_often_as_the_corpus_changes(course, encoder):
    for old, new in [("nectar", "juice"), ("juice", "syrup")]:
        course.replace("bees", old, new)
        build_index(course.index, course.curriculum, encoder)
        hits = Index(course.index, encoder).search("what is honey?").hits
        assert f"Honey is {new}" in hits[0].chunk.text


# Killed


@pytest.mark.parametrize(
    ("where", "nth"),
    [
        ("index.encoder.OnnxEncoder._encode_batch", 1),  # the changed chunk
        ("index.tokens.write_tokens", 1),  # right after the ingestion
        ("index.version.finish_version", 1),
        ("pathlib.Path.rename", 1),  # the manifest is written, the version has no name yet
        ("pathlib.Path.replace", 1),  # the version has its name, the pointer is not switched
    ],
)
def test_a_killed_build_harms_nothing(course, encoder, settings, start, where, nth):
    old = (course.index / "current").read_text()
    course.replace("bees", "Honey is nectar", "Honey is syrup")
    process = start(KILLED, course.files, course.index, settings.models, where, nth)
    _, complaint = process.communicate()
    assert process.returncode == -signal.SIGKILL, complaint

    assert (course.index / "current").read_text() == old
    assert course.leftovers() != [] or len(course.versions()) == 2
    still = Index(course.index, encoder).search("what is honey?").hits[0].chunk
    assert still.text.startswith("Honey is nectar")

    build_index(course.index, course.curriculum, encoder)
    now = Index(course.index, encoder).search("what is honey?").hits[0].chunk
    assert now.text.startswith("Honey is syrup")
    assert course.leftovers() == []
    assert len(course.versions()) == 2


def test_a_killed_first_build_leaves_no_index_and_the_next_succeeds(
    course, encoder, settings, start
):
    shutil.rmtree(course.index)
    # Thirteen names come before the chunks, so this is the third chunk.
    where = "index.encoder.OnnxEncoder._encode_batch"
    process = start(KILLED, course.files, course.index, settings.models, where, 16)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (course.index / "current").exists()
    build_index(course.index, course.curriculum, encoder)
    assert Index(course.index, encoder).search("what is honey?").hits
    assert course.leftovers() == []


@pytest.fixture
def half_built(course, settings, start):
    """The course without an index: its only build was killed when five chunks were kept."""
    shutil.rmtree(course.index)
    # The second look at the disk: the first one keeps a window of chunks.
    script = KILLED.replace("curriculum = load", "build._WINDOW = 5\ncurriculum = load").replace(
        "from index import encoder, ingest", "from index import build, encoder, ingest"
    )
    where = "index.encoded.EncodedStore.add"
    process = start(script, course.files, course.index, settings.models, where, 2)
    _, complaint = process.communicate()
    assert process.returncode == -signal.SIGKILL, complaint
    return course


def test_the_build_after_a_killed_one_encodes_only_what_was_missing(half_built, counting):
    build_index(half_built.index, half_built.curriculum, counting)
    assert len([text for text in counting.texts if "\n" in text]) == 12 - 5
    assert half_built.leftovers() == []


def test_a_fresh_build_reuses_nothing_of_a_killed_one(half_built, counting):
    assert (half_built.index / UNFINISHED / "journal").stat().st_size > 0
    build_index(half_built.index, half_built.curriculum, counting, fresh=True)
    assert len([text for text in counting.texts if "\n" in text]) == 12
    assert half_built.leftovers() == []


# Two at once


def test_the_second_of_two_builds_is_told_of_the_first(course, counting, settings, start):
    course.replace("bees", "Honey is nectar", "Honey is syrup")
    where = "index.encoder.OnnxEncoder._encode_batch"
    first = start(PAUSED, course.files, course.index, settings.models, where, 1)
    assert first.stdout.readline() == "encoding\n"
    with pytest.raises(IndexLocked, match=f"process {first.pid} "):
        build_index(course.index, course.curriculum, counting)
    # Reading goes on meanwhile, and nothing of the first is lost.
    assert Index(course.index, counting).search("honey").hits
    _, complaint = first.communicate("\n")
    assert first.returncode == 0, complaint
    counting.texts.clear()
    build_index(course.index, course.curriculum, counting)
    assert counting.texts == []


# No room, no right to write, damage


def test_a_file_in_place_of_the_folder_is_a_home_error(course, encoder, tmp_path):
    (tmp_path / "index").write_text("mine")
    with pytest.raises(HomeError, match="TUTOR_HOME"):
        build_index(tmp_path / "index", course.curriculum, encoder)
    assert (tmp_path / "index").read_text() == "mine"


@pytest.mark.parametrize(
    "where",
    [
        "index.build._write_probes",
        "index.ingest.ingest",
        "index.tokens.write_tokens",
        "index.database.write_database",
        "index.lexical.Bm25.build",
        "index.version.finish_version",
    ],
)
def test_a_full_disk_is_a_home_error_and_the_old_index_answers(
    course, encoder, files_end_at, monkeypatch, where
):
    real = resolve_name(where)

    def on_a_full_disk(*arguments):
        with files_end_at(100):
            return real(*arguments)

    course.replace("bees", "Honey is nectar", "Honey is syrup")
    with monkeypatch.context() as patched:
        patched.setattr(where, on_a_full_disk)
        with pytest.raises(HomeError, match="free space"):
            build_index(course.index, course.curriculum, encoder)
    still = Index(course.index, encoder).search("what is honey?").hits[0].chunk
    assert still.text.startswith("Honey is nectar")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vectors.npy", None),
        ("vectors.npy", b"damaged"),
        ("tokens.npy", b""),
        ("tokens.npy", None),
        ("tokens.npy", b"damaged"),
        ("probes.json", None),
        ("probes.json", b"damaged"),
        ("texts.sqlite", None),
        ("texts.sqlite", b"damaged"),
    ],
)
def test_over_a_damaged_version_a_build_succeeds_or_says_what_will(course, encoder, name, content):
    (file,) = course.index.glob(f"v-*/{name}")
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    course.replace("bees", "Honey is nectar", "Honey is syrup")
    complaint = ""
    try:
        build_index(course.index, course.curriculum, encoder)
    except IndexDamaged as fault:
        complaint = str(fault)
    if complaint:
        assert "tutor index build --fresh" in complaint
        build_index(course.index, course.curriculum, encoder, fresh=True)
    assert Index(course.index, encoder).search("what is honey?").hits


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "current").write_text("nowhere"),
        lambda folder: (folder / "current").unlink(),
        lambda folder: next(folder.glob("v-*/manifest.json")).write_text("{"),
        lambda folder: next(folder.glob("v-*/manifest.json")).unlink(),
    ],
    ids=["pointer to nowhere", "no pointer", "broken manifest", "no manifest"],
)
def test_a_half_written_index_is_built_anew(course, encoder, damage):
    damage(course.index)
    build_index(course.index, course.curriculum, encoder)
    assert Index(course.index, encoder).search("what is honey?").hits


def test_rows_of_all_files_are_rows_of_the_same_chunk(built_course, encoder):
    index = Index(built_course.index, encoder)
    vectors = np.load(next(built_course.index.glob("v-*/vectors.npy")))
    chunks = index.texts.chunks(range(index.texts.rows))
    texts = [f"{chunk.heading}\n{chunk.text}" for chunk in chunks.values()]
    for (row, chunk), encoded in zip(chunks.items(), encoder.encode(texts), strict=True):
        assert vectors[row] == pytest.approx(encoded.vector, abs=1e-4)
        # Steps of 1/127: at most half a step off.
        assert index.tokens.vectors(row) == pytest.approx(encoded.tokens, abs=0.5 / 127 + 1e-4)
        assert list(index.store.nearest(encoded.vector, 1, None)) == [chunk.id]
