"""The plots: valid for Plotly, and true to the figures and to the map."""

from __future__ import annotations

import re
from typing import Any

import plotly.graph_objects as go
import pytest

from corpus.loader import load_curriculum
from eval.report.model import ReportData
from eval.report.plots import Plot, plots
from eval.report.plots.layout import edges, stops
from eval.report.plots.plot import SCALE, _colour, _luminance, ink_on
from eval.report.text import visible

from .conftest import HOSTILE


@pytest.fixture
def drawn(data: ReportData) -> dict[str, Plot]:
    return {plot.id: plot for plot in plots(data, load_curriculum())}


def coloured(value: Any) -> Any:
    """Colours as Plotly's own check knows them; the page fills in its CSS variables."""
    if isinstance(value, dict):
        return {key: coloured(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [coloured(one) for one in value]
    named = isinstance(value, str) and re.fullmatch(r"var\(--[a-z0-9-]+\)", value)
    return "#123456" if named else value


def test_plotly_knows_every_attribute(drawn):
    specs = [s for p in drawn.values() for v in p.variants for s in (v.spec, v.narrow) if s]
    assert len(specs) > 8
    for spec in specs:
        go.Figure(coloured(spec))  # raises ValueError at an unknown attribute or value


def test_hostile_texts_are_escaped_for_plotly(drawn):
    def texts(value: Any, key: str = "") -> list[str]:
        if isinstance(value, dict):
            return [t for k, v in value.items() if k != "customdata" for t in texts(v, k)]
        if isinstance(value, list | tuple):
            return [t for one in value for t in texts(one, key)]
        return [value] if isinstance(value, str) else []

    found = [t for p in drawn.values() for v in p.variants for t in texts(v.spec)]
    assert any("&lt;script&gt;" in text for text in found)
    tags = {tag for text in found for tag in re.findall(r"<[^>]*>", text)}
    assert tags <= {"<b>", "</b>", "<br>"}


def test_only_own_templates(drawn):
    assert "template" not in str([v.spec for p in drawn.values() for v in p.variants])


def test_map_lies_as_the_curriculum_says():
    curriculum = load_curriculum()
    placed = {stop.key: stop for stop in stops(curriculum)}
    assert len(placed) == len(curriculum.stations) + len(curriculum.companions)
    assert len({(stop.along, stop.side) for stop in placed.values()}) == len(placed)
    for before, after in edges(curriculum):
        assert placed[before].along < placed[after].along
    for companion in curriculum.companions:
        assert placed[companion.id].along == placed[companion.near].along


def test_map_shows_the_figures_of_the_stations(drawn):
    view = drawn["by-station"].variants[0]
    assert view.label == "tutor: fact recall ↑"
    for spec in (view.spec, view.narrow):
        dots = next(trace for trace in spec["data"] if "customdata" in trace)
        shown = {key[1]: value for key, value in
                 zip(dots["customdata"], dots["marker"]["color"], strict=True)}  # fmt: skip
        assert shown == {"7": 0.5, "transformer-walkthrough": 1.0}


def test_heat_map_has_systems_across_and_kinds_down(drawn):
    view = drawn["by-kind"].variants[0]
    heat = view.spec["data"][0]
    assert view.label == "fact recall ↑"
    assert heat["z"] == [[0.9, 0.9], [0.65, 0.65]]
    assert heat["customdata"][1][0] == ["kind", visible(HOSTILE), "tutor"]


def test_baseline_is_split_into_shares_and_multiples(drawn):
    shares, others = drawn["against-baseline"].variants
    ranges, marks, dots = shares.spec["data"]
    assert ranges["x"] == [0.7, 0.9, None, 0.82, 0.92, None]
    assert (marks["x"], dots["x"]) == ([0.8, 0.87], [0.8, 0.8])
    assert dots["marker"]["symbol"] == ["circle", "x"]
    # 1890 ms now, 2200 ms when the baseline was set.
    assert others.spec["data"][2]["x"] == [pytest.approx(1890 / 2200)]


def test_runs_that_lie_on_each_other_all_show(twice):
    drawn = {plot.id: plot for plot in plots(twice, load_curriculum())}
    before, after = drawn["reliability"].variants[0].spec["data"][1:]
    assert before["x"] == after["x"]
    assert (before["name"], after["name"]) == ("before", "after")
    assert before["marker"]["symbol"] != after["marker"]["symbol"]
    assert before["line"]["dash"] != after["line"]["dash"]
    assert after["marker"]["opacity"] < 1
    assert drawn["by-station"].variants[-1].label.startswith("after: ")


def test_risk_is_named_in_the_legend_not_over_the_lines(drawn):
    plot = drawn["risk-coverage"]
    _, mark = plot.variants[0].spec["data"]
    assert mark["mode"] == "markers"
    assert mark["name"] == "tutor as it is set: risk 0.10 at coverage 0.90"
    assert "1 - fact recall" in plot.caption


def test_latency_leaves_out_what_did_not_run(drawn):
    boxes = drawn["latency"].variants[0].spec["data"][0]
    assert boxes["y"][:2] == ["retrieve", "total"]
    assert boxes["median"][:2] == [11.0, 1050.0]


def test_what_was_not_measured_is_not_drawn(data):
    without = data.runs[1].model_copy(update={"figures": []})
    assert plots(data.model_copy(update={"runs": [without]}), load_curriculum()) == []


@pytest.mark.parametrize("reverse", [False, True])
def test_text_stands_out_from_every_colour_of_the_scale(reverse):
    for step in range(101):
        behind = _luminance(_colour(1 - step / 100 if reverse else step / 100))
        ink = 0.0 if ink_on(step / 100, reverse) == "#000000" else 1.0
        light, dark = max(ink, behind), min(ink, behind)
        assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert [at for at, _ in SCALE] == sorted(at for at, _ in SCALE)
