"""``tutor ask --model http://…`` from end to end, in a process of its own."""

import json

import pytest

pytestmark = pytest.mark.language_model

SCRIPT = "from tutor.cli import main; main()"


@pytest.fixture
def ask(start, settings, tmp_path, monkeypatch):
    """Asks with a home that holds the session's index and models."""
    for part in ("index", "models"):
        (tmp_path / part).symlink_to(settings.home / part)
    monkeypatch.setenv("TUTOR_HOME", str(tmp_path))

    def run(model, *options):
        question = ("ask", "What is LoRA?", "--no-log", "--json", "--model", model)
        process = start(SCRIPT, *question, *options)
        out, err = process.communicate(timeout=300)
        return process.returncode, out, err

    return run


@pytest.mark.enable_socket
def test_a_server_writes_under_the_check(ask, playing):
    # It says what the second passage says, and what none of them says.
    with playing(says=["LoRA trains low-rank matrices. ", "LoRA was made of cheese."]) as server:
        status, out, err = ask(server.address)
    assert status == 0, err
    answer = json.loads(out)
    assert answer["model"] == "small"
    assert "cheese" not in answer["answer"]
    # Asked again to put right what no passage supports.
    assert len(server.asked) > 1
    assert {fields["model"] for fields, _ in server.asked} == {"small"}
    assert "What is LoRA?" in server.asked[0][0]["messages"][-1]["content"]


@pytest.mark.enable_socket
def test_the_server_of_llama_cpp_writes(ask, llama_cpp_server):
    status, out, err = ask(llama_cpp_server)
    assert status == 0, err
    answer = json.loads(out)
    assert (answer["model"], answer["status"]) == ("smollm2", "answered")
    assert answer["citations"]


@pytest.mark.enable_socket
def test_a_server_that_is_not_there_is_told_before_anything_is_said(ask, free_port):
    status, out, err = ask(f"http://127.0.0.1:{free_port}/v1")
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert err.startswith(f"tutor: no model server answers at http://127.0.0.1:{free_port}/v1")


@pytest.mark.enable_socket
def test_a_model_that_the_server_has_not(ask, playing, monkeypatch):
    monkeypatch.setenv("TUTOR_MODEL_NAME", "large")
    with playing() as server:
        status, out, err = ask(server.address)
    assert (status, out) == (1, "")
    assert "has no model 'large'; set model_name to one of: small" in err
    assert server.asked == []
