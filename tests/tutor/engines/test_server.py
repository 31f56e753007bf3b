"""Models behind an address: real answers, and one line for everything that goes wrong."""

import json
import time

import pytest
from pydantic import SecretStr

from corpus.errors import ModelError
from tutor.engines.server import LazyServer, ServerEngine, chosen

pytestmark = pytest.mark.language_model

ASK = [("system", "Be brief."), ("user", "What is a neural network?")]


def told(address, messages=ASK, options=None, seconds=10.0, **limits):
    engine = ServerEngine(address, "small", seconds=seconds, options=options)
    try:
        return "".join(engine.stream(messages, **limits))
    finally:
        engine.close()


@pytest.mark.enable_socket
def test_the_server_of_llama_cpp(settings, llama_cpp_server):
    lazy = LazyServer(settings.model_copy(update={"model": llama_cpp_server}))
    lazy.check()
    assert lazy.name == "smollm2"
    pieces = list(lazy().stream(ASK, max_tokens=12))
    lazy.close()
    assert 1 < len([piece for piece in pieces if piece]) <= 12
    assert "network" in "".join(pieces).lower()


@pytest.mark.enable_socket
def test_what_is_asked(playing):
    with playing() as server:
        limits = {"max_tokens": 7, "temperature": 0.5, "stop": ["END"], "seed": 3}
        assert told(server.address, **limits) == "Hello there."
    fields, _ = server.asked[0]
    assert fields == {
        "model": "small",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is a neural network?"},
        ],
        "stream": True,
        **limits,
    }


@pytest.mark.enable_socket
def test_options_add_fields_and_take_ours_out(playing):
    with playing() as server:
        told(server.address, options={"top_p": 0.9, "temperature": 0.2, "max_tokens": None})
    fields, _ = server.asked[0]
    assert (fields["top_p"], fields["temperature"]) == (0.9, 0.2)
    assert "max_tokens" not in fields


@pytest.mark.enable_socket
def test_nothing_of_the_machine_and_its_environment_is_told(playing, monkeypatch):
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", "secret")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: secret")
    with playing() as server:
        told(server.address)
    _, headers = server.asked[0]
    assert {name.lower() for name in headers} == {
        "accept", "accept-encoding", "authorization", "connection", "content-length",
        "content-type", "host", "user-agent",
    }  # fmt: skip
    assert "secret" not in str(headers)


@pytest.mark.enable_socket
def test_proxies_of_the_environment_are_not_used(playing, monkeypatch, free_port):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    with playing() as server:
        assert told(server.address) == "Hello there."


@pytest.mark.enable_socket
def test_a_redirection_is_not_followed(playing):
    with playing() as elsewhere:
        there = f"{elsewhere.address}/chat/completions"
        with (
            playing(status=307, location=there, body=["{}"]) as server,
            pytest.raises(ModelError, match=r"HTTP 307.*it sends elsewhere"),
        ):
            told(server.address)
    assert (len(server.asked), elsewhere.asked) == (1, [])


@pytest.mark.enable_socket
def test_control_words_do_not_reach_the_server(playing):
    with playing() as server:
        told(server.address, [("user", "one<|im_end|>two[/INST]three</s>")])
    assert server.asked[0][0]["messages"][0]["content"] == "onetwothree"


@pytest.mark.enable_socket
def test_thoughts_are_no_part_of_the_answer(playing):
    with playing(says=["<thi", "nk>Let me see.", "</think>", "\n\nYes", "."]) as server:
        assert told(server.address).strip() == "Yes."


@pytest.mark.enable_socket
def test_an_abandoned_stream_hangs_up(playing):
    with playing(says=["Hello", *([0.05, " on"] * 200)]) as server:
        engine = ServerEngine(server.address, "small")
        pieces = engine.stream(ASK)
        assert next(pieces) == "Hello"
        pieces.close()
        assert server.hung_up.wait(5)
        engine.close()


def test_more_tokens_are_counted_than_there_are():
    engine = ServerEngine("http://127.0.0.1:9/v1", "small")
    assert engine.count_tokens("") == 0
    assert engine.count_tokens("one two three") == 5  # 13 characters, of 3 a token; they are 3


# --- What goes wrong


@pytest.mark.enable_socket
def test_nobody_there(settings, free_port):
    address = f"http://127.0.0.1:{free_port}/v1"
    line = f"^no model server answers at {address} .*; start it, or set model to 'bundled'$"
    with pytest.raises(ModelError, match=line):
        LazyServer(settings.model_copy(update={"model": address})).check()
    with pytest.raises(ModelError, match=line):
        told(address)


@pytest.mark.enable_socket
@pytest.mark.parametrize("says", [[5.0], ["Hello", 5.0]], ids=["at once", "amid"])
def test_a_server_that_hangs(playing, says):
    began = time.monotonic()
    with (
        playing(says=says) as server,
        pytest.raises(ModelError, match="does not answer in time; raise model_seconds"),
    ):
        told(server.address, seconds=0.3)
    assert time.monotonic() - began < 4


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("status", "says", "line"),
    [
        (401, "bad key sk-123", "refuses the key; set model_key$"),
        (403, "bad key sk-123", "refuses the key; set model_key$"),
        (404, "model 'small' not found", r"\(HTTP 404: model 'small' not found\); set model_name"),
        (400, "too\nlong", r"\(HTTP 400: too long\); lower context_tokens"),
        (429, "slowly", r"\(HTTP 429: slowly\); it is asked too much"),
        (500, "", r"\(HTTP 500\); look into its log"),
        (503, "loading", r"\(HTTP 503: loading\); it may still be loading"),
    ],
)
def test_a_refusal_is_one_line(playing, status, says, line):
    body = [json.dumps({"error": {"message": says}})]
    with (
        playing(status=status, body=body, kind="application/json") as server,
        pytest.raises(ModelError, match=line) as caught,
    ):
        told(server.address)
    assert "\n" not in str(caught.value)
    assert "sk-123" not in str(caught.value)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/html", ["<html>hello</html>"]),
        ("text/event-stream", ["data: {broken\n\n"]),
        ("text/event-stream", ['data: {"foo": 1}\n\n']),
        ("text/event-stream", ['data: ["a", 1]\n\n']),
        ("text/event-stream", ["data: 3\n\n"]),
        ("text/event-stream", ['data: {"choices": 3}\n\n']),
        ("text/event-stream", []),
        ("application/json", ["null"]),
    ],
    ids=["html", "no JSON", "other JSON", "a list", "a number", "odd choices", "nothing", "null"],
)
def test_garbage(playing, kind, body):
    with (
        playing(body=body, kind=kind) as server,
        pytest.raises(ModelError, match=r"does not speak OpenAI's protocol; mend the address"),
    ):
        told(server.address)


@pytest.mark.enable_socket
@pytest.mark.parametrize("cut", [True, False], ids=["cut", "ended early"])
def test_a_stream_that_breaks_off(playing, cut):
    with (
        playing(says=["Hello"], ends=False, cut=cut) as server,
        pytest.raises(ModelError, match=r"broke off.*; ask again"),
    ):
        told(server.address)


@pytest.mark.enable_socket
def test_a_fault_told_amid_the_stream(playing):
    fault = 'data: {"error": {"message": "out of memory"}}\n\n'
    with (
        playing(body=['data: {"choices": [{"delta": {"content": "Hi"}}]}\n\n', fault]) as server,
        pytest.raises(ModelError, match=r"fails \(out of memory\); look into its log"),
    ):
        told(server.address)


# --- Which model, and the key


@pytest.mark.enable_socket
def test_the_first_that_the_server_lists(settings, playing):
    with playing(models=("first", "second")) as server:
        lazy = LazyServer(settings.model_copy(update={"model": server.address}))
        assert lazy.name == server.address
        lazy.check()
    assert lazy.name == "first"


@pytest.mark.enable_socket
def test_a_bare_host_gets_the_usual_path(settings, playing):
    with playing() as server:
        bare = server.address.removesuffix("/v1")
        lazy = LazyServer(settings.model_copy(update={"model": bare}))
        assert "".join(lazy().stream(ASK)) == "Hello there."


@pytest.mark.enable_socket
def test_the_key(settings, playing):
    with playing(key="sesame") as server:
        without = settings.model_copy(update={"model": server.address})
        with pytest.raises(ModelError, match=r"refuses the key; set model_key$"):
            LazyServer(without).check()
        lazy = LazyServer(without.model_copy(update={"model_key": SecretStr("sesame")}))
        lazy.check()
        assert "".join(lazy().stream(ASK)) == "Hello there."


@pytest.mark.enable_socket
def test_a_server_that_lists_nothing(settings, playing):
    with playing(models=None) as server:
        unnamed = settings.model_copy(update={"model": server.address})
        with pytest.raises(ModelError, match="lists no models; set model_name"):
            LazyServer(unnamed).check()
        named = LazyServer(unnamed.model_copy(update={"model_name": "mine"}))
        named.check()
    assert named.name == "mine"


def test_the_model_to_ask():
    assert chosen("", ["a", "b"], "here") == "a"
    assert chosen("b", ["a", "b"], "here") == "b"
    assert chosen("llama3.2", ["llama3.2:latest"], "here") == "llama3.2"
    with pytest.raises(ModelError, match="has no model 'lama'; set model_name to one of: llama"):
        chosen("lama", ["qwen", "llama"], "here")


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("http://", "is no address; give one like"),
        ("http://127.0.0.1:port/v1", "is no address .*; give one like"),
        ("http://me:secret@127.0.0.1/v1", "holds a password; set model_key"),
    ],
)
def test_an_address_that_is_none(settings, setting, line):
    with pytest.raises(ModelError, match=line) as caught:
        LazyServer(settings.model_copy(update={"model": setting}))
    assert "secret" not in str(caught.value)
