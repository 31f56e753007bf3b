"""An answer beside its reference answer, for the measures that compare their wordings."""

from __future__ import annotations

import re

from eval.records import Record

_MARKER = re.compile(r"\s*\[\d+(?:, ?\d+)*\](?![\w(])")


def wordings(record: Record) -> tuple[str, str] | None:
    """The reference answer and what was told, without citation markers: citing costs nothing.

    None unless the question was to be answered, was, and has a reference answer.
    """
    question, reply = record.question, record.reply
    if reply is None or question.expect != "answer":
        return None
    told = _MARKER.sub("", reply.told).strip()
    return (question.reference, told) if question.reference and told else None
