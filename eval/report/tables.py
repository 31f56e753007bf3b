"""The tables of a report, as HTML and Markdown both show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from eval.measures.measure import Group
from eval.report.model import Confusion, FigureRow, ReportData, RunData
from eval.report.text import NONE, counted, number, span, unit_of, value, verdict

GROUPS: tuple[Group, ...] = get_args(Group)
HEADINGS: dict[Group, str] = {
    "retrieval": "Retrieval",
    "answer": "Answers, without a judge",
    "citation": "Citations",
    "judge": "Answers, with a judge",
    "abstention": "Abstention",
    "attack": "Attacks",
    "speed": "Speed and memory",
}
ARROWS = {"higher": "↑", "lower": "↓"}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; the first cell of each row is its heading."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def measured(runs: Sequence[RunData], group: Group) -> list[FigureRow]:
    """One row a measure of a group, in order; of the first system that has it."""
    rows: dict[str, FigureRow] = {}
    for run in runs:
        for row in run.figures:
            if row.group == group:
                rows.setdefault(row.name, row)
    return list(rows.values())


def against_baseline(data: ReportData) -> Table:
    """The first system's figures that have a baseline, those outside of it first."""
    rows = [
        (f"{row.name} {ARROWS[row.better]}", value(row), span(row.low, row.high),
         span(base.low, base.high), number(base.value) + unit_of(row), verdict(row, base))
        for row in data.runs[0].figures
        if (base := data.baseline.get(row.name)) is not None
    ]  # fmt: skip
    order = {"worse": 0, "better": 1, "within": 2, NONE: 3}
    return Table(
        "Figures against the baseline",
        ("measure", "now", "interval", "baseline interval", "baseline", "verdict"),
        tuple(sorted(rows, key=lambda row: order[row[-1]])),
    )


def confusion(system: str, of: Confusion) -> Table:
    """Labels of a person in rows, verdicts of the checker in columns."""
    score = of.balanced_accuracy
    return Table(
        f"{system}: balanced accuracy {number(score.value)} ({span(score.low, score.high)})",
        ("labelled by a person", *(f"checker: {label}" for label in of.labels), "pairs"),
        tuple(
            (label, *map(str, counts), str(sum(counts)))
            for label in of.labels
            if (counts := [of.counts.get(label, {}).get(found, 0) for found in of.labels])
        ),
    )


def faults(runs: Sequence[RunData]) -> Table:
    """Every failure of a measure."""
    rows = [(run.label, f.measure, f.id, f.reason) for run in runs for f in run.faults]
    return Table("Failures of measures", ("system", "measure", "question", "reason"), tuple(rows))


def failed_questions(run: RunData) -> Table:
    """The questions that a system did not answer rightly, in short."""
    rows = [
        (f.id, f.kind, str(f.station or NONE), f.question, "; ".join(f.findings))
        for f in run.failures
    ]
    caption = f"{run.label}: {counted(len(rows), 'question')} not answered rightly"
    return Table(caption, ("id", "kind", "station", "question", "what went wrong"), tuple(rows))
