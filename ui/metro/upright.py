"""The map for a narrow pane: the trunk bends to a fork, and the branches go down side by side.

Labels stand on the outer sides of the branches, so that prerequisites that are no part of a line
have the middle for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence

from corpus import Station
from ui.metro.places import APART, CAPSULE, Placed, board, column, fork_of, with_fork
from ui.metro.plan import Leg, Legend, MapData, Network, Plan, Stop, Track, network
from ui.metro.routes import finished

_WIDE, _MIDDLE = 360.0, 180.0
_TRUNK, _SPREAD = 116.0, 32.0
_STEP, _GAP = 54.0, 14.0


def upright(data: MapData, titles: Sequence[str]) -> Plan:
    """The map 360 wide and as high as it has to be.

    Args:
        titles: of the lines that have stations, for their name boards.
    """
    net = network(data)
    trunk, first, fork = _trunk(net, titles[0])
    branches, others = _branches(net, titles[1:], fork)
    placed, tracks = [trunk, *branches], [first, *others]
    bottom = max([*(t.board.bottom for t in tracks), *(p.bottom for p in placed)])
    legend = Legend((34, bottom + 38), 1, _WIDE - 36)
    return finished("upright", (_WIDE, legend.box.bottom + 10), placed, tracks, legend)


def _trunk(net: Network, title: str) -> tuple[Placed, Track, Stop]:
    """The first line from its board down to the fork, to which it bends by 45 degrees."""
    name = board(title, _TRUNK, 12)
    *before, last = net.trunk
    placed = column(before, net.hung, (_TRUNK, 70), 1, 220, _STEP, _GAP)
    fork = fork_of(net, (_MIDDLE, placed.bottom + 110 if before else 70.0), (1, 0), 120)
    legs = placed.legs
    if before:
        above = fork.at[1] - 28
        bend = ((_TRUNK, above - (_MIDDLE - _TRUNK)), (_MIDDLE, above))
        end = placed.stations[-1]
        legs.append(Leg((end.at, *bend, fork.at), end.station, last))
    top = (placed.stations or [fork])[0]
    legs.insert(0, Leg(((top.at[0], name.bottom), top.at), None, top.station))
    return with_fork(placed, fork), Track(last.line, tuple(legs), name), fork


def _branches(net: Network, titles: Sequence[str], fork: Stop) -> tuple[list[Placed], list[Track]]:
    """The branches down to their boards, which stand at one height."""
    sides = list(zip((-1, 1), net.branches, titles, strict=False))
    bottoms = {side: _branch(net, branch, fork, side).bottom for side, branch, _ in sides}
    low = max(bottoms.values(), default=0.0)
    placed: list[Placed] = []
    tracks: list[Track] = []
    for side, branch, title in sides:
        # The shorter branch is drawn out to the length of the longer one.
        more = (low - bottoms[side]) / max(1, len(branch) - 1)
        own = _branch(net, branch, fork, side, more)
        name = board(title, _MIDDLE + side * _WIDE / 4, low + 24)
        last = own.stations[-1]
        end = Leg((last.at, (last.at[0], name.top)), last.station)
        legs = (*_start(net, branch, fork, own.stations[0]), *own.legs, end)
        placed.append(own)
        tracks.append(Track(branch[0].line, legs, name))
    return placed, tracks


def _branch(
    net: Network, branch: Sequence[Station], fork: Stop, side: int, more: float = 0
) -> Placed:
    start = (_MIDDLE + side * _SPREAD, fork.at[1] + 84)
    room = _MIDDLE - _SPREAD - APART - 4
    return column(branch, net.hung, start, side, room, _STEP + more, _GAP + more)


def _start(net: Network, branch: Sequence[Station], fork: Stop, first: Stop) -> list[Leg]:
    """From an end of the capsule straight down, then aside by 45 degrees."""
    if not net.leaves(branch):
        return []
    x, y = fork.at
    side = 1 if first.at[0] > x else -1
    start = x + side * CAPSULE
    turn = y + 22
    bend = ((start, turn), (first.at[0], turn + abs(first.at[0] - start)))
    return [Leg(((start, y), *bend, first.at), fork.station, first.station)]
