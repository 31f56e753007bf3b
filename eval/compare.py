"""Two runs question by question: what got better, what got worse, and whether it is luck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.errors import UsageError
from eval.figures import figure_name
from eval.measures.risk_coverage import RISK
from eval.report.model import FigureRow
from eval.runs import RunFolder
from eval.scoring import Scores
from eval.significance import Paired, compare_values, holm
from eval.suite import figures, scores_of


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of two runs, on the questions that both have.

    Attributes:
        a, b: its figures over all questions of each run.
        paired: of b against a.
        adjusted: p by Holm's correction over all measures of the comparison.
    """

    name: str
    group: str
    a: float
    b: float
    paired: Paired
    adjusted: float


def compare(a: RunFolder, b: RunFolder) -> list[Compared]:
    """Compare run b with run a, by every measure that is a mean over questions.

    Speed is left out: the two did not run side by side. So is risk: it is of the questions that a
    system answered, and two systems do not answer the same ones.

    Raises:
        UsageError: the runs have no question in common.
        RunError: one of them has not been scored.
    """
    rows_a = {row.name: row for row in figures(a)}
    rows_b = {row.name: row for row in figures(b)}
    scores_a, scores_b = scores_of(a), scores_of(b)
    pairs = [
        (rows_a[name], rows_b[name], paired)
        for which in scores_a.keys() & scores_b.keys()
        for measure in scores_a[which].rows.keys() & scores_b[which].rows.keys()
        if (name := figure_name(measure, which)) in rows_a
        and name in rows_b
        and not _unpaired(rows_a[name])
        and (paired := _paired(scores_a[which], scores_b[which], measure, rows_a[name])).n
    ]
    if not pairs:
        raise UsageError(f"{a.name} and {b.name} have no question in common")
    return _adjusted(_in_order(pairs, rows_a))


def _paired(a: Scores, b: Scores, measure: str, row: FigureRow) -> Paired:
    """The measure on the questions that both have; none of them if it is no mean over questions."""
    rows = a.rows[measure], b.rows[measure]
    if any(len(numbers) != 1 for of_run in rows for numbers in of_run.values()):
        return compare_values({}, {}, row.better)
    one, other = ({i: numbers[0] for i, numbers in of_run.items()} for of_run in rows)
    return compare_values(one, other, row.better)


def _in_order(
    pairs: Iterable[tuple[FigureRow, FigureRow, Paired]], order: Iterable[str]
) -> list[tuple[FigureRow, FigureRow, Paired]]:
    place = {name: number for number, name in enumerate(order)}
    return sorted(pairs, key=lambda pair: place[pair[0].name])


def _adjusted(pairs: list[tuple[FigureRow, FigureRow, Paired]]) -> list[Compared]:
    adjusted = holm({one.name: paired.p for one, _, paired in pairs})
    return [
        Compared(one.name, one.group, one.value, two.value, paired, adjusted[one.name])
        for one, two, paired in pairs
    ]


def _unpaired(row: FigureRow) -> bool:
    return row.group == "speed" or row.name.split(" (")[0] == RISK.name
