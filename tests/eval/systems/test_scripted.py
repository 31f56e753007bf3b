"""The scripted system, and what may be asked of any system."""

import doctest

import pytest

from corpus.errors import ModelError
from eval.records import Reply
from eval.systems import scripted
from eval.systems.scripted import ScriptedSystem


def test_the_example_of_its_documentation_holds():
    assert doctest.testmod(scripted).failed == 0


def test_a_text_becomes_an_answer_in_sentences():
    system = ScriptedSystem({"What is LoRA?": "LoRA is an adapter. It is small."})
    reply = system.ask("What is LoRA?", [])
    assert [s.text for s in reply.sentences] == ["LoRA is an adapter.", "It is small."]
    assert reply.timings_ms == {"total": 0.0}


def test_a_whole_reply_is_handed_out_as_it_is():
    reply = Reply(status="clarify", answer="Which LoRA?")
    assert ScriptedSystem({"LoRA?": reply}).ask("LoRA?", []) is reply


def test_an_exception_is_raised():
    system = ScriptedSystem({"What is LoRA?": ModelError("out of memory")})
    with pytest.raises(ModelError, match="out of memory"):
        system.ask("What is LoRA?", [])


def test_what_has_no_script_is_declined():
    reply = ScriptedSystem({}).ask("What is LoRA?", [])
    assert (reply.status, reply.answer, reply.told) == ("abstained", "", "")
