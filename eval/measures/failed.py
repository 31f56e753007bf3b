"""Failed systems: questions without a reply, which all other measures leave out.

A system that breaks on the hard questions would look better for it; here it does not.
"""

from __future__ import annotations

from eval.measures.measure import Measure
from eval.records import Record


def _score(record: Record) -> float:
    return float(record.reply is None or record.reply.status == "error")


FAILED = Measure(
    name="failed",
    group="answer",
    definition="Share of the questions on which the system itself failed: it raised, or its reply "
    "is an error.",
    source="eval/records.py (fault)",
    score=_score,
    better="lower",
)
