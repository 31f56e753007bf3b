"""Look-ups: which book, who explains, where to read; answered from the references as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from corpus import Reference
from index import Hit
from index.lexical import content_words
from index.search import Found, Index, Scope, coverage
from tutor.evidence import Evidence
from tutor.mentions import Gazetteer

_KINDS: dict[str, re.Pattern[str]] = {
    "book": re.compile(r"\bbooks?\b", re.I),
    "video": re.compile(r"\b(videos?|youtube|talks?|watch|playlists?|lectures?|channel)\b", re.I),
    "paper": re.compile(r"\b(papers?|arxiv|publications?)\b", re.I),
    "course": re.compile(r"\b(courses?|class(es)?|bootcamps?)\b", re.I),
    "repository": re.compile(r"\b(repos?|repositor(y|ies)|github|source code)\b", re.I),
    "docs": re.compile(r"\b(docs|documentation|manual|reference guide)\b", re.I),
    "post": re.compile(r"\b(blogs?|posts?|articles?)\b", re.I),
}
# Words with which one asks for a reference; what is left names its subject.
_ASKING = re.compile(
    r"\b(which|what|who|whose|where|can|could|should|do|does|did|is|are|there|any|a|an|the|i|you|me|"
    r"we|for|to|on|about|of|in|by|with|from|and|or|some|good|best|great|nice|recommend(ed|s)?|"
    r"suggest(ed|s)?|read|watch|find|see|learn|study|start|get|explain(s|ed)?|wrote|writes?|written|"
    r"made|makes?|gave|gives?|teach(es)?|taught|author(s|ed)?|link(s|ed)?|url|resources?|references?|"
    r"materials?|tutorials?|guides?|more|please|need|want|looking|cited?|listed|curriculum|map|"
    r"books?|videos?|youtube|talks?|papers?|courses?|repos?|repositor(y|ies)|github|docs|"
    r"documentation|blogs?|posts?|articles?|called|title|name|that|this|how|introduc\w*|free|online|"
    r"overview|walk-?through|deep dive|hands-on)\b",
    re.I,
)
# A reference is offered beside the best one if it scores nearly as well; measured on the dev
# look-ups: within 0.25 the right one is among three offered for all of them (docs/log.md).
_WITHIN = 0.25
CARDS = Scope(("card",))
_TOPIC, _KIND, _AUTHOR = 0.35, 0.5, 0.6


def look_up(
    question: str, index: Index, names: Gazetteer, count: int = 3, station: int | None = None
) -> tuple[list[Evidence], Found]:
    """The references that answer a look-up, best first, at most ``count``.

    Args:
        station: only what this station cites; None for all.

    Returns:
        Evidence with whole cards as sentences, and the search behind it.
    """
    subject = " ".join(_ASKING.sub(" ", question).split())
    if not content_words(subject):
        return _of_kind(question, index, names, count), index.search(question, 1)
    found = index.search(subject, 40, replace(CARDS, station=station))
    by_url = {r.url: r for r in index.catalogue.references}
    topics = {key for mention in names.find(question) for key in mention.topics}
    kinds = {kind for kind, pattern in _KINDS.items() if pattern.search(question)}
    weights = found.query.weights
    scored = sorted(
        (
            (_score(hit, by_url.get(hit.chunk.url or ""), topics, kinds, weights), hit)
            for hit in found.hits
        ),
        key=lambda pair: -pair[0],
    )
    best = scored[0][0] if scored else 0.0
    chosen = [(score, hit) for score, hit in scored[:count] if score >= best - _WITHIN]
    evidence = [
        Evidence(
            hit.chunk.text, hit.chunk, (hit.chunk.start, hit.chunk.end), score, hit.signals.late
        )
        for score, hit in chosen
    ]
    return evidence, found


def _of_kind(question: str, index: Index, names: Gazetteer, count: int) -> list[Evidence]:
    """References of the kind that is asked for, where the question names no subject.

    Those of a station that it names, or the first ones of the map.
    """
    kinds = {kind for kind, pattern in _KINDS.items() if pattern.search(question)}
    stations = {mention.station for mention in names.find(question) if mention.station}
    cards = []
    for reference in index.catalogue.references:
        fits = not stations or stations & set(reference.stations)
        if reference.kind in kinds and fits:
            for chunk in index.texts.document_chunks(f"card/{reference.url}").values():
                cards.append(Evidence(chunk.text, chunk, (chunk.start, chunk.end), _NAMED_KIND))
    return cards[: 2 * count]


# Score of a reference offered for its kind alone: above the bar that tutor.answer sets.
_NAMED_KIND = 2.0


def _score(
    hit: Hit,
    reference: Reference | None,
    topics: set[str],
    kinds: set[str],
    weights: Mapping[str, float],
) -> float:
    score = hit.score
    if reference is None:
        return score
    score += _TOPIC * bool(topics & set(reference.topics))
    score += _KIND * (reference.kind in kinds)
    return score + _AUTHOR * coverage(weights, " ".join(reference.authors))
