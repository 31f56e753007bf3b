"""Two systems on the same questions: worked out by hand, and as often wrong as promised."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.significance import compare_values, holm, p_of


def test_difference_and_who_is_better():
    a = {"q1": 0.0, "q2": 1.0, "q3": 0.5}
    b = {"q1": 1.0, "q2": 0.5, "q3": 0.5}
    found = compare_values(a, b)
    assert found.difference == pytest.approx(0.5 / 3)
    assert (found.n, found.better, found.worse) == (3, ["q1"], ["q2"])
    assert found.low <= found.difference <= found.high


def test_lower_may_be_better():
    found = compare_values({"q": 0.2}, {"q": 0.9}, good="lower")
    assert found.difference == pytest.approx(0.7)
    assert (found.better, found.worse) == ([], ["q"])


def test_only_common_questions_are_paired():
    found = compare_values({"q1": 0.0, "only a": 1.0}, {"only b": 1.0, "q1": 0.0})
    assert (found.n, found.difference, found.p) == (1, 0.0, 1.0)


def test_nothing_in_common_is_no_difference_of_zero():
    found = compare_values({"a": 1.0}, {"b": 1.0})
    assert found.n == 0
    assert all(map(math.isnan, (found.difference, found.low, found.high, found.p)))


def test_run_against_itself():
    values = {str(i): i / 10 for i in range(10)}
    found = compare_values(values, dict(values))
    assert (found.difference, found.low, found.high, found.p) == (0.0, 0.0, 0.0, 1.0)
    assert found.better == found.worse == []


def test_rounding_makes_no_difference():
    found = compare_values({"q": 0.1 + 0.2}, {"q": 0.3})
    assert found.better == found.worse == []
    assert found.difference == 0.0


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        # All signs the same: 2 of the 2**n ways to set them are as extreme.
        ([1.0], 2 / 2),
        ([0.5] * 5, 2 / 32),
        ([1.0] * 10, 2 / 1024),
        # Sum 3 + 2 - 1 = 4 of at most 6: sums of 4 or more are 6 and 4 itself, and as many below.
        ([3.0, 2.0, -1.0], 4 / 8),
        # What does not differ changes nothing.
        ([0.5] * 5 + [0.0] * 90, 2 / 32),
    ],
)
def test_exact_p_by_hand(differences, p):
    assert p_of(np.array(differences)) == pytest.approx(p)
    assert p_of(-np.array(differences)) == pytest.approx(p)


def test_many_questions_are_sampled_and_p_is_never_zero():
    differences = np.random.default_rng(0).normal(1.0, 0.5, 100)
    assert p_of(differences) == pytest.approx(2 / 10_000)
    assert p_of(differences) == p_of(differences)


def test_two_equal_systems_are_told_apart_once_in_twenty():
    generator = np.random.default_rng(1)
    ps = [p_of(generator.choice([-1.0, -0.5, 0.0, 0.5, 1.0], 30)) for _ in range(100)]
    # 100 trials of 0.05 scatter by 0.022.
    assert 0.01 <= np.mean(np.array(ps) <= 0.05) <= 0.11


def test_holm_by_hand():
    # In order 0.01, 0.02, 0.03, 0.5: times 4, 3, 2, 1 gives 0.04, 0.06, 0.06, 0.5.
    p = {"c": 0.03, "a": 0.01, "d": 0.5, "b": 0.02}
    adjusted = holm(p)
    assert list(adjusted) == list(p)
    assert adjusted == pytest.approx({"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.5})


def test_holm_never_falls_nor_exceeds_one():
    # 0.02 * 2 = 0.04, then 0.03 * 1 would fall below it; and 0.9 * 2 would exceed 1.
    assert holm({"a": 0.02, "b": 0.03}) == pytest.approx({"a": 0.04, "b": 0.04})
    assert holm({"a": 0.9, "b": 0.9}) == {"a": 1.0, "b": 1.0}


def test_holm_leaves_out_what_has_no_p():
    adjusted = holm({"a": 0.02, "none": math.nan})
    assert adjusted["a"] == 0.02
    assert math.isnan(adjusted["none"])
    assert holm({}) == {}
