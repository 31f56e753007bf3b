"""Normalised discounted cumulative gain of a ranking with one thing to be found."""

from __future__ import annotations

import math

from eval.measures.measure import Measure
from eval.measures.ranking import first_answering
from eval.records import Record


def ndcg(k: int) -> Measure:
    """nDCG@k.

    The sections of a question are alternatives: once one is found, a second one gains nothing. So
    the ideal gain is 1 / log2(1 + 1) = 1, and what remains is the discount of the first place.
    """

    def score(record: Record) -> float | None:
        place = first_answering(record)
        if place is None:
            return None
        return 1 / math.log2(1 + place) if place <= k else 0.0

    return Measure(
        name=f"nDCG@{k}",
        group="retrieval",
        definition=f"1 / log2(1 + place of the first unit that answers); 0 beyond place {k}.",
        source="Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418; nDCG in ir_measures",
        score=score,
    )
