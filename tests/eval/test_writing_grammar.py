"""Grammars made of sentences: what they derive passes the rules of the check."""

from __future__ import annotations

import pytest

from eval.writing import grammar
from tutor.check import check_sentence
from tutor.llama import LlamaEngine, model_file

pytestmark = pytest.mark.language_model

FROZEN = "LoRA (low-rank adaptation) freezes the base weights, so only small matrices are trained."
CACHE = 'A "key-value" cache stores keys and values, which saves work.'


@pytest.fixture(scope="module")
def engine(settings):
    engine = LlamaEngine(model_file("bundled", settings.models), context=512, threads=1)
    yield engine
    engine.close()


def written(engine, text):
    return "".join(engine.stream([("user", "Go on.")], max_tokens=120, grammar=text))


def test_a_sentence_is_shortened_at_its_joints_only():
    assert grammar.shortenings(FROZEN) == [
        FROZEN,
        "LoRA freezes the base weights, so only small matrices are trained.",
        "LoRA (low-rank adaptation) freezes the base weights.",
        "LoRA freezes the base weights.",
    ]


def test_a_condition_is_not_cut_off():
    sentence = "The model may forget earlier tasks, unless old examples are mixed in."
    assert grammar.shortenings(sentence) == [sentence]


@pytest.mark.parametrize("make", [grammar.in_any_order, grammar.shortened, grammar.joined])
def test_what_a_model_writes_under_a_grammar_passes_the_rules(engine, make):
    said = written(engine, make([FROZEN, CACHE]))
    assert said
    for sentence in said.replace("; ", ". ").replace(", and A", ". A").split(". "):
        assert check_sentence(sentence.rstrip(".") + ".", [FROZEN, CACHE]).support == "supported"
