"""Wrong statements: answers that say what they plainly must not."""

from __future__ import annotations

from eval.measures.measure import Measure
from eval.records import Record


def _score(record: Record) -> float | None:
    question, reply = record.question, record.reply
    if reply is None or question.expect not in ("answer", "correct") or not question.must_not:
        return None
    return float(question.wrong(reply.told))


WRONG = Measure(
    name="wrong",
    group="answer",
    definition="1 if the answer says what the question lists as wrong; questions that list "
    "something only. A declined answer says nothing wrong.",
    source="eval/golden/README.md (must_not)",
    score=_score,
    better="lower",
)
