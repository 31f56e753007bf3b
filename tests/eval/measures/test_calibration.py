"""Calibration by hand and against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from eval.measures.calibration import BRIER, CALIBRATION_ERROR, reliability, row


def test_rows_are_answerable_or_not(make_record):
    reply = {"confidence": 0.8}
    assert row(make_record({"expect": "answer"}, reply)) == (0.8, 1.0)
    assert row(make_record({"expect": "decline"}, reply)) == (0.8, 0.0)
    assert row(make_record({"expect": "correct"}, reply)) is None
    assert row(make_record({"expect": "resist"}, reply)) is None
    assert row(make_record({}, {"confidence": None})) is None
    assert row(make_record({}, None)) is None


def test_squared_error_by_hand(make_record):
    assert BRIER.score(make_record({}, {"confidence": 0.8})) == pytest.approx(0.04)
    declined = make_record({"expect": "decline"}, {"confidence": 0.8})
    assert BRIER.score(declined) == pytest.approx(0.64)
    assert BRIER.score(make_record({"expect": "correct"}, {"confidence": 0.8})) is None


def test_brier_score_is_that_of_scikit_learn(make_record):
    confidence = np.random.default_rng(0).random(60)
    answerable = np.random.default_rng(1).random(60) < confidence
    errors = [
        BRIER.score(make_record({"expect": "answer" if yes else "decline"}, {"confidence": value}))
        for value, yes in zip(confidence, answerable, strict=True)
    ]
    assert np.mean(errors) == pytest.approx(brier_score_loss(answerable, confidence))


def test_calibration_error_by_hand():
    # Ten bins of two. Nine of them are sure and right; of the tenth, at 0.6 and 0.8, one is
    # answerable: |0.7 - 0.5| = 0.2, and a tenth of all questions.
    sure = [[0.0, 0.0]] * 10 + [[1.0, 1.0]] * 8
    rows = np.array([*sure, [0.6, 0.0], [0.8, 1.0]])
    assert CALIBRATION_ERROR.compute(rows) == pytest.approx(0.02)


def test_fewer_questions_than_bins():
    # A bin a question: gaps 0.1 and 0.4.
    rows = np.array([[0.9, 1.0], [0.4, 0.0]])
    assert CALIBRATION_ERROR.compute(rows) == pytest.approx(0.25)
    assert reliability(rows) == [(0.4, 0.0, 1), (0.9, 1.0, 1)]


def test_bins_are_those_of_scikit_learn():
    confidence = np.random.default_rng(2).random(100)
    answerable = (np.random.default_rng(3).random(100) < confidence).astype(float)
    shares, means = calibration_curve(answerable, confidence, n_bins=10, strategy="quantile")
    ours = reliability(np.column_stack([confidence, answerable]))
    assert [mean for mean, _, _ in ours] == pytest.approx(list(means))
    assert [share for _, share, _ in ours] == pytest.approx(list(shares))
    assert [n for _, _, n in ours] == [10] * 10


def test_order_of_equally_confident_questions_does_not_count():
    rows = np.array([[0.5, 1.0]] * 10 + [[0.5, 0.0]] * 10)
    assert CALIBRATION_ERROR.compute(rows) == pytest.approx(0.0)
    assert CALIBRATION_ERROR.compute(rows[::-1]) == pytest.approx(0.0)


def test_boastful_confidence_has_an_error():
    rows = np.array([[1.0, 1.0], [1.0, 0.0]] * 30)
    assert CALIBRATION_ERROR.compute(rows) == pytest.approx(0.5)
