"""``tutor sources export`` and ``import``: references for a class without internet."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import CorpusError, TutorError, UsageError
from corpus.fetching.addresses import canonical
from corpus.library.ledger import Entry, now
from corpus.library.shelves import sha256
from tutor.settings import load_settings
from tutor.sources import export_references, import_references, open_library, read_and_index

QUOKKA = b"# Quokka Networks\n\nA quokka network has no hidden layer.\n"
NUMBAT = b"# Numbat Trees\n\nA numbat tree is split by ants.\n"
MOVED = b"# Another Thing\n\nNothing of the old page is left here.\n"


def page(address, data, **values):
    """A fetched page and its bytes."""
    entry = Entry(
        address, asked=(f"{address}#part",), state="fetched", content_type="text/markdown",
        etag='"1"', sha256=sha256(data), size=len(data), fetched=now(), checked=now(),
    )  # fmt: skip
    return entry, data, values


def fill(settings, *pages):
    """Put entries into a library as a fetch would, and read them."""
    library = open_library(settings)
    for entry, data, values in pages:
        library.raw.keep(data)
        library.ledger.put(replace(entry, **values))
    library.close()
    read_and_index(settings, index=False)


def entries(settings):
    library = open_library(settings)
    try:
        return {entry.address: entry for entry in library.ledger.entries()}
    finally:
        library.close()


def texts(settings):
    library = open_library(settings)
    try:
        return {document.id: document.text for document in library.documents(())}
    finally:
        library.close()


@pytest.fixture(scope="module")
def cited(curriculum):
    """A page that station 7 cites."""
    return canonical(next(r for r in curriculum.references if r.stations == (7,)).url)


@pytest.fixture(scope="module")
def teacher(tmp_path_factory, cited):
    """Settings of a home with two pages, a dead one, and a file of the teacher's own."""
    folder = tmp_path_factory.mktemp("teacher")
    settings = load_settings(home=folder / "home")
    fill(
        settings,
        page("https://example.org/quokka", QUOKKA),
        page(cited, NUMBAT),
    )
    library = open_library(settings)
    library.ledger.put(Entry("https://example.org/gone", state="dead", reason="404", checked=now()))
    (folder / "grades.md").write_text("# Grades\n\nNobody else's business.\n")
    library.add_file(folder / "grades.md")
    library.close()
    read_and_index(settings, index=False)
    return settings


@pytest.fixture(scope="module")
def bundle(teacher, tmp_path_factory):
    file = tmp_path_factory.mktemp("bundle") / "references.zip"
    assert export_references(teacher, file) == 2
    return file


@pytest.fixture
def learner(tmp_path):
    """Settings of a home without sources."""
    return load_settings(home=tmp_path / "learner")


def take(settings, file):
    return import_references(settings, file, index=False)[:2]


# There and back


def test_references_arrive_as_they_were_read(teacher, bundle, learner, cited):
    assert take(learner, bundle) == (3, 0)
    sent, came = entries(teacher), entries(learner)
    assert set(came) == {"https://example.org/quokka", "https://example.org/gone", cited}
    assert all(came[address] == sent[address] for address in came)
    assert texts(learner).items() <= texts(teacher).items()
    assert len(texts(learner)) == 2


def test_own_documents_stay_at_home(bundle):
    with zipfile.ZipFile(bundle) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
        assert len(archive.namelist()) == 3
    assert b"rades" not in content
    assert str(bundle.parent.parent).encode() not in content


def test_a_second_import_takes_nothing(bundle, learner):
    take(learner, bundle)
    before = entries(learner)
    assert take(learner, bundle) == (0, 3)
    assert entries(learner) == before


def test_what_is_newer_here_stays(bundle, learner):
    mine = b"# Quokka Networks\n\nFetched later than the bundle.\n"
    fill(learner, page("https://example.org/quokka", mine, fetched="2999-01-01T00:00:00Z"))
    assert take(learner, bundle) == (2, 1)
    assert "later" in texts(learner)["reference/https://example.org/quokka"]


def test_what_is_older_here_is_replaced(bundle, learner):
    mine = b"# Quokka Networks\n\nFetched before the bundle.\n"
    fill(learner, page("https://example.org/quokka", mine, fetched="2001-01-01T00:00:00Z"))
    assert take(learner, bundle) == (3, 0)
    assert "no hidden layer" in texts(learner)["reference/https://example.org/quokka"]


def test_the_references_of_one_station(teacher, learner, tmp_path, cited):
    assert export_references(teacher, tmp_path / "7.zip", 7) == 1
    assert take(learner, tmp_path / "7.zip") == (1, 0)
    assert set(entries(learner)) == {cited}


def test_a_page_that_has_moved_says_so_once(learner, tmp_path, cited):
    moved = {"state": "moved", "reason": "moved to https://example.org/new"}
    fill(learner, page(cited, MOVED, **moved))
    said = entries(learner)[cited].reason
    assert said == "moved to https://example.org/new; moved, content changed"


def test_a_page_that_has_moved_says_so_once_after_the_journey(learner, tmp_path, cited):
    moved = {"state": "moved", "reason": "moved to https://example.org/new"}
    fill(learner, page(cited, MOVED, **moved))
    export_references(learner, tmp_path / "bundle.zip")
    other = load_settings(home=tmp_path / "other")
    take(other, tmp_path / "bundle.zip")
    assert entries(other)[cited].reason == entries(learner)[cited].reason


# On the command line


def test_commands(teacher, new_shell, new_home):
    sender, receiver = new_shell(teacher.home), new_shell(new_home())
    sent = sender("sources", "export", "course.zip")
    assert (sent.status, sent.err) == (0, "")
    assert sent.out.startswith("2 references in course.zip; ")
    file = str(sender.folder / "course.zip")
    came = receiver("sources", "import", file, "--no-index")
    assert (came.status, came.err) == (0, "")
    assert came.out == "3 references taken over, 0 were here already\n"
    assert "no hidden layer" in receiver("sources", "show", "quokka", "--text").out
    assert "dead (404)" in receiver("sources", "list").out


def test_a_wrong_bundle_is_one_line(new_shell, new_home):
    shell = new_shell(new_home())
    (shell.folder / "notes.zip").write_text("no archive")
    result = shell("sources", "import", "notes.zip")
    assert (result.status, result.out) == (1, "")
    assert result.error == "notes.zip is no reference bundle, or damaged; export it anew"


def test_nothing_to_export(learner, tmp_path):
    with pytest.raises(UsageError, match="nothing to export; first: tutor sources fetch --all"):
        export_references(learner, tmp_path / "x.zip")
    assert list(tmp_path.glob("*.zip")) == []


def test_no_such_station(teacher, tmp_path):
    with pytest.raises(UsageError, match="there is no station 99"):
        export_references(teacher, tmp_path / "x.zip", 99)


@pytest.mark.parametrize("place", ["no/such/folder/x.zip", "file/x.zip"])
def test_a_place_that_cannot_be_written(teacher, tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(TutorError, match=r"cannot write .*; choose another place"):
        export_references(teacher, tmp_path / place)
    assert list(tmp_path.parent.glob("**/*.part")) == []


@pytest.mark.parametrize("place", [".", "", "/", "folder"])
def test_a_folder_is_no_file_to_write(teacher, tmp_path, monkeypatch, place):
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TutorError, match="is a folder; name the file to write"):
        export_references(teacher, Path(place))
    assert list(tmp_path.rglob("*.part")) == []


# Bundles that are none, or lie


def packed(*listed, files=None, **top):
    """A bundle by hand."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("bundle.json", json.dumps({"format": 1, "entries": listed, **top}))
        for name, data in (files or {}).items():
            archive.writestr(name, data)
    return stream.getvalue()


SHA = sha256(QUOKKA)
LISTED = {
    "address": "https://example.org/x", "state": "fetched", "asked": [], "sha256": SHA,
    "fetched": "2024-01-01T00:00:00Z", "checked": "2024-01-01T00:00:00Z",
}  # fmt: skip


def listed(**changed):
    return {**LISTED, **changed}


def other_archive():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "no bundle")
    return stream.getvalue()


HOLDS_SHA = {f"raw/{SHA}": QUOKKA}
WRONG = {
    "no archive": b"no archive at all",
    "empty": b"",
    "another archive": other_archive(),
    "cut": packed(LISTED, files=HOLDS_SHA)[:-30],
    "another format": packed(LISTED, files=HOLDS_SHA, format=99),
    "entries that are none": packed(1, None, "x"),
    "no entries": packed(entries=None),
    "an unknown field": packed(listed(evil=1), files=HOLDS_SHA),
    "an unknown state": packed(listed(state="excellent"), files=HOLDS_SHA),
    "a text for a number": packed(listed(station="seven"), files=HOLDS_SHA),
    "a file of the machine": packed(listed(address="/etc/passwd"), files=HOLDS_SHA),
    "a document of one's own": packed(listed(origin="mine"), files=HOLDS_SHA),
    "an address in disguise": packed(listed(address="HTTPS://Example.org/x"), files=HOLDS_SHA),
    "no bytes": packed(LISTED),
    "other bytes": packed(LISTED, files={f"raw/{SHA}": NUMBAT}),
    "a path for a sum": packed(listed(sha256="../../x"), files={"raw/../../x": QUOKKA}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_bundle_that_is_none_changes_nothing(learner, tmp_path, name):
    file = tmp_path / "bundle.zip"
    file.write_bytes(WRONG[name])
    with pytest.raises(TutorError) as fault:
        take(learner, file)
    assert "\n" not in str(fault.value)
    assert entries(learner) == {}
    assert not (tmp_path / "x").exists()


def test_a_bundle_that_is_not_there(learner, tmp_path):
    with pytest.raises(CorpusError, match=r"cannot read .*nowhere\.zip"):
        take(learner, tmp_path / "nowhere.zip")


def test_bytes_above_the_limit_are_not_unpacked(tmp_path):
    small = load_settings(home=tmp_path / "home", fetch_unpacked_megabytes=0.001)
    data = b"a" * 2000
    file = tmp_path / "bundle.zip"
    file.write_bytes(packed(listed(sha256=sha256(data)), files={f"raw/{sha256(data)}": data}))
    with pytest.raises(CorpusError, match="too large"):
        take(small, file)


def test_damage_within_the_packed_bytes(learner, bundle, tmp_path):
    with zipfile.ZipFile(bundle) as archive:
        info = archive.infolist()[-1]
    data = bytearray(bundle.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    data[start : start + 8] = b"\xff" * 8
    (tmp_path / "bundle.zip").write_bytes(data)
    with pytest.raises(CorpusError, match="damaged"):
        take(learner, tmp_path / "bundle.zip")


@pytest.mark.parametrize(
    "changed",
    [
        {"checked": "yesterday", "etag": ""},
        {"checked": "2024-01-01T00:00:00", "etag": ""},
        {"station": 10**30},
        {"station": 99},
    ],
)
def test_what_would_stop_a_later_run_is_refused(learner, tmp_path, changed):
    file = tmp_path / "bundle.zip"
    file.write_bytes(packed(listed(sha256="", state="dead", **changed)))
    with pytest.raises(CorpusError):
        take(learner, file)
