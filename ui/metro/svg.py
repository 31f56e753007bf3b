"""Elements of SVG as text: round boxes, texts, chevrons, labels; classes carry all colours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from ui.metro.shapes import Box, Label, Point


def rect(kind: str, box: Box, radius: float) -> str:
    """A box with round corners."""
    return (
        f'<rect class="{kind}" x="{box.left:.5g}" y="{box.top:.5g}" '
        f'width="{box.right - box.left:.5g}" height="{box.bottom - box.top:.5g}" rx="{radius:g}"/>'
    )


def text(kind: str, at: Point, words: str) -> str:
    """A text whose small letters are centred about the height of the point."""
    return f'<text class="{kind}" x="{at[0]:.5g}" y="{at[1] + 4:.5g}">{escape(words)}</text>'


def label(of: Label) -> str:
    """A label with one element for each of its lines."""
    lines = "".join(
        f'<tspan x="{of.x:.5g}" y="{of.y + n * of.step:.5g}">{escape(line)}</tspan>'
        for n, line in enumerate(of.lines)
    )
    return f'<text class="label {of.anchor}">{lines}</text>'


def chevron(at: Point, towards: Point) -> str:
    """Which way a track goes."""
    return f'<path class="chevron" d="{_drawn(at, towards, [(-2.2, -3), (1.8, 0), (-2.2, 3)])}"/>'


def tip(at: Point, towards: Point) -> str:
    """The head of an arrow."""
    return f'<path class="tip" d="{_drawn(at, towards, [(-1, -4.5), (7, 0), (-1, 4.5)])}Z"/>'


def _drawn(at: Point, towards: Point, points: Iterable[Point]) -> str:
    """A path through points that are given along and across a direction."""
    (x, y), (dx, dy) = at, towards
    turned = [(x + along * dx - aside * dy, y + along * dy + aside * dx) for along, aside in points]
    return "M" + "L".join(f"{a:.4g} {b:.4g}" for a, b in turned)
