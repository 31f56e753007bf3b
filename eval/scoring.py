"""Scores of records: what every measure says of every record, and what it failed to say.

A measure that raises, or returns NaN, has failed on that record: the reason is kept and shown,
the record counts neither as zero nor at all, and the run goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from eval.measures.measure import Measure, Statistic
from eval.records import Record

AnyMeasure = Measure | Statistic
Numbers = tuple[float, ...]
_REASON_LENGTH = 300  # a judge's error may quote its whole prompt


@dataclass(frozen=True, slots=True)
class Failure:
    """A measure that failed on a record.

    Attributes:
        id: of the question.
        reason: one line.
    """

    id: str
    measure: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scores:
    """What measures say of records.

    Attributes:
        rows: by name of the measure and id of the question, in the order of the records: one
            number for a ``Measure``, as many as its row has for a ``Statistic``. A question that
            the measure does not apply to, or failed on, is missing.
        failures: in the order of measures and records.
    """

    rows: dict[str, dict[str, Numbers]]
    failures: list[Failure]

    def values(self, name: str) -> dict[str, float]:
        """The number of each question, for a ``Measure``."""
        return {id: numbers[0] for id, numbers in self.rows[name].items()}

    def failed(self, name: str) -> int:
        """On how many records a measure failed."""
        return sum(failure.measure == name for failure in self.failures)

    def only(self, ids: Collection[str]) -> Scores:
        """Those of some questions: of a kind, or of a station."""
        kept = set(ids)
        rows = {
            name: {id: numbers for id, numbers in of_measure.items() if id in kept}
            for name, of_measure in self.rows.items()
        }
        return Scores(rows, [failure for failure in self.failures if failure.id in kept])


def score(
    records: Sequence[Record],
    measures: Sequence[AnyMeasure],
    workers: int = 1,
    advance: Callable[[], object] = lambda: None,
) -> Scores:
    """Let every measure score every record.

    Args:
        records: of different questions.
        measures: of different names.
        workers: threads, for measures that wait for a judge.
        advance: called after each score, from any of the threads; for a progress bar.

    Raises:
        ValueError: two records of one question, or two measures of one name.
    """
    _refuse_twins([record.question.id for record in records], "records of question")
    _refuse_twins([measure.name for measure in measures], "measures called")

    def scored(task: tuple[AnyMeasure, Record]) -> Numbers | Failure | None:
        outcome = _outcome(*task)
        advance()
        return outcome

    tasks = [(measure, record) for measure in measures for record in records]
    with ThreadPoolExecutor(workers) as pool:
        # One worker scores in this thread: an encoder or a database need not be safe for threads.
        outcomes = list(map(scored, tasks) if workers == 1 else pool.map(scored, tasks))
    scores = Scores({measure.name: {} for measure in measures}, [])
    for (measure, record), outcome in zip(tasks, outcomes, strict=True):
        if isinstance(outcome, Failure):
            scores.failures.append(outcome)
        elif outcome is not None:
            scores.rows[measure.name][record.question.id] = outcome
    return scores


def _outcome(measure: AnyMeasure, record: Record) -> Numbers | Failure | None:
    try:
        numbers = _numbers(measure, record)
        if numbers is None or all(map(math.isfinite, numbers)):
            return numbers
        reason = "not a number"
    # RAGAS raises bare Exceptions, and a judge's reply may break a measure anywhere.
    except Exception as fault:  # noqa: BLE001
        reason = _in_one_line(fault)
    return Failure(record.question.id, measure.name, reason)


def _numbers(measure: AnyMeasure, record: Record) -> Numbers | None:
    if isinstance(measure, Statistic):
        row = measure.row(record)
        return None if row is None else tuple(map(float, row))
    value = measure.score(record)
    return None if value is None else (float(value),)


def _in_one_line(fault: Exception) -> str:
    name, said = type(fault).__name__, " ".join(str(fault).split())
    return (f"{name}: {said}" if said else name)[:_REASON_LENGTH]


def _refuse_twins(names: Sequence[str], what: str) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"two {what} {twins[0]!r}")
