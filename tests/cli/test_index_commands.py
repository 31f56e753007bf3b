"""``tutor index``: build, status and clear, and the refusal of an index that does not fit."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from index.lock import build_lock
from index.version import current_version


def version(shell) -> Path:
    return current_version(shell.home / "index")


def forge(shell, **changed):
    """Write other values into the manifest."""
    file = version(shell) / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))


@pytest.fixture(scope="module")
def status(shell):
    return shell("index", "status", "--json").json


def test_status_of_a_good_index(status, settings):
    assert status["state"] == "up to date"
    assert status["folder"].endswith(current_version(settings.index).name)
    assert status["fingerprint"] in status["folder"]
    assert status["dimension"] == 384  # all-MiniLM-L6-v2
    assert status["megabytes"] > 1


def test_status_lists_every_document_with_its_state(status, curriculum):
    assert sorted(d["id"] for d in status["list"]) == sorted(d.id for d in curriculum.documents)
    assert {d["state"] for d in status["list"]} == {"indexed"}
    assert status["documents"] == len(status["list"])
    assert status["chunks"] == sum(d["chunks"] for d in status["list"])


def test_status_for_people_shows_the_curriculum_and_counts_the_references(shell, status):
    shown = shell("index", "status").out
    assert "state        up to date" in shown
    assert "curriculum/stations/07-supervised-fine-tuning.md" in shown
    references = sum(d["kind"] == "card" for d in status["list"])
    assert f"and {references} references" in shown


def test_status_names_what_has_changed_since(index_shell):
    # As if the index were older: one text was another, one document has gone, one is new.
    with sqlite3.connect(version(index_shell) / "texts.sqlite") as texts:
        texts.execute("UPDATE documents SET sha256 = 'other' WHERE id LIKE '%/07-%'")
        texts.execute("UPDATE documents SET id = 'gone.md' WHERE id LIKE '%/08-%'")
    forge(index_shell, corpus="other")
    listed = index_shell("index", "status", "--json").json["list"]
    assert {d["id"]: d["state"] for d in listed if d["state"] != "indexed"} == {
        "curriculum/stations/07-supervised-fine-tuning.md": "changed",
        "gone.md": "removed",
        "curriculum/stations/08-alignment.md": "new",
    }


@pytest.mark.parametrize("command", [("index",), ("index", "build")])
def test_building_an_unchanged_index_leaves_it_as_it_is(index_shell, status, command):
    before = version(index_shell)
    built = index_shell(*command)
    assert (built.status, built.err) == (0, "")
    assert f"{status['chunks']} chunks of {status['documents']} documents" in built.out
    assert [p for p in before.parent.iterdir() if p.is_dir()] == [before]


def test_clear_removes_the_index_and_nothing_else(index_shell):
    (index_shell.home / "index" / "building-1").mkdir()
    (index_shell.home / "conversations.sqlite").touch()
    cleared = index_shell("index", "clear")
    assert (cleared.status, cleared.err) == (0, "")
    assert {p.name for p in (index_shell.home / "index").iterdir()} <= {"lock"}
    assert {p.name for p in index_shell.home.iterdir()} == {
        "conversations.sqlite", "index", "models",
    }  # fmt: skip
    assert any((index_shell.home / "models").iterdir())


def test_clearing_what_is_not_there_is_no_fault(new_shell):
    shell = new_shell()
    assert shell("index", "clear").status == 0
    assert not shell.home.exists()


def test_status_without_an_index_says_how_to_build_one(new_shell):
    result = new_shell()("index", "status")
    assert (result.status, result.out) == (1, "")
    assert result.error == "there is no index yet; run: tutor index build"


MEND = "run: tutor index build"
FORGERIES = {
    "other corpus": ({"corpus": "0" * 16}, "the curriculum has changed"),
    "other model": ({"model": "other-model"}, "built with other-model"),
    "other layout": ({"layout": 0}, "another version of the tutor"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_stale_or_foreign_index_is_refused(index_shell, name):
    changed, why = FORGERIES[name]
    forge(index_shell, **changed)
    result = index_shell("search", "attention")
    assert (result.status, result.out) == (1, "")
    assert why in result.error
    assert MEND in result.error


@pytest.mark.parametrize("command", ["ask", "search"])
def test_every_line_of_json_lines_waits_for_a_fitting_index(index_shell, command):
    forge(index_shell, corpus="other")
    result = index_shell(command, "--jsonl", stdin='{"question": "What is LoRA?"}')
    assert (result.status, result.out) == (1, "")
    assert MEND in result.error


def test_status_says_why_an_index_would_be_refused(index_shell):
    forge(index_shell, model="other-model")
    result = index_shell("index", "status", "--json")
    assert result.status == 0
    assert "built with other-model" in result.json["state"]
    assert MEND in result.json["state"]


def pointer(text):
    def damage(shell):
        (shell.home / "index" / "current").write_bytes(text)

    return damage


def cut(name):
    def damage(shell):
        file = version(shell) / name
        content = file.read_bytes()[:90]
        file.unlink()  # it is a link to the session's index
        file.write_bytes(content)

    return damage


def lose(name):
    return lambda shell: (version(shell) / name).unlink()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(pointer(b"v-nowhere-1"), id="pointer to nowhere"),
        pytest.param(pointer(b"\xff\xfe\x00"), id="garbled pointer"),
        pytest.param(lose("manifest.json"), id="no manifest"),
        pytest.param(cut("manifest.json"), id="cut manifest"),
        pytest.param(lose("chroma"), id="no vectors"),
        pytest.param(lose("probes.json"), id="no probes"),
        pytest.param(cut("vectors.npy"), id="cut vectors"),
    ],
)  # fmt: skip
def test_a_half_written_or_damaged_index_is_refused(index_shell, damage):
    damage(index_shell)
    result = index_shell("search", "attention")
    assert (result.status, result.out) == (1, "")
    assert MEND in result.error


@pytest.mark.parametrize("command", ["build", "clear"])
def test_two_cannot_write_the_index_at_once(index_shell, command):
    with build_lock(index_shell.home / "index"):
        result = index_shell("index", command)
    assert (result.status, result.out) == (1, "")
    assert f"process {os.getpid()} on " in result.error
    assert version(index_shell).exists()


def test_a_stale_index_answers_again_after_the_command_that_mends_it(index_shell):
    forge(index_shell, corpus="other")
    (index_shell.home / "index" / "building-1").mkdir()  # left behind by a killed build
    stale = version(index_shell)
    assert index_shell("index", "build").status == 0
    assert version(index_shell) != stale
    assert not (index_shell.home / "index" / "building-1").exists()
    assert index_shell("search", "attention").status == 0
