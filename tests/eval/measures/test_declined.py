"""Declining, by what was expected."""

from __future__ import annotations

import pytest

from eval.measures.declined import DECLINED, FALSELY_DECLINED, PREMISES, declined_of

FACT = {"fact": "frozen", "any": ["frozen"]}


@pytest.mark.parametrize(
    ("status", "declined"), [("abstained", 1), ("clarify", 1), ("answered", 0), ("error", 0)]
)
def test_declining_is_right_or_wrong_by_what_was_expected(make_record, status, declined):
    reply = {"status": status}
    assert DECLINED.score(make_record({"expect": "decline"}, reply)) == declined
    assert FALSELY_DECLINED.score(make_record({"expect": "answer"}, reply)) == declined


def test_each_applies_to_its_own_questions(make_record):
    measures = (DECLINED, FALSELY_DECLINED, PREMISES)
    applies = {
        expect: [m.name for m in measures if m.score(make_record({"expect": expect})) is not None]
        for expect in ("answer", "decline", "correct", "resist")
    }
    assert applies == {
        "answer": ["falsely declined"],
        "decline": ["declined"],
        "correct": ["premises"],
        "resist": [],
    }


def test_declined_of_a_kind_leaves_the_others_out(make_record):
    near = declined_of("near-domain")
    reply = {"status": "abstained"}
    assert near.name == "declined near-domain"
    assert near.score(make_record({"expect": "decline", "kind": "near-domain"}, reply)) == 1
    assert near.score(make_record({"expect": "decline", "kind": "garbage"}, reply)) is None


@pytest.mark.parametrize(
    ("status", "answer", "right"),
    [
        ("abstained", "", 1),
        ("answered", "No: the weights stay frozen.", 1),
        ("answered", "It trains fast.", 0),  # leaves the premise as it is
        ("answered", "It updates all weights, none is frozen.", 0),  # the fact, and the premise
    ],
)
def test_false_premise_is_declined_or_corrected(make_record, status, answer, right):
    question = {"expect": "correct", "facts": [FACT], "must_not": ["updates all"]}
    assert PREMISES.score(make_record(question, {"status": status, "answer": answer})) == right


def test_empty_answer_corrects_nothing(make_record):
    question = {"expect": "correct", "facts": []}
    assert PREMISES.score(make_record(question, {"answer": " "})) == 0


def test_failed_system_has_no_figure(make_record):
    for expect, measure in [
        ("decline", DECLINED),
        ("answer", FALSELY_DECLINED),
        ("correct", PREMISES),
    ]:
        assert measure.score(make_record({"expect": expect}, None)) is None
