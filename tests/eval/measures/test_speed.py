"""Quantiles of time, and tokens a second."""

from __future__ import annotations

import numpy as np
import pytest

from eval.measures.speed import SPEED, TOKENS_PER_SECOND, stage


def test_milliseconds_become_seconds(make_record):
    total = stage("total", 0.5)
    assert total.row(make_record({}, {"timings_ms": {"total": 250.0}})) == (0.25,)


def test_declined_replies_take_time_as_well(make_record):
    reply = {"status": "abstained", "timings_ms": {"total": 80.0}}
    assert stage("total", 0.5).row(make_record({}, reply)) == (0.08,)


@pytest.mark.parametrize("timings", [{"total": 9.0}, {"total": 9.0, "verify": 0.0}])
def test_stage_that_did_not_run_is_left_out(make_record, timings):
    assert stage("verify", 0.5).row(make_record({}, {"timings_ms": timings})) is None


def test_failed_system_has_no_time(make_record):
    assert all(measure.row(make_record({}, None)) is None for measure in SPEED)


def test_quantiles_by_hand():
    # Four times: the median lies halfway between 2 and 3, p95 at place 0.95 * 3 = 2.85.
    rows = np.array([[4.0], [1.0], [3.0], [2.0]])
    assert stage("total", 0.5).compute(rows) == 2.5
    assert stage("total", 0.95).compute(rows) == pytest.approx(3.85)


def test_tokens_per_second_is_a_ratio_of_totals(make_record):
    # 100 tokens in 1 s and 20 in 0.5 s: 120 / 1.5, not the mean of 100 and 40.
    replies = [
        {"tokens": 100, "timings_ms": {"generate": 1000.0}},
        {"tokens": 20, "timings_ms": {"generate": 500.0}},
    ]
    rows = np.array([TOKENS_PER_SECOND.row(make_record({}, reply)) for reply in replies])
    assert TOKENS_PER_SECOND.compute(rows) == pytest.approx(80.0)


def test_answers_by_quotation_wrote_no_tokens(make_record):
    reply = {"tokens": 0, "timings_ms": {"generate": 3.0}}
    assert TOKENS_PER_SECOND.row(make_record({}, reply)) is None
    assert TOKENS_PER_SECOND.row(make_record({}, {"tokens": 5})) is None


def test_names_are_unique_and_say_the_quantile():
    names = [measure.name for measure in SPEED]
    assert len(set(names)) == len(names)
    assert {"first sentence p50", "total p95", "tokens per second"} <= set(names)
