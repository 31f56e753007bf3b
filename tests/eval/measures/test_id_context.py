"""RAGAS's ID-based context precision and recall."""

from __future__ import annotations

import pytest

from eval.measures.id_context import ID_PRECISION, ID_RECALL

LORA, QLORA = "fine-tuning/lora", "fine-tuning/qlora"
BOTH = pytest.mark.parametrize("measure", [ID_PRECISION, ID_RECALL], ids=lambda m: m.name)


def test_by_hand(make_record, make_passage):
    # First five passages: units lora, a, lora, b, c, that is the set {lora, a, b, c}; one of the
    # four answers. qlora comes sixth, too late: one of two topics is found.
    found = [make_passage(key) for key in (LORA, "x/a", LORA, "x/b", "x/c", QLORA)]
    record = make_record({"sections": [LORA, QLORA]}, {"retrieved": found})
    assert ID_PRECISION.score(record) == pytest.approx(1 / 4)
    assert ID_RECALL.score(record) == pytest.approx(1 / 2)


def test_a_page_that_answers_counts_under_any_of_its_addresses(make_record, make_passage):
    # Two of three units answer: the page under its second address, the topic. Both are found.
    page = make_passage("page", keys=["https://example.org/a", "https://example.org/b/"])
    found = [page, make_passage("x/a"), make_passage(LORA)]
    record = make_record({"urls": ["https://example.org/b/#top"]}, {"retrieved": found})
    assert ID_PRECISION.score(record) == pytest.approx(2 / 3)
    assert ID_RECALL.score(record) == 1.0


def test_a_passage_of_several_topics_is_one_unit_and_finds_them_all(make_record, make_passage):
    found = [make_passage("chunk-1", keys=[LORA, QLORA]), make_passage("chunk-2", keys=[])]
    record = make_record({"sections": [LORA, QLORA]}, {"retrieved": found})
    assert ID_PRECISION.score(record) == pytest.approx(1 / 2)
    assert ID_RECALL.score(record) == 1.0


def test_a_passage_of_the_map_that_holds_the_facts_is_right(make_record, make_passage):
    found = [make_passage("map#1", "low-rank", kind="map", keys=[]), make_passage("x/a")]
    record = make_record({"sections": [LORA, QLORA]}, {"retrieved": found})
    assert ID_PRECISION.score(record) == pytest.approx(1 / 2)
    assert ID_RECALL.score(record) == 1.0


def test_of_nothing_retrieved_no_share_is_right_and_nothing_is_found(make_record):
    assert ID_PRECISION.score(make_record()) is None
    assert ID_RECALL.score(make_record()) == 0.0


@BOTH
def test_nothing_right_is_zero(make_record, make_passage, measure):
    assert measure.score(make_record(reply={"retrieved": [make_passage("x/a")]})) == 0.0


@BOTH
def test_they_say_nothing_of_a_failure_or_of_what_is_to_be_declined(
    make_record, make_passage, measure
):
    assert measure.score(make_record(reply=None)) is None
    declined = make_record({"expect": "decline"}, {"retrieved": [make_passage(LORA)]})
    assert measure.score(declined) is None
