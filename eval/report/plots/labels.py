"""The names and figures beside the stops of the metro map."""

from __future__ import annotations

from eval.report.model import Cell
from eval.report.plots.layout import Sheet, Stop
from eval.report.plots.plot import INK, Spec
from eval.report.text import number, wrapped


def label(sheet: Sheet, stop: Stop, cell: Cell | None) -> Spec:
    """Name and figure of a stop, as a text trace: an annotation would not give way to the hover."""
    x, y = _place(sheet, stop)
    return {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "showlegend": False,
        "x": [x], "y": [y], "textposition": _position(sheet, stop),
        "text": [wrapped(stop.station.title, _width(sheet, stop)) + _figure(sheet, stop, cell)],
        "textfont": {"size": 11.5 if stop.rank else 12, "color": INK},
    }  # fmt: skip


def _beside(sheet: Sheet, stop: Stop) -> bool:
    return sheet.narrow or bool(stop.rank)


def _place(sheet: Sheet, stop: Stop) -> tuple[float, float]:
    x, y = sheet.xy(stop)
    if sheet.narrow:
        return x + (0.06 if stop.rank else 0.1), y
    if stop.rank:
        return x + 0.13, y
    return x, y + (0.15 if stop.side > 0 else -0.15)


def _position(sheet: Sheet, stop: Stop) -> str:
    if _beside(sheet, stop):
        return "middle right"
    return "top center" if stop.side > 0 else "bottom center"


def _width(sheet: Sheet, stop: Stop) -> int:
    # Characters that fit: 360 pixels for two lines side by side, or 80 between two stations.
    if sheet.narrow:
        return 17 if stop.rank else 16
    return 40 if stop.rank else 12


def _figure(sheet: Sheet, stop: Stop, cell: Cell | None) -> str:
    if cell is None:
        return ""
    value = f"<b>{number(cell.value)}</b>"
    # A phone has no room for a third line beside a companion stop.
    return f" {value}" if sheet.narrow and stop.rank else f"<br>{value} n {cell.n}"
