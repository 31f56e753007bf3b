"""A stop on the map as a button, with a sign and a word for each of its states."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Literal

from corpus import Station
from ui.metro import svg
from ui.metro.plan import DOT, Stop
from ui.metro.shapes import Box, Point
from ui.metro.strings import MapStrings

State = Literal["cited", "visited"]
States = Mapping[int | str, State]


def key(station: Station) -> int | str:
    """By what a stop is chosen and lit: a station's number, a companion's id."""
    return station.id if station.number is None else station.number


def button(stop: Stop, states: States, chosen: int | str | None, strings: MapStrings) -> str:
    """What is hit, glow and ring, the dot; and beside it, for the eye alone, what is written there.

    A screen reader says the button's own name: the words about it, broken into lines and without
    spaces, are not part of it (WCAG 2.2, 2.5.3).
    """
    station, state, picked = (
        stop.station,
        states.get(key(stop.station)),
        key(stop.station) == chosen,
    )
    small = station.number is None
    mark = strings.letters[station.line] if small else str(station.number)
    classes = (station.line, "companion" * small, state or "", "chosen" * picked)
    told = " ".join(filter(None, classes))
    pressed = (
        svg.rect("hit", _hit(stop), 9),
        dot("glow", stop.dot, 5 if small else 6, small) if state == "cited" else "",
        dot("ring", stop.dot, 4 if small else 5, small) if picked else "",
        dot("dot", stop.dot, 0, small),
    )
    written = (
        svg.text("mark", stop.at, mark),
        svg.label(stop.label),
        sign(state, _corner(stop)) if state else "",
    )
    current = ' aria-current="true"' if picked else ""
    return (
        f'<g class="stop {told}" role="button" tabindex="0" '
        f'{_data(station)} aria-label="{escape(_name(station, state, picked, strings))}"'
        f"{current}>{''.join(pressed)}</g>"
        f'<g class="written {told}" aria-hidden="true">{"".join(written)}</g>'
    )


def dot(kind: str, box: Box, by: float = 0, small: bool = False) -> str:
    """A dot or what surrounds it: round for stations, with corners for companions."""
    return svg.rect(kind, box.grown(by), (4 if small else DOT) + by)


def sign(state: State, at: Point) -> str:
    """A quotation mark where an answer cites, a tick where a learner has been."""
    x, y = at
    mark = (
        f'<path class="quote" d="{_comma(x - 2.3, y)}{_comma(x + 2.1, y)}"/>'
        if state == "cited"
        else f'<path class="tick" d="M{x - 3.2:.5g} {y + 0.2:.5g}l2.3 2.5 4.2-5"/>'
    )
    return f'<g class="state"><circle cx="{x:.5g}" cy="{y:.5g}" r="7"/>{mark}</g>'


def _comma(x: float, y: float) -> str:
    """Half of a closing quotation mark: a full dot with its tail."""
    return (
        f"M{x + 1.7:.5g} {y - 1.2:.5g}a1.7 1.7 0 1 0-1.7 1.7q.2 1.6-1.2 2.4l.6.7q2.3-1.4 2.3-4.8z"
    )


def _hit(stop: Stop) -> Box:
    """What a finger or a pointer hits: dot and label, at least 24 high (WCAG 2.2, 2.5.8)."""
    box = stop.dot.joined(stop.label.box).grown(2)
    more = max(0.0, 24 - (box.bottom - box.top)) / 2
    return Box(box.left, box.top - more, box.right, box.bottom + more)


def _data(station: Station) -> str:
    if station.number is None:
        return f'data-companion="{escape(station.id)}"'
    return f'data-station="{station.number}"'


def _name(station: Station, state: State | None, picked: bool, strings: MapStrings) -> str:
    """What a screen reader says."""
    form = strings.companion if station.number is None else strings.station
    line = strings.lines[station.line]
    said = form.format(number=station.number, title=station.title, line=line, near=station.near)
    told = {"cited": strings.cited, "visited": strings.visited}
    return ", ".join(
        [said, *([told[state]] if state else []), *([strings.chosen] if picked else [])]
    )


def _corner(stop: Stop) -> Point:
    """Where the sign of a state stands: the dot's upper corner that is away from the label."""
    box = stop.dot.grown(2 if stop.station.number is None else 0)
    return (box.left if stop.label.anchor == "start" else box.right), box.top
