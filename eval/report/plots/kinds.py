"""Figures by kind of question: a heat map of kinds by systems, one measure at a time."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from eval.report.model import Cell, FigureRow, ReportData, RunData
from eval.report.plots.plot import INK, Plot, Spec, Variant, axis, ink_on, scale, spec
from eval.report.tables import ARROWS, GROUPS, Table, measured
from eval.report.text import NONE, in_plot, number, visible, wrapped

_ROW = 34
_NAME, _NAME_NARROW = 20, 10  # characters of a column's name in a line
_FIRST = "fact recall"


def by_kind(data: ReportData) -> Plot:
    """One view a measure that is given by kind."""
    rows = [row for group in GROUPS for row in measured(data.runs, group) if _kinds(row, data.runs)]
    rows.sort(key=lambda row: row.name != _FIRST)
    return Plot(
        id="by-kind",
        title="By kind of question",
        caption="Mean over the questions of a kind; in brackets, over how many. Blue is good, red "
        "is poor. Choosing a cell shows its failed questions.",
        alt="Heat map: kinds of questions in rows, systems in columns.",
        variants=tuple(
            Variant(
                f"{row.name} {ARROWS[row.better]}", _map(row, data), _map(row, data, narrow=True)
            )
            for row in rows
        ),
        tables=tuple(_table(row, data.runs) for row in rows),
    )


def _kinds(row: FigureRow, runs: Sequence[RunData]) -> list[str]:
    of = [figure.by_kind for run in runs if (figure := run.figure(row.name))]
    return list(dict.fromkeys(kind for kinds in of for kind in kinds))


def _cell(run: RunData, row: FigureRow, kind: str) -> Cell | None:
    figure = run.figure(row.name)
    cell = figure.by_kind.get(kind) if figure else None
    return cell if cell and isfinite(cell.value) else None


def _map(row: FigureRow, data: ReportData, narrow: bool = False) -> Spec:
    kinds = _kinds(row, data.runs)
    cells = [[_cell(run, row, kind) for run in data.runs] for kind in kinds]
    values = [cell.value for line in cells for cell in line if cell]
    trace: Spec = {
        "type": "heatmap", "xgap": 3, "ygap": 3, "hoverinfo": "text", "hoverongaps": False,
        "x": list(range(len(data.runs))), "y": list(range(len(kinds))),
        "z": [[cell.value if cell else None for cell in line] for line in cells],
        "hovertext": [
            [f"<b>{in_plot(run.label)}</b>, {in_plot(kind)}: {_text(cell)}"
             for run, cell in zip(data.runs, line, strict=True)]
            for kind, line in zip(kinds, cells, strict=True)
        ],
        "customdata": [
            [["kind", visible(kind), visible(run.label)] for run in data.runs] for kind in kinds
        ],
        "zmin": min([0.0, *values]), "zmax": max([1.0, *values]), "showscale": False,
        "colorscale": scale(reverse=row.better == "lower"),
    }  # fmt: skip
    texts = _texts(cells, trace, row.better == "lower", narrow)
    width = _NAME_NARROW if narrow else _NAME
    names = [wrapped(run.label, width, within_words=True) for run in data.runs]
    bare: Spec = {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickangle": 0,
    }
    across: Spec = {"tickvals": trace["x"], "ticktext": names, "range": [-0.5, len(names) - 0.5]}
    down: Spec = {
        "tickvals": trace["y"], "ticktext": [in_plot(kind) for kind in kinds],
        "range": [len(kinds) - 0.5, -0.5],
    }  # fmt: skip
    x, y = axis(side="top", **bare, **across), axis(**bare, **down)
    return spec([trace, texts], 70 + _ROW * len(kinds), x, y)


def _texts(
    cells: Sequence[Sequence[Cell | None]], trace: Spec, reverse: bool, narrow: bool
) -> Spec:
    """The cells' texts as a trace of their own: a heat map's text has one colour for all."""
    flat = [(x, y, cell) for y, line in enumerate(cells) for x, cell in enumerate(line)]
    low, high = trace["zmin"], trace["zmax"]
    inks = [
        ink_on((cell.value - low) / (high - low), reverse) if cell else INK for *_, cell in flat
    ]
    return {
        "type": "scatter", "mode": "text", "hoverinfo": "skip", "showlegend": False,
        "x": [x for x, _, _ in flat], "y": [y for _, y, _ in flat],
        "text": [_value(cell) if narrow else _text(cell) for *_, cell in flat],
        "textfont": {"size": 13, "color": inks},
    }  # fmt: skip


def _value(cell: Cell | None) -> str:
    return number(cell.value) if cell else NONE


def _text(cell: Cell | None) -> str:
    return f"{_value(cell)} (n {cell.n})" if cell else NONE


def _table(row: FigureRow, runs: Sequence[RunData]) -> Table:
    return Table(
        f"{row.name} by kind",
        ("kind", *(run.label for run in runs)),
        tuple(
            (kind, *(_text(_cell(run, row, kind)) for run in runs)) for kind in _kinds(row, runs)
        ),
    )
