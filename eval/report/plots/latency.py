"""Where the time goes: box plots by stage, and the distribution of the whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.report.model import ReportData, RunData
from eval.report.plots.plot import Plot, Spec, Variant, axis, series, share, spec
from eval.report.tables import Table
from eval.report.text import in_plot, number

# Below a tenth of a millisecond a stage did not run; a logarithmic axis could not show it either.
_LEAST = 0.1
_BOX = (0.05, 0.25, 0.5, 0.75, 0.95)
_STEPS = np.linspace(0, 1, 101)
Floats = NDArray[np.float64]


def by_stage(data: ReportData) -> Plot:
    """Milliseconds by stage and system, and the share of questions done after so many."""
    stages = list(dict.fromkeys(s for run in data.runs for s in run.latency if _took(run, s).size))
    views = [Variant("by stage", _boxes(data, stages))] if stages else []
    if "total" in stages:
        views.append(Variant("total: share of questions done", _distribution(data)))
    return Plot(
        id="latency",
        title="Latency",
        caption="Milliseconds on a logarithmic axis. Boxes: the middle half with the median; "
        "whiskers: from the 5th to the 95th percentile.",
        alt="Box plots of milliseconds by stage and system.",
        variants=tuple(views),
        tables=(_table(data, stages),) if stages else (),
    )


def _took(run: RunData, stage: str) -> Floats:
    values = np.asarray(run.latency.get(stage, []), dtype=np.float64)
    return values[np.isfinite(values) & (values >= _LEAST)]


def _boxes(data: ReportData, stages: Sequence[str]) -> Spec:
    traces = [_box(at, run, stages) for at, run in enumerate(data.runs)]
    names = axis(autorange="reversed", type="category")
    height = 90 + 34 * len(stages) * len(data.runs)
    return spec(traces, height, _milliseconds(), names, boxmode="group", boxgap=0.25)


def _milliseconds() -> Spec:
    return axis("milliseconds", type="log", dtick=1, tickformat=",~r")


def _box(at: int, run: RunData, stages: Sequence[str]) -> Spec:
    present = [stage for stage in stages if _took(run, stage).size]
    # Shape (5, stages).
    low, q1, median, q3, high = np.array(
        [np.quantile(_took(run, stage), _BOX) for stage in present]
    ).reshape(-1, len(_BOX)).T.tolist()  # fmt: skip
    return {
        "type": "box", "orientation": "h", "name": in_plot(run.label),
        "y": [in_plot(stage) for stage in present], "q1": q1, "median": median, "q3": q3,
        "lowerfence": low, "upperfence": high, "line": {"color": series(at), "width": 2},
        "hoverinfo": "x+name",
    }  # fmt: skip


def _distribution(data: ReportData) -> Spec:
    timed = [(at, run) for at, run in enumerate(data.runs) if _took(run, "total").size]
    traces = [
        {
            "type": "scatter", "mode": "lines", "name": in_plot(run.label),
            "hoverinfo": "x+y+name",
            "x": np.quantile(_took(run, "total"), _STEPS).tolist(), "y": _STEPS.tolist(),
            "line": {"color": series(at), "width": 2.5},
        }
        for at, run in timed
    ]  # fmt: skip
    return spec(traces, 420, _milliseconds(), share("share of questions"))


def _table(data: ReportData, stages: Sequence[str]) -> Table:
    rows = [
        (
            f"{run.label}, {stage}",
            *(number(value) for value in np.quantile(took, [0.5, 0.95]).tolist()),
            str(took.size),
        )
        for run in data.runs
        for stage in stages
        if (took := _took(run, stage)).size
    ]
    return Table(
        "Milliseconds by stage", ("system and stage", "p50", "p95", "questions"), tuple(rows)
    )
