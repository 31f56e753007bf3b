"""Scores and figures of a run on disk: ``scores.json`` and ``figures.json`` of its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from eval.report.model import FigureRow
from eval.runs import RunError, RunFolder
from eval.scoring import Failure, Scores

K = TypeVar("K")


def keep(run: RunFolder, rows: Sequence[FigureRow], every: Mapping[str, Scores]) -> None:
    """Write them; ``every`` are the scores by set."""
    run.write_json("figures.json", [row.model_dump(mode="json") for row in rows])
    run.write_json(
        "scores.json",
        {
            which: {
                "rows": scores.rows,
                "failures": [[f.id, f.measure, f.reason] for f in scores.failures],
            }
            for which, scores in every.items()
        },
    )


def figures(run: RunFolder) -> list[FigureRow]:
    """The figures of a run that has been scored.

    Raises:
        RunError: it has not been, or by another version of the suite.
    """
    return _kept(run, "figures.json", list[FigureRow])


def scores_of(run: RunFolder) -> dict[str, Scores]:
    """What every measure said of every question, by set.

    Raises:
        RunError: the run has not been scored, or by another version of the suite.
    """
    return {
        which: Scores(kept.rows, [Failure(*failure) for failure in kept.failures])
        for which, kept in _kept(run, "scores.json", dict[str, _KeptScores]).items()
    }


class _KeptScores(BaseModel):
    """``Scores`` as they stand in a file."""

    rows: dict[str, dict[str, tuple[float, ...]]]
    failures: list[tuple[str, str, str]]


def _kept(run: RunFolder, name: str, form: type[K]) -> K:
    try:
        return TypeAdapter(form).validate_python(run.read_json(name))
    except ValidationError as fault:
        raise RunError(
            f"{name} of run {run.name} is damaged or of another version; score it anew: "
            f"tutor eval run --resume {run.name}"
        ) from fault
