"""The measures against examples worked out by hand, and the rules of calibration."""

from __future__ import annotations

import math

import numpy as np
import pytest

from corpus.errors import UsageError
from eval.answers import Judged, summary
from eval.calibrate import FALSELY_DECLINED, calibration_set, fit
from eval.golden import load
from eval.retrieval import STAGES, _measured, evaluate, searchable, table
from index import Chunk
from tutor import gate
from tutor.records import Answer


def _chunk(topic: str, number: int) -> Chunk:
    return Chunk(f"d#{number}", "d", "D", "text", 0, 4, ("L", "S"), "curriculum", topic=topic)


def test_retrieval_measures_by_hand():
    one, two = searchable(load("dev"))[:2]
    right, other = _chunk(one.sections[0], 0), _chunk("x/y", 1)
    # First question: the answering topic is the second topic met (its chunks after two of x/y).
    # Second question: never found among what is ranked.
    rankings = {
        one.id: {"bm25": [other, other, right, right]},
        two.id: {"bm25": [other]},
    }
    found = _measured([one, two], rankings, "bm25")
    assert found["recall@1"] == 0.0
    assert found["recall@5"] == 0.5
    assert found["MRR"] == pytest.approx(0.25)  # (1/2 + 0) / 2
    assert found["nDCG@10"] == pytest.approx((1 / math.log2(3)) / 2)  # rank 2 of one right topic


def test_every_stage_is_measured_on_real_questions(quoting):
    measured = evaluate(quoting, searchable(load("dev"))[:5])
    assert tuple(measured) == STAGES
    assert all(0.0 <= value <= 1.0 for row in measured.values() for value in row.values())
    assert measured["reranked"]["recall@5"] > 0.5


def test_answers_are_judged_by_what_was_expected():
    questions = {q.expect: q for q in load("dev")}
    declined = Answer(None, "q", "q", "abstained", "I cannot.")
    answered = Answer(None, "q", "q", "answered", "Nothing to the point.")
    assert Judged(questions["decline"], declined, 0.0, False).right
    assert not Judged(questions["decline"], answered, 0.0, False).right
    assert not Judged(questions["answer"], declined, 0.0, False).right
    assert Judged(questions["correct"], declined, 0.0, False).right
    assert not Judged(questions["correct"], answered, 0.0, False).right
    assert Judged(questions["correct"], answered, 1.0, False).right
    assert not Judged(questions["correct"], answered, 1.0, True).right


def test_summary_counts_declined_answers_as_holding_no_fact():
    questions = [q for q in load("dev") if q.expect == "answer"][:2]
    answers = [
        Judged(questions[0], Answer(None, "", "", "answered", "a b"), 1.0, False),
        Judged(questions[1], Answer(None, "", "", "abstained", "c"), 0.0, False),
    ]
    figures = summary(answers)["all answerable"]
    assert figures["facts"] == 0.5
    assert figures["declined"] == 0.5
    assert figures["words"] == 1.5


def test_table_has_a_row_for_each_stage():
    rows = {"a": {"x": 0.5}, "b": {"x": 1.0}}
    assert table(rows, "stage").splitlines() == [
        "| stage | x |",
        "|---|---|",
        "| a | 0.500 |",
        "| b | 1.000 |",
    ]


@pytest.mark.parametrize("side", gate.KINDS)
def test_calibrating_on_test_is_refused(side):
    with pytest.raises(UsageError, match="dev"):
        calibration_set("test", side)


@pytest.mark.parametrize("side", gate.KINDS)
def test_calibration_set_holds_dev_questions_only(side):
    assert {q.split for q in calibration_set("dev", side)} == {"dev"}


def test_each_side_is_calibrated_on_what_it_may_answer_and_on_what_nothing_answers():
    curriculum, sources = (calibration_set("dev", side) for side in ("curriculum", "sources"))
    declined = {q.id for q in curriculum if q.expect == "decline"}
    assert declined < {q.id for q in sources if q.expect == "decline"}
    assert all(q.urls for q in sources if q.expect == "answer")
    assert not {q.id for q in curriculum} & {q.id for q in load("dev", "references")}


@pytest.mark.parametrize(
    ("side", "helps", "harms"),
    [("curriculum", "late", "unknown_names"), ("sources", "dense", "unknown_words")],
)
def test_fit_separates_what_can_be_separated(side, helps, harms):
    generator = np.random.default_rng(0)
    inside = generator.normal([0.7, 0.8, 0.0], 0.05, (60, 3))
    outside = generator.normal([0.3, 0.3, 0.6], 0.05, (40, 3))
    fitted = fit(np.vstack([inside, outside]), np.array([True] * 60 + [False] * 40), side)
    assert tuple(fitted["weights"]) == gate.FEATURES[side]
    assert fitted["measured"]["auc"] == 1.0
    assert fitted["measured"]["declined"] == 1.0
    assert fitted["weights"][harms] < 0 < fitted["weights"][helps]


@pytest.mark.parametrize("side", gate.KINDS)
def test_fit_gives_up_no_more_than_it_may(side):
    generator = np.random.default_rng(1)
    inside = generator.normal([0.55, 0.55, 0.25], 0.1, (200, 3))  # the two overlap
    outside = generator.normal([0.45, 0.45, 0.35], 0.1, (200, 3))
    measured = fit(np.vstack([inside, outside]), np.repeat([True, False], 200), side)["measured"]
    assert measured["falsely_declined"] == pytest.approx(FALSELY_DECLINED[side], abs=0.005)
    assert 0.5 < measured["auc"] < 1
