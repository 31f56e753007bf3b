"""Figures by station, drawn on the metro map."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from corpus import Curriculum, Line
from corpus.loader import LINE_TITLES
from eval.report.model import Cell, FigureRow, ReportData, RunData
from eval.report.plots.labels import label
from eval.report.plots.layout import Sheet, Stop, edges, stops
from eval.report.plots.plot import INK, PAPER, SOFT, Plot, Spec, Variant, ink_on, scale, spec
from eval.report.tables import ARROWS, Table
from eval.report.text import in_plot, number, visible

# What is worth a map, in this order; the reader chooses.
MAPPED = ("fact recall", "recall@5")
_STATION, _COMPANION = 30, 16
# Eleven stations in a row with labels of 12 characters need 80 pixels each.
_ROOM = 880


def by_station(data: ReportData, curriculum: Curriculum) -> Plot:
    """The map, one view a measure and system."""
    shown = [
        (run, row)
        for run in data.runs
        for name in MAPPED
        if (row := run.figure(name)) and row.by_station
    ]
    placed = stops(curriculum)
    wide, narrow = (Sheet(placed, edges(curriculum), narrow) for narrow in (False, True))
    return Plot(
        id="by-station",
        title="By station",
        caption="The metro map: blue stops are answered well, red ones poorly, hollow ones were "
        "not asked about. Small stops are the companion notes. Choosing a stop shows its failed "
        "questions.",
        alt="Metro map of 18 stations on three lines, each coloured by its figure.",
        variants=tuple(
            Variant(f"{run.label}: {row.name} {ARROWS[row.better]}",
                    _map(wide, run, row), _map(narrow, run, row), _ROOM)
            for run, row in shown
        ),
        tables=tuple(_table(run, row, placed) for run, row in shown),
    )  # fmt: skip


def _map(sheet: Sheet, run: RunData, row: FigureRow) -> Spec:
    cells = {key: cell for key, cell in row.by_station.items() if isfinite(cell.value)}
    asked = [stop for stop in sheet.placed if stop.key in cells]
    other = [stop for stop in sheet.placed if stop.key not in cells]
    data = [
        *_lines(sheet),
        *([_dots(sheet, asked, cells, run, row)] if asked else []),
        *([_hollow(sheet, other)] if other else []),
        *(label(sheet, stop, cells.get(stop.key)) for stop in sheet.placed),
    ]
    hidden = {"visible": False, "fixedrange": True}
    across = [-0.1, 1.85] if sheet.narrow else [-0.6, 11.2]
    ends = [sheet.xy(stop)[1] for stop in sheet.placed]
    up = [min(ends) - (0.5 if sheet.narrow else 0.8), max(ends) + (0.5 if sheet.narrow else 0.7)]
    height = round((up[1] - up[0]) * (60 if sheet.narrow else 122)) + 40
    return spec(data, height, {**hidden, "range": across}, {**hidden, "range": up})


def _lines(sheet: Sheet) -> list[Spec]:
    tracks: dict[Line, tuple[list[float | None], list[float | None]]] = {
        line: ([], []) for line in LINE_TITLES
    }
    for before, after in sheet.edges:
        start, end = sheet.at(before), sheet.at(after)
        xs, ys = tracks[end.station.line]
        for x, y in _bend(sheet.xy(start), sheet.xy(end), sheet.narrow):
            xs.append(x)
            ys.append(y)
        xs.append(None)
        ys.append(None)
    return [_ties(sheet), *(_line(line, *track) for line, track in tracks.items())]


def _bend(
    start: tuple[float, float], end: tuple[float, float], narrow: bool
) -> list[tuple[float, float]]:
    """Out of a station along the line, then aslant, then into the next along its line."""
    (x0, y0), (x1, y1) = start, end
    if narrow:
        return [start, (x0, y0 - 0.42), (x1, y1 + 0.42), end]
    return [start, (x0 + 0.42, y0), (x1 - 0.2, y1), end]


def _line(line: Line, x: list[float | None], y: list[float | None]) -> Spec:
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip",
        "name": in_plot(LINE_TITLES[line]), "line": {"color": f"var(--{line})", "width": 7},
    }  # fmt: skip


def _ties(sheet: Sheet) -> Spec:
    """From each companion stop to its station."""
    x: list[float | None] = []
    y: list[float | None] = []
    for stop in sheet.placed:
        if stop.rank:
            ends = [sheet.xy(stop), sheet.xy(sheet.at(stop.station.near or 1))]
            x += [*(end[0] for end in ends), None]
            y += [*(end[1] for end in ends), None]
    line = {"color": SOFT, "width": 1.5, "dash": "dot"}
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip


def _dots(
    sheet: Sheet, asked: Sequence[Stop], cells: dict[int | str, Cell], run: RunData, row: FigureRow
) -> Spec:
    values = [cells[stop.key].value for stop in asked]
    reverse = row.better == "lower"
    return {
        **_markers(sheet, asked),
        "textfont": {"size": 13, "color": [ink_on(value, reverse) for value in values]},
        "marker": {
            **_marker(asked), "color": values, "cmin": 0, "cmax": 1,
            "colorscale": scale(reverse),
        },
        "hovertext": [_hover(stop, cells[stop.key], row) for stop in asked],
        "customdata": [["station", str(stop.key), visible(run.label)] for stop in asked],
    }  # fmt: skip


def _hollow(sheet: Sheet, other: Sequence[Stop]) -> Spec:
    return {
        **_markers(sheet, other),
        "textfont": {"size": 13, "color": INK},
        "marker": {**_marker(other), "color": PAPER},
        "hovertext": [f"<b>{in_plot(stop.station.title)}</b><br>not asked about" for stop in other],
    }


def _markers(sheet: Sheet, of: Sequence[Stop]) -> Spec:
    places = [sheet.xy(stop) for stop in of]
    return {
        "type": "scatter", "mode": "markers+text", "showlegend": False, "hoverinfo": "text",
        "x": [x for x, _ in places], "y": [y for _, y in places],
        "text": [str(stop.station.number or "") for stop in of], "textposition": "middle center",
    }  # fmt: skip


def _marker(of: Sequence[Stop]) -> Spec:
    return {
        "size": [_COMPANION if stop.rank else _STATION for stop in of], "opacity": 1,
        "line": {"width": 3, "color": [f"var(--{stop.station.line})" for stop in of]},
    }  # fmt: skip


def _hover(stop: Stop, cell: Cell, row: FigureRow) -> str:
    name = f"{stop.station.number}. {stop.station.title}" if not stop.rank else stop.station.title
    return f"<b>{in_plot(name)}</b><br>{in_plot(row.name)} {number(cell.value)}<br>n = {cell.n}"


def _table(run: RunData, row: FigureRow, placed: Sequence[Stop]) -> Table:
    asked = [(stop, cell) for stop in placed if (cell := row.by_station.get(stop.key))]
    rows = [(str(s.key), s.station.title, number(cell.value), str(cell.n)) for s, cell in asked]
    return Table(
        f"{run.label}: {row.name} by station",
        ("stop", "title", row.name, "questions"),
        tuple(rows),
    )
