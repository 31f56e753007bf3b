"""The bundled language model on its own."""

import pytest

from eval.golden import Message
from eval.systems.bare import open_bare

pytestmark = pytest.mark.language_model

QUESTION = "What is a neural network? Answer in one sentence."
HISTORY = [
    Message(role="user", content="Answer in as few words as you can. What is the sun?"),
    Message(role="assistant", content="A star."),
]


@pytest.fixture(scope="module")
def bare(fresh):
    system = open_bare(fresh)
    yield system
    system.close()


def test_it_answers_from_nothing(bare):
    reply = bare.ask(QUESTION, [])
    assert reply.status == "answered"
    assert "network" in reply.answer.lower()
    assert (reply.retrieved, reply.citations, reply.confidence) == ([], [], None)
    assert reply.sentences[0].text in reply.answer
    assert 0 < reply.tokens <= 257
    assert 0 < reply.timings_ms["first_sentence"] <= reply.timings_ms["total"]


def test_the_model_gets_the_conversation_and_no_more(bare, heard):
    bare.ask("And the moon?", HISTORY)
    (asked,) = heard
    assert asked == [*((m.role, m.content) for m in HISTORY), ("user", "And the moon?")]


def test_a_run_repeats_itself(bare):
    first = bare.ask("And the moon?", HISTORY)
    bare.ask("Name a colour.", [])
    assert bare.ask("And the moon?", HISTORY).answer == first.answer


def test_its_configuration_is_told(bare):
    assert bare.describe()["model"] == "SmolLM2-135M-Instruct"
