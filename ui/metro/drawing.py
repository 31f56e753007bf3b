"""The plan of the map as one SVG: every stop a button, every state a sign besides its colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from corpus import Station
from corpus.metromap import path_to
from corpus.records import LINES
from ui.metro import svg
from ui.metro.legend import explained
from ui.metro.lying import lying
from ui.metro.plan import MapData, Need, Track
from ui.metro.shapes import around, direction, midway, rounded
from ui.metro.stops import State, button, key
from ui.metro.strings import ENGLISH, MapStrings
from ui.metro.upright import upright

Lit = Mapping[int, State] | Mapping[str, State] | Mapping[int | str, State]


def draw(
    data: MapData,
    lit: Lit | None = None,
    chosen: int | str | None = None,
    strings: MapStrings = ENGLISH,
    *,
    wide: bool = False,
) -> str:
    """The metro map as inline SVG, without scripts, styles or anything from elsewhere.

    A prerequisite that is the stop before on the same line, or where the line leaves another, is a
    chevron on the track: in the bundled curriculum all are. Any other is a thin dashed arrow of
    its own. The way to the chosen station, all that it builds on, is drawn through the tracks.

    Args:
        data: the catalogue of an index, or the curriculum.
        lit: stations by number and companions by id that an answer cites or a learner has seen.
        chosen: number of a station, or id of a companion.
        wide: lying for a dialog of 1,100 pixels; else upright for a pane of 360.
    """
    titles = [strings.lines[line] for line in LINES if any(s.line == line for s in data.stations)]
    plan = (lying if wide else upright)(data, titles)
    states: dict[int | str, State] = dict(lit.items()) if lit else {}
    way = _way_to(chosen, data.stations)
    body = (
        *(f'<path class="track {t.line}" d="{rounded(t.points)}"/>' for t in plan.tracks),
        *(_need(need, way) for need in plan.needs),
        *(f'<path class="spur" d="{rounded(spur, 8)}"/>' for spur in plan.spurs),
        *(_board(track, strings) for track in plan.tracks),
        *(button(stop, states, chosen, strings) for stop in plan.stops),
        explained(plan.legend, strings, any(not need.on_track for need in plan.needs)),
    )
    name = strings.map.format(
        stations=len(data.stations), lines=len(titles), companions=len(data.companions)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="metro {plan.name}" role="group" '
        f'viewBox="0 0 {plan.size[0]:g} {plan.size[1]:g}" aria-label="{escape(name)}">'
        f"{''.join(body)}</svg>"
    )


def _way_to(chosen: int | str | None, stations: Sequence[Station]) -> set[str]:
    """Ids of the chosen station and of all that it builds on."""
    target = next((s for s in stations if s.number == chosen), None)
    return {target.id, *(s.id for s in path_to(target, stations))} if target else set()


def _need(need: Need, way: set[str]) -> str:
    """A chevron on the track, or a dashed arrow beside it."""
    on_way = {need.before.id, need.after.id} <= way
    ends = f'data-from="{escape(str(key(need.before)))}" data-to="{escape(str(key(need.after)))}"'
    drawn = _on_track(need) if need.on_track else _beside(need)
    return f'<g class="need{" way" * on_way}" {ends}>{drawn}</g>'


def _on_track(need: Need) -> str:
    return f'<path class="rail" d="{rounded(need.points)}"/>{svg.chevron(*midway(need.points))}'


def _beside(need: Need) -> str:
    line = f'<path class="further" d="{rounded(need.points, 8)}"/>'
    return line + svg.tip(need.points[-1], direction(need.points[-2], need.points[-1]))


def _board(track: Track, strings: MapStrings) -> str:
    """The name of a line behind its letter."""
    name = strings.lines[track.line]
    left, middle = track.board.left, (track.board.top + track.board.bottom) / 2
    letter = (left + 13, middle)
    return (
        f'<g class="board {track.line}">{svg.rect("plate", track.board, 6)}'
        f"{svg.rect('field', around([letter], 8), 8)}"
        f"{svg.text('mark', letter, strings.letters[track.line])}"
        f"{svg.text('title', ((left + 21 + track.board.right) / 2, middle), name)}</g>"
    )
