"""The ledger: every entry survives as it was put, and a fault is one line."""

import sqlite3
from dataclasses import fields, replace

import pytest

from corpus.errors import CorpusError, HomeError
from corpus.library.ledger import FILE, Entry, Ledger, now, sources_digest

A = Entry(
    "https://a.example/page", "mine", "moved", "moved to …", "Glacier 🧊", 7,
    ("a.example/page#top", "https://a.example/page"), "https://b.example/", "text/html", "utf-8",
    '"1"', "then", "ab" * 32, 12, "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", True, "html", 3,
    "cd" * 32, 999, "truncated", True, "ef" * 32,
)  # fmt: skip
READ = Entry("https://b.example/", text="ab" * 32, title="B", asked=("b.example",))


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path)
    yield opened
    opened.close()


def test_an_entry_comes_back_as_it_was_put(ledger, tmp_path):
    # No field of the example is at its default, so none can be lost unseen.
    assert [f.name for f in fields(Entry) if getattr(A, f.name) == f.default] == []
    ledger.put(A)
    assert ledger.get(A.address) == A
    ledger.close()
    again = Ledger(tmp_path)
    assert again.entries() == [A]
    again.close()


def test_an_address_nobody_asked_for_has_no_entry(ledger):
    assert ledger.get("https://nowhere.example/") is None


def test_entries_stay_in_the_order_in_which_they_came(ledger):
    for name in "cab":
        ledger.put(Entry(name))
    ledger.put(Entry("c", state="dead"))
    assert [(e.address, e.state) for e in ledger.entries()] == [
        ("c", "dead"), ("a", "not fetched"), ("b", "not fetched"),
    ]  # fmt: skip


def test_entries_of_one_origin(ledger):
    ledger.put(A)
    ledger.put(READ)
    assert ledger.entries("mine") == [A]
    assert ledger.entries("reference") == [READ]


def test_a_removed_entry_is_gone(ledger):
    ledger.put(A)
    ledger.remove(A.address)
    assert ledger.entries() == []


def test_forms_are_kept_once_in_the_order_in_which_they_were_asked(ledger):
    entry = Entry("a").named("a#2", "a#1").named("a#2", "a#3")
    assert entry.asked == ("a#2", "a#1", "a#3")


def test_robots_come_back_as_they_were_put(ledger):
    assert ledger.robots("https://a.example/robots.txt") is None
    ledger.put_robots("https://a.example/robots.txt", 200, "User-agent: *", 12.5)
    ledger.put_robots("https://a.example/robots.txt", 404, "", 13.5)
    assert ledger.robots("https://a.example/robots.txt") == (404, "", 13.5)


def test_the_time_is_utc_in_iso_8601():
    from datetime import UTC, datetime

    assert abs((datetime.now(UTC) - datetime.fromisoformat(now())).total_seconds()) < 5


# The digest


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "cd" * 32}, {"title": "C"}, {"station": 3}, {"origin": "mine"},
        {"asked": ("b.example", "b.example#part")},
    ],
)  # fmt: skip
def test_the_digest_changes_with_what_is_indexed(ledger, changed):
    ledger.put(READ)
    before = ledger.digest()
    ledger.put(replace(READ, **changed))
    assert len(before) == 16
    assert ledger.digest() != before


@pytest.mark.parametrize(
    "changed", [{"checked": "2024"}, {"state": "dead"}, {"reason": "gone"}, {"etag": '"2"'}]
)
def test_the_digest_stays_with_what_is_not_indexed(ledger, changed):
    ledger.put(READ)
    before = ledger.digest()
    ledger.put(replace(READ, **changed))
    ledger.put(Entry("https://dead.example/", state="dead"))
    assert ledger.digest() == before


def test_nothing_to_index_has_no_digest(ledger, tmp_path):
    ledger.put(Entry("https://dead.example/", state="dead"))
    assert ledger.digest() == ""
    assert sources_digest(tmp_path) == ""
    assert sources_digest(tmp_path / "none") == ""
    assert not (tmp_path / "none").exists()


def test_the_digest_of_a_folder_is_that_of_its_ledger(ledger, tmp_path):
    ledger.put(READ)
    assert sources_digest(tmp_path) == ledger.digest()


# Faults


def test_a_file_that_is_no_ledger_is_told_with_what_to_do(tmp_path):
    (tmp_path / FILE).write_bytes(b"not SQLite at all, but long enough to be taken for a file" * 9)
    with pytest.raises(CorpusError, match=r"damaged .* tutor sources fetch --all") as told:
        Ledger(tmp_path)
    assert "\n" not in str(told.value)


def test_a_ledger_damaged_in_the_middle_is_told(tmp_path):
    ledger = Ledger(tmp_path)
    for number in range(40):
        ledger.put(replace(A, address=f"https://a.example/{number}", reason="x" * 3_000))
    ledger.close()
    data = bytearray((tmp_path / FILE).read_bytes())
    data[8192 : len(data) // 2] = b"\xff" * (len(data) // 2 - 8192)
    (tmp_path / FILE).write_bytes(data)
    damaged = Ledger(tmp_path)
    with pytest.raises(CorpusError, match="damaged"):
        damaged.entries()
    damaged.close()


def test_a_ledger_without_the_newest_columns_is_brought_up_to_date(tmp_path):
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE sources (address PRIMARY KEY, state, title)")
    connection.execute("INSERT INTO sources VALUES ('https://a.example/', 'dead', 'A')")
    connection.commit()
    connection.close()
    old = Entry("https://a.example/", state="dead", title="A")
    for _ in range(2):
        ledger = Ledger(tmp_path)
        assert ledger.entries() == [old]
        ledger.put(A)
        ledger.remove(A.address)
        ledger.close()


def test_a_ledger_of_a_newer_version_is_told(tmp_path):
    Ledger(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("ALTER TABLE sources ADD COLUMN colour")
    connection.close()
    with pytest.raises(CorpusError, match="another version"):
        Ledger(tmp_path)


def test_a_file_in_place_of_the_folder_is_a_home_error(tmp_path):
    (tmp_path / "references").write_text("mine")
    with pytest.raises(HomeError, match="TUTOR_HOME"):
        Ledger(tmp_path / "references")
    assert (tmp_path / "references").read_text() == "mine"


def test_a_folder_in_place_of_the_ledger_is_a_home_error(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(HomeError, match="cannot use"):
        Ledger(tmp_path)


def test_a_full_disk_is_a_home_error_and_the_entries_stay(ledger, tmp_path, files_end_at):
    ledger.put(A)
    with pytest.raises(HomeError, match="free space"), files_end_at(0):
        ledger.put(replace(READ, reason="x" * 100_000))
    assert ledger.entries() == [A]
    ledger.put(READ)
    assert ledger.entries() == [A, READ]


def test_a_full_disk_from_the_start_is_a_home_error(tmp_path, files_end_at):
    with pytest.raises(HomeError), files_end_at(0):
        Ledger(tmp_path / "new")
    Ledger(tmp_path / "new").close()


PUT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from corpus.library.ledger import Entry, Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.put(Entry("https://a.example/", state="dead"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_put_before_a_kill_is_there(start, tmp_path):
    process = start(PUT_AND_DIE, tmp_path)
    _, complaint = process.communicate()
    assert process.returncode == -9, complaint
    ledger = Ledger(tmp_path)
    assert [e.state for e in ledger.entries()] == ["dead"]
    ledger.close()
