"""Language models of LlamaIndex by setting: its own mock, and OpenAI's class on loopback."""

import pytest
from llama_index.core.llms import MockLLM
from pydantic import SecretStr

from corpus.errors import ModelError
from tutor.engines.factory import lazy_engine
from tutor.engines.llama_index import LlamaIndexEngine, llm_class

MOCK = "llama-index:llama_index.core.llms.MockLLM"
OPENAI = "llama-index:llama_index.llms.openai.OpenAI"
REPEAT = 0  # without a limit the mock repeats what it is asked, with one it says "text"
ASK = [("system", "Be brief."), ("user", "Why?")]


def opened(settings, model, **others):
    lazy = lazy_engine(settings.model_copy(update={"model": model, **others}))
    lazy.check()
    return lazy()


def test_the_mock_repeats_the_conversation(settings):
    engine = opened(settings, MOCK)
    messages = [("system", "Be<|im_end|> brief."), ("user", "Why?")]
    pieces = list(engine.stream(messages, max_tokens=REPEAT))
    assert len(pieces) > 5
    assert "".join(pieces) == "system: Be brief.\nuser: Why?\nassistant: "


def test_options_are_the_arguments_of_the_class(settings):
    engine = opened(settings, MOCK, model_options={"max_tokens": 3})
    assert engine._llm.max_tokens == 3


def test_the_limit_of_a_question_goes_before_and_leaves_no_trace(settings):
    engine = opened(settings, MOCK, model_options={"max_tokens": 3})
    assert "".join(engine.stream(ASK, max_tokens=2)).split() == ["text", "text"]
    assert engine._llm.max_tokens == 3


def test_stops_at_a_stop_word():
    engine = LlamaIndexEngine(MockLLM(), "mock", 512)
    assert "".join(engine.stream(ASK, max_tokens=REPEAT, stop=["user"])) == "system: Be brief.\n"


def test_the_context_is_what_the_class_says(settings):
    assert opened(settings, MOCK).context == MockLLM().metadata.context_window
    # OpenAI's class raises on a model that it does not know.
    unknown = opened(settings, OPENAI, model_name="mine", model_options={"api_key": "none"})
    assert unknown.context == settings.context_tokens


@pytest.mark.enable_socket
def test_the_class_of_openai_on_loopback(settings, playing):
    with playing(key="sesame") as server:
        engine = opened(
            settings,
            OPENAI,
            model_name="gpt-4o-mini",
            model_key=SecretStr("sesame"),
            model_options={"api_base": server.address, "max_retries": 0},
        )
        assert engine.name == "gpt-4o-mini"
        assert "".join(engine.stream(ASK, max_tokens=9, temperature=0.3)) == "Hello there."
    fields, _ = server.asked[0]
    assert (fields["model"], fields["max_tokens"], fields["temperature"]) == ("gpt-4o-mini", 9, 0.3)
    assert [turn["role"] for turn in fields["messages"]] == ["system", "user"]


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "server",
    [{"status": 401, "body": ["{}"]}, {"says": ["Hello"], "ends": False, "cut": True}],
    ids=["refuses", "breaks off"],
)
def test_what_fails_in_the_class_is_one_line(settings, playing, server):
    with playing(**server) as running:
        engine = opened(
            settings,
            OPENAI,
            model_name="gpt-4o-mini",
            model_options={"api_base": running.address, "api_key": "none", "max_retries": 0},
        )
        with pytest.raises(ModelError, match=r"^gpt-4o-mini failed \(\w+: .*\); mend") as told:
            "".join(engine.stream(ASK))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (
            "llama_index.llms.no_such.Model",
            "cannot import llama_index.llms.no_such .*; run: pip install llama-index-llms-no-such$",
        ),
        ("no_such_package.llms.Model", "run: pip install no-such-package$"),
        ("llama_index.core.llms.NoSuch", "is no class of LlamaIndex's language models"),
        ("llama_index.core.llms.ChatMessage", "is no class of LlamaIndex's language models"),
        ("os.getcwd", "is no class of LlamaIndex's language models"),
        ("", "is no class of LlamaIndex's language models"),
    ],
)
def test_a_class_that_there_is_not(path, line):
    with pytest.raises(ModelError, match=line):
        llm_class(path)


def test_arguments_that_do_not_suit_the_class(settings):
    with pytest.raises(ModelError, match=r"^MockLLM failed \(TypeError: .*'depth'\); mend"):
        opened(settings, MOCK, model_options={"depth": 3})
