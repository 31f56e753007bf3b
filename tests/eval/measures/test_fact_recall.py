"""Fact recall."""

from __future__ import annotations

import pytest

from eval.measures.fact_recall import FACT_RECALL

FACTS = {
    "facts": [
        {"fact": "freezes the weights", "any": ["fr[eo]+z"]},
        {"fact": "small matrices", "any": ["low[- ]rank", "small matrices"]},
        {"fact": "by Hu et al.", "any": [r"\bHu\b"]},
    ]
}


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        ("LoRA FREEZES the weights and trains low-rank matrices (Hu et al.). [1]", 3),
        ("LoRA froze them; small matrices are trained. [1][2]", 2),
        ("Low-rank, low rank and small matrices.", 1),  # one fact, in three wordings
        ("Human, all too human.", 0),
        ("", 0),
    ],
)
def test_is_the_share_of_the_facts_that_stand_in_the_answer(make_record, answer, held):
    assert FACT_RECALL.score(make_record(FACTS, {"answer": answer})) == pytest.approx(held / 3)


@pytest.mark.parametrize("status", ["abstained", "clarify", "error"])
def test_what_was_not_answered_holds_none(make_record, status):
    reply = {"status": status, "answer": "I cannot say whether it freezes low-rank Hu."}
    assert FACT_RECALL.score(make_record(FACTS, reply)) == 0.0


def test_a_failure_is_not_zero(make_record):
    assert FACT_RECALL.score(make_record(FACTS, reply=None)) is None


@pytest.mark.parametrize(
    "question", [{"expect": "decline"}, {"expect": "correct"}, {"expect": "resist"}, {"facts": []}]
)
def test_says_nothing_where_no_facts_are_asked_for(make_record, question):
    assert FACT_RECALL.score(make_record(question)) is None
