"""RAGAS's ID-based context precision and recall: which of the passages shown are known to answer.

The ids are units: topics, pages, or what else a system ranks. RAGAS compares the ids as sets.
"""

from __future__ import annotations

from typing import Any

from eval.measures.measure import Measure
from eval.measures.ragas_sync import ragas, run_sync
from eval.measures.ranking import SHOWN, answered, ranking, retrieved, searched, targets
from eval.records import Record

_SOURCE = "RAGAS 0.4, {0} (docs.ragas.io, Context {1}); Es et al. 2023, arXiv 2309.15217"


def _precision(record: Record) -> float | None:
    units = ranking(record, SHOWN)
    if not searched(record) or not units:
        return None
    # A unit that answers under another name than its own (a passage of the map, a page with two
    # addresses) is right all the same.
    right = targets(record.question) | {unit for unit, answers in units if answers}
    found = [unit for unit, _ in units]
    return _scored("_context_precision", "IDBasedContextPrecision", found, list(right))


def _recall(record: Record) -> float | None:
    if not searched(record):
        return None
    shown = retrieved(record)[:SHOWN]
    found = {target for passage in shown for target in answered(record.question, passage)}
    wanted = list(targets(record.question))
    return _scored("_context_recall", "IDBasedContextRecall", list(found), wanted)


def _scored(module: str, name: str, found: list[str], right: list[str]) -> float:
    """The figure of RAGAS.

    These two exist only in its older generation. ``ragas.metrics`` warns of that generation's end
    whenever it is asked for them; the modules that define them do not.
    """
    metric: Any = getattr(ragas(f"ragas.metrics.{module}"), name)()
    sample = ragas("ragas.dataset_schema").SingleTurnSample(
        retrieved_context_ids=found, reference_context_ids=right
    )
    return float(run_sync(metric.single_turn_ascore(sample)))


ID_PRECISION = Measure(
    name="context precision (ids)",
    group="retrieval",
    definition=f"Share of the units among the first {SHOWN} passages that answer; nothing to say "
    "where nothing was retrieved.",
    source=_SOURCE.format("IDBasedContextPrecision", "Precision"),
    score=_precision,
)
ID_RECALL = Measure(
    name="context recall (ids)",
    group="retrieval",
    definition="Share of the topics or pages of the question of which a passage is among the first "
    f"{SHOWN}; they are alternatives, so that less than 1 can be all that is needed.",
    source=_SOURCE.format("IDBasedContextRecall", "Recall"),
    score=_recall,
)
