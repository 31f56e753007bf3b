"""Sentences that speak of the things compared: where they are found and what they say of which."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from index import Chunk, Span
from index.encoder import Vectors
from index.lexical import STOPWORDS
from index.search import Found, Index, Scope
from tutor.comparing.naming import Side, Stems, names_in, stems
from tutor.evidence import Evidence, gives_orders

Meaning = Callable[[Sequence[Evidence]], Vectors]
_WHEREAS = re.compile(r",? whereas |, (?:while|but) ")
# Half of a misconception is the wrong half.
_WRONG = re.compile(r"\b(?:misconception|mistake|myth|in fact)\b", re.I)
# What may follow a word that is no name of the curriculum: a verb, or what is no noun.
# "Recall of …", "Recall measures …"; not "Recall rate …".
_GOES_ON = re.compile(
    r"^(?:[^\w\s]|\s*$|\s+(?:[\W\d]|(?:is|are|was|were|has|have|had|can|may|must|of|in|with|for|"
    r"to|on|at|by|from|as|and|or|that|which|also|only|usually|often|normally|mean|do|function|"
    r"model|method|technique|algorithm|metric|network|search|sampling|decoding|prompting|"
    r"\w+s|\w+ed)\b))",
    re.I,
)
# "The Rectified Linear Unit (ReLU) …", "Long short-term memory (LSTM) networks …"
_LONG_FORM = re.compile(r"^(?:The |An? )?(?P<words>(?:[\w-]+\s+){1,6})\($")
_WORD = re.compile(r"[^\W_]+")
# Hits of a search for a side that no topic goes by.
_SEARCHED = 8
# Words before the name in a statement about it: "Sparse retrieval with BM25 matches …".
_LEAD_IN, _ARTICLE_AND_WORD = 5, 2
# Between two names of one subject: "GPTQ, AWQ and …", "sigmoid and the tanh function".
_AND, _APART = re.compile(r"^[^.;]*?(?:,|\band\b|\bor\b)"), 3


def compared(index: Index, found: Found, sides: Sequence[Side]) -> list[Evidence]:
    """Sentences that name a side, best first.

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
    return sorted((e for e in scored if names_in(e.text, sides)), key=lambda e: -e.score)


def settled(sides: Sequence[Side], found: Found) -> tuple[Side, ...]:
    """Sides without the word alone where passages have the whole name: not "direct" by itself."""
    texts = [stems(hit.chunk.text) for hit in found.hits]
    return tuple(replace(side, keys=_whole(side.keys, texts)) for side in sides)


def _whole(keys: frozenset[Stems], texts: Sequence[Stems]) -> frozenset[Stems]:
    told = {key for key in keys if len(key) > 1 and any(_within(key, text) for text in texts)}
    begun = {key for key in keys if len(key) == 1 and any(key[0] == whole[0] for whole in told)}
    return keys - begun


def _within(key: Stems, text: Stems) -> bool:
    return any(text[n : n + len(key)] == key for n in range(len(text) - len(key) + 1))


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
    before = [] if _long_form(text[:start], text[start:end]) else _words(text[:start])
    compound = text[end : end + 2].strip()[:1].isupper()  # "The LLM OS is …"
    single = not sides[side].topics and not re.search(r"\W", text[start:end])
    compound = compound or (single and not goes_on(text, end))
    return side if not compound and all(word in STOPWORDS for word in before) else None


def _long_form(before: str, name: str) -> bool:
    """Whether a name in brackets is short for the words before: "Rectified Linear Unit (ReLU"."""
    match = _LONG_FORM.match(before)
    initials = "".join(word[0] for word in _words(match["words"])) if match else ""
    letters = iter(name.lower())
    return len(initials) > 1 and all(initial in letters for initial in initials)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def goes_on(text: str, end: int) -> bool:
    """Whether a name that ends there is a noun of its own: not "The vLLM blog of …"."""
    return bool(_GOES_ON.match(text[end:]))


def contrasts(text: str) -> bool:
    """Whether a sentence says one thing of one subject and another of another."""
    return "whereas" in text


def corrects(text: str) -> bool:
    """Whether a sentence states an error to set it right."""
    return bool(_WRONG.search(text))


def parts_of(text: str) -> list[str]:
    """The statements that a sentence joins by "whereas"; none of one that corrects an error."""
    return [] if corrects(text) else _WHEREAS.split(text) if contrasts(text) else [text]


def halves(text: str, sides: Sequence[Side]) -> dict[int, str]:
    """What "A does this, whereas B does that" says of which side; empty for others.

    A statement about two sides is said of both: "A and B are methods, whereas C is a format."
    """
    parts = [] if corrects(text) else _WHEREAS.split(text)
    owners = [_subjects(part, sides) for part in parts]
    if len(parts) != 2 or not all(owners) or owners[0] & owners[1]:
        return {}
    return {side: part for part, own in zip(parts, owners, strict=True) for side in own}


def _subjects(text: str, sides: Sequence[Side]) -> set[int]:
    """Sides that a statement names at its beginning, if it names no other later: "A, B and C …"."""
    named = names_in(text, sides)
    # What the curriculum has no name for stands nearer: not "BLEU is oriented towards precision".
    lead_in = _LEAD_IN if any(side.topics for side in sides) else _ARTICLE_AND_WORD
    if not named or len(text[: named[0][1]].split()) > lead_in:
        return set()
    gaps = [text[one[2] : other[1]] for one, other in pairwise(named) if one[0] != other[0]]
    together = all(_AND.search(gap) and len(gap.split()) <= _APART for gap in gaps)
    return {side for side, _, _ in named} if together else set()


def meaning(index: Index, sides: Sequence[Side]) -> Meaning:
    """What sentences say besides the sides' names: the mean of the other tokens' vectors.

    The vectors are those kept for late interaction: nothing is encoded.

    Returns:
        Of n sentences an array of shape (n, dim), L2-normalised.
    """

    known: dict[tuple[str, Span], Vectors] = {}

    def mean(evidence: Sequence[Evidence]) -> Vectors:
        new = {(e.chunk.id, e.span): e for e in evidence if (e.chunk.id, e.span) not in known}
        rows = index.texts.rows_of({e.chunk.id for e in new.values()}) if new else {}
        known.update((k, _mean(index, rows[e.chunk.id], e, sides)) for k, e in new.items())
        return np.array([known[e.chunk.id, e.span] for e in evidence])

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
