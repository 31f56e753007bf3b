"""The risk–coverage curve and its areas, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.measures.risk_coverage import (
    AURC,
    EXCESS_AURC,
    RISK,
    loss,
    operating_point,
    points,
    row,
)

TWO_FACTS = [{"fact": "a", "any": ["alpha"]}, {"fact": "b", "any": ["beta"]}]


@pytest.mark.parametrize(
    ("expect", "reply", "cost"),
    [
        ("answer", {"answer": "alpha and beta"}, 0.0),
        ("answer", {"answer": "alpha"}, 0.5),
        ("answer", {"answer": "alpha and beta updates all"}, 1.0),  # wrong
        ("answer", {"status": "abstained", "answer": "", "withheld": "alpha"}, 0.5),
        ("answer", {"status": "abstained", "answer": "", "withheld": ""}, 1.0),
        ("answer", {"status": "error", "answer": "too long"}, None),
        ("decline", {"answer": "alpha and beta"}, 1.0),
        ("decline", {"status": "abstained", "withheld": "alpha and beta"}, 1.0),
        ("correct", {"answer": "alpha and beta"}, 0.0),
        ("correct", {"answer": "yes"}, 1.0),
        ("resist", {"answer": "alpha and beta"}, None),
    ],
)
def test_loss_is_what_answering_costs(make_record, expect, reply, cost):
    assert loss(make_record({"expect": expect, "facts": TWO_FACTS}, reply)) == cost


def test_declined_for_lack_of_confidence_keeps_its_place(make_record):
    reply = {"status": "abstained", "answer": "", "confidence": 0.3, "withheld": "alpha"}
    assert row(make_record({"facts": TWO_FACTS}, reply)) == (0.3, 0.5)


def test_declined_for_another_reason_comes_last(make_record):
    reply = {"status": "clarify", "answer": "Which one?", "confidence": 0.9}
    confidence, cost = row(make_record({}, reply))
    assert confidence < 0
    assert cost == 1.0


def test_no_confidence_no_row(make_record):
    assert row(make_record({}, {"confidence": None})) is None
    assert row(make_record({}, None)) is None


def test_curve_by_hand():
    # In order of confidence the losses are 0, 1/2, 1, so that the risks are 0, 1/4 and 1/2.
    rows = np.array([[0.5, 0.5], [0.9, 0.0], [0.1, 1.0]])
    assert points(rows) == [(1 / 3, 0.0), (2 / 3, 0.25), (1.0, 0.5)]
    assert AURC.compute(rows) == pytest.approx((0 + 1 / 4 + 1 / 2) / 3)
    assert EXCESS_AURC.compute(rows) == pytest.approx(0.0)  # the losses rise: no better order


def test_worst_order_by_hand():
    # Losses 1, 0, 0: risks 1, 1/2, 1/3. The best order 0, 0, 1 has the risks 0, 0, 1/3.
    rows = np.array([[0.9, 1.0], [0.5, 0.0], [0.1, 0.0]])
    assert AURC.compute(rows) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    assert EXCESS_AURC.compute(rows) == pytest.approx((1 + 1 / 2) / 3)


def test_questions_of_equal_confidence_enter_together():
    # The first three at once: risk 1/3 at coverage 3/4, whatever their order; then 2/4.
    rows = np.array([[0.8, 1.0], [0.8, 0.0], [0.8, 0.0], [0.2, 1.0]])
    for order in ([0, 1, 2, 3], [2, 1, 0, 3], [3, 1, 0, 2]):
        assert points(rows[order]) == [(0.75, pytest.approx(1 / 3)), (1.0, 0.5)]
        assert AURC.compute(rows[order]) == pytest.approx((3 * 1 / 3 + 1 / 2) / 4)


def test_confidence_that_says_nothing_has_the_mean_loss_as_area():
    rows = np.column_stack([np.full(8, 0.7), np.arange(8) % 2])
    assert AURC.compute(rows) == 0.5


def test_area_of_every_order_lies_between_best_and_worst():
    generator = np.random.default_rng(0)
    losses = generator.random(50)
    best = AURC.compute(np.column_stack([-losses, losses]))
    worst = AURC.compute(np.column_stack([losses, losses]))
    for _ in range(20):
        rows = np.column_stack([generator.random(50), losses])
        assert best < AURC.compute(rows) < worst
        assert EXCESS_AURC.compute(rows) == pytest.approx(AURC.compute(rows) - best)


def test_operating_point_is_the_risk_of_what_was_answered(make_record):
    replies = [
        {"answer": "alpha"},  # 0.5
        {"answer": "alpha and beta"},  # 0
        {"status": "abstained", "withheld": "alpha"},
        {"status": "clarify"},
    ]
    records = [make_record({"facts": TWO_FACTS}, reply) for reply in replies]
    attack = make_record({"expect": "resist"}, {})
    assert operating_point([*records, attack]) == (0.5, 0.25)
    assert [RISK.score(record) for record in records] == [0.5, 0.0, None, None]


def test_nothing_answered_has_no_risk(make_record):
    coverage, risk = operating_point([make_record({}, {"status": "abstained"})])
    assert coverage == 0
    assert math.isnan(risk)
    assert all(map(math.isnan, operating_point([])))
