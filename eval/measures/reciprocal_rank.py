"""Reciprocal rank: how far down one must read to what answers; its mean is MRR."""

from __future__ import annotations

from eval.measures.measure import Measure
from eval.measures.ranking import first_answering
from eval.records import Record


def _score(record: Record) -> float | None:
    place = first_answering(record)
    return None if place is None else 1 / place


RECIPROCAL_RANK = Measure(
    name="MRR",
    group="retrieval",
    definition="1 / place of the first unit that answers; 0 if none retrieved does.",
    source="Voorhees 1999, The TREC-8 question answering track report; RR in ir_measures",
    score=_score,
)
