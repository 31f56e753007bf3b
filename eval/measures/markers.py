"""Whether markers and entries fit: each ``[n]`` of the text has an entry, each entry is used.

Source: the promise of docs/answer.md, "no marker without an entry", "each is used". A marker that
leads nowhere is the mark of a forged citation.
"""

from __future__ import annotations

import re

from eval.measures.measure import Measure
from eval.records import Record, Reply

# Indices in code and formulas are no markers.
_LITERAL = re.compile(
    r"(?P<fence>```|~~~).*?(?:(?P=fence)|\Z)|`[^`\n]*`|\$\$.*?\$\$"
    r"|\$(?![\s$])[^$\n]*(?<!\s)\$(?!\d)",
    re.DOTALL,
)
# "[1](https://…)" is a link and "[1]: https://…" its definition.
_MARKER = re.compile(r"\[(\d+)\](?![(:])")


def marked(text: str) -> list[int]:
    """The numbers of the markers in Markdown, in order."""
    return [int(number) for number in _MARKER.findall(_LITERAL.sub(" ", text))]


def forged(reply: Reply) -> list[int]:
    """The markers of an answer that have no entry, in order."""
    entries = {citation.n for citation in reply.citations}
    return [n for n in marked(reply.answer) if n not in entries]


def _score(record: Record) -> float | None:
    reply = record.reply
    if reply is None or not (reply.citations or marked(reply.answer)):
        return None
    entries = sorted(citation.n for citation in reply.citations)
    return float(sorted(set(marked(reply.answer))) == entries)


MARKERS = Measure(
    "markers",
    "citation",
    "Share of the answers with citations in which every marker has an entry and every entry is "
    "used.",
    "docs/answer.md",
    _score,
)
