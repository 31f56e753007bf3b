"""The sentences an answer is made of: chosen from the hits, best first, then put in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index import Chunk, Hit, Span
from index.lexical import terms
from index.search import CURRICULUM, Found, Index
from tutor import ranking
from tutor.asking import Kind
from tutor.injection import asks_about_injection, suspicious
from tutor.levels import Level, fit
from tutor.reranker import READ

Rerank = Callable[[str, Sequence[str]], NDArray[np.float32]]
"""What to add to the scores of sentences, log odds, given question and sentences."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of one chunk.

    Attributes:
        text: verbatim.
        span: code points of the document's text.
        score: how well it fits the question; comparable within one question.
        late: cosine of the question's tokens with the sentence's, averaged.
    """

    text: str
    chunk: Chunk
    span: Span
    score: float
    late: float = 0.0


# The ranker's scores are log odds; so divided, what is added to them keeps the measure in which it
# was found.
_UNIT = 7.0
# What falls this far behind the best sentence only fills up: with 1.0, 1.6 and 2.2 the dev answers
# hold 0.91, 0.92 and 0.92 of the facts in 5.0, 5.5 and 5.6 sentences.
_FALLS_OFF = 1.6
# What a topic is stands in the answer though it is that far behind, or where nothing meets the
# question well (MaxSim): its words are then others than the text's. Without it the dev answers hold
# 0.93 instead of 0.94 of the facts.
_DEFINITION_BEHIND, _MEETS = 1.0, 0.5
# Code that is asked for: what its shape costs otherwise, and as much again.
_ASKED_CODE, _WANTED_CODE = 1.1, 0.55
# Curriculum and sources both answer: the side of the best hit leads. With 0.3 the dev answers over
# the curriculum hold 0.925 of the facts and those over the references 0.662; without, 0.912 and
# 0.681; with 0.15, 0.912 and 0.656 (docs/log.md).
_LEAD = 0.3
# Two sentences that share this much of their words say the same: one is enough.
_REPEATS = 0.7

_ASKS_CODE = re.compile(r"\b(code|snippet|python|script|implement\w*)\b", re.I)
_WANTS_CODE = re.compile(
    r"\b(code|snippet|python|script|example|implement\w*|formula|equation)\b", re.I
)


def is_block(text: str) -> bool:
    """Whether a sentence is a piece of code or a displayed formula."""
    return text.startswith(("```", "$$"))


def choose_evidence(
    index: Index,
    found: Found,
    kind: Kind,
    count: int,
    sides: Sequence[str] = (),
    level: Level = "practitioner",
    reader: ranking.Reader | None = None,
    rerank: Rerank | None = None,
) -> list[Evidence]:
    """The ``count`` best sentences of the hits, in the order in which they read well.

    Args:
        kind: sections written for this kind of question weigh more.
        sides: keys of topics that the answer must define: both sides of a comparison.
        level: whom the sentences should suit.
        reader: that has read hits of the question before.
        rerank: reads the best sentences once more, with the question.

    Returns:
        The sentence that answers first; then grouped by topic in the order of the best sentence,
        in the order of the text within one.
    """
    reader = reader or ranking.Reader(index, ranking.read(found.query, kind))
    scored = [e for hit in found.hits for e in _sentences(reader, found, hit, level)]
    # What the search thinks it is about is said even so: a learner may lack the word for it.
    about = found.hits[0].chunk.topic if found.hits else None
    defined = sides or ([about] if about else [])
    opening = [_definition(index, key) for key in defined]
    if rerank is not None and scored:
        scored = _reread(found.query.text, scored, {e.text for e in opening}, rerank)
    ranked = sorted(scored, key=lambda e: -e.score)
    found_as = {e.text: e for e in scored}
    opening = [found_as.get(e.text, e) for e in opening]
    chosen = [e for e in opening if sides or _belongs(e, ranked[0])]
    for evidence in ranked:
        if len(chosen) >= count or evidence.score < ranked[0].score - _FALLS_OFF:
            break
        if not any(_repeats(evidence.text, other.text) for other in chosen):
            chosen.append(evidence)
    return answer_first(in_reading_order(chosen))


def _reread(
    question: str, scored: Sequence[Evidence], opening: set[str], rerank: Rerank
) -> list[Evidence]:
    """The sentences with the best scores, and those that open a topic, with better ones."""
    ranked = sorted(scored, key=lambda e: -e.score)
    best = {
        e.text: e for e in reversed([*ranked[:READ], *(e for e in ranked if e.text in opening)])
    }
    read = list(best.values())
    added = rerank(question, [e.text for e in read]) / _UNIT
    added = added - added.mean()
    return [replace(e, score=e.score + float(more)) for e, more in zip(read, added, strict=True)]


def _belongs(definition: Evidence, best: Evidence) -> bool:
    return definition.score >= best.score - _DEFINITION_BEHIND or best.late < _MEETS


def _definition(index: Index, topic: str) -> Evidence:
    """The sentence that opens a topic; unless it was found, what was goes before it."""
    chunk = next(iter(index.texts.topic(topic).values()))
    return Evidence(chunk.sentence(chunk.sentences[0]), chunk, chunk.sentences[0], 0.0)


def _repeats(one: str, other: str) -> bool:
    """Whether two sentences share most of their words (Jaccard similarity of their stems)."""
    a, b = set(terms(one)), set(terms(other))
    return bool(a | b) and len(a & b) / len(a | b) >= _REPEATS


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """By topic, the one with the best sentence first, then as the text has them."""
    best: dict[str, float] = {}
    for e in chosen:
        best[_topic(e)] = max(e.score, best.get(_topic(e), e.score))
    return sorted(chosen, key=lambda e: (-best[_topic(e)], _topic(e), e.chunk.document_id, e.span))


def _topic(evidence: Evidence) -> str:
    return evidence.chunk.topic or evidence.chunk.id


def answer_first(ordered: Sequence[Evidence]) -> list[Evidence]:
    """The sentence that answers best to the front, the others as they are."""
    prose = [e for e in ordered if not is_block(e.text)] or ordered
    lead = max(prose, key=lambda e: e.score, default=None)
    return [lead, *(e for e in ordered if e is not lead)] if lead else []


def _sentences(reader: ranking.Reader, found: Found, hit: Hit, level: Level) -> list[Evidence]:
    follows = _side(hit) != _side(found.hits[0])
    left_out = gives_orders(hit.chunk, found.query.text)
    sentences = []
    for ranked, ordering in zip(reader.sentences(hit), left_out, strict=True):
        if ordering:
            continue
        score = (
            ranked.score / _UNIT
            - _LEAD * follows
            + _code(ranked.text, found.query.text)
            + fit(ranked.text, level, reader.index.encoder.knows)
        )
        late = ranked.value("late")
        sentences.append(Evidence(ranked.text, hit.chunk, ranked.span, score, late))
    return sentences


def _code(text: str, question: str) -> float:
    """What a block of code counts for, asked for or not."""
    if not text.startswith("```"):
        return 0.0
    if _ASKS_CODE.search(question):
        return _ASKED_CODE
    return _WANTED_CODE if _WANTS_CODE.search(question) else 0.0


def _side(hit: Hit) -> bool:
    """Whether a hit is the curriculum's."""
    return hit.chunk.kind in CURRICULUM


def gives_orders(chunk: Chunk, question: str) -> Sequence[bool]:
    """For each sentence of a chunk, whether it gives orders to a model; ours give none."""
    if chunk.kind not in ("reference", "mine") or asks_about_injection(question):
        return [False] * len(chunk.sentences)
    return suspicious(chunk)
