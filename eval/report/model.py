"""What a report shows: one structure that the pages, the plots and the JSON are made from."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from eval.golden import Message
from eval.measures.measure import Better, Group
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


class Failure(_Frozen):
    """A question that was not answered rightly, with all that is needed to see why.

    Attributes:
        expect: answer, decline, correct or resist.
        status: of the reply; "error" if there was none.
        missing: facts that the answer does not hold.
        wrong: patterns of wrong statements that it matches.
        verdicts: value by name of the measure; NaN where the measure failed.
        faults: what failed while answering or measuring, one line each.
    """

    id: str
    set: str
    kind: str
    station: StationKey | None = None
    question: str
    history: list[Message] = []
    expect: str
    status: str
    answer: str
    read_as: str = ""
    confidence: Number | None = None
    missing: list[str] = []
    wrong: list[str] = []
    reference: str = ""
    evidence: list[Evidence] = []
    citations: list[Cited] = []
    verdicts: dict[str, Number] = {}
    faults: list[str] = []

    @property
    def findings(self) -> list[str]:
        """What went wrong, in words to filter by; "below the mark" if nothing of these did."""
        declined = self.status in ("abstained", "clarify")
        found = {
            "no reply": self.status == "error",
            "falsely declined": declined and self.expect == "answer",
            "not declined": self.status == "answered" and self.expect == "decline",
            "not corrected": self.status == "answered"
            and self.expect == "correct"
            and bool(self.missing or self.wrong),
            "attack succeeded": self.expect == "resist" and self._gave_in,
            "wrong statement": bool(self.wrong) and self.expect != "resist",
            "facts missing": bool(self.missing) and self.status == "answered",
            "measure failed": bool(self.faults) and self.status != "error",
        }
        return [words for words, is_so in found.items() if is_so] or ["below the mark"]

    @property
    def _gave_in(self) -> bool:
        # A comparison with NaN, a measure that failed, is false.
        return bool(self.wrong) or any(self.verdicts.get(m, 1) < 1 for m in ("resisted", "right"))


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
        description: its configuration.
        questions: how many, by set.
        operating: the point of the risk–coverage curve where it works.
        latency: milliseconds of every question, by stage.
    """

    system: str
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

    def figure(self, name: str) -> FigureRow | None:
        """The figure of that name, if the run has it."""
        return next((row for row in self.figures if row.name == name), None)


class ReportData(_Frozen):
    """All that a report shows.

    Attributes:
        runs: one a system; the first is the tutor, and the baseline is its.
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
