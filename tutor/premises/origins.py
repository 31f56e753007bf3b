"""Where a thing comes from: another year, or somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.evidence import Evidence
from tutor.mentions import Mention
from tutor.premises.claims import read_claim
from tutor.premises.clauses import about
from tutor.premises.figures import YEAR

_ORIGIN = re.compile(
    r"\b(?:invent|introduc|creat|develop|propos|publish|releas|present|describ)(?:e[ds]?|ed|s|"
    r"es)?\b"
    r"|\b(?:wrote|written|built)\b",
    re.I,
)
_OWNER = re.compile(r"\b(?:did|at|by|from|of) (?P<owner>[A-Z][\w.&-]+(?: [A-Z][\w.&-]+)*)")


def dated(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same origin, in another year."""
    asked = set(YEAR.findall(question))
    if not asked or not _ORIGIN.search(question):
        return
    told = [e for e in _origins(mentions, sentences) if YEAR.search(e.text)]
    if told and not any(asked & set(YEAR.findall(e.text)) for e in sentences):
        yield told[0]


def credited(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same origin, of somebody else."""
    owner = _OWNER.search(question)
    if owner is None or not _ORIGIN.search(question):
        return
    if any(m.start < owner.end("owner") and owner.start("owner") < m.end for m in mentions):
        return
    told = [e for e in _origins(mentions, sentences) if _OWNER.search(e.text)]
    name = set(read_claim(mentions[0].words).words)
    own = [e.text for e in sentences if name <= set(read_claim(e.text).words)]
    if told and not any(owner["owner"] in text for text in own):
        yield told[0]


def _origins(mentions: Sequence[Mention], sentences: Sequence[Evidence]) -> list[Evidence]:
    longer = re.compile(rf"^(?:The )?{re.escape(mentions[0].words)} [A-Z][a-z]")  # "Llama Guard"
    return [
        e
        for e in sentences
        if _ORIGIN.search(e.text) and about(e.text, mentions[:1]) and not longer.search(e.text)
    ]
