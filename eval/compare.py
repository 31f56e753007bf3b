"""Two runs question by question: what got better, what got worse, and whether it is luck."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from corpus.errors import UsageError
from eval.figures import figure_name
from eval.golden import Fact, Message
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
        a, b: its means over the questions that both runs have a value for.
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
    common = common_questions(a, b)
    scores_a, scores_b = _of_questions(a, common), _of_questions(b, common)
    pairs = [
        (rows_a[name], *paired)
        for which in scores_a.keys() & scores_b.keys()
        for measure in scores_a[which].rows.keys() & scores_b[which].rows.keys()
        if (name := figure_name(measure, which)) in rows_a
        and name in rows_b
        and not _unpaired(rows_a[name])
        and (paired := _paired(scores_a[which], scores_b[which], measure, rows_a[name]))
    ]
    if not pairs:
        raise UsageError(f"{a.name} and {b.name} have no question in common")
    return _adjusted(_in_order(pairs, rows_a))


def common_questions(a: RunFolder, b: RunFolder) -> list[str]:
    """Ids of the questions that both runs have answered, in the order of a.

    One whose set, text, history or facts are not the same in both is another question.
    """
    others = _asked(b)
    return [name for name, question in _asked(a).items() if others.get(name) == question]


_Asked = tuple[str, str, list[Message], list[Fact]]


def _asked(run: RunFolder) -> dict[str, _Asked]:
    places = {name: which for which, ids in run.info().sets.items() for name in ids}
    questions = [record.question for record in run.records()]
    return {q.id: (places[q.id], q.question, q.history, q.facts) for q in questions}


def _of_questions(run: RunFolder, ids: Iterable[str]) -> dict[str, Scores]:
    return {which: scores.only(list(ids)) for which, scores in scores_of(run).items()}


_Pair = tuple[float, float, Paired]


def _paired(a: Scores, b: Scores, measure: str, row: FigureRow) -> _Pair | None:
    """Means and differences on what both have a value for; None if nothing, or no mean at all."""
    rows = a.rows[measure], b.rows[measure]
    if any(len(numbers) != 1 for of_run in rows for numbers in of_run.values()):
        return None
    one, other = ({i: numbers[0] for i, numbers in of_run.items()} for of_run in rows)
    both = one.keys() & other.keys()
    if not both:
        return None
    return _mean(one, both), _mean(other, both), compare_values(one, other, row.better)


def _mean(values: Mapping[str, float], ids: Iterable[str]) -> float:
    return fmean(values[name] for name in ids)


def _in_order(
    pairs: Iterable[tuple[FigureRow, float, float, Paired]], order: Iterable[str]
) -> list[tuple[FigureRow, float, float, Paired]]:
    place = {name: number for number, name in enumerate(order)}
    return sorted(pairs, key=lambda pair: place[pair[0].name])


def _adjusted(pairs: list[tuple[FigureRow, float, float, Paired]]) -> list[Compared]:
    adjusted = holm({row.name: paired.p for row, _, _, paired in pairs})
    return [
        Compared(row.name, row.group, one, other, paired, adjusted[row.name])
        for row, one, other, paired in pairs
    ]


def _unpaired(row: FigureRow) -> bool:
    return row.group == "speed" or row.name.split(" (")[0] == RISK.name
