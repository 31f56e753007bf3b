"""Figures of an evaluation as ``tutor eval run`` leaves them in a home, or as they were released.

A reader of its own: this room does not import ``eval``. Of ``run.json`` and ``figures.json`` it
takes what the pane shows, and passes over what else stands there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, TypeAdapter

# The split of the release's figures: the questions that nothing was fitted on.
_SPLIT = "test"
_BASELINES = Path(__file__).parents[2] / "eval" / "baselines"
# Far above any run's files: 80 kB of figures.
_MOST_BYTES = 5_000_000

# JSON has no NaN: the suite writes null.
Number = Annotated[float, BeforeValidator(lambda value: nan if value is None else value)]
Setting = str | int | float | bool


class FigureRow(BaseModel):
    """A measure over all its questions; NaN for what is not known."""

    name: str
    group: str = ""
    better: Literal["higher", "lower"] = "higher"
    definition: str = ""
    value: Number
    low: Number = nan
    high: Number = nan
    n: int | None = None
    failed: int = 0


class _Run(BaseModel):
    name: str
    system: str
    split: str
    sets: dict[str, list[str]]
    file: str = ""
    quick: bool = False
    each: int = 0
    overrides: dict[str, Setting] = {}
    configuration: dict[str, Setting] = {}
    started: str
    finished: str


class _Baseline(BaseModel):
    split: str
    date: str
    configuration: dict[str, Setting]
    figures: dict[str, tuple[Number, Number, Number]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures with what they were measured on.

    Attributes:
        name: of the run; "" for those of the release.
        questions: how many; None if that is not recorded.
        quick, each, own_file: whether it asked a sample, so many questions of each kind (0 for
            all), or questions of somebody's own.
        overrides: settings that it changed.
    """

    name: str
    date: str
    model: str
    split: str
    questions: int | None
    rows: tuple[FigureRow, ...]
    quick: bool = False
    each: int = 0
    own_file: bool = False
    overrides: Mapping[str, Setting] = field(default_factory=dict)


def last_run(home: Path) -> tuple[Evaluation | None, list[str]]:
    """The last finished run of the tutor that can be read, and the names of later ones that cannot.

    A run that is under way, or was killed, is none.
    """
    damaged: list[str] = []
    for folder in _newest_first(home / "eval" / "runs"):
        try:
            if (found := _evaluation(folder)) is not None:
                return found, damaged
        except (OSError, ValueError, RecursionError):  # not there, no JSON, or of another form
            damaged.append(folder.name)
    return None, damaged


def released(folder: Path = _BASELINES) -> Evaluation | None:
    """The figures that came with this version; None if they are missing or damaged."""
    try:
        baseline = _Baseline.model_validate_json(_text(folder / f"{_SPLIT}.json"))
    except (OSError, ValueError, RecursionError):
        return None
    rows = tuple(
        FigureRow(name=name, value=value, low=low, high=high)
        for name, (low, high, value) in baseline.figures.items()
    )
    model = str(baseline.configuration.get("model", ""))
    return Evaluation("", baseline.date, model, baseline.split, None, rows)


def _newest_first(runs: Path) -> list[Path]:
    """Folders of runs by when they were begun; those that do not say so by their file's time."""
    try:
        found = [(_begun(file), file.parent) for file in runs.glob("*/run.json")]
    except OSError:
        return []
    return [folder for _, folder in sorted(found, reverse=True)]


def _begun(file: Path) -> str:
    try:
        return _Run.model_validate_json(_text(file)).started
    except (OSError, ValueError, RecursionError):
        try:
            seconds = file.stat().st_mtime
        except OSError:
            seconds = 0.0
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))


def _evaluation(folder: Path) -> Evaluation | None:
    """A run with its figures; None for one that is not finished or not of the tutor.

    Raises:
        OSError, ValueError: it cannot be read.
    """
    run = _Run.model_validate_json(_text(folder / "run.json"))
    if not run.finished or run.system != "tutor":
        return None
    rows = TypeAdapter(list[FigureRow]).validate_json(_text(folder / "figures.json"))
    return Evaluation(
        run.name,
        run.finished[:10],
        str(run.configuration.get("model", "")),
        run.split,
        sum(len(ids) for ids in run.sets.values()),
        tuple(rows),
        run.quick,
        run.each,
        bool(run.file),
        run.overrides,
    )


def _text(file: Path) -> str:
    """Raises OSError, UnicodeDecodeError; ValueError for what is too large to be one."""
    if file.stat().st_size > _MOST_BYTES:
        raise ValueError("too large")
    return file.read_text(encoding="utf-8")
