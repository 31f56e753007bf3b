"""What a plot is, and what all plots share: layout, colours, symbols."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.report.tables import Table

Spec = dict[str, Any]
INK, SOFT, GRID, PAPER = "var(--ink)", "var(--soft)", "var(--grid)", "var(--paper)"
_SERIES = 6
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
# Open but for the first: what lies below a mark shows through it.
_SYMBOLS = (
    "circle", "square-open", "diamond-open", "triangle-up-open", "cross-open", "star-open",
)  # fmt: skip
# From bad to good, orange against blue, so that red-green blindness does not hide it (after
# ColorBrewer's RdYlBu); stretched at the top, where most figures lie.
SCALE: tuple[tuple[float, str], ...] = (
    (0.0, "#a50026"), (0.4, "#e8603c"), (0.7, "#fdb863"), (0.85, "#fee9a8"),
    (0.93, "#a6d0e6"), (1.0, "#3a7fb8"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Variant:
    """One view of a plot, chosen by its label.

    Attributes:
        narrow: the same where the page is narrower than ``below`` CSS pixels, if it then needs
            another arrangement.
    """

    label: str
    spec: Spec
    narrow: Spec | None = None
    below: int = 620


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot with what stands around it.

    Attributes:
        id: unique on the page.
        caption: how to read it.
        alt: what it shows, in words.
        tables: the same figures as text.
    """

    id: str
    title: str
    caption: str
    alt: str
    variants: tuple[Variant, ...]
    tables: tuple[Table, ...] = ()


def series(position: int) -> str:
    """Colour of the n-th system."""
    return f"var(--series-{position % _SERIES + 1})"


def symbol(position: int) -> str:
    """Marker of the n-th system, so that colour is not all that tells them apart."""
    return _SYMBOLS[position % len(_SYMBOLS)]


def dash(position: int) -> str:
    """Line of the n-th system; two that lie on each other both show."""
    return _DASHES[position % len(_DASHES)]


def scale(reverse: bool = False) -> list[list[float | str]]:
    """The colour scale from 0 to 1 as Plotly takes it; reversed where lower is better."""
    if not reverse:
        return [[at, colour] for at, colour in SCALE]
    return [[round(1 - at, 4), colour] for at, colour in reversed(SCALE)]


def ink_on(value: float, reverse: bool = False) -> str:
    """Black or white, whichever stands out more from the scale's colour at ``value`` (0..1).

    One of them always has a contrast of 4.5 and more (WCAG 2.2, relative luminance).
    """
    return "#000000" if _luminance(_colour(1 - value if reverse else value)) > 0.179 else "#ffffff"


def _colour(value: float) -> list[float]:
    """Red, green and blue (0..1) of the scale, linear between its colours as Plotly does it."""
    at = [position for position, _ in SCALE]
    channels = [[int(colour[i : i + 2], 16) / 255 for _, colour in SCALE] for i in (1, 3, 5)]
    return [float(np.interp(value, at, channel)) for channel in channels]


def _luminance(rgb: Sequence[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def axis(title: str = "", **more: Any) -> Spec:
    """An axis in the colours of the page; no range slider, no zoom by dragging."""
    return {
        "title": {"text": title, "standoff": 12}, "gridcolor": GRID, "zerolinecolor": GRID,
        "linecolor": GRID, "tickcolor": GRID, "fixedrange": True, "automargin": True, **more,
    }  # fmt: skip


def share(title: str, **more: Any) -> Spec:
    """An axis from 0 to 1."""
    return axis(title, **{"range": [-0.02, 1.02], "tickformat": ".1f", **more})


def spec(data: Sequence[Spec], height: int, x: Spec, y: Spec, **more: Any) -> Spec:
    """A figure of ``height`` pixels, as wide as its place."""
    layout = {
        "height": height, "xaxis": x, "yaxis": y, "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)", "dragmode": False, "hovermode": "closest",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
        "hoverlabel": {
            "bgcolor": PAPER, "bordercolor": SOFT, "font": {"color": INK}, "align": "left",
        },
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0, "xanchor": "left"},
        **more,
    }  # fmt: skip
    return {"data": list(data), "layout": layout}
