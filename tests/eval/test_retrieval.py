"""What each stage of the search contributes, against examples worked out by hand."""

from __future__ import annotations

import math

import pytest

from eval.golden import load
from eval.retrieval import STAGES, _measured, by_stage, rankings_of, searchable, table
from index import Chunk


def _chunk(topic: str, number: int) -> Chunk:
    return Chunk(f"d#{number}", "d", "D", "text", 0, 4, ("L", "S"), "curriculum", topic=topic)


def test_retrieval_measures_by_hand():
    one, two = searchable(load("dev"))[:2]
    right, other = _chunk(one.sections[0], 0), _chunk("x/y", 1)
    # First question: the answering topic is the second topic met (its chunks after two of x/y).
    # Second question: never found among what is ranked.
    rankings = {
        one.id: {"bm25": [other, other, right, right]},
        two.id: {"bm25": [other]},
    }
    found = _measured([one, two], rankings, "bm25")
    assert found["recall@1"] == 0.0
    assert found["recall@5"] == 0.5
    assert found["MRR"] == pytest.approx(0.25)  # (1/2 + 0) / 2
    assert found["nDCG@10"] == pytest.approx((1 / math.log2(3)) / 2)  # rank 2 of one right topic


def test_every_stage_is_measured_on_real_questions(quoting):
    questions = searchable(load("dev"))[:5]
    measured = by_stage(questions, rankings_of(quoting, questions))
    assert tuple(measured) == STAGES
    assert all(0.0 <= value <= 1.0 for row in measured.values() for value in row.values())
    assert measured["reranked"]["recall@5"] > 0.5


def test_table_has_a_row_for_each_stage():
    rows = {"a": {"x": 0.5}, "b": {"x": 1.0}}
    assert table(rows, "stage").splitlines() == [
        "| stage | x |",
        "|---|---|",
        "| a | 0.500 |",
        "| b | 1.000 |",
    ]
