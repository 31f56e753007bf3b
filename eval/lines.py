"""JSON Lines files, each line checked against its schema."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.errors import TutorError
from eval.splits import Split


class GoldenError(TutorError):
    """A line of a golden file breaks its schema."""


class Filed(BaseModel):
    """A record with an id, filed under a split."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    split: Split


F = TypeVar("F", bound=Filed)


def read_lines(files: Iterable[Path], schema: type[F], split: Split | None) -> list[F]:
    """All records of some files, in order; blank lines are skipped.

    Args:
        split: that of all records; None for any.

    Raises:
        GoldenError: a line breaks the schema, an id stands twice, or a record is filed under
            another split; with file and line.
    """
    records: dict[str, F] = {}
    for file in files:
        for number, line in enumerate(_text(file).split("\n"), 1):
            if not line.strip():
                continue
            record = _read(line, schema, f"{file.name}:{number}")
            if record.id in records:
                raise GoldenError(f"{file.name}:{number}: id twice: {record.id}")
            if split not in (None, record.split):
                raise GoldenError(
                    f"{file.name}:{number}: of another split: {record.split} instead of {split}"
                )
            records[record.id] = record
    return list(records.values())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        raise GoldenError(
            f"{file.name} is not UTF-8 ({fault.reason} at byte {fault.start})"
        ) from fault
    except OSError as fault:
        raise GoldenError(f"{file.name} cannot be read ({fault.strerror})") from fault


def _read(line: str, schema: type[F], where: str) -> F:
    try:
        return schema.model_validate(json.loads(line))
    except ValidationError as fault:
        raise GoldenError(
            f"{where}: {_said(fault)}; the fields stand in eval/golden/README.md"
        ) from fault
    except ValueError as fault:
        raise GoldenError(f"{where}: {str(fault).splitlines()[0]}") from fault


def _said(fault: ValidationError) -> str:
    """All fields that are missing; if none is, the first fault."""
    faults = fault.errors()
    missing = [_field(each["loc"]) for each in faults if each["type"] == "missing"]
    if missing:
        return f"missing: {', '.join(missing)}"
    return f"{_field(faults[0]['loc'])}: {faults[0]['msg']}"


def _field(place: tuple[int | str, ...]) -> str:
    return ".".join(map(str, place)) or "line"
