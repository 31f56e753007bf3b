"""Sentences that speak of the things compared: where they are found and what they say of which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from index import Chunk
from index.encoder import Vectors
from index.lexical import STOPWORDS
from index.search import Found, Index, Scope
from tutor.evidence import Evidence, gives_orders
from tutor.sides import Side, names_in

Meaning = Callable[[Sequence[Evidence]], Vectors]
_WHEREAS = re.compile(r",? whereas ")
_WORD = re.compile(r"[^\W_]+")
# Hits of a search for a side that no topic goes by.
_SEARCHED = 5
# Words before the name in a statement about it: "Sparse retrieval with BM25 matches …".
_LEAD_IN = 5


def compared(index: Index, found: Found, sides: Sequence[Side]) -> list[Evidence]:
    """Sentences that contrast two sides, or that one side is the subject of, best first.

    They are those of the hits, of the topics that go by a side's name, and of a search for a side
    that no topic goes by.

    Args:
        found: hits to answer with; only documents of their kinds are used.
    """
    scope = Scope(tuple(sorted({hit.chunk.kind for hit in found.hits})))
    chunks = {hit.row: hit.chunk for hit in found.hits if hit.row >= 0}
    for side in sides if scope.kinds else ():
        for key in side.topics:
            own = index.texts.topic(key).items()
            chunks |= {row: chunk for row, chunk in own if chunk.kind in scope.kinds}
        if not side.topics:
            chunks |= {h.row: h.chunk for h in index.search(side.name, _SEARCHED, scope).hits}
    scored = [e for row, chunk in chunks.items() for e in _scored(index, found, row, chunk)]
    return sorted((e for e in scored if _speaks(e.text, sides)), key=lambda e: -e.score)


def _speaks(text: str, sides: Sequence[Side]) -> bool:
    about = (subject(text, sides), begins_with(text, sides))
    return about != (None, None) or bool(halves(text, sides))


def _scored(index: Index, found: Found, row: int, chunk: Chunk) -> Iterator[Evidence]:
    """Its sentences by late interaction; those that give orders to a model are left out."""
    orders = gives_orders(chunk, found.query.text)
    matches = index.sentence_matches(found.query, row, chunk)
    for span, match, order in zip(chunk.sentences, matches, orders, strict=True):
        late = float(match.mean()) if len(match) else 0.0
        if not order:
            yield Evidence(chunk.sentence(span), chunk, span, late, late)


def subject(text: str, sides: Sequence[Side], lead_in: int = _LEAD_IN) -> int | None:
    """Position of the one side that a statement names, if it does so among its first words."""
    named = names_in(text, sides)
    early = bool(named) and len(text[: named[0][1]].split()) <= lead_in
    return named[0][0] if early and len({n[0] for n in named}) == 1 else None


def begins_with(text: str, sides: Sequence[Side]) -> int | None:
    """Position of the side that a sentence begins with: "In LoRA …", not "Full fine-tuning …"."""
    named = names_in(text, sides)
    if not named:
        return None
    side, start, end = named[0]
    before = _WORD.findall(text[:start].lower())
    compound = text[end : end + 2].strip()[:1].isupper()  # "The LLM OS is …"
    return side if not compound and all(word in STOPWORDS for word in before) else None


def halves(text: str, sides: Sequence[Side]) -> dict[int, str]:
    """Both statements of "A does this, whereas B does that", by side; empty for others."""
    parts = _WHEREAS.split(text)
    owners = [subject(part, sides) for part in parts]
    if len(parts) != 2 or None in owners or owners[0] == owners[1]:
        return {}
    return {owner: part for owner, part in zip(owners, parts, strict=True) if owner is not None}


def meaning(index: Index, sides: Sequence[Side]) -> Meaning:
    """What sentences say besides the sides' names: the mean of the other tokens' vectors.

    The vectors are those kept for late interaction: nothing is encoded.

    Returns:
        Of n sentences an array of shape (n, dim), L2-normalised.
    """

    def mean(evidence: Sequence[Evidence]) -> Vectors:
        rows = index.texts.rows_of({e.chunk.id for e in evidence})
        return np.array([_mean(index, rows[e.chunk.id], e, sides) for e in evidence])

    return mean


def _mean(index: Index, row: int, evidence: Evidence, sides: Sequence[Side]) -> Vectors:
    vectors, spans = index.tokens.vectors(row), index.tokens.raw(row)[1]
    shift = evidence.chunk.start - len(evidence.chunk.heading) - 1  # as Index.sentence_matches
    left, right = evidence.span[0] - shift, evidence.span[1] - shift
    kept = (spans[:, 0] >= left) & (spans[:, 1] <= right)
    for _, start, end in names_in(evidence.text, sides):
        kept &= (spans[:, 1] <= left + start) | (spans[:, 0] >= left + end)
    total = vectors[kept].sum(axis=0)
    unit: Vectors = total / max(float(np.linalg.norm(total)), 1e-9)
    return unit
