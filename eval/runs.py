"""The folder of a run: what was asked with which configuration, and every reply.

``HOME/eval/runs/<name>/`` holds ``run.json`` (what was to be done), ``answers.jsonl`` (a record a
question, written as it comes, so that a killed run goes on), ``scores.json`` (what every measure
said of it) and ``figures.json`` (the figures with their intervals).
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import HomeError, TutorError, UsageError
from eval.files import replace_text
from eval.records import Record

_NAME = re.compile(r"[\w.-]{1,100}")
_WORDS = frozenset({"latest", "last"})  # mean a run wherever a name is asked for
Configuration = dict[str, str | int | float | bool]


class RunError(TutorError):
    """A run cannot be read, or cannot go on as asked."""


class RunInfo(BaseModel):
    """What a run is of.

    Attributes:
        sets: ids of the questions by set, in order; the name of a file of one's own is a set.
        file: path of that file; "" if the sets are the golden ones.
        each: so many questions of each kind; 0 for all.
        overrides: settings that differ from the home's.
        judge: name of the model that judged; "" if none did.
        configuration: what the system says of itself, at the first set.
        described: the same by set: with plants in it, the index is another.
        peak_mb: most memory that the process held while answering, in megabytes.
        seconds: spent answering.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    system: str
    split: str
    sets: dict[str, list[str]]
    file: str = ""
    quick: bool = False
    each: int = 0
    overrides: Configuration = {}
    configuration: Configuration = {}
    described: dict[str, Configuration] = {}
    judge: str = ""
    machine: dict[str, str | int] = {}
    started: str = ""
    finished: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0


class RunFolder:
    """One run on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._answers = folder / "answers.jsonl"

    @property
    def name(self) -> str:
        """The run's name."""
        return self.folder.name

    def info(self) -> RunInfo:
        """What the run is of.

        Raises:
            RunError: there is no such run, or its file is damaged.
        """
        file = self.folder / "run.json"
        try:
            return RunInfo.model_validate_json(file.read_text(encoding="utf-8"))
        except OSError as fault:
            raise RunError(f"there is no run {self.name}; see: tutor eval list") from fault
        except ValueError as fault:  # no Unicode, no JSON, or not of this form
            first = str(fault).splitlines()[0]
            raise RunError(f"{file} is damaged ({first}); remove its folder, run anew") from fault

    def write_info(self, info: RunInfo) -> None:
        """Keep what the run is of."""
        with _writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_text(self.folder / "run.json", info.model_dump_json(indent=1))

    def records(self) -> list[Record]:
        """Every question answered so far, in the order of the run's questions.

        A last line that a killed run left half-written is not counted: its question is asked again.

        Raises:
            RunError: any other line is damaged.
        """
        read = dict(self._read())
        ids = (name for of_set in self.info().sets.values() for name in of_set)
        return [read[name] for name in ids if name in read]

    def _read(self) -> Iterator[tuple[str, Record]]:
        if not self._answers.exists():
            return
        *lines, _half = self._answers.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = Record.model_validate_json(line)
            except ValidationError as fault:
                raise RunError(
                    f"{self._answers}:{number} is damaged; remove that line to have its question "
                    f"asked again"
                ) from fault
            yield record.question.id, record

    def append(self, record: Record) -> None:
        """Keep a record; it is on disk when this returns."""
        with _writing(self.folder), self._answers.open("ab") as stream:
            stream.write(record.model_dump_json().encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def drop_half_line(self) -> None:
        """Cut off what a killed run left of a line, before any is added."""
        if self._answers.exists() and (data := self._answers.read_bytes()):
            whole = data.rfind(b"\n") + 1
            if whole != len(data):
                os.truncate(self._answers, whole)

    def write_json(self, name: str, data: Any) -> None:
        """Keep something computed from the records."""
        text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False)
        with _writing(self.folder):
            replace_text(self.folder / name, text)

    def read_json(self, name: str) -> Any:
        """What ``write_json`` kept.

        Raises:
            RunError: it has not been computed.
        """
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise RunError(
                f"run {self.name} has no figures yet; run: tutor eval run --resume {self.name}"
            ) from fault


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise HomeError(
            f"cannot write {folder} ({fault.strerror}); free space, then: tutor eval run --resume "
            f"{folder.name}"
        ) from fault


def runs_folder(home: Path) -> Path:
    """Where the runs of a home are."""
    return home / "eval" / "runs"


def new_run(home: Path, system: str, split: str, name: str | None = None) -> RunFolder:
    """A folder for a new run.

    Raises:
        UsageError: the name is taken, or no name of a folder.
    """
    if name is not None:
        return RunFolder(_free(runs_folder(home), name))
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{system}-{split}"
    names = (stem, *(f"{stem}-{n}" for n in range(2, 100)))
    return RunFolder(next(f for n in names if not (f := runs_folder(home) / n).exists()))


def _free(runs: Path, name: str) -> Path:
    """The folder of that name, if it is a name and nothing stands there."""
    if not _NAME.fullmatch(name) or name.startswith(".") or name in _WORDS:
        raise UsageError(f"{name!r} is no name for a run; use letters, digits, - and _")
    folder = runs / name
    if (folder / "run.json").exists():
        raise UsageError(f"there is a run {name} already; {_instead(RunFolder(folder))}")
    if folder.exists():  # answers of an unknown run would be taken for this one's
        raise UsageError(f"{folder} holds no run; remove it, or take another name")
    return folder


def _instead(run: RunFolder) -> str:
    """What to do about a name that is taken."""
    try:
        finished = run.info().finished
    except RunError:
        return "take another name"
    return "take another name" if finished else f"go on with it: --resume {run.name}"


def all_runs(home: Path) -> list[RunFolder]:
    """All runs of a home that can be read, oldest first."""
    started = {run: seen.started for run, seen in _seen(home) if isinstance(seen, RunInfo)}
    return sorted(started, key=lambda run: (started[run], run.name))


def damaged_runs(home: Path) -> dict[str, str]:
    """What is wrong with the runs of a home that cannot be read, by their names."""
    return {run.name: str(seen) for run, seen in _seen(home) if isinstance(seen, RunError)}


def _seen(home: Path) -> Iterator[tuple[RunFolder, RunInfo | RunError]]:
    for file in sorted(runs_folder(home).glob("*/run.json")):
        run = RunFolder(file.parent)
        try:
            yield run, run.info()
        except RunError as fault:
            yield run, fault


def find_run(home: Path, name: str) -> RunFolder:
    """A run by its name, by the path of its folder, or "latest".

    Raises:
        RunError: there is none.
    """
    if name == "latest":
        runs = all_runs(home)
        if not runs:
            raise RunError("there is no run yet; first: tutor eval run")
        return runs[-1]
    named = runs_folder(home) / name
    run = RunFolder(named if (named / "run.json").exists() else Path(name))
    run.info()
    return run


def unfinished(runs: Iterable[RunFolder]) -> RunFolder:
    """The last run that was not finished.

    Raises:
        RunError: all are.
    """
    left = [run for run in runs if not run.info().finished]
    if not left:
        raise RunError("no run was left unfinished; start one: tutor eval run")
    return left[-1]
