"""Figures against their baseline: a dot and a range plot."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from eval.report import tables
from eval.report.model import Baseline, FigureRow, ReportData
from eval.report.page_text import against_baseline_in_words
from eval.report.plots.plot import INK, SOFT, Plot, Spec, Variant, axis, spec
from eval.report.text import in_plot, number, span, unit_of, value, verdict

_ROW = 30
_COLOURS = {"within": "var(--good)", "better": "var(--good)", "worse": "var(--bad)"}
_SYMBOLS = {"within": "circle", "better": "triangle-up", "worse": "x"}
Pair = tuple[FigureRow, Baseline]


def against_baseline(data: ReportData) -> Plot:
    """Every figure of the first system with the interval that it must fall into."""
    pairs = [
        (row, base)
        for row in data.runs[0].figures
        if (base := data.baseline.get(row.name)) and isfinite(row.value) and isfinite(base.low)
    ]
    shares = [pair for pair in pairs if _is_share(pair[0])]
    others = [pair for pair in pairs if not _is_share(pair[0])]
    drawn = [
        _variant("shares (0 to 1)", shares, relative=False),
        _variant("others, as multiples of their baseline", others, relative=True),
    ]
    return Plot(
        id="against-baseline",
        title="Against the baseline",
        caption="Grey: the interval that the figure must fall into, with the value that it had. "
        "The dot is the figure now, with its 95 % interval; a triangle is better than the "
        "interval, a cross is worse.",
        alt=f"{len(pairs)} figures with their intervals. {against_baseline_in_words(data)}",
        variants=tuple(variant for variant in drawn if variant),
        tables=(tables.against_baseline(data),),
    )


def _is_share(row: FigureRow) -> bool:
    ends = [end for end in (row.value, row.low, row.high) if isfinite(end)]
    return row.group != "speed" and all(0 <= end <= 1 for end in ends)


def _variant(label: str, pairs: Sequence[Pair], relative: bool) -> Variant | None:
    if not pairs:
        return None
    units = [base.value or 1.0 if relative else 1.0 for _, base in pairs]
    # A row is its position: two measures may share a label, and the first stands on top.
    traces = [_ranges(pairs, units), _marks(pairs, units), _dots(pairs, units)]
    names = [in_plot(f"{row.name} {tables.ARROWS[row.better]}") for row, _ in pairs]
    rows = axis(tickvals=list(range(len(pairs))), ticktext=names, range=[len(pairs) - 0.4, -0.6])
    values = axis("multiple of the baseline" if relative else "", side="top", rangemode="tozero")
    if not relative:
        values["range"] = [-0.02, 1.02]
    return Variant(label, spec(traces, 70 + _ROW * len(pairs), values, rows, showlegend=False))


def _ranges(pairs: Sequence[Pair], units: Sequence[float]) -> Spec:
    x: list[float | None] = []
    y: list[float | None] = []
    for at, ((_, base), unit) in enumerate(zip(pairs, units, strict=True)):
        x += [base.low / unit, base.high / unit, None]
        y += [at, at, None]
    line = {"color": "var(--range)", "width": 14}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _marks(pairs: Sequence[Pair], units: Sequence[float]) -> Spec:
    line = {"color": SOFT, "width": 2}
    return {
        "type": "scatter", "mode": "markers", "y": list(range(len(pairs))),
        "x": [base.value / unit for (_, base), unit in zip(pairs, units, strict=True)],
        "marker": {"symbol": "line-ns", "size": 13, "line": line}, "hoverinfo": "skip",
    }  # fmt: skip


def _dots(pairs: Sequence[Pair], units: Sequence[float]) -> Spec:
    verdicts = [verdict(row, base) for row, base in pairs]
    scaled = list(zip(pairs, units, strict=True))
    return {
        "type": "scatter", "mode": "markers", "y": list(range(len(pairs))),
        "x": [row.value / unit for (row, _), unit in scaled],
        "error_x": {
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 4, "color": INK,
            "array": [_reach(row.high - row.value) / unit for (row, _), unit in scaled],
            "arrayminus": [_reach(row.value - row.low) / unit for (row, _), unit in scaled],
        },
        "marker": {
            "size": 11, "color": [_COLOURS[v] for v in verdicts],
            "symbol": [_SYMBOLS[v] for v in verdicts],
        },
        "hoverinfo": "text",
        "hovertext": [_hover(row, base) for row, base in pairs],
    }  # fmt: skip


def _reach(length: float) -> float:
    return max(length, 0.0) if isfinite(length) else 0.0


def _hover(row: FigureRow, base: Baseline) -> str:
    return (
        f"<b>{in_plot(row.name)}</b>: {verdict(row, base)}<br>"
        f"now {value(row)} ({span(row.low, row.high)}), n = {row.n}<br>"
        f"baseline {number(base.value)}{unit_of(row)} ({span(base.low, base.high)})"
    )
