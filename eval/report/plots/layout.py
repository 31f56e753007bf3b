"""The metro map in the plane: where each stop lies, computed from the curriculum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from corpus import Curriculum, Line, Station

# The trunk runs along the middle, the two lines that part from it above and below, with room
# between them for the companion stops.
_SIDE: dict[Line, float] = {"foundational": 0, "scientist": 1.2, "engineer": -1.2}
# In units of the distance between two stations; room for one line of text beside a companion stop.
_APART, _FIRST = 0.3, 0.45


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of the map.

    Attributes:
        key: the station's number, or the id of a companion stop.
        along: position along the line, one unit a station.
        side: position across: 0 the foundational line, above it the scientist's, below the
            engineer's.
        line: that it is drawn on; a companion stop's is its station's, whatever its own.
        rank: 0 for a station; 1, 2, … for the companion stops of a station.
    """

    station: Station
    along: float
    side: float
    line: Line
    rank: int = 0

    @property
    def key(self) -> int | str:
        number = self.station.number
        return self.station.id if number is None else number


def stops(curriculum: Curriculum) -> list[Stop]:
    """All stations, then all companion stops, stacked inward from the station that they are near.

    A station lies as far along as the longest chain of prerequisites before it.
    """
    depth = _depths(curriculum.stations)
    placed = [Stop(s, depth[s.id], _SIDE[s.line], s.line) for s in curriculum.stations]
    by_number = {stop.key: stop for stop in placed}
    count: dict[int | str, int] = defaultdict(int)
    for companion in curriculum.companions:
        home = by_number[companion.near or 1]
        rank = count[home.key] = count[home.key] + 1
        away = (_FIRST + _APART * (rank - 1)) * (-1 if home.side > 0 else 1)
        placed.append(Stop(companion, home.along, home.side + away, home.line, rank))
    return placed


def edges(curriculum: Curriculum) -> list[tuple[int, int]]:
    """Numbers of station and prerequisite, prerequisite first."""
    number = {s.id: s.number for s in curriculum.stations}
    return [
        (number[needed] or 0, station.number or 0)
        for station in curriculum.stations
        for needed in station.prerequisites
    ]


def downward(stop: Stop, placed: Sequence[Stop]) -> tuple[float, float]:
    """Where the stop lies (x, y) on a narrow page: lines run down, companions below their station.

    The foundational line goes on into the scientist's; the engineer's runs beside them.
    """
    deepest: dict[float, int] = defaultdict(int)
    for one in placed:
        deepest[one.along] = max(deepest[one.along], one.rank)
    above = sum(1 + _below(deepest[along]) for along in deepest if along < stop.along)
    across = 1.0 if stop.line == "engineer" else 0.0
    return across + (0.06 if stop.rank else 0), -(above + _below(stop.rank))


def _below(rank: int) -> float:
    """How far below its station a companion stop lies; the first clears the station's label."""
    return 0.75 * rank + (0.1 if rank else 0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing of the map.

    Attributes:
        edges: numbers of prerequisite and station.
        narrow: whether the lines run down instead of across.
    """

    placed: list[Stop]
    edges: list[tuple[int, int]]
    narrow: bool

    def xy(self, stop: Stop) -> tuple[float, float]:
        """Where a stop lies on it."""
        return downward(stop, self.placed) if self.narrow else (stop.along, stop.side)

    def at(self, key: int | str) -> Stop:
        """The stop of that key; raises StopIteration if there is none."""
        return next(stop for stop in self.placed if stop.key == key)


def _depths(stations: Sequence[Station]) -> dict[str, int]:
    by_id = {station.id: station for station in stations}

    @cache
    def depth(station: str) -> int:
        return max((depth(needed) + 1 for needed in by_id[station].prerequisites), default=0)

    return {station: depth(station) for station in by_id}
