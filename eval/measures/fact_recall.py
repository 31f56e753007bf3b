"""Fact recall: how much of what an answer must hold it holds."""

from __future__ import annotations

from eval.measures.measure import Measure
from eval.records import Record


def _score(record: Record) -> float | None:
    question, reply = record.question, record.reply
    if reply is None or question.expect != "answer" or not question.facts:
        return None
    return question.fact_recall(reply.told)


FACT_RECALL = Measure(
    name="fact recall",
    group="answer",
    definition="Share of the question's facts that the answer holds in one of their accepted "
    "wordings; a declined answer holds none.",
    source="eval/golden/README.md; nugget recall in Voorhees 2003, Overview of the TREC 2003 "
    "question answering track",
    score=_score,
)
