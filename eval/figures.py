"""Figures of a run: every measure over all its questions, by kind and by station."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

import numpy as np

from eval.bootstrap import figure
from eval.golden import Question
from eval.measures.measure import Statistic
from eval.records import Record
from eval.report.model import Cell, FigureRow, StationKey
from eval.scoring import AnyMeasure, Scores


def figure_name(measure: str, set_: str) -> str:
    """A figure's name: the measure's; for any other set than the curriculum's with the set."""
    return measure if set_ == "curriculum" else f"{measure} ({set_})"


def figures_of(
    set_: str, records: Sequence[Record], measures: Iterable[AnyMeasure], scores: Scores
) -> list[FigureRow]:
    """A row a measure; those that say nothing of any record are left out."""
    questions = {record.question.id: record.question for record in records}
    rows = []
    for measure in measures:
        whole = figure(measure, scores)
        if whole.n == whole.failed == 0:
            continue
        of_measure = scores.rows[measure.name]
        rows.append(
            FigureRow(
                name=figure_name(measure.name, set_),
                group=measure.group,
                better=measure.better,
                definition=measure.definition,
                source=measure.source,
                **asdict(whole),
                by_kind=_by(measure, of_measure, {i: questions[i].kind for i in of_measure}),
                by_station=_by(measure, of_measure, _stations(questions, of_measure)),
            )
        )
    return rows


def station_of(question: Question) -> StationKey | None:
    """The number of the question's station, or the id of the companion that answers it."""
    if question.station is not None:
        return question.station
    return question.sections[0].split("/")[0] if question.sections else None


def _stations(questions: Mapping[str, Question], ids: Iterable[str]) -> dict[str, StationKey]:
    keys = {i: station_of(questions[i]) for i in ids}
    return {i: key for i, key in keys.items() if key is not None}


K = TypeVar("K", str, StationKey)


def _by(
    measure: AnyMeasure, values: Mapping[str, tuple[float, ...]], keys: Mapping[str, K]
) -> dict[K, Cell]:
    groups: dict[K, list[tuple[float, ...]]] = defaultdict(list)
    for name, key in keys.items():
        groups[key].append(values[name])
    return {key: Cell(_value(measure, rows), len(rows)) for key, rows in groups.items()}


def _value(measure: AnyMeasure, rows: Sequence[tuple[float, ...]]) -> float:
    table = np.array(rows, dtype=np.float64)
    return measure.compute(table) if isinstance(measure, Statistic) else float(table[:, 0].mean())
