"""Where stops lie beside one another: a column, a row, and companions that hang on a station."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from corpus import Station
from ui.metro.plan import DOT, Leg, Network, Stop
from ui.metro.shapes import Anchor, Box, Label, Point, label, width

# Sizes of letters on stations, companions and name boards.
TEXT, SMALL_TEXT, BOARD_TEXT = 13.0, 11.5, 12.0
# From a dot's middle to its label; sideways from a track to what hangs on a station.
APART, SMALL_APART, HANG = 19.0, 14.0, 18.0
# Half the length of a capsule between the middles of its round ends.
CAPSULE = 16.0
BOARD_HEIGHT = 24.0
# Least distance of companions: fingers need 24 (WCAG 2.2, target size).
_SMALL_STEP = 28.0
# How wide companions may be that hang on a row.
_HANGING_ROOM = 130.0
# How much farther off they are tried where they find no room.
_DROPS = (0.0, 32.0, 64.0)

Hung = Mapping[int, tuple[Station, ...]]


@dataclass(frozen=True, slots=True)
class Placed:
    """Stops of one line, each followed by its companions, and the spurs to these."""

    stops: tuple[Stop, ...]
    spurs: tuple[tuple[Point, ...], ...]

    @property
    def stations(self) -> list[Stop]:
        return [stop for stop in self.stops if stop.station.number is not None]

    @property
    def bottom(self) -> float:
        """The lowest edge of dots and labels."""
        return max(max(stop.label.box.bottom, stop.dot.bottom) for stop in self.stops)

    @property
    def legs(self) -> list[Leg]:
        """Straight stretches between the stations."""
        return [Leg((a.at, b.at), a.station, b.station) for a, b in pairwise(self.stations)]


def column(
    stations: Sequence[Station],
    hung: Hung,
    start: Point,
    side: int,
    room: float,
    step: float = 54.0,
    gap: float = 14.0,
) -> Placed:
    """Stations one below the other from ``start``, labels beside them.

    Args:
        side: 1 for labels on the right, -1 for the left; room: their width.
        step, gap: least distance of two stations, and of the texts of two.
    """
    x, y = start[0], start[1] - step
    stops: list[Stop] = []
    spurs: list[tuple[Point, ...]] = []
    bottom = y
    for station in stations:
        near = hung.get(station.number or 0, ())
        text = beside(station, (x, 0), side, room)
        # Where something hangs below, the label's last line is beside the dot.
        raised = (len(text.lines) - 1) * text.step / 2 if near else 0
        y = max(y + step, bottom + gap + max(DOT, raised - text.box.top))
        below, way = hanging(near, (x, y), side, 1, room)
        stops += [Stop(station, (x, y), beside(station, (x, y - raised), side, room)), *below]
        spurs += [way] if way else []
        bottom = Placed(tuple(stops), ()).bottom
    return Placed(tuple(stops), tuple(spurs))


def row(
    stations: Sequence[Station], hung: Hung, start: Point, side: int, step: float, end: float
) -> Placed:
    """Stations beside one another from ``start``, labels above (``side`` -1) or below (1).

    Companions hang on the other side of the row; nothing may lie beyond ``end``.
    """
    stops: list[Stop] = []
    spurs: list[tuple[Point, ...]] = []
    for position, station in reversed(list(enumerate(stations))):
        at = (start[0] + position * step, start[1])
        taken = [box for stop in stops for box in (stop.label.box, stop.dot)]
        below, way = _fitting(hung.get(station.number or 0, ()), at, -side, end, taken)
        stops = [Stop(station, at, _centred(station, at, side, step)), *below, *stops]
        spurs += [way] if way else []
    return Placed(tuple(stops), tuple(spurs))


def _fitting(
    companions: Sequence[Station], at: Point, down: int, end: float, taken: Sequence[Box]
) -> tuple[list[Stop], tuple[Point, ...]]:
    """Companions on the right of their spur, else on the left, else farther from the row."""
    for drop, side in product(_DROPS, (1, -1)):
        stops, way = hanging(companions, at, side, down, _HANGING_ROOM, drop)
        boxes = [box for stop in stops for box in (stop.label.box, stop.dot)]
        if all(box.right <= end and not any(map(box.overlaps, taken)) for box in boxes):
            break
    return stops, way


def hanging(
    companions: Sequence[Station], at: Point, side: int, down: int, room: float, drop: float = 0
) -> tuple[list[Stop], tuple[Point, ...]]:
    """Companions below (``down`` 1) or above (-1) a station, and their spur; ``drop`` is a gap."""
    x, y = at[0] + side * HANG, at[1] + down * (8 + drop)
    stops: list[Stop] = []
    half_before = 0.0
    for companion in companions:
        half = beside(companion, (x, 0), side, room - HANG).box.bottom
        y += down * max(_SMALL_STEP, half_before + 6 + half)
        half_before = half
        stops.append(Stop(companion, (x, y), beside(companion, (x, y), side, room - HANG)))
    way = (at, (x, at[1] + down * HANG), stops[-1].at) if stops else ()
    return stops, way


def beside(station: Station, at: Point, side: int, room: float) -> Label:
    """The label of a stop on its right (``side`` 1) or left (-1)."""
    small = station.number is None
    size, apart = (SMALL_TEXT, SMALL_APART) if small else (TEXT, APART)
    anchor: Anchor = "start" if side > 0 else "end"
    return label(station.title, at[0] + side * apart, at[1], size, room, anchor)


def _centred(station: Station, at: Point, side: int, room: float) -> Label:
    """The label of a station above (``side`` -1) or below (1) its dot."""
    flat = label(station.title, at[0], 0, TEXT, room, "middle")
    middle = at[1] + side * (DOT + 6 + flat.box.bottom)
    return label(station.title, at[0], middle, TEXT, room, "middle")


def fork_of(net: Network, at: Point, along: Point, room: float) -> Stop:
    """The trunk's last station, its label on the right; a capsule where branches leave it."""
    last, (x, y), (dx, dy) = net.trunk[-1], at, (CAPSULE * along[0], CAPSULE * along[1])
    ends = ((x - dx, y - dy), (x + dx, y + dy)) if net.meeting else ()
    # Along its way out there is the fork: the label keeps off.
    away = (x + dx, y) if along[0] else (x + 2 * CAPSULE, y)
    return Stop(last, at, beside(last, away, 1, room), ends)


def with_fork(placed: Placed, fork: Stop) -> Placed:
    """The trunk with its last station."""
    return Placed((*placed.stops, fork), placed.spurs)


def board(title: str, middle: float, top: float) -> Box:
    """The name board of a line: its letter in a field, then its title."""
    half = (width(title, BOARD_TEXT) + 32) / 2
    return Box(middle - half, top, middle + half, top + BOARD_HEIGHT)
