"""``tutor sources list``: all that the tutor teaches from."""

import sqlite3
from pathlib import Path

import pytest
import yaml

import corpus
from index.version import current_version

FOLDER = Path(corpus.__file__).parent / "curriculum"
KINDS = {"book", "video", "paper", "course", "repository", "docs", "post", "tool"}


@pytest.fixture(scope="module")
def written():
    """The references as their file has them, read without the loader."""
    return yaml.safe_load((FOLDER / "references.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def sources(shell):
    return shell("sources", "list", "--json").json


def test_every_document_of_the_curriculum_is_listed(sources):
    files = {p.relative_to(FOLDER.parent).as_posix() for p in FOLDER.glob("*/*.md")}
    # Besides its files the curriculum has one document that is computed: the map.
    assert {d["id"] for d in sources["documents"]} == files | {"map"}


def test_every_reference_is_listed_once(sources, written):
    listed = [r["url"] for r in sources["references"]]
    assert sorted(listed) == sorted(r["url"] for r in written)
    assert len(set(listed)) == len(listed)


def test_references_are_typed(sources):
    for reference in sources["references"]:
        assert reference["kind"] in KINDS
        assert reference["title"]
        assert reference["good_for"]
        assert isinstance(reference["authors"], list)
        assert all(1 <= station <= 18 for station in reference["stations"])


def test_kind_keeps_the_references_of_one_kind(shell, written):
    kept = shell("sources", "list", "--kind", "book", "--json").json
    assert kept["documents"] == []
    assert sorted(r["url"] for r in kept["references"]) == sorted(
        r["url"] for r in written if r["kind"] == "book"
    )


def test_station_keeps_what_one_station_cites(shell, written):
    kept = shell("sources", "list", "--station", "7", "--json").json
    assert [d["station"] for d in kept["documents"]] == [7]
    assert sorted(r["url"] for r in kept["references"]) == sorted(
        r["url"] for r in written if 7 in r["stations"]
    )


def test_for_people_there_is_a_line_for_each_and_a_count(shell, sources):
    shown = shell("sources", "list")
    *lines, count = shown.out.splitlines()
    documents, references = len(sources["documents"]), len(sources["references"])
    assert count == f"{documents} documents, {references} references"
    assert len(lines) == documents + references
    assert all(reference["url"] in shown.out for reference in sources["references"])


def test_before_anything_is_fetched_the_references_say_so(sources):
    assert {r["state"] for r in sources["references"]} == {"not fetched"}
    assert not any(r["indexed"] for r in sources["references"])
    assert sources["mine"] == []


def test_state_keeps_what_stands_so(shell, sources):
    kept = shell("sources", "list", "--state", "not fetched", "--json").json
    assert kept["documents"] == []
    assert len(kept["references"]) == len(sources["references"])


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (["--kind", "poem"], "there is no kind 'poem'; there are: book, course, "),
        (["--station", "99"], "there is no station 99; all of them: tutor stations"),
        (["--state", "lost"], "there is no state 'lost'; there are: not fetched, fetched, "),
    ],
)
def test_what_there_is_not(shell, options, error):
    result = shell("sources", "list", *options)
    assert (result.status, result.out) == (2, "")
    assert error in result.error


def test_listing_makes_no_home(new_shell):
    shell = new_shell()
    assert shell("sources", "list").status == 0
    assert not shell.home.exists()


def test_an_index_of_an_earlier_version_is_no_hindrance(index_shell):
    version = current_version(index_shell.home / "index")
    with sqlite3.connect(version / "texts.sqlite") as texts:
        texts.execute("ALTER TABLE documents DROP COLUMN urls")
    assert index_shell("sources", "list").status == 0


def test_status_of_the_index_tells_that_sources_have_changed(fresh_shell):
    (fresh_shell.folder / "notes.md").write_text("# Notes\n\nText.\n")
    assert fresh_shell("sources", "add", "notes.md", "--no-index").status == 0
    assert fresh_shell("index", "status", "--json").json["state"] != "up to date"
