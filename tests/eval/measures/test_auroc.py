"""AUROC by hand and against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from eval.measures.auroc import AUROC


def test_by_hand():
    # Of the four pairs, 0.9 > 0.5, 0.9 > 0.1 and 0.5 > 0.1; 0.5 = 0.5 counts half.
    rows = np.array([[0.9, 1.0], [0.5, 1.0], [0.5, 0.0], [0.1, 0.0]])
    assert AUROC.compute(rows) == 3.5 / 4


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_scikit_learn_with_and_without_ties(seed):
    generator = np.random.default_rng(seed)
    answerable = generator.random(80) < 0.6
    confidence = generator.random(80).round(1 if seed % 2 else 9)
    rows = np.column_stack([confidence, answerable])
    assert AUROC.compute(rows) == pytest.approx(roc_auc_score(answerable, confidence))


def test_one_side_alone_has_no_area():
    assert math.isnan(AUROC.compute(np.array([[0.9, 1.0], [0.5, 1.0]])))
    assert math.isnan(AUROC.compute(np.array([[0.9, 0.0]])))


def test_false_premises_are_out(make_record):
    assert AUROC.row(make_record({"expect": "correct"}, {"confidence": 0.5})) is None
