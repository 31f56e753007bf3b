"""Look-ups: which book, who explains, where to read; answered from the references as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus import Reference
from index import Hit
from index.lexical import content_words
from index.search import Found, Index, Scope, coverage
from tutor.evidence import Evidence
from tutor.listing import LISTED, authors_called, references
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
    r"overview|walk-?through|deep dive|hands-on|all|every|list|show|cites?|has|have|say|said|"
    r"publish(ed)?|record(ed)?|creat(e|ed)|anything|something|everything|sources?|cover(s|ed)?|"
    r"propos(e|ed|es)|present(s|ed)?|invent(s|ed)?|original|understand|talk(s|ed)? about|it|was|"
    r"were|many|number|tell|recommendations?)\b",
    re.I,
)
# A reference is offered beside the best one if it scores nearly as well; measured on the dev
# look-ups: within 0.25 the right one is among three offered for all of them (docs/log.md).
_WITHIN = 0.25
CARDS = Scope(("card",))
_TOPIC, _KIND, _AUTHOR = 0.35, 0.5, 0.6


def look_up(
    question: str, index: Index, names: Gazetteer, count: int = 3, stations: Sequence[int] = ()
) -> tuple[list[Evidence], Found]:
    """The references that answer a look-up, best first.

    Args:
        count: how many at most, where the question asks for no list.
        stations: only what these cite; none for all.

    Returns:
        Evidence with whole cards as sentences, and the search behind it. No cards where the
        question asks for a paper that the references do not hold: the text may name it.
    """
    kinds = {kind for kind, pattern in _KINDS.items() if pattern.search(question)}
    if cards := listed(question, index, names, count, stations):
        return cards, index.search(question, 1)
    subject = _subject(question)
    found = index.search(subject or question, 40, replace(CARDS, stations=tuple(stations)))
    by_url = {r.url: r for r in index.catalogue.references}
    topics = {key for mention in names.find(question) for key in mention.topics}
    weights = found.query.weights
    scored = sorted(
        (
            (_score(hit, by_url.get(hit.chunk.url or ""), topics, kinds, weights), hit)
            for hit in found.hits
        ),
        key=lambda pair: -pair[0],
    )
    if scored and not _by_author(scored[0][1], by_url, weights):
        whole = topics if not content_words(_subject(_unnamed(question, names))) else set()
        scored = _of_the_kind(scored, by_url, weights, whole, kinds) or scored
    best = scored[0][0] if scored else 0.0
    chosen = [(score, hit) for score, hit in scored[:count] if score >= best - _WITHIN]
    if _ORIGIN.search(question) and not any(
        by_url[url].kind == "paper" for _, hit in chosen if (url := hit.chunk.url) in by_url
    ):
        return [], found
    evidence = [
        Evidence(
            hit.chunk.text, hit.chunk, (hit.chunk.start, hit.chunk.end), score, hit.signals.late
        )
        for score, hit in chosen
    ]
    return evidence, found


def listed(
    question: str, index: Index, names: Gazetteer, count: int = 3, stations: Sequence[int] = ()
) -> list[Evidence]:
    """Cards that a look-up names by their data alone: a title, an author, a station, a kind.

    What they answer is certain, so no gate need be asked; empty where a search is needed.
    """
    kinds = {kind for kind, pattern in _KINDS.items() if pattern.search(question)}
    most = LONGEST if _WANTS_ALL.search(question) else 2 * count
    return _by_data(question, kinds, index, names, stations)[:most]


def _by_data(
    question: str, kinds: set[str], index: Index, names: Gazetteer, stations: Sequence[int]
) -> list[Evidence]:
    if titled := _titled(question, index):
        return titled
    mentions = names.find(question)
    if not mentions and (authors := _authors(_subject(question), index)):
        return references(index, kinds, authors=authors) or references(index, authors=authors)
    wanted = {m.station for m in mentions if m.station} or set(stations)
    left = _subject(_without(question, [(m.start, m.end) for m in mentions if m.station]))
    if not content_words(left) and (kinds or wanted):
        return references(index, kinds, wanted)
    topics = {key for m in mentions for key in m.topics}
    rest = _subject(_unnamed(question, names))
    if _WANTS_ALL.search(question) and topics and not content_words(rest):
        return references(index, kinds, topics=topics)
    return []


def _of_the_kind(
    scored: list[tuple[float, Hit]],
    by_url: Mapping[str, Reference],
    weights: Mapping[str, float],
    topics: set[str],
    kinds: set[str],
) -> list[tuple[float, Hit]]:
    """Those of the kind asked for that serve the topic, or hold all words of the subject."""
    kept = []
    for score, hit in scored:
        reference = by_url.get(hit.chunk.url or "")
        if reference is None or reference.kind not in kinds:
            continue
        if topics & set(reference.topics):
            kept.append((max(score, LISTED), hit))  # right by its data, whatever its words
        elif coverage(weights, hit.chunk.text) >= _ALL_WORDS:
            kept.append((score, hit))
    return sorted(kept, key=lambda pair: -pair[0])


_ALL_WORDS = 0.99


def _by_author(hit: Hit, by_url: Mapping[str, Reference], weights: Mapping[str, float]) -> bool:
    reference = by_url.get(hit.chunk.url or "")
    return bool(reference and coverage(weights, " ".join(reference.authors)))


def _titled(question: str, index: Index) -> list[Evidence]:
    """The references whose whole title stands in the question."""
    said = f" {' '.join(_WORDS.findall(question.lower()))} "
    urls = []
    for reference in index.catalogue.references:
        title = _WORDS.findall(_TITLE_END.split(reference.title)[0].lower())
        if len(title) >= _TITLE_WORDS and f" {' '.join(title)} " in said:
            urls.append(reference.url)
    return references(index, urls=urls) if urls else []


_WORDS = re.compile(r"[^\W_]+")
_TITLE_END = re.compile(r" \(| by |: ")
_TITLE_WORDS = 3


def _subject(question: str) -> str:
    """What is left of a question without the words with which one asks."""
    return " ".join(_ASKING.sub(" ", question).split()).strip(" ?.,!")


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = f"{text[:start]} {text[end:]}"
    return _STATION.sub(" ", text)


def _unnamed(question: str, names: Gazetteer) -> str:
    """The question without the topics and stations that it names."""
    return _without(question, [(m.start, m.end) for m in names.find(question)])


def _authors(subject: str, index: Index) -> list[str]:
    """Authors that the whole subject names: "Karpathy", "Chip Huyen"."""
    words = subject.split()
    if not 1 <= len(words) <= _NAME_WORDS or len(subject) < _SHORTEST_NAME:
        return []
    return authors_called(index, subject)


_NAME_WORDS, _SHORTEST_NAME = 3, 4
_STATION = re.compile(r"\b(?:stations?|stops?|#|no\.?|number)(?!\w)", re.I)
_WANTS_ALL = re.compile(
    r"\b(?:all|every|list|complete|which \w+s (?:are|does|do)|what \w+s (?:are|does|do)|how many|"
    r"what (?:did|has)|anything|everything|\w+s by)\b",
    re.I,
)
# "Which paper introduced DPO?" has one answer, and it is no video about it.
_ORIGIN = re.compile(
    r"\bpapers?\b[^?]*\b(?:introduc|propos|invent|present|describ|originat)\w*|"
    r"\b(?:original|first) paper\b|\bwho (?:wrote|published|authored)\b[^?]*\bpaper\b",
    re.I,
)
# A whole list of references, and no longer: 32 courses are the curriculum's most of one kind that
# anyone asked for on dev.
LONGEST = 40


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
