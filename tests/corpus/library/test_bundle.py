"""Bundles: everything arrives, and nothing in one is believed."""

import json
import os
import zipfile
from dataclasses import asdict, replace

import pytest

from corpus.errors import CorpusError, HomeError, TutorError
from corpus.library import bundle
from corpus.library.bundle import export_bundle, import_bundle
from corpus.library.ledger import Entry
from corpus.library.library import Library
from corpus.library.shelves import sha256
from corpus.reading.worker import Limits

from .conftest import PROSE, article

A = "https://a.example/glaciers"
B = "https://b.example/ice"
MOST = 1_000_000
DATA = article("Glaciers")
THEN, LATER = "2024-01-01T00:00:00Z", "2024-06-01T00:00:00Z"


def of(address: str, data: bytes = b"", when: str = THEN, **named: object) -> Entry:
    """An entry as a fetch would leave it."""
    facts = {"state": "fetched" if data else "dead", "asked": (address,), **named}
    found = {"sha256": sha256(data), "size": len(data), "fetched": when} if data else {}
    return Entry(address, checked=when, content_type="text/html", **found, **facts)


def bundled(file, entries, files=None, **changed):
    """Write a bundle by hand: what it should not hold included."""
    listed = [e if isinstance(e, dict) else asdict(e) for e in entries]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", json.dumps({"format": 1, "entries": listed, **changed}))
        for name, data in (files or {}).items():
            archive.writestr(name, data)
    return file


def raw(*pages: bytes) -> dict[str, bytes]:
    return {f"raw/{sha256(data)}": data for data in pages}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "references.zip"


@pytest.fixture
def teacher(tmp_path):
    """A library with two pages, one that is dead, and one that was judged away."""
    opened = Library(tmp_path / "teacher")
    moved = {"state": "moved", "reason": "moved to …", "final": "https://c.example/"}
    entries = [
        of(A, DATA, asked=(A, f"{A}#part"), etag='"1"', station=3),
        of(B, article("Ice"), **moved),
        of("https://dead.example/", reason="the site has no such page (status 404)"),
        of("https://soft.example/", b"<title>404</title><h1>404</h1>"),
    ]
    for entry, data in zip(
        entries, [DATA, article("Ice"), b"", b"<title>404</title><h1>404</h1>"], strict=True
    ):
        if data:
            opened.raw.keep(data)
        opened.ledger.put(entry)
    yield opened
    opened.close()


def left(library):
    """Names of all files of raw bytes."""
    return {path.name for path in (library.folder / "raw").rglob("*") if path.is_file()}


# There and back


def test_what_was_exported_is_imported(teacher, library, file):
    assert export_bundle(teacher, file, teacher.ledger.entries()) == 3
    assert import_bundle(library, file, MOST) == (4, 0)
    assert library.ledger.entries() == teacher.ledger.entries()
    assert left(library) == left(teacher)


def test_imported_pages_are_read_here_as_they_were_there(teacher, library, file, readings):
    teacher.read_pending(Limits())
    export_bundle(teacher, file, teacher.ledger.entries())
    assert b"moraine" not in file.read_bytes()
    import_bundle(library, file, MOST)
    assert not any(entry.readable for entry in library.ledger.entries())
    readings.clear()
    library.read_pending(Limits())
    assert readings == [A, B, "https://soft.example/"]
    assert library.documents([]) == teacher.documents([])
    assert library.ledger.entries() == teacher.ledger.entries()


def test_a_second_import_takes_nothing(teacher, library, file, readings):
    export_bundle(teacher, file, teacher.ledger.entries())
    import_bundle(library, file, MOST)
    library.read_pending(Limits())
    before = library.ledger.entries()
    assert import_bundle(library, file, MOST) == (0, 4)
    library.read_pending(Limits())
    assert library.ledger.entries() == before
    assert len(readings) == 3


def test_some_entries_alone_are_exported_with_their_bytes_alone(teacher, library, file):
    assert export_bundle(teacher, file, [teacher.ledger.get(A)]) == 1
    assert zipfile.ZipFile(file).namelist() == ["bundle.json", f"raw/{sha256(DATA)}"]
    assert import_bundle(library, file, MOST) == (1, 0)


def test_the_same_bytes_of_two_addresses_are_packed_once(teacher, library, file):
    teacher.ledger.put(of("https://copy.example/", DATA))
    export_bundle(teacher, file, teacher.ledger.entries())
    assert len(zipfile.ZipFile(file).namelist()) == 1 + 3
    import_bundle(library, file, MOST)
    assert library.ledger.get("https://copy.example/").sha256 == sha256(DATA)


def test_progress_is_reported_both_ways(teacher, library, file):
    reports = []
    export_bundle(teacher, file, teacher.ledger.entries(), lambda *r: reports.append(r))
    import_bundle(library, file, MOST, lambda *r: reports.append(r))
    assert reports == [("exporting", n, 3) for n in (1, 2, 3)] + [
        ("importing", n, 4) for n in (1, 2, 3, 4)
    ]


def test_an_empty_bundle_is_one(library, teacher, file):
    export_bundle(teacher, file, [])
    assert import_bundle(library, file, MOST) == (0, 0)


# Older and newer


@pytest.mark.parametrize(
    ("here", "there", "taken"),
    [
        (None, of(A, DATA), 1),
        (of(A), of(A, DATA), 1),  # dead here
        (of(A, DATA, THEN), of(A, DATA, LATER), 1),
        (of(A, DATA, LATER), of(A, DATA, THEN), 0),
        (of(A, DATA, THEN), of(A, DATA, THEN), 0),
        (of(A, DATA, THEN), of(A, when=LATER), 0),  # dead there
        (of(A, when=THEN), of(A, when=LATER, state="blocked"), 1),
        (of(A, when=LATER), of(A, when=THEN, state="blocked"), 0),
        (Entry(A), of(A, when=THEN), 1),
    ],
    ids=[
        "new", "dead here", "newer", "older", "same", "dead there", "looked at later",
        "looked at before", "never looked at",
    ],
)  # fmt: skip
def test_the_newer_copy_wins_and_a_copy_wins_over_none(library, file, here, there, taken):
    if here:
        library.ledger.put(here)
        library.raw.keep(DATA)
    bundled(file, [there], raw(DATA))
    assert import_bundle(library, file, MOST) == (taken, 1 - taken)
    expected = there if taken else here
    assert library.ledger.get(A) == expected


def test_a_newer_copy_takes_the_place_of_the_older(library, file):
    library.raw.keep(b"old")
    library.ledger.put(of(A, b"old", THEN))
    import_bundle(library, bundled(file, [of(A, DATA, LATER)], raw(DATA)), MOST)
    assert left(library) == {sha256(DATA)}


def test_what_the_learner_has_added_stays_the_learners_own(library, file):
    library.raw.keep(b"old")
    library.ledger.put(of(A, b"old", THEN, origin="mine", station=4, asked=(f"{A}#mine",)))
    import_bundle(library, bundled(file, [of(A, DATA, LATER)], raw(DATA)), MOST)
    entry = library.ledger.get(A)
    assert (entry.origin, entry.station) == ("mine", 4)
    assert set(entry.asked) == {A, f"{A}#mine"}


# What is no bundle


def no_zip(file):
    file.write_bytes(b"no archive at all")


def empty(file):
    file.write_bytes(b"")


def half(file):
    bundled(file, [of(A, DATA)], raw(DATA))
    file.write_bytes(file.read_bytes()[:-60])


def without_list(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("raw/ab", b"")


def encrypted(file):
    bundled(file, [])
    data = bytearray(file.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    file.write_bytes(data)


def listed(content):
    def write(file):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("bundle.json", content)

    return write


NO_BUNDLES = {
    "no archive": no_zip,
    "empty file": empty,
    "cut off": half,
    "no list": without_list,
    "encrypted": encrypted,
    "no JSON": listed("{"),
    "no UTF-8": listed(b'{"format": 1, "entries": ["\xff"]}'),
    "no object": listed("[1]"),
    "no entries": listed('{"format": 1}'),
    "no format": listed('{"entries": []}'),
    "entries of another kind": listed('{"format": 1, "entries": 5}'),
    "an entry of another kind": listed('{"format": 1, "entries": [5]}'),
    "no address": listed('{"format": 1, "entries": [{"title": "x"}]}'),
    "unknown field": listed(json.dumps({"format": 1, "entries": [{"address": A, "run": "x"}]})),
    "unknown state": listed(json.dumps({"format": 1, "entries": [{"address": A, "state": "x"}]})),
    "nested without end": listed('{"format": 1, "entries": ' + "[" * 100_000),
}


@pytest.mark.parametrize("write", NO_BUNDLES.values(), ids=NO_BUNDLES)
def test_what_is_no_bundle_is_told_in_one_line(library, file, write):
    write(file)
    with pytest.raises(CorpusError, match="is no reference bundle, or damaged") as told:
        import_bundle(library, file, MOST)
    assert "\n" not in str(told.value)
    assert library.ledger.entries() == []


def test_a_bundle_of_another_format_is_told(library, file):
    with pytest.raises(CorpusError, match="another version"):
        import_bundle(library, bundled(file, [], format=2), MOST)


@pytest.mark.parametrize("make", [None, os.mkdir], ids=["missing", "a folder"])
def test_a_file_that_cannot_be_opened_is_told(library, file, make):
    if make:
        make(file)
    with pytest.raises(CorpusError, match="cannot read"):
        import_bundle(library, file, MOST)


# What is not believed


def test_tampered_bytes_are_refused_and_what_was_sound_before_stays(library, file):
    files = {**raw(DATA), f"raw/{sha256(article('Ice'))}": b"<p>tampered"}
    bundled(file, [of(A, DATA), of(B, article("Ice"))], files)
    with pytest.raises(CorpusError, match=f"copy of {B} is damaged"):
        import_bundle(library, file, MOST)
    assert [e.address for e in library.ledger.entries()] == [A]
    assert left(library) == {sha256(DATA)}


def flipped(file, at):
    """A bundle with bytes turned over in its packed page."""
    text = " ".join(str(number * 7919 % 1000) for number in range(400)).encode()
    bundled(file, [of(A, text)], raw(text))
    data = bytearray(file.read_bytes())
    start = data.index(b"raw/") + 4 + 64
    data[start + at] ^= 0xFF
    file.write_bytes(data)


@pytest.mark.parametrize("at", [300, 400])
def test_a_wrong_byte_on_the_way_is_told(library, file, at):
    flipped(file, at)
    with pytest.raises(CorpusError, match="damaged"):
        import_bundle(library, file, MOST)
    assert left(library) == set()


def test_a_wrong_byte_in_the_head_of_packed_bytes_is_told(library, file):
    flipped(file, 3)
    with pytest.raises(CorpusError, match="damaged"):
        import_bundle(library, file, MOST)


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "..", "ab/../../x"])
def test_a_name_that_leads_elsewhere_writes_nothing(library, file, tmp_path, name):
    entry = replace(of(A, DATA), sha256=name)
    bundled(file, [entry], {f"raw/{name}": DATA})
    before = {path for path in tmp_path.rglob("*") if "references" not in path.parts}
    with pytest.raises(CorpusError):
        import_bundle(library, file, MOST)
    assert {path for path in tmp_path.rglob("*") if "references" not in path.parts} == before
    assert library.ledger.entries() == []


def test_files_that_nobody_lists_are_not_unpacked(library, file, tmp_path):
    files = {**raw(DATA), "raw/" + "ab" * 32: b"x", "../evil": b"x", "ledger.sqlite": b"x"}
    import_bundle(library, bundled(file, [of(A, DATA)], files), MOST)
    assert left(library) == {sha256(DATA)}
    assert not (tmp_path / "evil").exists()


def test_a_page_above_the_limit_is_refused(library, file):
    long = b"\0" * (MOST + 1)
    with pytest.raises(CorpusError, match=f"{A} is missing or too large"):
        import_bundle(library, bundled(file, [of(A, long)], raw(long)), MOST)
    assert left(library) == set()


def test_a_page_that_is_missing_is_told(library, file):
    with pytest.raises(CorpusError, match=f"{A} is missing or too large"):
        import_bundle(library, bundled(file, [of(A, DATA)]), MOST)
    assert library.ledger.entries() == []


def test_more_than_a_disk_is_refused_at_once(library, file, monkeypatch):
    monkeypatch.setattr(bundle, "MOST_BYTES", 1_000)
    with pytest.raises(CorpusError, match="unpacks to more than"):
        import_bundle(library, bundled(file, [of(A, DATA)], {"more": b"\0" * 2_000}), MOST)
    assert library.ledger.entries() == []


def test_a_list_without_end_is_refused(library, file, monkeypatch):
    monkeypatch.setattr(bundle, "MOST_LIST_BYTES", 100)
    with pytest.raises(CorpusError, match="damaged"):
        import_bundle(library, bundled(file, [of(A, DATA)], raw(DATA)), MOST)


def test_a_bomb_that_states_a_small_size_does_not_go_off(library, file):
    import tracemalloc

    bomb, size = b"\0" * 30_000_000, 1_000
    bundled(file, [of(A, bomb)], raw(bomb))
    stated, true = size.to_bytes(4, "little"), len(bomb).to_bytes(4, "little")
    file.write_bytes(file.read_bytes().replace(true, stated))
    del bomb
    tracemalloc.start()
    try:
        with pytest.raises(CorpusError):
            import_bundle(library, file, MOST)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "entry",
    [
        replace(of("/etc/passwd", DATA), origin="mine"),
        replace(of(A, DATA), origin="mine"),
        of("/etc/passwd", DATA),
        of("file:///etc/passwd", DATA),
        of(f"{A}#part", DATA),
        of("https://a.example/\x1b[2J", DATA),
    ],
    ids=["a path", "the teacher's own", "a path as address", "file:", "a fragment", "control"],
)
def test_nothing_but_references_is_taken_over(library, file, entry):
    with pytest.raises(TutorError):
        import_bundle(library, bundled(file, [entry], raw(DATA)), MOST)
    assert library.ledger.entries() == []
    assert left(library) == set()


def test_a_reading_that_the_bundle_claims_is_not_believed(library, file, readings):
    lie = replace(of(A, DATA), reader=1, text="ab" * 32, characters=5, size=1, format="pdf")
    import_bundle(library, bundled(file, [lie], raw(DATA)), MOST)
    library.read_pending(Limits())
    entry = library.ledger.get(A)
    assert (readings, entry.format, entry.size) == ([A], "html", len(DATA))


def test_a_text_without_bytes_is_not_believed(library, file):
    lie = replace(of(A), reader=1, text="ab" * 32, characters=5)
    import_bundle(library, bundled(file, [lie]), MOST)
    assert not library.ledger.get(A).readable


@pytest.mark.parametrize("when", ["soon", "2024-01-01", "٢٠٢٤"])
def test_a_time_that_is_none_is_refused(library, file, when):
    with pytest.raises(CorpusError, match="damaged"):
        import_bundle(library, bundled(file, [of(A, DATA, when)], raw(DATA)), MOST)


# No room, and a file that is not there


def test_a_full_disk_leaves_no_half_bundle(teacher, file, files_end_at):
    file.write_text("an older bundle")
    with pytest.raises(HomeError, match="choose another place"), files_end_at(300):
        export_bundle(teacher, file, teacher.ledger.entries())
    assert file.read_text() == "an older bundle"
    assert [path for path in file.parent.iterdir() if path.is_file()] == [file]


def test_a_folder_that_is_not_there_is_told(teacher, tmp_path):
    with pytest.raises(HomeError, match="choose another place"):
        export_bundle(teacher, tmp_path / "nowhere" / "x.zip", teacher.ledger.entries())


def test_a_full_disk_while_importing_loses_nothing(library, file, files_end_at):
    long = article("Long", PROSE * 10_000)
    bundled(file, [of(A, DATA), of(B, long)], raw(DATA, long))
    with pytest.raises(HomeError), files_end_at(500_000):
        import_bundle(library, file, MOST)
    assert [e.address for e in library.ledger.entries()] == [A]
    assert import_bundle(library, file, MOST) == (1, 1)
    assert left(library) == {sha256(DATA), sha256(long)}


def test_bytes_that_the_teacher_has_lost_spoil_nothing_else(teacher, library, file):
    teacher.raw.remove(sha256(DATA))
    export_bundle(teacher, file, teacher.ledger.entries())
    import_bundle(library, file, MOST)
    assert library.ledger.get(B).sha256 in library.raw


def test_a_machine_without_a_clock_can_export(teacher, file):
    os.utime(teacher.raw.path(sha256(DATA)), (0, 0))
    assert export_bundle(teacher, file, teacher.ledger.entries()) == 3


def test_a_file_in_place_of_the_folder_is_told(teacher, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(HomeError, match="choose another place"):
        export_bundle(teacher, tmp_path / "file" / "x.zip", teacher.ledger.entries())
