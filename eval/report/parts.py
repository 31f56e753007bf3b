"""The small records of a report: pairs and triples of figures, written to JSON as arrays."""

from __future__ import annotations

from math import isfinite, nan
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer


def _nan_from_none(value: Any) -> Any:
    return nan if value is None else value


def _none_from_nan(value: float) -> float | None:
    return value if isfinite(value) else None


# JSON has no NaN: it is written as null, and null is read as NaN.
Number = Annotated[float, BeforeValidator(_nan_from_none), PlainSerializer(_none_from_nan)]


def _station_key(key: Any) -> Any:
    return int(key) if isinstance(key, str) and key.isdecimal() else key


# JSON has no integer keys: "7" is station 7; a companion stop has its id.
StationKey = Annotated[int | str, BeforeValidator(_station_key)]


class Cell(NamedTuple):
    """A figure over ``n`` questions of one kind or station."""

    value: Number
    n: int


class Baseline(NamedTuple):
    """The interval that a figure must fall into, and the value that it had when it was set."""

    low: Number
    high: Number
    value: Number


class RiskPoint(NamedTuple):
    """A point of a risk–coverage curve; both 0..1."""

    coverage: Number
    risk: Number


class Bin(NamedTuple):
    """One bin of a reliability diagram.

    Attributes:
        confidence: mean confidence, 0..1.
        answerable: share of its questions that can be answered, 0..1.
    """

    confidence: Number
    answerable: Number
    n: int


class Fault(NamedTuple):
    """A measure that failed on a question, and how."""

    id: str
    measure: str
    reason: str


class Evidence(NamedTuple):
    """A retrieved passage; ``relevant`` if the golden set says that it answers."""

    title: str
    section: str
    text: str
    relevant: bool


class Cited(NamedTuple):
    """A citation of an answer; ``url`` is None where there is none."""

    n: int
    quote: str
    url: str | None


class Score(NamedTuple):
    """A figure with its confidence interval."""

    value: Number
    low: Number
    high: Number
