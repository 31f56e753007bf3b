"""What a model other than the bundled one writes: freely, under the check, mended once."""

from __future__ import annotations

import re

import pytest

from tutor import prompts
from tutor.answer import Tutor
from tutor.drafting import plain_sentence

QUESTION = "What is LoRA?"
LIE = "LoRA was invented by Google in 1999."


class Engine:
    """Goes on with what one function makes of the passages, and mends with what another does."""

    name, context, takes_grammar = "scripted", 4096, False

    def __init__(self, write, mend=lambda passages: []):
        self.write, self.mend, self.asked = write, mend, []

    def __call__(self):
        return self

    def stream(self, messages, *, max_tokens, temperature):
        asked = messages[-1][1]
        self.asked.append(asked)
        passages = re.findall(r'^\d+\. "(.*)"$', asked, re.M)
        again = asked.startswith(prompts.REPAIR[:9]) and "do not support" in asked
        yield from (self.mend if again else self.write)(passages)

    def close(self):
        pass


@pytest.fixture
def answered(index, settings):
    """The answer with an engine that counts as larger than the bundled one."""

    def ask(engine, **changes):
        free = settings.model_copy(update={"model": "http://127.0.0.1:1/v1", **changes})
        return Tutor(index, free, engine).ask(QUESTION)

    return ask


@pytest.fixture(scope="module")
def quoted(quoting):
    return quoting.ask(QUESTION)


def test_it_reads_the_opening_all_evidence_and_the_level(answered):
    engine = Engine(lambda passages: [])
    answer = answered(engine, level="beginner")
    (asked,) = engine.asked
    said = [s.text.replace('"', "'") for s in answer.sentences]
    assert all(text in asked for text in said)
    assert f'The answer begins: "{said[0]}"' in asked
    assert "beginner" in asked


def test_what_holds_is_said_after_the_opening(answered, quoted):
    last = quoted.sentences[-1].text
    answer = answered(Engine(lambda passages: [f"{passages[-1]} "]))
    assert [s.text for s in answer.sentences[:1]] == [quoted.sentences[0].text]
    assert last in {s.text for s in answer.sentences}
    assert {s.text for s in answer.sentences} == {s.text for s in quoted.sentences}


def test_a_refused_sentence_is_mended(answered, quoted):
    second = quoted.sentences[1].text
    # A figure that no passage holds is refused; the passage's own words are not.
    wrong = f"{second[:-1]} in 1234 cases."
    engine = Engine(lambda passages: [f"{wrong} "], lambda passages: [passages[0]])
    answer = answered(engine)
    assert len(engine.asked) == 2
    assert wrong in engine.asked[1]
    assert "1234" not in answer.answer
    assert second in {s.text for s in answer.sentences}


def test_what_cannot_be_mended_is_quoted(answered, quoted):
    engine = Engine(lambda passages: [f"{LIE} "], lambda passages: [LIE])
    answer = answered(engine, repairs=2)
    assert "Google" not in answer.answer
    assert [s.text for s in answer.sentences] == [s.text for s in quoted.sentences]
    assert len(engine.asked) <= 3


def test_nothing_is_asked_again_where_that_is_off(answered):
    engine = Engine(lambda passages: [f"{LIE} "], lambda passages: [LIE])
    answered(engine, repairs=0)
    assert len(engine.asked) == 1


@pytest.mark.parametrize(
    ("drafted", "plain"),
    [
        ('1. "LoRA is small."', "LoRA is small."),
        ("LoRA is small. [1][2]", "LoRA is small."),
        ("LoRA is smaller by a factor of [10].", "LoRA is smaller by a factor of [10]."),
    ],
)
def test_a_draft_loses_list_marks_and_markers_behind_a_sentence(drafted, plain):
    assert plain_sentence(drafted) == plain
