"""Ways for prerequisites that are no part of a line, around labels and stops.

A* search (Hart, Nilsson and Raphael, 1968) over a grid, with a price for turning and for crossing
tracks, so that an arrow has few corners and never runs along a line.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise, product
from math import inf

from ui.metro.places import Placed
from ui.metro.plan import Legend, Need, Plan, Stop, Track, on_track
from ui.metro.shapes import Box, Point, around, direction, spaced, trimmed

_CELL = 6.0
# In cells of way: a corner, a cell on a track, a cell on another arrow.
_CORNER, _TRACK, _ARROW = 6.0, 20.0, 5.0
# How far ways keep off, and how far they are straight at their ends, where the arrow's head is.
_CLEAR, _STRAIGHT = 4.0, 12.0
Cell = tuple[int, int]
# A cell and the move that led into it.
_State = tuple[Cell, Cell]
_MOVES: tuple[Cell, ...] = ((0, 1), (1, 0), (0, -1), (-1, 0))


def finished(
    name: str,
    size: Point,
    placed: Sequence[Placed],
    tracks: Sequence[Track],
    legend: Legend,
) -> Plan:
    """The plan of what has been placed, with every prerequisite of the stations."""
    stops = [stop for one in placed for stop in one.stops]
    spurs = tuple(spur for one in placed for spur in one.spurs)
    by_itself = on_track(tracks)
    known = {(need.before.id, need.after.id) for need in by_itself}
    missing = [pair for pair in _prerequisites(stops) if pair not in known]
    blocked = [*(s.label.box for s in stops), *(t.board for t in tracks), legend.box]
    ground = _ground(stops, tracks, blocked, size)
    by_id = {stop.station.id: stop for stop in stops}
    arrows = [_arrow(by_id[before], by_id[after], ground) for before, after in missing]
    needs = tuple(sorted((*by_itself, *arrows), key=lambda need: need.after.number or 0))
    return Plan(name, size, tuple(tracks), tuple(stops), spurs, needs, legend)


def _prerequisites(stops: Iterable[Stop]) -> list[tuple[str, str]]:
    """Ids of each stop's prerequisites with its own."""
    return [(before, stop.station.id) for stop in stops for before in stop.station.prerequisites]


@dataclass(frozen=True, slots=True)
class _Ground:
    """The grid: cells where no way may go, and what others cost where that is not 1."""

    size: Point
    walls: frozenset[Cell]
    prices: dict[Cell, float]

    def price(self, cell: Cell, free: Container[Cell]) -> float:
        """Infinite on walls, unless they are free, and outside."""
        inside = 0 < cell[0] < self.size[0] / _CELL - 1 and 0 < cell[1] < self.size[1] / _CELL - 1
        if not inside or (cell in self.walls and cell not in free):
            return inf
        return self.prices.get(cell, 1.0)

    def used(self, way: Sequence[Point]) -> None:
        """Makes the cells of a way dearer for the next one."""
        for a, b in pairwise(way):
            for cell in _cells(around((a, b), 0)):
                self.prices[cell] = self.prices.get(cell, 1.0) + _ARROW


def _ground(
    stops: Sequence[Stop], tracks: Sequence[Track], blocked: Sequence[Box], size: Point
) -> _Ground:
    walls = [*blocked, *(stop.dot for stop in stops)]
    on_tracks = (
        cell
        for track in tracks
        for point in spaced(track.points, _CELL)
        for cell in _cells(around([point], _CELL))
    )
    return _Ground(
        size,
        frozenset(cell for box in walls for cell in _cells(box.grown(_CLEAR))),
        dict.fromkeys(on_tracks, 1 + _TRACK),
    )


def _arrow(start: Stop, goal: Stop, ground: _Ground) -> Need:
    way = _way(start, goal, ground)
    ground.used(way)
    return Need(start.station, goal.station, _between(way, start.dot, goal.dot), on_track=False)


def _way(start: Stop, goal: Stop, ground: _Ground) -> list[Point]:
    """The cheapest way between two stops as the corners of a line; straight if there is none.

    Its ends are the middles of the stops, which need not be those of cells.
    """
    first, last = _cell(start.at), _cell(goal.at)
    free, straight = (
        {*_cells(start.dot.grown(by)), *_cells(goal.dot.grown(by))} for by in (_CLEAR, _STRAIGHT)
    )
    heap: list[tuple[float, float, _State, _State | None]] = [(0.0, 0.0, (first, (0, 0)), None)]
    came: dict[_State, _State | None] = {}
    while heap:
        _, spent, state, before = heappop(heap)
        if state in came:
            continue
        came[state] = before
        cell, move = state
        if cell == last:
            way = _onto(start.at, _corners(state, came))
            return _onto(goal.at, way[::-1])[::-1]
        for step in _MOVES if cell not in straight or cell == first else (move,):
            ahead = (cell[0] + step[0], cell[1] + step[1])
            cost = spent + ground.price(ahead, free) + _CORNER * (step != move)
            if cost < inf and (ahead, step) not in came:
                left = abs(last[0] - ahead[0]) + abs(last[1] - ahead[1])
                heappush(heap, (cost + left, cost, (ahead, step), state))
    return [start.at, goal.at]


def _between(way: Sequence[Point], start: Box, goal: Box) -> tuple[Point, ...]:
    """The way from the edge of a dot to the edge of another, with room for the arrow's head."""
    first, last = _reach(start, way[0], way[1]) + 2, _reach(goal, way[-1], way[-2]) + 8
    return tuple(trimmed(way, first, last))


def _reach(box: Box, middle: Point, ahead: Point) -> float:
    """From the middle of a box to its edge, in the direction of a point beyond."""
    x, y = direction(middle, ahead)
    return abs(x) * (box.right - box.left) / 2 + abs(y) * (box.bottom - box.top) / 2


def _onto(at: Point, way: Sequence[Point]) -> list[Point]:
    """The way from a point near its first one; its first leg is moved to that, not turned."""
    (x, y), level = way[1], way[0][1] == way[1][1]
    return [at, (x, at[1]) if level else (at[0], y), *way[2:]]


def _corners(state: _State, came: dict[_State, _State | None]) -> list[Point]:
    """Where a way turns, from its start to its goal."""
    states = [state]
    while (before := came[states[-1]]) is not None:
        states.append(before)
    states.reverse()
    turns = [a[0] for a, b in pairwise(states[1:]) if a[1] != b[1]]
    return [(x * _CELL, y * _CELL) for x, y in (states[0][0], *turns, states[-1][0])]


def _cell(point: Point) -> Cell:
    return round(point[0] / _CELL), round(point[1] / _CELL)


def _cells(box: Box) -> Iterator[Cell]:
    """The cells whose middle is in a box."""
    (left, top), (right, bottom) = _cell((box.left, box.top)), _cell((box.right, box.bottom))
    return product(range(left, right + 1), range(top, bottom + 1))
