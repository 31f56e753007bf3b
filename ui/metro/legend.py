"""The legend of the map: each sign drawn as on the map, with its meaning."""

from __future__ import annotations

from collections.abc import Callable

from ui.metro import svg
from ui.metro.plan import DOT, SMALL_DOT, Legend
from ui.metro.shapes import Point, around
from ui.metro.stops import dot, sign
from ui.metro.strings import MapStrings


def explained(legend: Legend, strings: MapStrings, further: bool) -> str:
    """All signs in columns, without the dashed arrow if the map has none."""
    signs: list[tuple[Callable[[Point], str], str]] = [
        (_station, strings.legend_station),
        (_capsule, strings.legend_interchange),
        (lambda at: _companion(at, strings), strings.legend_companion),
        (_order, strings.legend_order),
        (_cited, strings.legend_cited),
        (_visited, strings.legend_visited),
        (_chosen, strings.legend_chosen),
        *([(_further, strings.legend_further)] if further else []),
    ]
    rows = -(-legend.signs // legend.columns)
    x, y = legend.at
    places = [
        (x + (n // rows) * legend.width, y + (n % rows) * legend.step) for n in range(len(signs))
    ]
    drawn = [
        f"{draw(at)}{svg.text('meaning', (at[0] + 28, at[1]), words)}"
        for at, (draw, words) in zip(places, signs, strict=True)
    ]
    return f'<g class="legend">{"".join(drawn)}</g>'


_SIZE = 0.7


def _station(at: Point) -> str:
    return dot("dot", around([at], DOT * _SIZE))


def _capsule(at: Point) -> str:
    return dot("dot", around([(at[0] - 7, at[1]), (at[0] + 7, at[1])], DOT * _SIZE))


def _companion(at: Point, strings: MapStrings) -> str:
    letter = strings.letters["foundational"]
    return dot("dot", around([at], SMALL_DOT), 0, small=True) + svg.text("mark", at, letter)


def _order(at: Point) -> str:
    track = f'<path class="track" d="M{at[0] - 14:g} {at[1]:g}h28"/>'
    return track + svg.chevron(at, (1, 0))


def _further(at: Point) -> str:
    line = f'<path class="further" d="M{at[0] - 14:g} {at[1]:g}h20"/>'
    return line + svg.tip((at[0] + 7, at[1]), (1, 0))


def _cited(at: Point) -> str:
    return dot("glow", around([at], DOT * _SIZE), 5) + _station(at) + sign("cited", at)


def _visited(at: Point) -> str:
    return _station(at) + sign("visited", at)


def _chosen(at: Point) -> str:
    return dot("ring", around([at], DOT * _SIZE - 1.5), 4) + dot("dot", around([at], 5))
