"""What a drawing of the map is made of: stops at their places, tracks, prerequisites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus import Line, Reference, Station
from corpus.records import LINES
from ui.metro.shapes import Box, Label, Point, around

# Radii of a station's dot and of a companion's.
DOT, SMALL_DOT = 11.0, 8.0


class MapData(Protocol):
    """What is drawn: ``index.search.Catalogue`` or ``corpus.Curriculum``."""

    @property
    def stations(self) -> tuple[Station, ...]: ...
    @property
    def companions(self) -> tuple[Station, ...]: ...
    @property
    def references(self) -> tuple[Reference, ...]: ...


@dataclass(frozen=True, slots=True)
class Stop:
    """A station or companion at its place.

    Attributes:
        ends: middles of the round ends of its capsule, where lines meet; else empty.
    """

    station: Station
    at: Point
    label: Label
    ends: tuple[Point, ...] = ()

    @property
    def dot(self) -> Box:
        small = self.station.number is None
        return around(self.ends or (self.at,), SMALL_DOT if small else DOT)


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a track; at the ends of a line one of the stations is missing."""

    points: tuple[Point, ...]
    before: Station | None = None
    after: Station | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """A line with its legs in order, and the board that holds its name."""

    line: Line
    legs: tuple[Leg, ...]
    board: Box

    @property
    def points(self) -> list[Point]:
        """The whole way without repeated points."""
        return list(dict.fromkeys(point for leg in self.legs for point in leg.points))


@dataclass(frozen=True, slots=True)
class Need:
    """A prerequisite: the way from the station before to the one that needs it.

    Attributes:
        on_track: its way is the track itself; else it is an arrow of its own.
    """

    before: Station
    after: Station
    points: tuple[Point, ...]
    on_track: bool


@dataclass(frozen=True, slots=True)
class Legend:
    """Where the signs are explained: middle of the first, columns, their width, rows' height."""

    at: Point
    columns: int
    width: float
    step: float = 24.0
    signs: int = 8

    @property
    def box(self) -> Box:
        x, y = self.at
        rows = -(-self.signs // self.columns)
        wide, high = self.columns * self.width, rows * self.step
        return Box(x - 16, y - self.step, x - 16 + wide, y - self.step / 2 + high)


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole drawing; ``spurs`` are the thin ways from a station through its companions."""

    name: str
    size: Point
    tracks: tuple[Track, ...]
    stops: tuple[Stop, ...]
    spurs: tuple[tuple[Point, ...], ...]
    needs: tuple[Need, ...]
    legend: Legend


@dataclass(frozen=True, slots=True)
class Network:
    """The lines as they are laid out: a trunk, and branches that may leave its last station."""

    trunk: tuple[Station, ...]
    branches: tuple[tuple[Station, ...], ...]
    hung: Mapping[int, tuple[Station, ...]]

    def leaves(self, branch: Sequence[Station]) -> bool:
        """Whether a branch starts at the trunk's last station: its first one builds on that."""
        return self.trunk[-1].id in branch[0].prerequisites

    @property
    def meeting(self) -> bool:
        return any(self.leaves(branch) for branch in self.branches)


def network(data: MapData) -> Network:
    """Stations by line, in order of their numbers; companions by the station they hang on."""
    lines = [tuple(s for s in data.stations if s.line == line) for line in LINES]
    trunk, *branches = [line for line in lines if line]
    hung: dict[int, tuple[Station, ...]] = {}
    for stop in data.companions:
        if stop.near is not None:
            hung[stop.near] = (*hung.get(stop.near, ()), stop)
    return Network(trunk, tuple(branches), hung)


def on_track(tracks: Sequence[Track]) -> list[Need]:
    """Prerequisites that a track goes by itself, from one stop to the next."""
    return [
        Need(leg.before, leg.after, leg.points, on_track=True)
        for track in tracks
        for leg in track.legs
        if leg.before and leg.after and leg.before.id in leg.after.prerequisites
    ]
