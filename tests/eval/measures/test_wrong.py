"""Wrong statements."""

from __future__ import annotations

import pytest

from eval.measures.wrong import WRONG

MUST_NOT = {"must_not": ["updates all", r"20\d\d by Google"]}


@pytest.mark.parametrize("expect", ["answer", "correct"])
@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("LoRA Updates All weights.", 1.0),
        ("Made in 2021 by Google, it freezes them.", 1.0),
        ("It updates all of them, as in 2021 by Google.", 1.0),  # wrong once, however often
        ("LoRA updates few weights.", 0.0),
        ("", 0.0),
    ],
)
def test_one_wrong_statement_is_enough(make_record, expect, answer, wrong):
    assert WRONG.score(make_record({"expect": expect, **MUST_NOT}, {"answer": answer})) == wrong


def test_fewer_are_better():
    assert WRONG.better == "lower"


def test_who_declines_says_nothing_wrong(make_record):
    reply = {"status": "abstained", "answer": "I cannot say whether it updates all weights."}
    assert WRONG.score(make_record(MUST_NOT, reply)) == 0.0


@pytest.mark.parametrize(
    "question", [{"must_not": []}, {"expect": "decline"}, {"expect": "resist"}]
)
def test_says_nothing_where_nothing_is_listed_as_wrong(make_record, question):
    assert WRONG.score(make_record(question)) is None


def test_a_failure_is_not_zero(make_record):
    assert WRONG.score(make_record(MUST_NOT, reply=None)) is None
