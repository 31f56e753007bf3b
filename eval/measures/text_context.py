"""RAGAS's context precision and recall by text: whether the passages read like those that answer.

They see what measures over ids cannot: passages whose labels are right and whose text is not.

RAGAS compares a passage with a reference by 1 - Levenshtein distance / length of the longer, and
takes 0.5 for a match. It expects both to be of one size. Ours are not: a chunk of 480 characters
lies in a topic of 3,000, and what it is part of it resembles by 0.16, at most by 0.47 (446 pairs of
a passage of the top 5 and its own topic, dev). Every figure would be 0. So RAGAS's two metrics are
given another measure of distance, as they allow: how well the words of the shorter text align with
the best stretch of the longer one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from eval.contexts import reference_contexts
from eval.measures.measure import Measure
from eval.measures.ragas_sync import ragas, run_sync
from eval.measures.ranking import SHOWN, retrieved, searched
from eval.records import Record

# Between the passages of the top 5 and the topics of their questions on dev: 0.876 at least where
# the passage is of the topic (446 pairs), 0.614 at most where it is not (429). Over characters the
# two lie closer: 0.845 and 0.713.
MATCH = 0.75
_WORD = re.compile(r"\w+")
_SOURCE = (
    "RAGAS 0.4, {0} (docs.ragas.io, Context {1}), with the distance of rapidfuzz.fuzz.partial_ratio"
)


def alignment(one: str, other: str) -> float:
    """Indel similarity, 0..1, of the shorter text's words and the best stretch of the longer's."""
    from rapidfuzz import fuzz

    return float(fuzz.partial_ratio(_words(one), _words(other))) / 100


def _words(text: str) -> Sequence[str]:
    return _WORD.findall(text.lower())


class _Alignment:
    """A measure of distance, as RAGAS calls one."""

    async def single_turn_ascore(self, sample: Any, callbacks: Any = None) -> float:
        return alignment(sample.reference, sample.response)


def _precision(record: Record) -> float | None:
    right = _contexts(record)
    return _scored(_metrics()[0], record, right) if right and retrieved(record) else None


def _recall(record: Record) -> float | None:
    right = _contexts(record)
    if not right:
        return None
    return _scored(_metrics()[1], record, right) if retrieved(record) else 0.0


def _contexts(record: Record) -> list[str]:
    return reference_contexts(record.question) if searched(record) else []


def _scored(metric: Any, record: Record, right: list[str]) -> float:
    found = [passage.text for passage in retrieved(record)[:SHOWN]]
    sample = ragas("ragas.dataset_schema").SingleTurnSample(
        retrieved_contexts=found, reference_contexts=right
    )
    return float(run_sync(metric.single_turn_ascore(sample)))


@lru_cache(maxsize=1)
def _metrics() -> tuple[Any, Any]:
    """Precision and recall; only the older generation has them (see ``id_context``)."""
    precision = ragas("ragas.metrics._context_precision").NonLLMContextPrecisionWithReference
    recall = ragas("ragas.metrics._context_recall").NonLLMContextRecall
    return (
        precision(distance_measure=_Alignment(), threshold=MATCH),
        recall(_distance_measure=_Alignment(), threshold=MATCH),
    )


TEXT_PRECISION = Measure(
    name="context precision (text)",
    group="retrieval",
    definition=f"Average precision of the first {SHOWN} passages; one is right if its words "
    "stand in a topic that answers. Nothing to say where nothing was retrieved.",
    source=_SOURCE.format("NonLLMContextPrecisionWithReference", "Precision"),
    score=_precision,
    costly=True,
)
TEXT_RECALL = Measure(
    name="context recall (text)",
    group="retrieval",
    definition="Share of the topics that answer of which the words of one of the first "
    f"{SHOWN} passages stand in it; the topics are alternatives.",
    source=_SOURCE.format("NonLLMContextRecall", "Recall"),
    score=_recall,
    costly=True,
)
