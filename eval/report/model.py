"""What a report shows: one structure that the pages, the plots and the JSON are made from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from eval.measures.measure import Better, Group
from eval.report.failure import Failure
from eval.report.parts import (
    Baseline,
    Bin,
    Cell,
    Cited,
    Evidence,
    Fault,
    Number,
    RiskPoint,
    Score,
    StationKey,
)

__all__ = [
    "Baseline",
    "Bin",
    "Cell",
    "Cited",
    "Confusion",
    "Evidence",
    "Failure",
    "Fault",
    "FigureRow",
    "Number",
    "ReportData",
    "RiskPoint",
    "RunData",
    "Score",
    "StationKey",
    "labels",
]

Setting = str | int | float | bool

_ROUNDING = 1e-9  # sums of the same numbers differ by less between two machines


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FigureRow(_Frozen):
    """A measure over all its questions.

    Attributes:
        value: NaN if it could be computed for no question; ``low`` and ``high`` are the ends of its
            confidence interval.
        n: questions that it was computed for.
        failed: questions on which the measure itself failed; they are not in ``value``.
        by_station: by the number of a station or the id of a companion stop.
    """

    name: str
    group: Group
    better: Better
    definition: str
    source: str
    value: Number
    low: Number
    high: Number
    n: int
    failed: int = 0
    by_kind: dict[str, Cell] = {}
    by_station: dict[StationKey, Cell] = {}

    def against(self, baseline: Baseline) -> Literal["within", "better", "worse"]:
        """Where the figure stands to its baseline; one that could not be computed is worse."""
        if not isfinite(self.value):
            return "worse"
        if baseline.low - _ROUNDING <= self.value <= baseline.high + _ROUNDING:
            return "within"
        return "better" if (self.value > baseline.high) == (self.better == "higher") else "worse"


class Confusion(_Frozen):
    """What the citation checker found of pairs that a person has labelled.

    Attributes:
        counts: by label, then by verdict of the checker; both in the order of ``labels``.
        balanced_accuracy: mean of the recalls of the labels.
    """

    labels: list[str] = ["supported", "partial", "unsupported"]
    counts: dict[str, dict[str, int]]
    balanced_accuracy: Score


class RunData(_Frozen):
    """One system's run.

    Attributes:
        name: of the run; it is shown where two runs are of one system.
        description: its configuration.
        questions: how many, by set.
        operating: the point of the risk–coverage curve where it works.
        latency: milliseconds of every question, by stage.
    """

    system: str
    name: str = ""
    description: dict[str, Setting] = {}
    questions: dict[str, int]
    figures: list[FigureRow]
    risk_coverage: list[RiskPoint] = []
    operating: RiskPoint | None = None
    reliability: list[Bin] = []
    latency: dict[str, list[Number]] = {}
    failures: list[Failure] = []
    faults: list[Fault] = []
    confusion: Confusion | None = None
    _label: str = PrivateAttr("")

    @property
    def label(self) -> str:
        """What tells it from the other runs of its report; its system where it is in none."""
        return self._label or self.system

    def figure(self, name: str) -> FigureRow | None:
        """The figure of that name, if the run has it."""
        return next((row for row in self.figures if row.name == name), None)


def labels(runs: Sequence[RunData]) -> list[str]:
    """Systems, if all differ, else names of the runs; a number tells the rest apart."""
    systems = [run.system for run in runs]
    if len(set(systems)) == len(systems):
        return systems
    wanted = [run.name or run.system for run in runs]
    times = Counter(wanted)
    return [
        label if times[label] == 1 else f"{label} ({wanted[: at + 1].count(label)})"
        for at, label in enumerate(wanted)
    ]


class ReportData(_Frozen):
    """All that a report shows.

    Attributes:
        runs: the first is the tutor's, and the baseline is its.
        baseline: by name of the figure.
        labelled: whether the bundled model was the judge, so that judged figures are labelled as
            not meaningful.
        headline: names of the figures to show large at the top.
    """

    title: str
    date: str
    machine: dict[str, Setting] = {}
    runs: Annotated[list[RunData], Field(min_length=1)]
    baseline: dict[str, Baseline | None] = {}
    labelled: bool = False
    headline: list[str] = []

    @field_validator("runs")
    @classmethod
    def _labelled(cls, runs: list[RunData]) -> list[RunData]:
        copies = [run.model_copy() for run in runs]
        for copy, label in zip(copies, labels(runs), strict=True):
            copy._label = label
        return copies

    def labels(self) -> list[str]:
        """What the report calls its runs, in their order."""
        return labels(self.runs)
