"""All plots of a report, in order; those without data are left out."""

from __future__ import annotations

from corpus import Curriculum
from eval.report.model import ReportData
from eval.report.plots import abstention, baseline, kinds, latency, stations
from eval.report.plots.plot import Plot


def plots(data: ReportData, curriculum: Curriculum) -> list[Plot]:
    """Every plot that the data has something for."""
    drawn = [
        baseline.against_baseline(data),
        kinds.by_kind(data),
        stations.by_station(data, curriculum),
        abstention.risk_coverage(data),
        abstention.reliability(data),
        latency.by_stage(data),
    ]
    return [plot for plot in drawn if plot.variants]
