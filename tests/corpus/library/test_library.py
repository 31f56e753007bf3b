"""The library: bytes to readings to documents, and nothing lost on the way."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import CorpusError, HomeError
from corpus.library import library as module
from corpus.library.ledger import Entry
from corpus.library.library import Library, by_address, document_id, file_name, text_digest
from corpus.reading import VERSION, Block, Reading, UnreadableError
from corpus.reading.worker import Limits
from corpus.records import Reference

from .conftest import PROSE, article

A = "https://a.example/glaciers"
B = "https://b.example/ice"


def keep(library: Library, address: str, data: bytes, **named: object) -> Entry:
    """Bytes as a fetch would leave them."""
    sha = library.raw.keep(data)
    facts = {"state": "fetched", "content_type": "text/html", "asked": (address,), **named}
    entry = Entry(address, sha256=sha, size=len(data), **facts)
    library.ledger.put(entry)
    return entry


def read(library: Library, **titles: str) -> None:
    library.read_pending(Limits(), titles=titles.get("titles"))


def cited(url: str, title: str = "Of Glaciers", stations: tuple[int, ...] = (3,)) -> Reference:
    return Reference(url, title, "post", (), stations, (), ("000",), "")


# Reading


def test_what_is_pending_is_read_once(library, readings):
    keep(library, A, article("Glaciers"))
    keep(library, B, article("Ice"))
    read(library)
    read(library)
    assert readings == [A, B]
    entry = library.ledger.get(A)
    assert (entry.title, entry.format, entry.reader) == ("Glaciers", "html", VERSION)
    assert entry.characters == len("Glaciers") + len(PROSE.strip())
    assert entry.text == text_digest(library.reading(entry))
    assert [b.text for b in library.reading(entry).blocks] == ["Glaciers", PROSE.strip()]


def test_an_entry_without_bytes_is_not_read(library, readings):
    library.ledger.put(Entry(A, state="dead"))
    read(library)
    assert readings == []
    assert library.reading(library.ledger.get(A)) is None


def test_progress_goes_from_nothing_to_all(library):
    keep(library, A, article("Glaciers"))
    keep(library, B, article("Ice"))
    reports = []
    library.read_pending(Limits(), lambda *report: reports.append(report))
    assert reports == [("reading", 0, 2), ("reading", 1, 2), ("reading", 2, 2)]


def test_a_better_reader_reads_the_bytes_that_are_there(library, readings, monkeypatch):
    keep(library, A, article("Glaciers"))
    read(library)
    monkeypatch.setattr(module, "VERSION", VERSION + 1)
    read(library)
    assert readings == [A, A]
    assert library.ledger.get(A).reader == VERSION + 1
    assert len(library.documents([])) == 1


def test_text_that_a_better_reader_finds_ends_the_old_verdict(library, monkeypatch):
    entry = keep(library, A, b"<html><title>App</title><div id=root></div></html>")
    read(library)
    assert library.ledger.get(A).state == "application without text"
    monkeypatch.setattr(module, "VERSION", VERSION + 1)
    found = Reading("html", "App", (Block("paragraph", PROSE),))
    library.note_reading(library.ledger.get(A), found)
    assert (library.ledger.get(A).state, library.ledger.get(A).reason) == ("fetched", "")
    assert library.ledger.get(A).sha256 == entry.sha256


def test_text_that_a_better_reader_finds_ends_the_verdict_of_the_judge(library, monkeypatch):
    keep(library, A, b"<html><title>Page not found</title><div id=root></div></html>")
    read(library)
    assert library.ledger.get(A).state == "dead"
    monkeypatch.setattr(module, "VERSION", VERSION + 1)
    library.note_reading(
        library.ledger.get(A), Reading("html", "Found", (Block("paragraph", PROSE * 20),))
    )
    assert library.ledger.get(A).readable
    assert (library.ledger.get(A).state, library.ledger.get(A).reason) == ("fetched", "")


def test_a_page_that_is_none_keeps_its_bytes_and_has_no_text(library):
    entry = keep(library, A, b"<title>404 Not Found</title><h1>404</h1><p>Page not found")
    read(library)
    found = library.ledger.get(A)
    assert (found.state, found.text, found.characters) == ("dead", "", 0)
    assert found.sha256 == entry.sha256 in library.raw
    assert library.documents([]) == []


def test_an_own_file_that_cannot_be_read_says_why(library, tmp_path):
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(400))
    (tmp_path / "empty.html").write_bytes(b"")
    for file in tmp_path.glob("*.*"):
        library.add_file(file)
    read(library)
    states = {Path(e.address).name: (e.state, bool(e.reason)) for e in library.ledger.entries()}
    assert states == {"picture.png": ("unsupported", True), "empty.html": ("unreadable", True)}


def test_an_own_file_is_not_judged_as_a_page_would_be(library, tmp_path):
    (tmp_path / "notes.md").write_text("# Page not found\n\nWhat a 404 is.")
    library.add_file(tmp_path / "notes.md")
    read(library)
    assert [e.state for e in library.ledger.entries()] == ["added"]
    assert len(library.documents([])) == 1


def test_a_truncated_reading_says_so(library):
    keep(library, A, article("Glaciers", PROSE * 50))
    library.read_pending(Limits(bytes_read=500))
    assert library.ledger.get(A).note == "truncated"


def test_a_moved_page_that_names_another_work_has_changed(library):
    keep(library, A, article("Overview"), state="moved", reason=f"moved to {B}", final=B)
    read(library, titles={A: "Introduction to moraines"})
    assert library.ledger.get(A).reason == f"moved to {B}; moved, content changed"


def test_a_moved_page_that_is_read_again_says_so_once(library, monkeypatch):
    keep(library, A, article("Overview"), state="moved", reason=f"moved to {B}", final=B)
    read(library, titles={A: "Introduction to moraines"})
    monkeypatch.setattr(module, "VERSION", VERSION + 1)
    read(library, titles={A: "Introduction to moraines"})
    assert library.ledger.get(A).reason == f"moved to {B}; moved, content changed"


def test_one_file_that_cannot_be_read_does_not_stop_the_others(library, readings):
    keep(library, A, b"%PDF-1.7 and nothing more", content_type="application/pdf")
    keep(library, B, article("Ice"))
    read(library)
    assert readings == [A, B]
    assert library.ledger.get(A).state == "unreadable"
    assert library.ledger.get(B).readable


# Damage


def test_a_missing_raw_file_of_what_has_been_read_harms_nothing(library):
    entry = keep(library, A, article("Glaciers"))
    read(library)
    library.raw.remove(entry.sha256)
    read(library)
    assert len(library.documents([])) == 1


def test_a_missing_raw_file_does_not_stop_the_others(library, monkeypatch):
    lost = keep(library, A, article("Glaciers"))
    keep(library, B, article("Ice"))
    library.raw.remove(lost.sha256)

    def read_all(jobs, limits, on_read):  # as the worker does, which cannot open the file
        for job in jobs:
            there = job.file.exists()
            reading = Reading("html", "Ice", (Block("paragraph", PROSE),))
            on_read(job, reading if there else UnreadableError("damaged", "cannot be read"))

    monkeypatch.setattr(module, "read_all", read_all)
    read(library)
    assert library.ledger.get(B).readable


@pytest.mark.parametrize("damage", ["missing", "no gzip"])
def test_a_damaged_reading_is_read_again(library, readings, damage):
    entry = keep(library, A, article("Glaciers"))
    read(library)
    (file,) = library.readings.folder.rglob(f"{entry.sha256}v*")
    file.unlink()
    if damage == "no gzip":
        file.write_bytes(b"{}")
    read(library)
    assert readings == [A, A]
    assert len(library.documents([])) == 1


def test_a_damaged_reading_of_one_of_two_with_the_same_text_hides_nothing(library):
    entry = keep(library, A, article("Glaciers"))
    keep(library, B, article("Glaciers") + b"<!-- another copy -->")
    read(library)
    library.readings.remove_all(entry.sha256)
    assert len(library.documents([])) == 1


def test_a_full_disk_while_reading_is_a_home_error_and_loses_nothing(library, files_end_at):
    text = " ".join(str(number) for number in range(20_000))
    keep(library, A, article("Glaciers"))
    read(library)
    keep(library, B, article("Ice", text))
    with pytest.raises(HomeError), files_end_at(10_000):
        read(library)
    assert [library.ledger.get(a).readable for a in (A, B)] == [True, False]
    read(library)
    assert [d.id for d in library.documents([])] == [f"reference/{A}", f"reference/{B}"]
    assert not list(library.folder.rglob("*.part"))


# The lock

HOLD = """
import sys
from pathlib import Path
from corpus.library.library import Library
with Library(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_the_second_of_two_processes_is_told(library, start):
    holder = start(HOLD, library.folder)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(CorpusError, match="another process") as told, library.lock():
        pass
    assert "\n" not in str(told.value)
    library.ledger.entries()  # to look is not to change
    holder.communicate("\n")
    with library.lock():
        pass


def test_the_lock_of_a_killed_process_is_free(library, start):
    holder = start(HOLD, library.folder)
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    with library.lock():
        pass


def test_a_fault_gives_the_lock_back(library):
    with pytest.raises(ZeroDivisionError), library.lock():
        _ = 1 / 0
    with library.lock():
        pass


# Killed while reading

READ = """
import os, signal, sys
from pathlib import Path
from pkgutil import resolve_name
from unittest.mock import patch
from corpus.library.library import Library
from corpus.reading.worker import Limits

folder, where, nth = sys.argv[1:]
real, left = resolve_name(where), [int(nth)]

def counted(*arguments, **named):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)

library = Library(Path(folder))
with library.lock(), patch(where, counted):
    library.read_pending(Limits())
"""


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("corpus.library.library.Library.note_reading", 1),
        ("pathlib.Path.replace", 1),  # the reading is written and has no name yet
        ("corpus.library.ledger.Ledger.put", 1),  # it has its name, nobody knows of it
    ],
)
def test_a_kill_while_reading_loses_the_page_under_way_alone(library, readings, start, where, kept):
    pages = {f"https://a.example/{n}": article(f"Glacier {n}") for n in range(4)}
    for address, data in pages.items():
        keep(library, address, data)
    process = start(READ, library.folder, where, 2)
    _, complaint = process.communicate()
    assert process.returncode == -9, complaint

    done = [e.address for e in library.ledger.entries() if e.readable]
    assert len(done) == kept
    with library.lock():
        read(library)
    assert set(readings) == set(pages) - set(done)
    assert len(readings) == len(pages) - kept
    assert len(library.documents([])) == len(pages)
    assert not list(library.folder.rglob("*.part"))
    assert len(list((library.folder / "read").rglob("*v*"))) == len(pages)


# Documents


def test_a_document_of_a_reference(library):
    keep(library, A, article("Glaciers"), asked=(f"{A}#moraine", A))
    read(library)
    (document,) = library.documents([cited(A)])
    assert (document.id, document.kind, document.title) == (
        f"reference/{A}",
        "reference",
        "Of Glaciers",
    )
    assert (document.url, document.urls) == (A, (A, f"{A}#moraine"))
    assert (document.station, document.stations) == (3, (3,))
    (section,) = document.sections
    assert section.path == ("References", "Of Glaciers", "Glaciers")
    assert document.text[section.start : section.end] == PROSE.strip()


def test_a_page_that_nobody_cites_has_its_own_title(library):
    keep(library, A, article("Glaciers"))
    read(library)
    (document,) = library.documents([cited(B)])
    assert (document.title, document.stations, document.station) == ("Glaciers", (), None)
    assert document.sections[0].path == ("References", "Glaciers")  # not twice


@pytest.mark.parametrize(
    ("address", "final", "title"),
    [
        (A, "", "glaciers"),
        (A, "https://b.example/ice%20age.html", "ice age.html"),
        ("https://a.example/", "", "https://a.example/"),
    ],
)
def test_a_text_without_title_is_called_as_its_address_ends(library, address, final, title):
    keep(library, address, PROSE.encode(), content_type="text/plain", final=final)
    read(library)
    assert library.documents([])[0].title == title


def test_the_same_text_at_several_addresses_is_one_document_with_all_of_them(library):
    keep(library, A, article("Glaciers"), asked=(f"{A}#one", f"{A}#two"), station=5)
    keep(library, B, article("Glaciers"), asked=("b.example/ice",))
    keep(library, "https://c.example/", article("Glaciers") + b"<!-- other bytes, same text -->")
    read(library)
    (document,) = library.documents(
        [cited(f"{B}#part", "Of Ice", (7, 2)), cited(A, "Other", (3, 2))]
    )
    assert (document.id, document.url) == (f"reference/{A}", A)
    assert document.urls == (
        A, f"{A}#one", f"{A}#two", B, "b.example/ice", f"{B}#part", "https://c.example/",
    )  # fmt: skip
    assert document.title == "Other"  # as the first address is cited
    assert document.stations == (5, 3, 2, 7)
    assert document.station == 5


def test_several_references_to_one_page_count_together(library):
    keep(library, A, article("Glaciers"))
    read(library)
    (document,) = library.documents(
        [cited(f"{A}#a", "First", (1,)), cited(f"{A}#b", "Second", (2,))]
    )
    assert (document.title, document.stations) == ("First", (1, 2))
    assert document.urls == (A, f"{A}#a", f"{A}#b")


def test_a_reference_and_an_own_file_with_the_same_text_are_two_documents(library, tmp_path):
    keep(library, A, article("Glaciers"))
    (tmp_path / "copy.html").write_bytes(article("Glaciers"))
    library.add_file(tmp_path / "copy.html")
    read(library)
    assert [d.kind for d in library.documents([])] == ["reference", "mine"]


def test_one_document_is_had_without_the_readings_of_the_others(library, monkeypatch):
    keep(library, A, article("Glaciers"))
    keep(library, B, article("Ice"))
    read(library)
    (_, second) = library.documents([cited(B)])
    opened = []
    find = library.readings.find
    monkeypatch.setattr(
        library.readings, "find", lambda sha, reader: opened.append(sha) or find(sha, reader)
    )
    entry = library.ledger.get(B)
    assert library.document(entry, [cited(B)]) == second
    assert opened == [entry.sha256]


def test_each_of_two_sources_with_the_same_text_has_its_document(library):
    keep(library, A, article("Glaciers"))
    keep(library, B, article("Glaciers"))
    read(library)
    (document,) = library.documents([])
    assert [library.document(library.ledger.get(url), []) for url in (A, B)] == [document] * 2


def test_what_has_no_text_is_no_document(library):
    library.ledger.put(Entry(A, state="dead"))
    keep(library, B, b"<title>App</title><div id=root></div>")
    read(library)
    assert library.documents([cited(A), cited(B)]) == []
    assert [library.document(entry, []) for entry in library.ledger.entries()] == [None, None]


def test_a_document_of_an_own_file(library, tmp_path):
    file = tmp_path / "Notes on ice.md"
    file.write_text("---\ntitle: Ice\n---\n# Ice\n\nIt floats. 🧊\n\n## Melting\n\nAt 0 °C.\n")
    entry = library.add_file(file, station=4)
    read(library)
    (document,) = library.documents([])
    assert document.id == document_id(entry)
    assert document.id.startswith("mine/")
    assert document.id.endswith("/Notes on ice.md")
    assert (document.kind, document.station, document.stations) == ("mine", 4, (4,))
    assert (document.url, document.urls) == (None, ())
    trails = [s.path for s in document.sections]
    assert trails == [("My documents", "Ice"), ("My documents", "Ice", "Melting")]
    bodies = [document.text[s.start : s.end] for s in document.sections]
    assert bodies == ["It floats. 🧊", "At 0 °C."]


def test_two_files_of_one_name_have_two_ids():
    one, two = (Entry(f"/home/{who}/notes.md", "mine") for who in ("a", "b"))
    assert document_id(one) != document_id(two)
    assert document_id(Entry(A, "mine")) == f"mine/{A}"


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (Entry("/home/a/notes.md", "mine"), "notes.md"),
        (Entry("https://a.example/docs/page.html?x=1"), "page.html"),
        (Entry("https://a.example/docs/"), "docs"),
        (Entry("https://a.example/"), ""),
        (Entry("https://a.example/caf%C3%A9.pdf"), "café.pdf"),
        (Entry("https://a.example/x", final="https://b.example/y.ipynb"), "y.ipynb"),
    ],
)
def test_the_name_of_a_file_is_the_last_part_of_its_address(entry, name):
    assert file_name(entry) == name


def test_references_are_found_by_canonical_address():
    found = by_address([cited("A.example/glaciers#x"), cited(A, "Again"), cited(B)])
    assert {url: [r.title for r in several] for url, several in found.items()} == {
        A: ["Of Glaciers", "Again"],
        B: ["Of Glaciers"],
    }


def test_texts_that_differ_in_structure_alone_differ():
    heading = Reading("html", "", (Block("heading", "Ice", 1), Block("paragraph", "floats")))
    prose = Reading("html", "", (Block("paragraph", "Ice"), Block("paragraph", "floats")))
    titled = replace(heading, title="Another title", format="markdown")
    assert text_digest(heading) != text_digest(prose)
    assert text_digest(heading) == text_digest(titled)


# A learner's own files


@pytest.fixture
def notes(tmp_path):
    file = tmp_path / "mine" / "notes.md"
    file.parent.mkdir()
    file.write_text("# Ice\n\nIt floats.")
    return file


def test_an_added_file_is_copied_and_stays_where_it_is(library, notes):
    entry = library.add_file(notes, station=2)
    assert (entry.state, entry.origin, entry.address) == ("added", "mine", str(notes))
    assert library.raw.get(entry.sha256) == notes.read_bytes()
    assert library.ledger.get(str(notes)) == entry


def test_the_same_file_is_not_read_again(library, notes, readings):
    library.add_file(notes, station=2)
    read(library)
    assert library.add_file(notes).station == 2
    assert library.add_file(notes, station=3).station == 3
    read(library)
    assert readings == [str(notes)]


def test_a_changed_file_is_read_again_and_its_old_copy_is_gone(library, notes, readings):
    old = library.add_file(notes)
    read(library)
    notes.write_text("# Ice\n\nIt melts.")
    new = library.add_file(notes)
    read(library)
    assert readings == [str(notes)] * 2
    assert old.sha256 not in library.raw
    assert new.sha256 in library.raw
    assert "melts" in library.documents([])[0].text
    assert len(list((library.folder / "read").rglob("*v*"))) == 1


def test_a_changed_file_stays_under_its_station(library, notes):
    library.add_file(notes, station=2)
    notes.write_text("# Ice\n\nIt melts.")
    assert library.add_file(notes).station == 2


def test_a_file_under_several_names_is_one(library, notes, monkeypatch):
    monkeypatch.chdir(notes.parent)
    library.add_file(Path("notes.md"))
    library.add_file(notes)
    (notes.parent / "link.md").symlink_to(notes)
    library.add_file(notes.parent / "link.md")
    assert [e.address for e in library.ledger.entries()] == [str(notes)]


@pytest.mark.parametrize("make", [None, Path.mkdir], ids=["missing", "a folder"])
def test_a_file_that_cannot_be_opened_is_told(library, tmp_path, make):
    if make:
        make(tmp_path / "x")
    with pytest.raises(CorpusError, match=r"cannot read .*x"):
        library.add_file(tmp_path / "x")
    assert library.ledger.entries() == []


def test_a_file_with_a_name_that_is_no_unicode_is_told(library, tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text("Ice floats.")
    with pytest.raises(CorpusError, match="rename") as told:
        library.add_file(Path(path))
    str(told.value).encode()  # so that it can be shown


def test_a_removed_file_leaves_nothing_behind(library, notes):
    entry = library.add_file(notes)
    read(library)
    library.remove(entry)
    assert library.ledger.entries() == []
    assert [
        p for p in library.folder.rglob("*") if p.is_file() and p.parent != library.folder
    ] == []
    assert notes.exists()


def test_bytes_that_two_have_stay_when_one_is_removed(library, notes):
    entry = library.add_file(notes)
    (notes.parent / "copy.md").write_bytes(notes.read_bytes())
    copy = library.add_file(notes.parent / "copy.md")
    read(library)
    library.remove(entry)
    assert library.raw.get(copy.sha256) == notes.read_bytes()
    assert [d.id for d in library.documents([])] == [document_id(copy)]


# Finding


@pytest.fixture
def shelf(library, notes):
    library.ledger.put(Entry(A, title="On Glaciers", asked=(f"{A}#part", "a.example/glaciers")))
    library.ledger.put(Entry(B, title="Ice"))
    library.add_file(notes)
    return library


@pytest.mark.parametrize(
    "what", [A, f"{A}#part", "a.example/glaciers", f"reference/{A}"]
)  # fmt: skip
def test_a_named_source_is_found(shelf, what):
    found, named = shelf.find(what)
    assert ([e.address for e in found], named) == ([A], True)


def test_an_own_file_is_found_by_path_folder_and_id(shelf, notes, monkeypatch):
    monkeypatch.chdir(notes.parent)
    entry = shelf.ledger.get(str(notes))
    for what in (str(notes), "notes.md", "./notes.md", str(notes.parent), ".", document_id(entry)):
        assert shelf.find(what) == ([entry], True)


def test_a_folder_of_a_like_name_is_another(shelf, notes):
    assert shelf.find(str(notes.parent)[:-1])[1] is False


def test_a_part_of_address_or_title_fits(shelf):
    assert [e.address for e in shelf.find("GLACIER")[0]] == [A]
    assert [e.address for e in shelf.find("example/ice")[0]] == [B]
    found, named = shelf.find("ice")  # a title, and two addresses
    assert named is False
    assert B in [e.address for e in found]
    assert shelf.find("volcano") == ([], False)


def test_a_relative_name_means_the_file_here(library, tmp_path, monkeypatch):
    for who in ("one", "two"):
        (tmp_path / who).mkdir()
        (tmp_path / who / "notes.md").write_text(who)
        monkeypatch.chdir(tmp_path / who)
        library.add_file(Path("notes.md"))
    assert [e.address for e in library.find("notes.md")[0]] == [str(tmp_path / "two" / "notes.md")]
