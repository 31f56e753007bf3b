"""``tutor doctor``: what works, what does not, and whether anything would need the network."""

import pytest

from tutor.cli.doctor import _network as network

PARTS = ["home", "disk", "memory", "embedding model", "language model", "index", "network"]


def findings(result):
    """By part: whether it is well, and what was found."""
    return {row["part"]: (row["ok"], row["finding"]) for row in result.json}


@pytest.fixture(scope="module")
def well(shell):
    return shell("doctor", "--json")


def test_every_part_is_looked_at(well):
    assert [row["part"] for row in well.json] == PARTS


@pytest.mark.parametrize("part", [p for p in PARTS if p not in ("disk", "memory")])
def test_a_built_home_is_well(well, part):
    ok, finding = findings(well)[part]
    assert ok, finding


def test_the_exit_status_is_0_only_if_all_is_well(well):
    assert well.status == (0 if all(row["ok"] for row in well.json) else 1)
    assert well.err == ""


def test_the_bundled_models_need_no_network(well):
    assert findings(well)["network"] == (True, "nothing needs it")


def test_the_embedding_model_is_tried(well):
    assert "384 dimensions" in findings(well)["embedding model"][1]


def test_a_missing_index_a_missing_model_and_a_hub_are_found(new_home, new_shell):
    home = new_home()
    (home / "index").unlink()
    result = new_shell(home)("doctor", "--json", model="/nowhere.gguf", reranker="someone/model")
    found = findings(result)
    assert result.status == 1
    assert found["index"] == (False, "there is no index yet; run: tutor index build")
    assert not found["language model"][0]
    assert "/nowhere.gguf" in found["language model"][1]
    assert "reranker" in found["network"][1]
    assert "hub" in found["network"][1]


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("http://127.0.0.1:9/v1", "setting model asks http://127.0.0.1:9/v1, on this machine"),
        ("http://localhost:9", "setting model asks http://localhost:9/v1, on this machine"),
        (
            "http://10.1.2.3:9/v1",
            "setting model sends questions and passages to http://10.1.2.3:9/v1",
        ),
        (
            "llama-index:llama_index.core.llms.MockLLM",
            "setting model sends questions and passages to llama-index:llama_index.core.llms"
            ".MockLLM, wherever that is",
        ),
    ],
)
def test_where_questions_go_is_told(settings, model, told):
    assert network(settings.model_copy(update={"model": model})) == told


def test_a_server_that_is_not_there_is_a_finding(new_home, new_shell):
    home = new_home()
    (home / "index").unlink()
    result = new_shell(home)("doctor", "--json", model="http://127.0.0.1:9/v1")
    ok, finding = findings(result)["language model"]
    assert not ok
    assert finding.startswith("no model server answers at http://127.0.0.1:9/v1")


def test_for_people_there_is_a_line_for_each_part(new_home, new_shell):
    home = new_home()
    (home / "index").unlink()
    result = new_shell(home)("doctor", model="/nowhere.gguf")
    lines = result.out.splitlines()
    assert [line[5:21].strip() for line in lines] == PARTS
    assert [line[:4] for line in lines if "index build" in line] == ["FAIL"]
    assert {line[:4] for line in lines} == {"ok  ", "FAIL"}


def test_a_home_that_cannot_be_written_is_a_finding(new_shell, tmp_path):
    (tmp_path / "file").touch()
    result = new_shell(tmp_path / "file" / "home")("doctor", "--json")
    assert (result.status, result.err) == (1, "")
    ok, finding = findings(result)["home"]
    assert not ok
    assert "set TUTOR_HOME" in finding
