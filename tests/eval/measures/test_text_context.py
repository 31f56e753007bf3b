"""RAGAS's context precision and recall by text."""

from __future__ import annotations

import pytest

from eval.contexts import reference_contexts
from eval.measures.text_context import MATCH, TEXT_PRECISION, TEXT_RECALL, alignment

LORA, RAG = "supervised-fine-tuning/lora", "rag/retrievers"
BOTH = pytest.mark.parametrize("measure", [TEXT_PRECISION, TEXT_RECALL], ids=lambda m: m.name)


@pytest.fixture
def part(make_record):
    """A stretch of 500 characters of a topic, as long as a usual passage."""

    def cut(topic: str) -> str:
        (text,) = reference_contexts(make_record({"sections": [topic]}).question)
        return text[300:800]

    return cut


def test_alignment_by_hand():
    # All words of the shorter text in one stretch of the longer.
    assert alignment("trains low-rank matrices", "LoRA trains low rank matrices only") == 1.0
    # The best stretch of "a b c e" is "a b c": 3 words in common of 4 and 3, so 2 * 3 / 7.
    assert alignment("a b c d", "a b c e") == pytest.approx(6 / 7)
    assert alignment("a b", "c d e") == 0.0


def test_precision_by_hand(make_record, make_passage, part):
    # Verdicts 0, 1, 1: average precision = (1/2 + 2/3) / 2.
    texts = ["Nothing of the kind.", part(LORA), part(LORA)[100:]]
    found = [make_passage("x/a", text) for text in texts]
    record = make_record({"sections": [LORA]}, {"retrieved": found})
    assert TEXT_PRECISION.score(record) == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_recall_by_hand(make_record, make_passage, part):
    # One of two topics.
    record = make_record({"sections": [LORA, RAG]}, {"retrieved": [make_passage("x/a", part(RAG))]})
    assert TEXT_RECALL.score(record) == pytest.approx(1 / 2)


def test_a_passage_longer_than_the_topic_is_found_as_well(make_record, make_passage):
    (text,) = reference_contexts(make_record({"sections": [LORA]}).question)
    long = make_passage("x/a", f"{'Something before. ' * 30}{text}{' And after.' * 30}")
    record = make_record({"sections": [LORA]}, {"retrieved": [long]})
    assert TEXT_RECALL.score(record) == 1.0


@BOTH
def test_a_passage_with_the_right_label_and_another_text_is_wrong(
    make_record, make_passage, part, measure
):
    record = make_record({"sections": [LORA]}, {"retrieved": [make_passage(LORA, part(RAG))]})
    assert measure.score(record) == 0.0


@BOTH
def test_only_the_first_five_passages_count(make_record, make_passage, part, measure):
    found = [*[make_passage("x/a", "Nothing.")] * 5, make_passage(LORA, part(LORA))]
    assert measure.score(make_record({"sections": [LORA]}, {"retrieved": found})) == 0.0


@BOTH
def test_they_say_nothing_where_no_text_is_known(make_record, make_passage, measure):
    found = {"retrieved": [make_passage("https://example.org/a")]}
    page = make_record({"sections": [], "urls": ["https://example.org/a"]}, found)
    assert measure.score(page) is None
    assert measure.score(make_record({"sections": [LORA]}, reply=None)) is None
    assert measure.score(make_record({"sections": [LORA], "expect": "decline"}, found)) is None


def test_of_nothing_retrieved_no_share_is_right_and_nothing_is_found(make_record):
    record = make_record({"sections": [LORA]})
    assert TEXT_PRECISION.score(record) is None
    assert TEXT_RECALL.score(record) == 0.0


def test_an_empty_passage_is_no_match(make_record, make_passage):
    record = make_record({"sections": [LORA]}, {"retrieved": [make_passage("x/a", "")]})
    assert TEXT_PRECISION.score(record) == 0.0
    assert alignment("", "a b") < MATCH
