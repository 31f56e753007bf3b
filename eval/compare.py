"""Two runs question by question: what got better, what got worse, and whether it is luck."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.errors import UsageError
from eval.figures import figure_name
from eval.report.model import FigureRow
from eval.runs import RunFolder
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

    Speed is left out: the two did not run side by side.

    Raises:
        UsageError: the runs have no question in common.
        RunError: one of them has not been scored.
    """
    rows_a = {row.name: row for row in figures(a)}
    rows_b = {row.name: row for row in figures(b)}
    scores_a, scores_b = scores_of(a), scores_of(b)
    pairs: list[tuple[FigureRow, FigureRow, Paired]] = []
    for which in scores_a.keys() & scores_b.keys():
        for measure in scores_a[which].rows.keys() & scores_b[which].rows.keys():
            name = figure_name(measure, which)
            if name not in rows_a or name not in rows_b or rows_a[name].group == "speed":
                continue
            values = scores_a[which].rows[measure], scores_b[which].rows[measure]
            if any(len(numbers) != 1 for rows in values for numbers in rows.values()):
                continue  # a statistic over all questions: it has no value of one
            one, other = ({i: n[0] for i, n in rows.items()} for rows in values)
            paired = compare_values(one, other, rows_a[name].better)
            if paired.n:
                pairs.append((rows_a[name], rows_b[name], paired))
    if not pairs:
        raise UsageError(f"{a.name} and {b.name} have no question in common")
    return _adjusted(_in_order(pairs, rows_a))


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
