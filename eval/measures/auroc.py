"""AUROC of the confidence: how well it tells what can be answered from what cannot.

It is the probability that an answerable question has the higher confidence of two, ties counting
half (Mann and Whitney 1947; Hanley and McNeil, Radiology 1982). It knows no threshold, and does
not change when every confidence is calibrated by the same rising curve.
"""

from __future__ import annotations

import numpy as np

from eval.measures.calibration import row
from eval.measures.measure import Floats, Statistic


def _area(rows: Floats) -> float:
    """NaN where one of the two is missing."""
    inside = rows[rows[:, 1] == 1.0, 0]
    outside = np.sort(rows[rows[:, 1] == 0.0, 0])
    if not len(inside) or not len(outside):
        return np.nan
    below = np.searchsorted(outside, inside, side="left")
    not_above = np.searchsorted(outside, inside, side="right")
    return float((below + not_above).mean() / 2 / len(outside))


AUROC = Statistic(
    "AUROC",
    "abstention",
    "Probability that of an answerable and an unanswerable question the first is more confident.",
    "Hanley & McNeil 1982",
    row,
    _area,
)
