"""Rows of figures: over everything, by kind and by station."""

from __future__ import annotations

import json
import math

import pytest

from eval.figures import figure_name, figures_of, station_of
from eval.golden import SETS, load
from eval.measures.measure import Measure, Statistic
from eval.records import Record
from eval.report.model import FigureRow
from eval.scoring import score
from eval.splits import SPLITS

VALUES = {"a": 1.0, "b": 0.5, "c": 0.0, "d": None, "e": math.nan}
MEAN = Measure("m", "answer", "The mean.", "nowhere", lambda r: VALUES[r.question.id])


@pytest.fixture
def records(make_question):
    places = {
        "a": {"kind": "how", "station": 3},
        "b": {"kind": "how", "station": None, "sections": ["interpretability/probing"]},
        "c": {"kind": "why", "station": None},
        "d": {"kind": "list", "station": 3},
        "e": {"kind": "how", "station": 3},
    }
    return [Record(question=make_question(i, **f), reply=None) for i, f in places.items()]


def test_a_figure_of_another_set_has_its_name_with_it():
    assert figure_name("recall@5", "curriculum") == "recall@5"
    assert figure_name("recall@5", "attacks") == "recall@5 (attacks)"


def test_a_row_over_all_by_kind_and_by_station(records):
    (row,) = figures_of("references", records, [MEAN], score(records, [MEAN]))
    assert (row.name, row.definition, row.source) == ("m (references)", "The mean.", "nowhere")
    assert (row.value, row.n, row.failed) == (0.5, 3, 1)
    assert row.low <= 0.5 <= row.high
    # d says nothing and e has failed: neither is a question of a kind or a station.
    assert row.by_kind == {"how": (0.75, 2), "why": (0.0, 1)}
    assert row.by_station == {3: (1.0, 1), "interpretability": (0.5, 1)}


def test_a_statistic_is_computed_anew_for_each_kind(records):
    largest = Statistic(
        "s", "answer", "", "", lambda r: (VALUES[r.question.id] or 0.0, 1.0),
        lambda rows: float(rows[:, 0].max()) if len(rows) > 1 else math.nan,
    )  # fmt: skip
    (row,) = figures_of("curriculum", records[:3], [largest], score(records[:3], [largest]))
    assert row.value == 1.0
    assert row.by_kind["how"] == (1.0, 2)
    assert math.isnan(row.by_kind["why"].value)
    # JSON knows no such number.
    kept = json.loads(json.dumps(row.model_dump(mode="json"), allow_nan=False))
    assert kept["by_kind"]["why"] == [None, 1]
    assert math.isnan(FigureRow.model_validate(kept).by_kind["why"].value)


def test_a_measure_without_a_word_is_left_out_and_one_that_failed_is_not(records):
    silent = Measure("silent", "answer", "", "", lambda r: None)
    broken = Measure("broken", "answer", "", "", lambda r: math.nan)
    rows = figures_of("attacks", records, [silent, broken], score(records, [silent, broken]))
    assert [(row.name, row.n, row.failed) for row in rows] == [("broken (attacks)", 0, 5)]


def test_no_records_make_no_rows():
    assert figures_of("curriculum", [], [MEAN], score([], [MEAN])) == []


def test_a_station_is_a_number_a_companion_its_id(records):
    assert [station_of(r.question) for r in records] == [3, "interpretability", None, 3, 3]


def test_every_golden_question_has_its_place_on_the_map(curriculum):
    stations = {station.number for station in curriculum.stations}
    companions = {
        document.id.rsplit("/", 1)[-1].removesuffix(".md")
        for document in curriculum.documents
        if "/companions/" in document.id
    }
    questions = [q for split in SPLITS for which in SETS for q in load(split, which)]
    places = {station_of(question) for question in questions} - {None}
    assert len(places & companions) > 3
    assert places <= stations | companions
