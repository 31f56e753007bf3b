"""Whether one system is better than another on the same questions, or merely luckier.

The paired randomisation test asks how often a difference as large would come about if for each
question chance had decided which of the two values belongs to which system (Fisher; for retrieval
Smucker, Allan and Carterette, "A Comparison of Statistical Significance Tests for Information
Retrieval Evaluation", CIKM 2007). Many measures at once need Holm's correction ("A Simple
Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 1979).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from eval.bootstrap import LEVEL, percentile_interval
from eval.measures.measure import Better, Floats

# The smallest p is 2 in 10,000: Holm's correction over 200 measures can still find it below 0.05.
PERMUTATIONS = 9999
_SEED = 0
_SAME = 1e-9  # means of the same numbers in another order differ by less


@dataclass(frozen=True, slots=True)
class Paired:
    """Two systems on the questions that both have a value for.

    Attributes:
        n: number of these questions.
        difference: mean of b minus a; NaN if there are none.
        low, high: percentile bootstrap interval of the difference; where it and p disagree about a
            handful of questions, p is right: the bootstrap is too narrow there.
        p: two-sided, of the paired randomisation test; NaN if there are no questions.
        better, worse: ids of the questions on which b is better or worse than a.
    """

    n: int
    difference: float
    low: float
    high: float
    p: float
    better: list[str]
    worse: list[str]


def compare_values(
    a: Mapping[str, float], b: Mapping[str, float], good: Better = "higher", level: float = LEVEL
) -> Paired:
    """Compare b with a, question by question.

    Args:
        a, b: values of a measure by id of the question.
        good: which values of the measure are better.
    """
    ids = [id for id in a if id in b]
    if not ids:
        return Paired(0, math.nan, math.nan, math.nan, math.nan, [], [])
    differences = np.array([b[id] - a[id] for id in ids])
    differences[np.abs(differences) < _SAME] = 0.0
    gains = differences if good == "higher" else -differences
    return Paired(
        len(ids),
        float(differences.mean()),
        *percentile_interval(differences, level),
        p_of(differences),
        [id for id, gain in zip(ids, gains, strict=True) if gain > 0],
        [id for id, gain in zip(ids, gains, strict=True) if gain < 0],
    )


def p_of(differences: Floats) -> float:
    """Two-sided p of the paired randomisation test, exact for up to 13 differing questions.

    Questions without a difference are left out: whichever way they are swapped, the sum stays.
    """
    from scipy.stats import permutation_test  # type: ignore[import-untyped]

    differing = differences[differences != 0.0]
    if len(differing) < 2:
        return 1.0  # a single one is as extreme either way
    test = permutation_test(
        (differing,),
        np.mean,
        permutation_type="samples",  # of one sample: its signs
        vectorized=True,
        n_resamples=PERMUTATIONS,
        rng=np.random.default_rng(_SEED),
    )
    return float(test.pvalue)


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p of each measure: below 0.05 where the family's error is held at 0.05.

    NaN, of measures without a common question, stays NaN and is not of the family.
    """
    ordered = sorted((name for name in p if not math.isnan(p[name])), key=lambda name: p[name])
    adjusted, largest = dict(p), 0.0
    for rank, name in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - rank) * p[name]))
        adjusted[name] = largest
    return adjusted
