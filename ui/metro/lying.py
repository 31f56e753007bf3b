"""The map for a wide dialog: the trunk turns to a fork, and the branches go to the right.

Labels stand above the upper branch and below the lower one; the companions hang between them, and
the legend has the rest of the middle.
"""

from __future__ import annotations

from collections.abc import Sequence

from ui.metro.places import CAPSULE, TEXT, Placed, board, column, fork_of, row, with_fork
from ui.metro.plan import Leg, Legend, MapData, Network, Plan, Stop, Track, network
from ui.metro.routes import finished
from ui.metro.shapes import Point, width

_TRUNK, _FORK, _BRANCH, _SPREAD = 56.0, 178.0, 336.0, 136.0
# Least width, and least distance of two stations on a branch.
_WIDE, _STEP = 1100.0, 96.0
# From a branch's last station to where it turns to its board, from the branch to the board, and
# from the turn to the edge.
_TURN, _BOARD, _EDGE = 57.0, 84.0, 35.0


def lying(data: MapData, titles: Sequence[str]) -> Plan:
    """The map 1,100 wide, or more if the branches need it; see ``ui.metro.upright.upright``."""
    net = network(data)
    gaps = max((len(branch) - 1 for branch in net.branches), default=0)
    wide = max(_WIDE, _BRANCH + gaps * _step(net) + _TURN + _EDGE)
    trunk, first, fork = _trunk(net, titles[0])
    placed, tracks = [trunk], [first]
    for side, branch, title in zip((-1, 1), net.branches, titles[1:], strict=False):
        start = (_BRANCH, fork.at[1] + side * _SPREAD)
        step = (wide - _BRANCH - _TURN - _EDGE) / max(1, len(branch) - 1)
        own = row(branch, net.hung, start, side, step, wide)
        way = _start(fork, side, own.stations[0]) if net.leaves(branch) else []
        placed.append(own)
        tracks.append(_track(way, own, side, title, wide))
    bottom = max([*(t.board.bottom for t in tracks), *(p.bottom for p in placed)])
    legend = Legend((590, fork.at[1] - 24), 2, 250)
    return finished("lying", (wide, bottom + 12), placed, tracks, legend)


def _step(net: Network) -> float:
    """A distance of stations in which the longest word of their titles fits."""
    words = (word for branch in net.branches for s in branch for word in s.title.split())
    return max([_STEP, *(width(word, TEXT) + 2 for word in words)])


def _trunk(net: Network, title: str) -> tuple[Placed, Track, Stop]:
    """The first line from its board down, then by 90 degrees to the fork."""
    name = board(title, 92, 12)
    *before, last = net.trunk
    placed = column(before, net.hung, (_TRUNK, 74), 1, 150)
    height = max(2 * _SPREAD, placed.bottom + 50 if before else 0)
    fork = fork_of(net, (_FORK, height), (0, 1), 95)
    legs = placed.legs
    if before:
        end = placed.stations[-1]
        legs.append(Leg((end.at, (_TRUNK, height), fork.at), end.station, last))
    top = (placed.stations or [fork])[0]
    legs.insert(0, Leg(((top.at[0], name.bottom), top.at), None, top.station))
    return with_fork(placed, fork), Track(last.line, tuple(legs), name), fork


def _start(fork: Stop, side: int, first: Stop) -> list[Leg]:
    """From an end of the capsule to the right, then up or down by 45 degrees."""
    x, y = fork.at[0], fork.at[1] + side * CAPSULE
    aside = abs(first.at[1] - y)
    turn = x + 22
    way: tuple[Point, ...] = ((x, y), (turn, y), (turn + aside, first.at[1]), first.at)
    return [Leg(way, fork.station, first.station)]


def _track(start: Sequence[Leg], own: Placed, side: int, title: str, wide: float) -> Track:
    """A branch that turns up or down to its board, which lies beyond the labels."""
    last = own.stations[-1]
    x, y = last.at
    turn, edge = x + _TURN, y + side * _BOARD
    half = board(title, 0, 0).right
    name = board(title, min(turn, wide - 8 - half), 0)
    name = board(title, (name.left + name.right) / 2, edge if side > 0 else edge - name.bottom)
    end = Leg((last.at, (turn, y), (turn, edge)), last.station)
    return Track(last.station.line, (*start, *own.legs, end), name)
