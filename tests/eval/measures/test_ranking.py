"""Rankings: units once each, at their first place, and what counts as answering."""

from __future__ import annotations

import pytest

from eval.measures.ranking import answered, first_answering, ranking, targets

LORA = "fine-tuning/lora"
PAGE = "https://example.org/lora"


def test_a_unit_counts_once_at_its_first_place(make_record, make_passage):
    found = [make_passage(key) for key in ("x/a", "x/a", LORA, "x/b", LORA)]
    assert ranking(make_record(reply={"retrieved": found})) == [
        ("x/a", False),
        (LORA, True),
        ("x/b", False),
    ]


def test_only_so_many_passages_may_be_asked_for(make_record, make_passage):
    found = [make_passage(key) for key in ("x/a", "x/a", LORA)]
    assert ranking(make_record(reply={"retrieved": found}), passages=2) == [("x/a", False)]


def test_a_unit_answers_if_any_of_its_passages_does(make_record, make_passage):
    silent = make_passage("x/a", unit="whole", keys=[])
    found = [silent, make_passage(LORA, unit="whole")]
    assert ranking(make_record(reply={"retrieved": found})) == [("whole", True)]


def test_a_page_is_found_under_any_spelling_of_its_address(make_record, make_passage):
    record = make_record({"sections": [], "urls": [f"{PAGE}#rank"]})
    assert targets(record.question) == {PAGE}
    for key in (PAGE, "HTTPS://EXAMPLE.ORG:443/lora"):
        assert answered(record.question, make_passage(key)) == {PAGE}
    assert not answered(record.question, make_passage("https://example.org/other"))


def test_what_is_no_address_after_all_is_compared_as_it_is(make_record, make_passage):
    question = make_record({"urls": ["https://user@example.org/"]}).question
    assert answered(question, make_passage("https://user@example.org/"))


def test_the_map_answers_when_it_holds_all_facts(make_record, make_passage):
    question = make_record({"sections": ["x/a", "x/b"]}).question
    holds = make_passage("map#1", "LoRA trains low-rank matrices.", kind="map", keys=[])
    lacks = make_passage("map#2", "LoRA is on line 7.", kind="map", keys=[])
    assert answered(question, holds) == {"x/a", "x/b"}
    assert not answered(question, lacks)
    assert not answered(question, holds.model_copy(update={"kind": "curriculum"}))


def test_the_map_does_not_answer_a_question_without_facts(make_record, make_passage):
    question = make_record({"facts": []}).question
    assert not answered(question, make_passage("map#1", kind="map", keys=[]))


@pytest.mark.parametrize(
    ("found", "place"),
    [([LORA], 1), (["x/a", "x/a", LORA], 2), (["x/a"], float("inf")), ([], float("inf"))],
)
def test_first_answering_is_the_place_among_units(make_record, make_passage, found, place):
    record = make_record(reply={"retrieved": [make_passage(key) for key in found]})
    assert first_answering(record) == place


def test_declined_questions_are_ranked_too(make_record, make_passage):
    reply = {"status": "abstained", "answer": "I cannot.", "retrieved": [make_passage(LORA)]}
    assert first_answering(make_record(reply=reply)) == 1


@pytest.mark.parametrize(
    "question",
    [
        {"expect": "decline", "facts": []},
        {"expect": "correct"},
        {"expect": "resist"},
        {"kind": "lookup"},
        {"sections": [], "urls": []},
    ],
)
def test_nothing_is_ranked_where_nothing_is_to_be_found(make_record, make_passage, question):
    record = make_record(question, {"retrieved": [make_passage(LORA)]})
    assert first_answering(record) is None


def test_a_system_that_failed_has_no_ranking(make_record):
    assert first_answering(make_record(reply=None, fault="out of memory")) is None
