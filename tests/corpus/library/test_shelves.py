"""Files of the library: named by their content, whole or not there."""

import gzip
import json

import pytest

from corpus.errors import CorpusError, HomeError
from corpus.library.shelves import RawShelf, ReadingShelf, Shelf, sha256
from corpus.reading import Block, Reading

SHA = sha256(b"<p>page</p>")
READING = Reading(
    "pdf",
    "Gletscher 🧊 中文",
    (
        Block("heading", "Moräne", 2, anchor="m", page=3),
        Block("code", "a = 1\n\nb = '\u2028'", page=4, language="python"),
        Block("item", "Stein", 2),
    ),
    truncated=True,
    note="page 5 is a scan",
)


@pytest.fixture
def raw(tmp_path):
    return RawShelf(tmp_path / "raw")


@pytest.fixture
def shelf(tmp_path):
    return ReadingShelf(tmp_path / "read")


def files(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.folder.rglob("*") if path.is_file())


def test_bytes_come_back_under_their_sum(raw):
    assert raw.keep(b"<p>page</p>") == SHA
    assert raw.get(SHA) == b"<p>page</p>"
    assert raw.path(SHA) == raw.folder / SHA[:2] / SHA


def test_the_same_bytes_are_written_once(raw):
    raw.keep(b"<p>page</p>")
    before = raw.path(SHA).stat()
    raw.keep(b"<p>page</p>")
    assert raw.path(SHA).stat().st_mtime_ns == before.st_mtime_ns
    assert files(raw) == [SHA]


def test_no_bytes_are_bytes_too(raw):
    assert raw.get(raw.keep(b"")) == b""


def test_what_is_there_is_in_the_shelf(raw):
    raw.keep(b"<p>page</p>")
    assert SHA in raw
    assert "" not in raw
    assert sha256(b"another") not in raw


@pytest.mark.parametrize("name", ["../../x", "ab/cd", "", ".", "ab.part", "a\x00b"])
def test_a_name_that_leads_elsewhere_is_refused(raw, name):
    with pytest.raises(CorpusError, match="no name"):
        raw.path(name)


def test_a_missing_file_is_told_with_what_to_do(raw):
    with pytest.raises(CorpusError, match=r"missing; .*tutor sources fetch --all --again"):
        raw.get(SHA)


def test_removing_what_is_not_there_is_no_fault(raw):
    raw.remove(SHA)
    raw.remove("")
    raw.keep(b"<p>page</p>")
    raw.remove(SHA)
    assert SHA not in raw


def test_leftovers_of_a_killed_process_are_cleared_and_nothing_else(raw):
    raw.keep(b"<p>page</p>")
    (raw.folder / SHA[:2] / f"{SHA}.4711.part").write_bytes(b"<p>pa")
    raw.clear_leftovers()
    assert files(raw) == [SHA]


def test_a_full_disk_is_a_home_error_and_leaves_nothing_half_written(raw, files_end_at):
    with pytest.raises(HomeError, match="free space"), files_end_at(4):
        raw.keep(b"<p>page</p>")
    assert files(raw) == []


def test_a_file_in_place_of_a_folder_of_the_shelf_is_a_home_error(raw):
    raw.folder.mkdir()
    (raw.folder / SHA[:2]).write_text("mine")
    with pytest.raises(HomeError):
        raw.keep(b"<p>page</p>")


# Readings


def test_a_reading_comes_back_as_it_was_kept(shelf):
    shelf.keep(SHA, 1, READING)
    assert shelf.find(SHA, 1) == READING


def test_a_reading_of_another_reader_is_not_it(shelf):
    shelf.keep(SHA, 1, READING)
    assert shelf.find(SHA, 2) is None
    assert shelf.find(sha256(b"another"), 1) is None


def test_the_same_reading_is_the_same_file(shelf):
    shelf.keep(SHA, 1, READING)
    first = shelf.path(f"{SHA}v1").read_bytes()
    shelf.keep(SHA, 1, READING)
    assert shelf.path(f"{SHA}v1").read_bytes() == first


def test_all_readings_of_the_bytes_are_thrown_away_together(shelf):
    other = sha256(b"another")
    for version in (1, 2, 11):
        shelf.keep(SHA, version, READING)
    shelf.keep(other, 1, READING)
    shelf.remove_all(SHA)
    assert files(shelf) == [f"{other}v1"]


def packed(content: object) -> bytes:
    return gzip.compress(json.dumps(content).encode())


DAMAGED = {
    "nothing": b"",
    "half": gzip.compress(b"x" * 1000)[:20],
    "no gzip": b"{}",
    "no JSON": gzip.compress(b"{"),
    "no UTF-8": gzip.compress(b'{"title": "\xff"}'),
    "no blocks": packed({"format": "html", "title": ""}),
    "a list": packed([1]),
    "unknown field": packed({"format": "html", "title": "", "blocks": [], "colour": "red"}),
    "unknown field of a block": packed({"format": "html", "title": "", "blocks": [{"a": 1}]}),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_reading_is_none(shelf, content):
    shelf.put(f"{SHA}v1", content)
    assert shelf.find(SHA, 1) is None


@pytest.mark.parametrize("at", range(12, 60, 8))
def test_a_reading_with_a_wrong_byte_is_none(shelf, at):
    shelf.keep(SHA, 1, READING)
    data = bytearray(shelf.path(f"{SHA}v1").read_bytes())
    data[at] ^= 0xFF
    shelf.put(f"{SHA}v1", bytes(data))
    assert shelf.find(SHA, 1) is None


def test_a_reading_that_is_a_number_is_none(shelf):
    shelf.put(f"{SHA}v1", packed(5))
    assert shelf.find(SHA, 1) is None


def test_a_full_disk_leaves_the_older_reading(shelf, files_end_at):
    shelf.keep(SHA, 1, READING)
    long = Reading("html", "", tuple(Block("paragraph", str(n) * 50) for n in range(500)))
    with pytest.raises(HomeError), files_end_at(100):
        shelf.keep(SHA, 1, long)
    assert shelf.find(SHA, 1) == READING
