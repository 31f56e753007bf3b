"""``tutor models list|pull|use|bench``."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tutor.engines.gguf import bundled_file
from tutor.models.catalogue import catalogue, find

pytestmark = pytest.mark.language_model

SCRIPT = Path(__file__).parents[1] / "hub.py"
# A real model, the bundled one, that the hub serves under another's name.
MODEL = find("smollm2-360m-instruct")


class Hub:
    """A model hub on loopback that has MODEL."""

    def __init__(self, folder, address):
        self.folder, self.address = folder, address

    def fails(self, **faults):
        (self.folder / "faults.json").write_text(json.dumps(faults))

    def ranges(self):
        """The ranges that were asked for, transfer by transfer."""
        asked = map(json.loads, (self.folder / "log.jsonl").read_text().splitlines())
        return [one["range"] for one in asked if one["method"] == "GET"]


@pytest.fixture
def hub(tmp_path):
    file = tmp_path / "hub" / MODEL.repository / MODEL.file
    file.parent.mkdir(parents=True)
    file.symlink_to(bundled_file())
    command = [sys.executable, str(SCRIPT), str(tmp_path / "hub")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield Hub(tmp_path / "hub", server.stdout.readline().strip())
        server.terminate()


@pytest.fixture
def lone(new_shell, hub, settings):
    """A shell with a home of its own, in which only the bundled models are, and a hub."""
    shell = new_shell()
    (shell.home / "models").mkdir(parents=True)
    for file in settings.models.iterdir():
        (shell.home / "models" / file.name).symlink_to(file)
    shell.environment["HF_ENDPOINT"] = hub.address
    return shell


def test_the_list_shows_size_memory_licence_and_what_is_in_use(shell):
    out = shell("models", "list").out
    assert re.search(r"^\* +bundled +135 million +98 MB +\d+ MB .* bundled +Apache-2.0$", out, re.M)
    line = r"^ +qwen3-8b +8\.2 billion +5\.0 GB +6\.\d GB +32,768 tokens +not pulled +Apache-2\.0$"
    assert re.search(line, out, re.M)
    assert "embedding models" in out


def test_the_list_as_json_has_every_field(shell):
    listed = shell("models", "list", "--json").json
    assert [model["name"] for model in listed] == [model.name for model in catalogue()]
    assert [model["name"] for model in listed if model["in_use"]] == [
        "bundled", "bundled", "late-interaction",
    ]  # fmt: skip
    (phi,) = [model for model in listed if model["name"] == "phi-4-mini-instruct"]
    assert phi["file"] == "microsoft_Phi-4-mini-instruct-Q4_K_M.gguf"
    assert phi.keys() >= {
        "repository",
        "licence",
        "context",
        "template",
        "memory",
        "size",
        "source",
    }


def test_the_list_can_be_of_one_kind(shell):
    listed = shell("models", "list", "--json", "--kind", "reranker").json
    assert {model["kind"] for model in listed} == {"reranker"}
    assert shell("models", "list", "--kind", "car").status == 2


def test_what_is_set_and_in_no_catalogue_is_listed_too(shell):
    listed = shell("models", "list", "--json", model="http://127.0.0.1:8080/v1").json
    assert listed[-1] == {
        "kind": "language", "state": "set", "in_use": True, "name": "http://127.0.0.1:8080/v1",
    }  # fmt: skip


def test_pull_use_ask_and_back(lone, hub):
    pulled = lone("models", "pull", MODEL.name)
    assert pulled.status == 0, pulled.err
    assert f"tutor models use {MODEL.name}" in pulled.out
    assert "is here already" in lone("models", "pull", MODEL.name).out

    used = lone("models", "use", MODEL.name, threads=1)
    assert used.status == 0, used.err
    assert "tokens a second: “" in used.out
    assert "back: tutor models use bundled" in used.out
    assert (lone.home / "tutor.toml").read_text() == f'model = "{MODEL.name}"\n'
    assert len(hub.ranges()) == 1

    measured = lone("models", "bench", "--json", "--runs", "1", threads=1).json
    assert measured["model"] == MODEL.name
    assert measured["write_speed"] > 1

    back = lone("models", "use", "bundled", "--json", threads=1).json
    assert (back["before"], back["after"], back["hidden_by"]) == (MODEL.name, "bundled", "")
    assert (lone.home / "tutor.toml").read_text() == 'model = "bundled"\n'


def test_everything_is_written_into_the_home(lone):
    lone("models", "pull", MODEL.name)
    assert list(lone.folder.iterdir()) == []
    folder = lone.home / "models" / MODEL.name
    assert {file.name for file in folder.iterdir()} - {".lock"} == {MODEL.file, "pulled.json"}


def test_an_interrupted_pull_says_how_to_go_on_and_goes_on(lone, hub):
    hub.fails(slow=0.05)  # 94 pieces of a megabyte take 5 s
    process = lone.start("models", "pull", MODEL.name)
    folder = lone.home / "models" / MODEL.name
    while not any(part.stat().st_size > 5e6 for part in folder.glob("*.part")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode() == f"tutor: interrupted; go on with: tutor models pull {MODEL.name}\n"
    assert "begun" in lone("models", "list").out

    hub.fails()
    (begun,) = [part.stat().st_size for part in folder.glob("*.part")]
    pulled = lone("models", "pull", MODEL.name, "--json").json
    assert hub.ranges()[-1] == f"bytes={begun}-"
    assert pulled["transferred"] == bundled_file().stat().st_size - begun
    assert Path(pulled["folder"], MODEL.file).read_bytes() == bundled_file().read_bytes()


@pytest.mark.parametrize(
    ("command", "status", "says"),
    [
        (("pull", "smollm2-360"), 2, "do you mean smollm2-360m-instruct"),
        (("pull", "bundled"), 1, "part of the tutor"),
        (("use", "smollm2-360m-instruct"), 1, "run: tutor models pull smollm2-360m-instruct"),
        (("use", "nothing-like-it"), 2, "no model 'nothing-like-it' is known"),
        (("bench", "qwen3-8b"), 1, "run: tutor models pull qwen3-8b"),
        (("bench", "bge-small-en-v1.5"), 2, "no model 'bge-small-en-v1.5' is known"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_errors_are_one_line_and_change_nothing(fresh_shell, command, status, says):
    result = fresh_shell("models", *command)
    assert (result.status, result.out) == (status, "")
    assert says in result.error
    assert not (fresh_shell.home / "tutor.toml").exists()


def test_a_hub_that_refuses_is_one_line(lone, hub):
    hub.fails(status=401, code="GatedRepo")
    result = lone("models", "pull", MODEL.name)
    assert (result.status, result.out) == (1, "")
    assert "HF_TOKEN" in result.error


def test_without_a_network_a_pull_is_one_line(lone):
    lone.environment["HF_ENDPOINT"] = "http://127.0.0.1:9"
    result = lone("models", "pull", MODEL.name)
    assert (result.status, result.out) == (1, "")
    assert "check the network" in result.error


def test_what_goes_before_the_written_setting_is_told(fresh_shell):
    used = fresh_shell("models", "use", "late-interaction", reranker="none")
    assert "note: environment TUTOR_RERANKER goes before that" in used.out
    (fresh_shell.folder / "tutor.toml").write_text('reranker = "none"\n')
    used = fresh_shell("models", "use", "late-interaction", "--json")
    assert used.json["hidden_by"] == "tutor.toml"
    assert used.json["then"] == ["tutor eval calibrate"]


def test_a_table_of_measurements(shell):
    out = shell("models", "bench", "--runs", "1", threads=1).out
    labels = [line[:12].strip() for line in out.splitlines()]
    assert labels == ["model", "loading", "reading", "first words", "writing", "memory"]
