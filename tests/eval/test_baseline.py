"""Holding figures against those of an earlier run."""

from __future__ import annotations

import math

import pytest

from corpus.errors import UsageError
from eval.baseline import (
    BaselineFile,
    Held,
    baseline_figures,
    hold,
    load_baseline,
    refuse_part,
    write_baseline,
)
from eval.lines import GoldenError
from eval.report.model import Baseline, FigureRow

FROM_TO = Baseline(0.7, 0.9, 0.8)


def _row(value: float, **fields) -> FigureRow:
    usual = {"name": "m", "group": "answer", "better": "higher", "definition": "", "source": ""}
    return FigureRow(**{**usual, "value": value, "low": 0.7, "high": 0.9, "n": 10, **fields})


@pytest.mark.parametrize(
    ("value", "better", "verdict"),
    [
        (0.8, "higher", "within"),
        (0.69, "higher", "worse"),
        (0.91, "higher", "better"),
        (0.69, "lower", "better"),
        (0.91, "lower", "worse"),
        # On the bound, and next to it by no more than rounding.
        (0.7, "higher", "within"),
        (0.9, "lower", "within"),
        (0.7 - 1e-12, "higher", "within"),
        (0.9 + 1e-12, "lower", "within"),
        (0.7 - 1e-6, "higher", "worse"),
        (0.9 + 1e-6, "lower", "worse"),
    ],
)
def test_outside_the_interval_the_direction_decides(value, better, verdict):
    (held,) = hold([_row(value, better=better)], {"m": FROM_TO})
    assert held == Held("m", value, FROM_TO, verdict)


def test_a_sum_in_another_order_stays_on_its_bound():
    above, bound = 0.1 + 0.2, 0.3
    assert above > bound
    (held,) = hold([_row(above, better="lower")], {"m": Baseline(bound, bound, bound)})
    assert held.verdict == "within"


@pytest.mark.parametrize("rows", [[], [_row(0.8, name="other")]])
def test_what_was_not_measured_is_said(rows):
    assert hold(rows, {"m": FROM_TO}) == [Held("m", None, FROM_TO, "not measured")]


def test_a_set_that_was_not_asked_is_not_held_against_a_run():
    figures = {"m": FROM_TO, "m (references)": FROM_TO, "m (attacks)": FROM_TO}
    held = hold([_row(0.8)], figures, ["curriculum", "attacks"])
    assert [one.verdict for one in held] == ["within", "not asked", "not measured"]


@pytest.mark.parametrize(
    ("file", "quick", "each"), [("a", False, 0), ("", True, 0), ("", False, 1)]
)
def test_a_part_is_not_held_against_the_whole(file, quick, each):
    with pytest.raises(UsageError, match="leave out the file, --quick and --each"):
        refuse_part(file, quick, each)
    refuse_part(None, False, 0)


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_a_figure_that_came_to_nothing_is_worse(better):
    row = _row(math.nan, better=better, n=0, failed=10)
    assert hold([row], {"m": FROM_TO}) == [Held("m", None, FROM_TO, "worse")]


def test_a_new_figure_is_held_against_nothing():
    assert hold([_row(0.8)], {}) == []


def test_a_baseline_is_made_of_figures_with_an_interval():
    rows = [
        _row(0.8),
        _row(1.9, name="total p50", group="speed"),
        _row(0.5, name="faithfulness", group="judge"),
        _row(0.5, name="one question", low=math.nan, high=math.nan),
        _row(math.nan, name="failed", low=math.nan, high=math.nan, n=0, failed=3),
    ]
    assert baseline_figures(rows) == {"m": FROM_TO}


def test_a_baseline_is_read_as_it_was_written(tmp_path):
    baseline = _baseline(figures={"m": FROM_TO})
    file = write_baseline(baseline, tmp_path / "baselines")
    assert file.name == "dev.json"
    assert load_baseline("dev", tmp_path / "baselines") == baseline
    write_baseline(_baseline(figures={}), tmp_path / "baselines")
    assert load_baseline("dev", tmp_path / "baselines") == _baseline(figures={})


def test_there_may_be_none(tmp_path):
    assert load_baseline("dev", tmp_path) is None
    assert load_baseline("dev", tmp_path / "nowhere") is None


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"system": "tutor"}', b"\xff"])
def test_a_damaged_one_is_named(tmp_path, text):
    (tmp_path / "dev.json").write_bytes(text)
    with pytest.raises(GoldenError, match=r"^dev\.json: .*; make it anew: tutor eval baseline"):
        load_baseline("dev", tmp_path)


def _baseline(**fields) -> BaselineFile:
    usual = {"system": "tutor", "split": "dev", "date": "2026-01-02", "machine": {"cores": 2}}
    return BaselineFile(**usual, configuration={"passages": 10, "reranker": "none"}, **fields)
