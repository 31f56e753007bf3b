"""Uploading, deleting and fetching, with a course of one station, real readers and a real index."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from corpus import Curriculum, Document, Reference, Section, Station, Topic
from corpus.errors import ModelError
from index.encoder import Encoder
from index.lock import build_lock
from index.search import Index, Scope
from tutor.settings import Settings, load_settings
from ui.serving.rights import Rights, rights_of
from ui.sources.filenames import file_name, file_names
from ui.sources.sources_state import MOST_FILES, SourcesState, source_key, sources
from ui.sources.steps import Step, steps_html
from ui.sources.uploads import Uploads

TEXT = "Green tea is made of leaves that are heated soon after picking."
PAGE, GONE = "https://example.org/sencha", "https://example.org/gone"
ARTICLE = (
    "<html><head><title>Sencha</title></head><body><article><h1>Sencha</h1><p>Sencha is steamed. "
    + "The steam keeps the leaf green, and the taste of it is fresh. " * 20
    + "</p></article></body></html>"
)
ALL, NONE = Rights(), Rights(change=False, why_not_change="not here")
MINE = Scope(kinds=("mine",))


def _reference(url: str, title: str) -> Reference:
    return Reference(url, title, "post", (), (1,), (), (), "")


COURSE = Curriculum(
    stations=(
        Station("tea", 1, "Tea", "foundational", (), (Topic("tea/green", "green", "Green Tea"),)),
    ),
    companions=(),
    references=(_reference(PAGE, "On sencha"), _reference(GONE, "On gone things")),
    documents=(
        Document(
            "curriculum/stations/01-tea.md", "Tea", TEXT, "curriculum",
            (Section(("Tea",), 0, len(TEXT), "green"),), 1, "foundational",
        ),
    ),
)  # fmt: skip


@dataclass
class Page:
    """What a page has: uploads, and the index as it is open."""

    settings: Settings
    encoder: Encoder
    opened: list[Index] = field(default_factory=list)
    uploads: Uploads = field(init=False)

    def __post_init__(self) -> None:
        self.uploads = Uploads(
            self.settings, self.encoder, self.reopen, curriculum=COURSE, patience=0.2
        )

    def reopen(self) -> None:
        self.opened.append(Index(self.settings.index, self.encoder))

    def add(self, *names: str, rights: Rights = ALL) -> list[Step]:
        return list(self.uploads.add_files([(self.file(name), name) for name in names], rights))

    def file(self, name: str) -> Path:
        return self.settings.home.parent / "given" / name

    def write(self, name: str, data: bytes | str) -> None:
        file = self.file(name)
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)

    def found(self, question: str) -> list[str]:
        return [hit.chunk.text for hit in self.opened[-1].search(question, 5, MINE).hits]

    def state(self) -> SourcesState:
        return sources(self.opened[-1], self.settings)


@pytest.fixture
def page(tmp_path: Path, encoder: Encoder) -> Page:
    home = tmp_path / "home"
    made = Page(load_settings(home=home, fetch_delay=0.0), encoder)
    made.write("notes.md", "# Zebras\n\nThe zebra optimiser halves the rate on Tuesdays.\n")
    return made


def last(steps: list[Step]) -> dict[str, tuple[str, str]]:
    return {step.name: (step.status, step.text) for step in steps}


# Adding


def test_a_file_is_searchable_when_its_steps_have_ended(page):
    steps = last(page.add("notes.md"))
    assert steps["notes.md"] == ("done", "read, Markdown")
    assert steps["Index"][0] == "done"
    assert page.found("zebra optimiser") == ["The zebra optimiser halves the rate on Tuesdays."]


def test_it_is_listed_with_its_size_and_passages(page):
    page.add("notes.md")
    (own,) = page.state().mine
    assert (own.name, own.kind, own.state, own.passages) == ("notes.md", "markdown", "indexed", 1)
    assert own.size == page.file("notes.md").stat().st_size
    assert not page.state().behind


def test_another_file_of_the_name_takes_its_place(page):
    page.add("notes.md")
    page.write("notes.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    assert "replaces" in last(page.add("notes.md"))["notes.md"][1]
    assert page.found("optimiser") == ["The gnu optimiser doubles it on Fridays."]


def test_nothing_is_encoded_twice(page):
    page.add("notes.md")
    page.write("more.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    steps = [step.text for step in page.add("more.md") if step.name == "Index"]
    assert [text for text in steps if "passage" in text] == [
        "indexing, passage 0 of 1", "indexing, passage 1 of 1",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("empty.md", b"", "no text"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(64)), "no reader"),
        ("broken.pdf", b"%PDF-1.7\nnothing of a PDF follows", ""),
        ("large.txt", b"x" * 2_000_001, "above the limit of 2\N{NO-BREAK SPACE}MB"),
    ],
    ids=["empty", "picture", "broken", "large"],
)
def test_a_file_that_cannot_be_read_costs_a_line(tmp_path, encoder, name, data, why):
    page = Page(load_settings(home=tmp_path / "home", fetch_megabytes=2), encoder)
    page.write("good.txt", "Gnus graze in the mornings.")
    page.write(name, data)
    steps = last(page.add(name, "good.txt"))
    assert steps[name][0] == "failed"
    assert why in steps[name][1]
    assert steps["good.txt"][0] == "done"
    assert [own.name for own in page.state().mine] == ["good.txt"]


def test_a_file_that_cannot_be_read_leaves_the_earlier_one(page):
    page.add("notes.md")
    page.write("notes.md", b"")
    assert last(page.add("notes.md"))["notes.md"][0] == "failed"
    assert page.found("zebra optimiser")


def test_no_file_that_can_be_read_builds_nothing(page):
    page.write("empty.md", b"")
    assert "Index" not in last(page.add("empty.md"))
    assert page.opened == []


def test_an_upload_that_did_not_arrive_is_told(page):
    steps = last(page.add("never.md"))
    assert steps["never.md"][0] == "failed"
    assert "try again" in steps["never.md"][1]


def test_files_beyond_the_most_are_left_out(page):
    names = [f"{n}.txt" for n in range(MOST_FILES + 1)]
    for name in names:
        page.write(name, f"Gnu number {name} grazes.")
    steps = last(page.add(*names))
    assert steps["Upload"][0] == "failed"
    assert len(page.state().mine) == MOST_FILES


def test_nothing_stays_where_files_are_taken_in(page):
    page.add("notes.md")
    assert list((page.settings.home / "uploads").iterdir()) == []


def test_what_cannot_be_indexed_now_is_kept_and_can_be_later(page):
    page.add("notes.md")
    page.write("more.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    with build_lock(page.settings.index):
        status, text = last(page.add("more.md"))["Index"]
    assert status == "failed"
    assert "waiting for indexing" in text
    assert page.state().behind
    assert {own.name: own.state for own in page.state().mine} == {
        "notes.md": "indexed", "more.md": "waiting",
    }  # fmt: skip
    assert last(list(page.uploads.index_waiting(ALL)))["Index"][0] == "done"
    assert not page.state().behind


def test_another_program_at_the_library_is_waited_for_and_then_told(page):
    page.settings.references.mkdir(parents=True)
    with FileLock(page.settings.references / "lock"):
        steps = page.add("notes.md")
    assert Step("Index", "waiting: another program is changing the sources or the index") in steps
    assert steps[-1].status == "failed"
    assert "another process" in steps[-1].text


def test_an_index_that_does_not_open_is_told(page):
    def broken() -> None:
        raise ModelError("the model is gone; install it")

    uploads = Uploads(page.settings, page.encoder, broken, curriculum=COURSE)
    steps = list(uploads.add_files([(page.file("notes.md"), "notes.md")], ALL))
    assert steps[-1].status == "failed"
    assert "the model is gone" in steps[-1].text


def test_a_fault_of_ours_is_raised_to_who_listens(page):
    def broken() -> None:
        raise ZeroDivisionError

    uploads = Uploads(page.settings, page.encoder, broken, curriculum=COURSE)
    with pytest.raises(ZeroDivisionError):
        list(uploads.add_files([(page.file("notes.md"), "notes.md")], ALL))


# Two at once


def test_two_who_upload_at_once_are_served_one_after_the_other(page):
    page.write("more.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    told: dict[str, list[Step]] = {}

    def upload(name: str) -> None:
        told[name] = page.add(name)

    threads = [threading.Thread(target=upload, args=(name,)) for name in ("notes.md", "more.md")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(last(steps)["Index"][0] == "done" for steps in told.values())
    waited = [s for steps in told.values() for s in steps if "another upload" in s.text]
    assert len(waited) == 1
    assert len(page.found("optimiser")) == 2


def test_who_stops_listening_while_waiting_uploads_nothing(page):
    page.write("more.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    first = page.uploads.add_files([(page.file("notes.md"), "notes.md")], ALL)
    next(first)  # it has its turn
    second = page.uploads.add_files([(page.file("more.md"), "more.md")], ALL)
    assert "another upload" in next(second).text
    second.close()
    list(first)
    list(page.uploads.index_waiting(ALL))  # the turn after the one that was given up
    assert [own.name for own in page.state().mine] == ["notes.md"]


def test_who_stops_listening_later_has_the_file_added_all_the_same(page):
    steps = page.uploads.add_files([(page.file("notes.md"), "notes.md")], ALL)
    next(steps)
    steps.close()
    list(page.uploads.index_waiting(ALL))
    assert [own.state for own in page.state().mine] == ["indexed"]


def test_a_question_under_way_ends_with_the_index_it_began_with(page):
    page.add("notes.md")
    before = page.opened[-1]
    page.write("more.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    page.add("more.md")
    assert len(before.search("optimiser", 5, MINE).hits) == 1
    assert len(page.found("optimiser")) == 2


# Deleting


def test_a_deleted_document_is_found_no_more(page):
    page.write("more.md", "# Gnus\n\nThe gnu optimiser doubles it on Fridays.\n")
    page.add("notes.md", "more.md")
    key = next(own.key for own in page.state().mine if own.name == "notes.md")
    steps = last(list(page.uploads.remove(key, ALL)))
    assert steps["notes.md"] == ("done", "deleted")
    assert page.found("optimiser") == ["The gnu optimiser doubles it on Fridays."]
    assert [own.name for own in page.state().mine] == ["more.md"]


def test_what_is_gone_is_told(page):
    page.add("notes.md")
    assert last(list(page.uploads.remove("0" * 20, ALL)))["Delete"][0] == "failed"


# Fetching


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        body = ARTICLE.encode() if self.path.endswith("sencha") else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def web() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def online(web: ThreadingHTTPServer, tmp_path: Path, encoder: Encoder) -> Page:
    template = f"http://127.0.0.1:{web.server_port}/{{url}}"
    settings = load_settings(home=tmp_path / "home", mirror=template, fetch_delay=0.0)
    return Page(settings, encoder)


@pytest.mark.enable_socket
def test_a_fetched_reference_is_searchable(online):
    steps = last(list(online.uploads.fetch(source_key(PAGE), ALL)))
    assert steps["On sencha"] == ("done", "fetched")
    assert steps["Fetching"] == ("done", "1 of 1")
    found = online.opened[-1].search("sencha is steamed", 1, Scope(kinds=("reference",)))
    assert "Sencha is steamed." in found.hits[0].chunk.text


@pytest.mark.enable_socket
def test_a_station_s_references_are_fetched_and_the_dead_told(online):
    steps = last(list(online.uploads.fetch("station 1", ALL)))
    assert steps["On gone things"][0] == "failed"
    assert "404" in steps["On gone things"][1]
    states = {one.title: one.state for one in _with_course(online).references}
    assert states == {"On sencha": "indexed", "On gone things": "failed"}


def _with_course(page: Page) -> SourcesState:
    return sources(page.opened[-1], page.settings)


@pytest.mark.enable_socket
@pytest.mark.parametrize("value", ["https://evil.example/", "station 2", "station", "", "x" * 20])
def test_nothing_but_what_the_course_cites_is_asked_for(online, web, value):
    assert last(list(online.uploads.fetch(value, ALL)))["Fetching"][0] == "failed"
    assert web.asked == []


def test_a_server_without_network_fetches_nothing(page):
    rights = rights_of(None, network=False)
    steps = last(list(page.uploads.fetch(source_key(PAGE), rights)))
    assert steps == {"Fetching": ("failed", "Fetching is turned off on this server.")}


# Who may


@pytest.mark.parametrize(
    ("user", "users", "open_to_network", "may"),
    [
        (None, (), False, True),
        (None, (), True, False),
        ("ada", ("ada", "bob"), True, True),
        ("bob", ("ada", "bob"), True, False),
        (None, ("ada", "bob"), False, False),
    ],
)
def test_the_keeper_may_change_sources_and_on_its_own_machine_everybody(
    user, users, open_to_network, may
):
    rights = rights_of(user, users, open_to_network)
    assert (rights.change, rights.fetch) == (may, may)
    assert bool(rights.why_not_change) == (not may)


def test_without_the_right_nothing_is_done(page):
    page.add("notes.md")
    key = page.state().mine[0].key
    for steps in (
        page.add("notes.md", rights=NONE),
        list(page.uploads.remove(key, NONE)),
        list(page.uploads.index_waiting(NONE)),
    ):
        assert [(s.status, s.text) for s in steps] == [("failed", "not here")]
    assert len(page.state().mine) == 1


# Names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("notes.md", "notes.md"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\Übung 1.pdf", "Übung 1.pdf"),
        ("a\x00b\nc.txt", "a�b c.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("..", "document"),
        ("", "document"),
        ("folder/", "document"),
        ("con.txt", "_con.txt"),
        ('<img src=x onerror="alert(1)">.md', "_img src=x onerror=_alert(1)__.md"),
    ],
)
def test_a_name_is_one_that_every_file_system_takes(given, kept):
    assert file_name(given) == kept


def test_a_long_name_keeps_its_ending():
    name = file_name("ü" * 300 + ".docx")
    assert name.endswith("ü.docx")
    assert len(name.encode()) <= 200


def test_files_of_one_name_that_come_together_are_told_apart():
    assert file_names(["a/x.md", "b/X.md", "y", "y"]) == ["x.md", "X (2).md", "y", "y (2)"]


def test_steps_show_the_latest_of_each_and_nothing_of_it_is_markup():
    html = steps_html([Step("<b>x", "reading"), Step("y", "z"), Step("<b>x", "<i>no", "failed")])
    assert html.count("<li") == 2
    assert "&lt;b&gt;x" in html
    assert "&lt;i&gt;no" in html
    assert "failed" in html
