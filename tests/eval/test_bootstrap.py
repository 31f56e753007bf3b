"""Confidence intervals: against scipy, at their ends, and how often they hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from eval.bootstrap import (
    Figure,
    figure,
    mean_interval,
    percentile_interval,
    statistic_interval,
    wilson,
)
from eval.measures.auroc import AUROC
from eval.measures.calibration import CALIBRATION_ERROR
from eval.measures.measure import Measure, Statistic
from eval.scoring import Failure, Scores

MEASURE = Measure("m", "answer", "", "", lambda record: None)
MEDIAN = Statistic("m", "speed", "", "", lambda r: None, lambda rows: float(np.median(rows[:, 0])))


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (20, 20), (7, 20), (1, 1), (93, 120)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilson_is_that_of_scipy(successes, n, level):
    theirs = binomtest(successes, n).proportion_ci(level, method="wilson")
    assert wilson(successes, n, level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_by_hand():
    # 20 of 20, z = 1.96: the lower bound is 1 / (1 + z² / n) = 1 / (1 + 3.8416 / 20) = 0.8389.
    assert wilson(20, 20) == (pytest.approx(0.8389, abs=1e-4), 1.0)
    assert wilson(0, 20) == (0.0, pytest.approx(0.1611, abs=1e-4))


def test_shares_get_wilsons_interval_and_means_the_bootstraps():
    assert mean_interval(np.array([1.0, 0.0, 1.0])) == wilson(2, 3)
    values = np.array([1.0, 0.5, 0.0])
    assert mean_interval(values) == percentile_interval(values)


def test_percentile_interval_of_a_mean_is_near_that_of_scipy():
    values = np.random.default_rng(0).random(100)
    theirs = bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(5))
    # Bounds of 1,000 draws scatter by about 0.002 (a standard error of 0.03, 5 % of it a bound).
    assert percentile_interval(values) == pytest.approx(theirs.confidence_interval, abs=0.006)


def test_percentile_interval_of_a_statistic_is_near_that_of_scipy():
    rows = np.column_stack([np.random.default_rng(1).random(100), np.arange(100) < 60])

    def area(confidence, answerable):
        return AUROC.compute(np.column_stack([confidence, answerable]))

    theirs = bootstrap(
        tuple(rows.T),
        area,
        paired=True,
        vectorized=False,
        n_resamples=1000,
        method="percentile",
        rng=np.random.default_rng(5),
    )
    ours = statistic_interval(rows, AUROC.compute)
    assert ours == pytest.approx(theirs.confidence_interval, abs=0.015)


def test_same_scores_same_interval():
    values = np.random.default_rng(2).random(50)
    assert percentile_interval(values) == percentile_interval(values.copy())


def test_wider_level_wider_interval():
    values = np.random.default_rng(2).random(50)
    (low, high), (lower, higher) = (percentile_interval(values, level) for level in (0.8, 0.99))
    assert lower < low < values.mean() < high < higher


def test_equal_values_leave_no_width():
    # 0.1 ten times sums to 0.9999999999999999: the bounds are still 0.1 itself.
    assert percentile_interval(np.full(10, 0.1)) == (0.1, 0.1)


def test_single_value_says_nothing_of_the_spread():
    assert all(map(math.isnan, percentile_interval(np.array([0.4]))))
    assert all(map(math.isnan, statistic_interval(np.array([[0.4]]), MEDIAN.compute)))
    assert mean_interval(np.array([1.0])) == wilson(1, 1)


def test_figure_of_a_mean_counts_what_failed():
    rows = {"a": (1.0,), "b": (0.5,), "c": (0.0,)}
    failures = [Failure("d", "m", "not a number"), Failure("d", "other", "not a number")]
    found = figure(MEASURE, Scores({"m": rows, "other": {}}, failures))
    assert found.value == 0.5
    assert found.low < 0.5 < found.high
    assert (found.n, found.failed) == (3, 1)


def test_figure_of_a_statistic_is_no_mean():
    found = figure(MEDIAN, Scores({"m": {"a": (1.0,), "b": (2.0,), "c": (9.0,)}}, []))
    assert (found.value, found.low, found.high) == (2.0, 1.0, 9.0)


def test_figure_of_nothing_is_nan_and_no_zero():
    found = figure(MEASURE, Scores({"m": {}}, [Failure("a", "m", "TimeoutError")]))
    assert isinstance(found, Figure)
    assert all(map(math.isnan, (found.value, found.low, found.high)))
    assert (found.n, found.failed) == (0, 1)


def test_undefined_statistic_has_no_interval():
    all_answerable = np.array([[0.9, 1.0], [0.5, 1.0]])
    assert all(map(math.isnan, statistic_interval(all_answerable, AUROC.compute)))


def test_resamples_without_a_figure_are_left_out():
    # One in e of the resamples lacks the only unanswerable question: no AUROC for those.
    rows = np.array([[0.2, 0.0], [0.1, 1.0], [0.9, 1.0], [0.8, 1.0], [0.7, 1.0]])
    low, high = statistic_interval(rows, AUROC.compute)
    assert 0 <= low < AUROC.compute(rows) < high <= 1


def test_interval_holds_its_figure_where_resampling_can_only_raise_it():
    # Ten bins of four, each half answerable at 0.5; hardly a resample is as well calibrated.
    rows = np.array([[0.5 + i / 1e6, i % 2] for i in range(-20, 20)])
    error = CALIBRATION_ERROR.compute(rows)
    assert error < 1e-4
    low, high = statistic_interval(rows, CALIBRATION_ERROR.compute)
    assert low == error
    assert high > 0.05


@pytest.mark.parametrize(
    ("draw", "truth"),
    [
        pytest.param(lambda g: g.beta(4, 1, 60), 0.8, id="beta"),
        pytest.param(lambda g: g.choice([0.0, 0.5, 1.0], 60), 0.5, id="facts"),
        pytest.param(lambda g: g.binomial(1, 0.95, 60).astype(float), 0.95, id="share"),
    ],
)
def test_nineteen_intervals_in_twenty_hold_the_true_mean(draw, truth):
    generator = np.random.default_rng(3)
    intervals = [mean_interval(draw(generator)) for _ in range(400)]
    held = np.mean([low <= truth <= high for low, high in intervals])
    # 400 trials of 0.95 scatter by 0.011; percentile intervals of 60 values are slightly narrow.
    assert 0.915 <= held <= 0.985


def test_bootstrap_would_be_sure_of_a_share_that_wilson_is_not():
    always = np.ones(20)
    assert percentile_interval(always) == (1.0, 1.0)
    assert mean_interval(always)[0] < 0.86  # which gives 20 of 20 in 0.86 ** 20 = 0.05 of samples
