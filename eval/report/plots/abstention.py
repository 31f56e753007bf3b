"""Confidence: what declining is worth, and whether the confidence shown is right."""

from __future__ import annotations

from collections.abc import Sequence

from eval.report.model import Bin, ReportData, RiskPoint, RunData
from eval.report.plots.plot import (
    PAPER,
    SOFT,
    Plot,
    Spec,
    Variant,
    axis,
    dash,
    series,
    share,
    spec,
    symbol,
)
from eval.report.tables import Table
from eval.report.text import NONE, in_plot, number

_HEIGHT = 420
_SEE_THROUGH = 0.75  # marks of two systems may lie on each other


def risk_coverage(data: ReportData) -> Plot:
    """Risk among the answered questions when only the most confident share is answered."""
    runs = [(at, run) for at, run in enumerate(data.runs) if run.risk_coverage]
    traces = [trace for at, run in runs for trace in _curve(at, run)]
    return Plot(
        id="risk-coverage",
        title="Risk and coverage",
        caption="If only the questions with the highest confidence were answered (coverage), how "
        "much would be lost on them on average (risk)? Lost is 1 - fact recall; 1 if the answer "
        "is wrong, or if the question had to be declined. The large mark is the system as it is "
        "set.",
        alt="; ".join(f"{run.label} as it is set: {_point(run.operating)}" for _, run in runs)
        + ".",
        variants=_one(
            traces, share("coverage"), axis("risk", rangemode="tozero", tickformat=".2f")
        ),
        tables=tuple(_curve_table(run) for _, run in runs),
    )


def reliability(data: ReportData) -> Plot:
    """Share answerable against the confidence shown, in bins."""
    runs = [(at, run) for at, run in enumerate(data.runs) if run.reliability]
    traces = [_diagonal(), *(_bins(at, run) for at, run in runs)] if runs else []
    return Plot(
        id="reliability",
        title="Is the confidence right?",
        caption="Each mark is a bin of questions of like confidence, its area their number. "
        "On the line, the confidence equals the share that can be answered; below it, it promises "
        "too much.",
        alt="Reliability diagram: mean confidence against the share of answerable questions.",
        variants=_one(traces, share("confidence shown"), share("share that can be answered")),
        tables=tuple(_bin_table(run) for _, run in runs),
    )


def _one(traces: Sequence[Spec], x: Spec, y: Spec) -> tuple[Variant, ...]:
    return (Variant("", spec(traces, _HEIGHT, x, y)),) if traces else ()


def _curve(at: int, run: RunData) -> list[Spec]:
    name = in_plot(run.label)
    # A step: between two confidences nothing more is answered.
    line = {"color": series(at), "width": 2.5, "shape": "hv", "dash": dash(at)}
    curve: Spec = {
        "type": "scatter", "mode": "lines", "name": name, "line": line, "hoverinfo": "text",
        "x": [point.coverage for point in run.risk_coverage],
        "y": [point.risk for point in run.risk_coverage],
        "hovertext": [f"<b>{name}</b><br>{_point(point)}" for point in run.risk_coverage],
    }  # fmt: skip
    return [curve, *([_operating(at, run.operating, name)] if run.operating else [])]


def _operating(at: int, point: RiskPoint, name: str) -> Spec:
    return {
        "type": "scatter", "mode": "markers", "name": f"{name} as it is set: {_point(point)}",
        "x": [point.coverage], "y": [point.risk], "hoverinfo": "text",
        "hovertext": [f"<b>{name}</b> as it is set<br>{_point(point)}"],
        "marker": {
            "size": 15, "color": series(at), "symbol": symbol(at), "opacity": _SEE_THROUGH,
            "line": {"width": 2, "color": PAPER},
        },
    }  # fmt: skip


def _point(point: RiskPoint | None) -> str:
    return f"risk {number(point.risk)} at coverage {number(point.coverage)}" if point else NONE


def _diagonal() -> Spec:
    line = {"color": SOFT, "width": 1.5, "dash": "dot"}
    return {
        "type": "scatter", "mode": "lines", "x": [0, 1], "y": [0, 1], "line": line,
        "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _bins(at: int, run: RunData) -> Spec:
    largest = max(one.n for one in run.reliability)
    return {
        "type": "scatter", "mode": "markers+lines", "name": in_plot(run.label), "cliponaxis": False,
        "x": [one.confidence for one in run.reliability],
        "y": [one.answerable for one in run.reliability],
        "hoverinfo": "text", "hovertext": [_bin(run.label, one) for one in run.reliability],
        "line": {"color": series(at), "width": 1.5, "dash": dash(at)},
        "marker": {
            "color": series(at), "symbol": symbol(at), "opacity": _SEE_THROUGH,
            "line": {"width": 1.5, "color": PAPER},
            "size": [one.n for one in run.reliability], "sizemode": "area", "sizemin": 5,
            # Plotly: area of size / sizeref; the largest bin is 28 pixels wide.
            "sizeref": 2 * largest / 28**2 if largest else 1,
        },
    }  # fmt: skip


def _bin(system: str, one: Bin) -> str:
    return (
        f"<b>{in_plot(system)}</b><br>confidence {number(one.confidence)}, "
        f"answerable {number(one.answerable)}, n = {one.n}"
    )


def _curve_table(run: RunData) -> Table:
    # Every tenth of the curve is enough to read.
    step = max(1, len(run.risk_coverage) // 10)
    chosen = run.risk_coverage[::step]
    rows = tuple((number(point.coverage), number(point.risk)) for point in chosen)
    return Table(f"{run.label}: risk by coverage", ("coverage", "risk"), rows)


def _bin_table(run: RunData) -> Table:
    rows = tuple((number(b.confidence), number(b.answerable), str(b.n)) for b in run.reliability)
    return Table(
        f"{run.label}: reliability", ("mean confidence", "share answerable", "questions"), rows
    )
