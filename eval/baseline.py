"""The figures that a run is held against: ``eval/baselines/<split>.json``.

A figure fails when it has left the baseline's interval to the worse side, or was not measured of a
set that was asked. One that has left it to the better side is shown, and asks for a new baseline.
Speed is shown and never fails: it is the machine's as much as ours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from corpus.errors import UsageError
from eval.files import replace_text
from eval.golden import SETS
from eval.lines import GoldenError
from eval.report.model import Baseline, FigureRow

FOLDER = Path(__file__).parent / "baselines"
Verdict = Literal["within", "better", "worse", "not measured", "not asked"]


class BaselineFile(BaseModel):
    """A baseline with what it was measured on.

    Attributes:
        figures: interval by name of the figure.
    """

    model_config = ConfigDict(extra="forbid")

    system: str
    split: str
    date: str
    machine: dict[str, str | int]
    configuration: dict[str, str | int | float | bool]
    figures: dict[str, Baseline]


@dataclass(frozen=True, slots=True)
class Held:
    """A figure held against its baseline.

    Attributes:
        value: None if the run does not have the figure, or it came to nothing.
    """

    name: str
    value: float | None
    baseline: Baseline
    verdict: Verdict


def load_baseline(split: str, folder: Path | None = None) -> BaselineFile | None:
    """The baseline of a split; None if there is none.

    Raises:
        GoldenError: its file is damaged.
    """
    file = (folder or FOLDER) / f"{split}.json"
    if not file.exists():
        return None
    try:
        return BaselineFile.model_validate_json(file.read_text(encoding="utf-8"))
    except ValueError as fault:  # no Unicode, no JSON, or not of this form
        raise GoldenError(
            f"{file.name}: {str(fault).splitlines()[0]}; make it anew: tutor eval baseline --write"
        ) from fault


def write_baseline(baseline: BaselineFile, folder: Path | None = None) -> Path:
    """Make it the baseline of its split."""
    folder = folder or FOLDER
    folder.mkdir(exist_ok=True)
    file = folder / f"{baseline.split}.json"
    replace_text(file, baseline.model_dump_json(indent=1) + "\n")
    return file


def baseline_figures(rows: Sequence[FigureRow]) -> dict[str, Baseline]:
    """The intervals that a run sets: those of all figures that have one, without speed."""
    return {
        row.name: Baseline(row.low, row.high, row.value)
        for row in rows
        if row.group not in ("speed", "judge") and isfinite(row.low) and isfinite(row.high)
    }


def refuse_part(file: object, quick: bool, each: int) -> None:
    """Refuse to hold anything but whole golden sets against a baseline.

    Raises:
        UsageError: the questions are of a file of one's own, or a sample.
    """
    if file or quick or each:
        raise UsageError(
            "a baseline is of whole golden sets; leave out the file, --quick and --each"
        )


def hold(
    rows: Sequence[FigureRow], baseline: Mapping[str, Baseline], sets: Collection[str] = SETS
) -> list[Held]:
    """Every figure of a baseline, and what has become of it.

    Args:
        sets: that the run has asked.
    """
    measured = {row.name: row for row in rows}
    return [_held(name, baseline[name], measured.get(name), sets) for name in baseline]


def set_of(figure: str) -> str:
    """The golden set that a figure is of, by its name (``eval.figures.figure_name``)."""
    return next((which for which in SETS if figure.endswith(f" ({which})")), "curriculum")


def _held(name: str, baseline: Baseline, row: FigureRow | None, sets: Collection[str]) -> Held:
    if row is None:
        return Held(name, None, baseline, "not measured" if set_of(name) in sets else "not asked")
    return Held(name, row.value if isfinite(row.value) else None, baseline, row.against(baseline))
