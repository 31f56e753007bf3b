"""From address to ledger: every answer has its state, and nothing is asked for without need."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from corpus.errors import HomeError, UsageError
from corpus.fetching import Fetched, FetchSettings
from corpus.library.fetch import FRESH, RETRY, RobotsInLedger, Wanted, due, fetch, noted
from corpus.library.fetch import wanted_entries as wanted
from corpus.library.ledger import Entry
from corpus.reading.worker import Limits

from .conftest import PROSE, article

pytestmark = pytest.mark.enable_socket

A = "https://a.example/glaciers"
B = "https://b.example/ice"
C = "https://c.example/stones"
SOFT_404 = "<title>404 Not Found</title><h1>404</h1><p>Page not found"


def earlier(library, address, by=RETRY + timedelta(hours=1)):
    """Put the last look at an address back in time."""
    then = (datetime.now(UTC) - by).strftime("%Y-%m-%dT%H:%M:%SZ")
    entry = library.ledger.get(address)
    library.ledger.put(replace(entry, checked=then, fetched=entry.fetched and then))


# Every state


def test_a_page_is_fetched_and_read(web, run, library):
    web.page(A, article("Glaciers"), etag='"1"')
    entry = run(A)[A]
    assert (entry.state, entry.reason, entry.final, entry.title) == ("fetched", "", "", "Glaciers")
    assert (entry.content_type, entry.charset, entry.etag) == ("text/html", "utf-8", '"1"')
    assert library.raw.get(entry.sha256) == article("Glaciers")
    assert entry.size == len(article("Glaciers"))
    assert entry.fetched == entry.checked != ""
    assert "glacier is ice" in library.documents([])[0].text


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (404, "dead"), (410, "dead"), (401, "needs an account"), (403, "blocked"),
        (451, "blocked"), (500, "unreachable"),
    ],
)  # fmt: skip
def test_a_page_that_the_server_does_not_give(web, run, status, state):
    web.fails(A, status)
    entry = run(A)[A]
    assert (entry.state, entry.sha256, entry.text) == (state, "", "")
    assert f"status {status}" in entry.reason
    assert entry.checked


def test_pages_that_end_without_a_page(web, run):
    web.moved(A, A)
    web.moved(B, "http://127.0.0.1:1/")
    web.moved(C, "https://c.example/login")
    web.page("https://d.example/robots.txt", "User-agent: *\nDisallow: /", kind="text/plain")
    web.page("https://e.example/", "x" * 3_000_000)
    found = run(A, B, C, "https://d.example/", "https://e.example/", "youtu.be/x?t=95")
    states = {address: entry.state for address, entry in found.items()}
    assert states == {
        A: "redirect loop", B: "refused", C: "needs an account", "https://d.example/": "disallowed",
        "https://e.example/": "too large", "https://youtu.be/x?t=95": "video",
    }  # fmt: skip
    assert all(entry.reason for entry in found.values())
    assert "https://d.example/" not in web.asked()


def test_a_video_says_where_it_is_cited_from(run):
    entry = run("https://youtu.be/x?t=2750", "https://youtu.be/x?t=2750#t=60")[
        "https://youtu.be/x?t=2750"
    ]
    assert entry.reason.endswith("cited from 45:50")


def test_pages_that_are_none_although_the_server_says_so(web, run, library):
    web.page(A, SOFT_404)
    web.page(B, "<title>App</title><script></script><div id=root></div>")
    web.page(C, b"\x89PNG\r\n\x1a\n" + bytes(100), kind="image/png")
    found = run(A, B, C, "lnkd.in/x")
    assert [found[url].state for url in (A, B, C)] == [
        "dead", "application without text", "unsupported",
    ]  # fmt: skip
    assert library.documents([]) == []


def test_one_that_fails_stops_no_other(web, run):
    web.fails(A, 500)
    web.page(B, article("Ice"))
    found = run(A, B)
    assert [found[url].state for url in (A, B)] == ["unreachable", "fetched"]


def test_a_page_that_has_moved_for_good_says_where_to(web, run):
    web.moved(A, B, 308)
    web.page(B, article("Glaciers"), etag='"1"')
    entry = run(A, titles={A: "Glaciers"})[A]
    assert (entry.state, entry.reason, entry.final) == ("moved", f"moved to {B}", B)
    assert entry.readable


def test_a_page_that_has_moved_for_now_is_fetched(web, run):
    web.moved(A, B, 302)
    web.page(B, article("Glaciers"))
    entry = run(A)[A]
    assert (entry.state, entry.reason, entry.final) == ("fetched", "", B)


def test_what_moved_to_another_work_says_so(web, run):
    web.moved(A, B)
    web.page(B, article("Overview"))
    entry = run(A, titles={A: "Introduction to moraines"})[A]
    assert entry.reason == f"moved to {B}; moved, content changed"


def test_what_moved_to_another_work_says_so_the_next_time_too(web, run):
    web.moved(A, B)
    web.page(B, article("Overview"))
    for _ in range(2):
        entry = run(A, again=True, titles={A: "Introduction to moraines"})[A]
    assert entry.reason == f"moved to {B}; moved, content changed"


def test_what_is_gone_is_had_from_the_archive(web, run):
    template = web.template.replace("/web/", "/web/archived/")
    web.page(f"archived/{A}", article("Glaciers"))
    entry = run(A, archive=template)[A]
    assert (entry.state, entry.archived) == ("fetched", True)
    assert entry.reason.startswith("from the archive")
    assert entry.readable


# Not twice


def test_an_unchanged_page_is_not_transferred_and_not_read_again(web, run, readings):
    web.page(A, article("Glaciers"), etag='"1"')
    first = run(A)[A]
    second = run(A)[A]
    assert web.log[-1] == (A, 304)
    assert (web.sent()[A], readings) == (1, [A])
    assert second == replace(first, state="unchanged", checked=second.checked)


def test_a_page_without_validators_is_not_asked_for_twice_a_day(web, run, library, readings):
    web.page(A, article("Glaciers"))
    run(A)
    run(A)
    assert web.sent()[A] == 1
    earlier(library, A, FRESH + timedelta(hours=1))
    fetched = library.ledger.get(A).fetched
    entry = run(A)[A]
    assert web.sent()[A] == 2
    assert (entry.state, entry.fetched, readings) == ("unchanged", fetched, [A])


def test_a_page_without_text_is_asked_for_again_after_a_week(web, run, library):
    web.page(A, "<title>App</title><div id=root></div>", etag='"1"')
    assert run(A)[A].state == "application without text"
    run(A)
    earlier(library, A, FRESH + timedelta(hours=1))
    run(A)
    assert web.asked() == [A]
    earlier(library, A)
    run(A)
    assert web.log[-1] == (A, 304)


def test_a_changed_page_is_read_again_and_its_old_bytes_are_gone(web, run, library, readings):
    web.page(A, article("Glaciers"), etag='"1"')
    old = run(A)[A]
    web.page(A, article("Glaciers", "They have all melted by now."), etag='"2"')
    new = run(A)[A]
    assert (new.state, new.etag, readings) == ("fetched", '"2"', [A, A])
    assert old.sha256 not in library.raw
    assert "melted" in library.documents([])[0].text
    assert len(list((library.folder / "read").rglob("*v*"))) == 1


def test_a_page_that_was_judged_stays_so_while_it_is_unchanged(web, run, readings):
    web.page(A, SOFT_404, etag='"1"')
    first = run(A, again=True)[A]
    second = run(A, again=True)[A]
    assert (second.state, second.reason) == (first.state, first.reason) == ("dead", first.reason)
    assert readings == [A]


def test_all_spellings_of_an_address_are_one_request_and_one_entry(web, run):
    web.page(A, article("Glaciers"))
    (entry,) = run(f"{A}#one", "a.example/glaciers", "HTTPS://A.EXAMPLE:443/glaciers", A).values()
    assert web.asked() == [A]
    assert entry.asked == (
        f"{A}#one", "a.example/glaciers", "HTTPS://A.EXAMPLE:443/glaciers", A,
    )  # fmt: skip


def test_the_same_text_at_two_addresses_is_one_document_with_both(web, run, library):
    web.page(A, article("Glaciers"))
    web.page(B, article("Glaciers"))
    run(f"{A}#stones", B)
    (document,) = library.documents([])
    assert document.urls == (A, f"{A}#stones", B)
    assert len(list((library.folder / "raw").rglob("*/*"))) == 1


def test_robots_are_asked_for_once_in_several_runs(web, run):
    web.page("https://a.example/robots.txt", "User-agent: *\nAllow: /", kind="text/plain")
    web.page(A, article("Glaciers"))
    run(A)
    run(A, again=True)
    assert web.sent() == {"https://a.example/robots.txt": 1, A: 2}


# Text that was there stays there


@pytest.mark.parametrize(
    ("status", "state"), [(404, "dead"), (500, "unreachable"), (403, "blocked")]
)
def test_the_text_of_a_page_that_dies_later_is_kept(web, run, library, readings, status, state):
    web.page(A, article("Glaciers"))
    first = run(A)[A]
    web.fails(A, status)
    entry = run(A, again=True)[A]
    assert entry.state == state
    assert entry.reason.startswith(f"{state}: ")
    assert f"copy of {first.fetched[:10]} is kept" in entry.reason
    assert (entry.sha256, entry.text, readings) == (first.sha256, first.text, [A])
    assert "glacier is ice" in library.documents([])[0].text


def test_a_page_that_died_and_came_back_is_as_it_was(web, run):
    web.page(A, article("Glaciers"))
    run(A)
    web.fails(A, 404)
    run(A, again=True)
    web.page(A, article("Glaciers"))
    entry = run(A, again=True)[A]
    assert (entry.state, entry.reason) == ("unchanged", "")


def test_a_page_that_was_out_of_reach_and_is_unchanged_has_no_complaint_left(web, run):
    web.page(A, article("Glaciers"), etag='"1"')
    run(A)
    web.fails(A, 500)
    run(A)
    web.page(A, article("Glaciers"), etag='"1"')
    entry = run(A)[A]
    assert (entry.state, entry.reason) == ("unchanged", "")


def test_a_page_without_text_that_was_out_of_reach_is_judged_as_before(web, run):
    web.page(A, "<title>App</title><div id=root></div>", etag='"1"')
    run(A)
    web.fails(A, 500)
    assert run(A, again=True)[A].state == "unreachable"
    web.page(A, "<title>App</title><div id=root></div>", etag='"1"')
    assert run(A)[A].state == "application without text"
    assert web.log[-1] == (A, 304)


@pytest.mark.parametrize(
    "wall", [SOFT_404, "<title>Log in</title><form><input type=password></form>"]
)
def test_the_text_of_a_page_that_dies_with_status_200_is_kept(web, run, library, wall):
    web.page(A, article("Glaciers"))
    run(A)
    web.page(A, wall)
    assert run(A, again=True)[A].state in ("dead", "needs an account")
    assert "glacier is ice" in library.documents([])[0].text


def test_bytes_that_were_lost_are_fetched_anew(web, run, library):
    web.page(A, article("Glaciers"), etag='"1"')
    entry = run(A)[A]
    library.raw.remove(entry.sha256)
    run(A, again=True)
    assert entry.sha256 in library.raw


def test_what_the_learner_added_stays_the_learners_own(web, run, library):
    web.page(A, article("Glaciers"))
    run(A, origin="mine", station=4)
    entry = run(A)[A]
    assert (entry.origin, entry.station) == ("mine", 4)
    (document,) = library.documents([])
    assert (document.id, document.kind, document.url) == (f"mine/{A}", "mine", A)


# When to ask


def entry_of(state, age, **named):
    then = (datetime.now(UTC) - age).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Entry(A, state=state, checked=then, **named)


HOUR, DAYS, WEEKS = timedelta(hours=1), timedelta(days=3), timedelta(days=14)
TEXTLESS = {"sha256": "ab" * 32}
KEPT = {**TEXTLESS, "text": "cd" * 32}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry(A), True),
        (entry_of("timed out", HOUR), True),
        (entry_of("unreachable", HOUR, **KEPT), True),
        (entry_of("dead", HOUR), False),
        (entry_of("dead", DAYS), False),
        (entry_of("dead", WEEKS), True),
        (entry_of("dead", DAYS, **KEPT), False),
        (entry_of("video", DAYS), False),
        (entry_of("fetched", HOUR, **KEPT), False),
        (entry_of("fetched", DAYS, **KEPT), True),
        (entry_of("fetched", HOUR, etag='"1"', **KEPT), True),
        (entry_of("unchanged", HOUR, last_modified="then", **KEPT), True),
        (entry_of("moved", HOUR, etag='"1"', **KEPT), True),
        # Bytes without text, and a text that the server no longer gives: validators or not.
        (entry_of("moved", DAYS, etag='"1"', **TEXTLESS), False),
        (entry_of("application without text", HOUR, etag='"1"', **TEXTLESS), False),
        (entry_of("application without text", DAYS, **TEXTLESS), False),
        (entry_of("application without text", WEEKS, **TEXTLESS), True),
        (entry_of("unsupported", DAYS, etag='"1"', **TEXTLESS), False),
        (entry_of("needs an account", DAYS, etag='"1"', **KEPT), False),
        (entry_of("disallowed", DAYS, etag='"1"', **KEPT), False),
        (entry_of("disallowed", WEEKS, **KEPT), True),
    ],
)
def test_what_is_worth_a_request(entry, expected):
    assert due(entry, again=False) is expected
    assert due(entry, again=True)


def test_what_is_no_address_is_told_before_anything_is_asked(library, web):
    with pytest.raises(UsageError):
        wanted(library, [Wanted(A), Wanted("ftp://a.example/")], "reference")
    assert web.log == []


def test_to_be_asked_again_once_is_to_be_asked_again(library):
    found = wanted(library, [Wanted(A, again=True), Wanted(f"{A}#x")], "reference", station=2)
    assert [(e.address, e.station, again) for e, again in found.values()] == [(A, 2, True)]


def test_progress_and_entries_are_reported_as_they_come(library, web):
    web.page(A, article("Glaciers"))
    entries = [entry for entry, _ in wanted(library, [Wanted(A), Wanted(B)], "reference").values()]
    reports, seen = [], []
    fetch(
        library, entries, FetchSettings(), mirror=web.template,
        report=lambda *report: reports.append(report), on_entry=seen.append,
    )  # fmt: skip
    assert reports == [("fetching", n, 2) for n in range(3)]
    assert seen == [library.ledger.get(entry.address) for entry in seen]
    assert {entry.state for entry in seen} == {"fetched", "dead"}


def test_robots_in_the_ledger_come_back(library):
    from corpus.fetching import RobotsRecord

    store = RobotsInLedger(library.ledger)
    assert store.get("https://a.example/robots.txt") is None
    record = RobotsRecord(200, "User-agent: *", 12.5)
    store.put("https://a.example/robots.txt", record)
    assert store.get("https://a.example/robots.txt") == record


# Killed, two at once, no room

FETCH = """
import os, signal, sys
from pathlib import Path
from pkgutil import resolve_name
from unittest.mock import patch
from corpus.fetching import FetchSettings
from corpus.library.fetch import Wanted, fetch, wanted_entries
from corpus.library.library import Library
from corpus.reading.worker import Limits

folder, template, where, nth, *urls = sys.argv[1:]
library = Library(Path(folder))
with library.lock():
    found = wanted_entries(library, [Wanted(url) for url in urls], "reference")
    real, left = resolve_name(where), [int(nth)]

    def counted(*arguments, **named):
        left[0] -= 1
        if left[0] == 0:
            {act}
        return real(*arguments, **named)

    with patch(where, counted):
        fetch(library, [e for e, _ in found.values()], FetchSettings(delay=0), mirror=template)
"""
KILLED = FETCH.replace("{act}", "os.kill(os.getpid(), signal.SIGKILL)")
KILLED_READING = f"{KILLED}        library.read_pending(Limits())\n"
PAUSED = FETCH.replace("{act}", "print('fetching', flush=True); sys.stdin.readline()")


@pytest.mark.parametrize(
    ("where", "done"),
    [
        ("corpus.library.fetch.noted", 2),
        ("corpus.library.ledger.Ledger.put", 2),  # they have one, and nobody knows of them
    ],
)
def test_the_run_after_a_kill_goes_on_where_it_was(web, run, library, readings, start, where, done):
    pages = {f"https://a.example/{n}": article(f"Glacier {n}") for n in range(5)}
    for url, data in pages.items():
        web.page(url, data)
    process = start(KILLED, library.folder, web.template, where, done + 1, *pages)
    _, complaint = process.communicate()
    assert process.returncode == -9, complaint
    assert [e.state for e in library.ledger.entries()].count("fetched") == done

    found = run(*pages)
    assert {entry.state for entry in found.values()} == {"fetched"}
    # One host is asked page by page: the one under way is asked for again, and no other.
    assert web.sent() == {url: 2 if n == done else 1 for n, url in enumerate(pages)}
    assert sorted(readings) == sorted(pages)
    assert len(library.documents([])) == len(pages)
    shelf = {path.name for path in (library.folder / "raw").rglob("*/*")}
    assert shelf == {entry.sha256 for entry in found.values()}


@pytest.mark.parametrize(
    ("where", "sent"),
    [
        ("corpus.library.ledger.Ledger.put", 3),  # the new bytes are there, and nobody knows it
        ("corpus.library.library.Library.note_reading", 2),  # they are not yet read
        ("corpus.library.library.Library.drop_raw", 2),  # they are: the old ones can go
    ],
)
def test_a_kill_while_a_page_is_replaced_loses_nothing_and_leaves_nothing(
    web, run, library, start, where, sent
):
    web.page(A, article("Glaciers"), etag='"1"')
    run(A)
    web.page(A, article("Glaciers", "They have all melted."), etag='"2"')
    process = start(KILLED_READING, library.folder, web.template, where, 1, A)
    _, complaint = process.communicate()
    assert process.returncode == -9, complaint
    entry = run(A)[A]
    assert entry.readable
    assert web.sent()[A] == sent
    assert "melted" in library.documents([])[0].text
    shelf = [path.name for path in (library.folder / "raw").rglob("*/*")]
    assert shelf == [entry.sha256]
    assert entry.previous == ""


def test_another_process_that_fetches_is_not_disturbed(web, run, library, start):
    from corpus.errors import CorpusError

    web.page(A, article("Glaciers"))
    web.page(B, article("Ice"))
    where = "corpus.library.ledger.Ledger.put"
    first = start(PAUSED, library.folder, web.template, where, 1, A, B)
    assert first.stdout.readline() == "fetching\n"
    with pytest.raises(CorpusError, match="another process"), library.lock():
        pass
    assert len(library.ledger.entries()) == 2  # whoever looks is not kept waiting
    _, complaint = first.communicate("\n")
    assert first.returncode == 0, complaint
    with library.lock():
        library.read_pending(Limits())
    assert len(library.documents([])) == 2
    assert web.sent() == {A: 1, B: 1}


def test_a_full_disk_is_a_home_error_and_the_next_run_goes_on(web, run, library, files_end_at):
    web.page(A, article("Glaciers"))
    web.page("https://a.example/long", article("Long", PROSE * 2_000))
    run(A)
    with pytest.raises(HomeError, match="free space"), files_end_at(100_000):
        run("https://a.example/long", read=False)
    assert [e.state for e in library.ledger.entries()] == ["fetched", "not fetched"]
    assert len(library.documents([])) == 1
    found = run(A, "https://a.example/long")
    assert all(entry.readable for entry in found.values())
    assert not list(library.folder.rglob("*.part"))


def test_an_answer_is_on_disk_when_it_is_noted(library):
    entry = Entry(A, asked=(A,))
    library.ledger.put(entry)
    after = noted(library, entry, Fetched(A, "fetched", final=A, data=article("Glaciers")))
    assert library.ledger.get(A) == after
    assert library.raw.get(after.sha256) == article("Glaciers")
