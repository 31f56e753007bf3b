"""What a measure is: a figure for every record, and what becomes of many of them.

A ``Measure`` gives each record one number, or None where it says nothing about that record. Its
figure over many records is their mean. A ``Statistic`` is for what is no mean: it takes one row of
numbers a record and computes its figure from all rows, so that both can be resampled for their
confidence intervals (``eval.bootstrap``). An error or NaN while scoring is counted as a failure:
it neither ends the run nor counts as zero (``eval.scoring``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.records import Record

Group = Literal["retrieval", "answer", "citation", "judge", "abstention", "attack", "speed"]
Better = Literal["higher", "lower"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure a record; over many records, the mean.

    Attributes:
        name: short and unique, as it stands in tables: "recall@5".
        definition: one sentence; with the range where it is not 0..1.
        source: paper or documentation.
        score: the figure of one record, or None where the measure does not apply.
        costly: whether it takes a model or seconds; quick runs leave it out.
    """

    name: str
    group: Group
    definition: str
    source: str
    score: Callable[[Record], float | None]
    better: Better = "higher"
    costly: bool = False


@dataclass(frozen=True, slots=True)
class Statistic:
    """A figure over many records that is no mean: an area, a quantile, an error of calibration.

    Attributes:
        row: the numbers of one record, always as many, or None where it does not apply.
        compute: the figure from rows of shape (records, numbers), at least one record; NaN where it
            is not defined for them.
    """

    name: str
    group: Group
    definition: str
    source: str
    row: Callable[[Record], tuple[float, ...] | None]
    compute: Callable[[Floats], float]
    better: Better = "higher"
