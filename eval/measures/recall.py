"""Recall@k: whether what answers is among the first k units."""

from __future__ import annotations

from eval.measures.measure import Measure
from eval.measures.ranking import first_answering
from eval.records import Record


def recall(k: int) -> Measure:
    """Recall@k, which with one thing to be found equals Success@k."""

    def score(record: Record) -> float | None:
        place = first_answering(record)
        return None if place is None else float(place <= k)

    return Measure(
        name=f"recall@{k}",
        group="retrieval",
        definition=f"1 if a topic or page that answers is among the first {k} units retrieved.",
        source="Manning, Raghavan and Schütze 2008, chapter 8; Success@k in ir_measures",
        score=score,
    )
