"""How well a check agrees with a person: its verdicts on the labelled pairs (eval/pairs.py).

The check gets what it gets from the tutor: the sentence, and the passage as its sentences, split
as the index splits them. (All passages of both splits fall into the very sentences that the index
has of their documents. Offered whole as well, they change no verdict of "supported" on dev.)

Balanced accuracy is the mean of the shares found right of each label (Brodersen et al., "The
balanced accuracy and its posterior distribution", ICPR 2010): two-way, supported against the rest,
for the tutor shows a sentence or does not; and three-way. One passage may serve several pairs, so
the bootstrap draws passages, with all their pairs (cluster bootstrap: Davison and Hinkley,
"Bootstrap Methods and their Application", 1997, section 3.8). Where one share is 1 or 0 it cannot
vary in resampling; sensitivity and specificity therefore have Wilson's intervals of their own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from eval.bootstrap import Figure, mean_interval, statistic_interval
from eval.measures.measure import Floats
from eval.pairs import Pair
from eval.records import Support
from index.sentences import split_sentences
from tutor.check import Check, Verdict

LABELS: tuple[Support, ...] = get_args(Support)
Table = dict[Support, dict[Support, int]]
"""Number of pairs by label, then by verdict; all nine are there."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A pair with what the check found of it."""

    pair: Pair
    verdict: Verdict

    @property
    def agrees(self) -> bool:
        """Whether it says of "supported" or not what the person said."""
        return (self.pair.label == "supported") == (self.verdict.support == "supported")


@dataclass(frozen=True, slots=True)
class Agreement:
    """A check against a person.

    Attributes:
        readings: all pairs, in order, to trace a figure to its sentences.
        two_way, three_way: balanced accuracy, 0..1; 0.5 and 0.33 by guessing.
        sensitivity: share of the supported pairs that the check lets pass.
        specificity: share of the others that it does not.
    """

    readings: tuple[Reading, ...]
    two_way: Figure
    three_way: Figure
    sensitivity: Figure
    specificity: Figure

    @property
    def table(self) -> Table:
        """The confusion table."""
        return table(self.readings)

    @property
    def by_how(self) -> dict[str, Table]:
        """A confusion table for each way in which sentences were made, in the order of the file."""
        ways = dict.fromkeys(reading.pair.how for reading in self.readings)
        return {how: table(r for r in self.readings if r.pair.how == how) for how in ways}


def agreement(pairs: Sequence[Pair], check: Check) -> Agreement:
    """Read all pairs with a check, and compare."""
    readings = tuple(
        Reading(pair, check(pair.sentence, split_sentences(pair.passage))) for pair in pairs
    )
    supported = [r for r in readings if r.pair.label == "supported"]
    others = [r for r in readings if r.pair.label != "supported"]
    return Agreement(
        readings,
        _over_passages(readings, ways=2),
        _over_passages(readings, ways=3),
        _share(supported),
        _share(others),
    )


def table(readings: Iterable[Reading]) -> Table:
    """The confusion table of some readings."""
    counts = Counter((reading.pair.label, reading.verdict.support) for reading in readings)
    return {label: {verdict: counts[label, verdict] for verdict in LABELS} for label in LABELS}


def balanced_accuracy(counts: Floats) -> float:
    """Mean over the labels of the share found right.

    Args:
        counts: shape (labels, verdicts), the same order in both.

    Returns:
        0..1; NaN if a label has no pair.
    """
    totals = counts.sum(axis=1)
    return float((counts.diagonal() / totals).mean()) if totals.all() else math.nan


def _over_passages(readings: Sequence[Reading], ways: int) -> Figure:
    """Balanced accuracy with its interval over passages; two ways: supported or not."""
    if not readings:
        return Figure(math.nan, math.nan, math.nan, 0)

    def compute(rows: Floats) -> float:
        return balanced_accuracy(rows.sum(axis=0).reshape(ways, ways))

    rows = _by_passage(readings, ways)
    return Figure(compute(rows), *statistic_interval(rows, compute), len(readings))


def _by_passage(readings: Sequence[Reading], ways: int) -> Floats:
    """The confusion table of each passage, shape (passages, ways * ways)."""
    rows = {reading.pair.passage: np.zeros((ways, ways)) for reading in readings}
    for reading in readings:
        label, verdict = LABELS.index(reading.pair.label), LABELS.index(reading.verdict.support)
        rows[reading.pair.passage][min(label, ways - 1), min(verdict, ways - 1)] += 1
    return np.stack([row.ravel() for row in rows.values()])


def _share(readings: Sequence[Reading]) -> Figure:
    """Share of the readings that agree."""
    if not readings:
        return Figure(math.nan, math.nan, math.nan, 0)
    values = np.array([float(reading.agrees) for reading in readings])
    return Figure(float(values.mean()), *mean_interval(values), len(values))
