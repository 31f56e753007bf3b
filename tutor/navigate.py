"""Questions about the way through the map: answered from the graph, quoted from its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from corpus import Line
from index.search import Index
from tutor.evidence import Evidence
from tutor.listing import (
    MAP,
    companions,
    last_stations,
    line_sentences,
    map_sentences,
    who_for,
)
from tutor.mentions import Gazetteer

__all__ = ["MAP", "map_evidence", "station_evidence", "way_to"]

_BEFORE = re.compile(
    r"\b(before|prerequisites?|prereqs?|first|need|needs|require[sd]?|beforehand|prior|ready|"
    r"skip|without|straight|depend|builds? on|leads? up|should i know|must i know|order|path|"
    r"reach|reachable|get to|pass|route|way to)\b",
    re.I,
)
_AFTER = re.compile(r"\b(after|afterwards|next|follows?|follow-?up|then|later|beyond)\b", re.I)
_TOPICS = re.compile(
    r"\b(topics?|subjects?|cover|covers|covered|teach|teaches|about|learn at|contain|in)\b", re.I
)
_ALL = re.compile(
    r"\b(all|whole|entire|every|how many|overview|complete|full|lines|the 18|eighteen|list|name)\b"
    r".*\b(stations?|stops?|map|lines?|curriculum)\b"
    r"|\bhow many (stations?|lines?|stops?)\b|\bthree (lines|paths)\b|\b(which|what) lines\b"
    r"|\b(which|what)( are the)? (stations?|stops?) (are there|exist|does the map)\b"
    r"|\bwhat are the (\w+ )?(stations?|stops?)\b|\btable of contents\b|\bsyllabus\b"
    r"|\b(overview|outline) of the (curriculum|course|map|programme|program)\b",
    re.I,
)
_COMPANIONS = re.compile(r"\bcompanions?\b", re.I)
_START = re.compile(
    r"\bwhere (do|should|can|would) i (start|begin)\b|\bstart(ing)? (point|with)\b", re.I
)
_LAST = re.compile(r"\b(last|final) (stations?|stops?)\b|\bend of the (\w+ )?(map|line)\b", re.I)
_WHICH_LINE = re.compile(
    r"\b(which|what) (line|path|route|track|branch)\b|\bright (line|path) for\b", re.I
)
_FOR_ME = re.compile(r"\b(?:i|me|my)\b", re.I)
_SKIP = re.compile(r"\b(?:skip|leave out|avoid|without)\b", re.I)
_PLACE = ("is on the",)
_BECOME = re.compile(r"\b(become|becoming|to be|career|route|both|go from)\b", re.I)
_LINES: dict[Line, re.Pattern[str]] = {
    "foundational": re.compile(r"\bfoundation(al|s)?\b(?! models?)", re.I),
    "scientist": re.compile(r"\b(scientists?|researchers?|build(ing)? (my own )?llms?)\b", re.I),
    "engineer": re.compile(
        r"(?<!prompt )(?<!feature )\b(engineers?|engineering|app(lication)? developers?|"
        r"(web|software|backend|full-?stack) dev(eloper)?s?|build(ing)? apps?)\b",
        re.I,
    ),
}
# What a learner wants to do, where the question is which line to take.
_AIMS: dict[Line, re.Pattern[str]] = {
    "scientist": re.compile(r"\b(train|fine-?tun\w*|pre-?train\w*|research\w*|align\w*)\b", re.I),
    "engineer": re.compile(
        r"\b(apps?|applications?|products?|chatbots?|deploy\w*|rag|agents?|apis?|developers?)\b",
        re.I,
    ),
}
Role = Literal["target", "source", "aside"]
# The nearest of these words before a station tells what it is to the learner: where to go, what
# lies behind, or what is asked about only ("without knowing RLHF").
_ROLES: tuple[tuple[Role, str], ...] = (
    ("source", r"know|knew|known|finish|finished|complete[sd]?|done|did|studied|learned|learnt|"
               r"passed|mastered|from|after|follows?|following|past"),
    ("aside", r"without (?:\w+ing)?|skip(?:ping)?|need(?: to know)?(?! to (?:reach|get))|avoid"),
    ("target", r"before|to|for|reach|learn|study|start|begin|understand|into|about|on|do|take"),
)  # fmt: skip
_ROLE = re.compile("|".join(rf"\b(?P<{role}>{words})\b" for role, words in _ROLES), re.I)
_MOST = 3


def map_evidence(question: str, index: Index, names: Gazetteer) -> list[Evidence]:
    """Sentences of the map that answer a question about order, stations or lines.

    Returns:
        Empty if the question names no station, topic or line of the map.
    """
    lines = [line for line, pattern in _LINES.items() if pattern.search(question)]
    roles = _stations(question, index, names)
    if _WHICH_LINE.search(question) and _FOR_ME.search(question):
        return _which_line(question, lines, index)
    if not roles and (told := _of_lines(question, lines, index)):
        return told
    if _BECOME.search(question) and lines:
        lines = [line for line in _LINES if line in {"foundational", *lines}]
    wanted = [
        (f"Station {number} ", words)
        for number, role in _to_tell(roles, index)
        for words in (_PLACE if lines and _SKIP.search(question) else _parts(question, role))
    ]
    return [*line_sentences(index, lines), *map_sentences(index, wanted)]


def way_to(number: int, question: str, index: Index) -> list[Evidence]:
    """What the map says of a station that a question means without naming it."""
    return map_sentences(index, [(f"Station {number} ", p) for p in _parts(question, "target")])


def _of_lines(question: str, lines: Sequence[Line], index: Index) -> list[Evidence]:
    """What a question about the map asks that names no station; empty if one line is all."""
    if _COMPANIONS.search(question):
        return companions(index)
    if _LAST.search(question):
        return last_stations(index, lines or tuple(_LINES))
    if _WHICH_LINE.search(question):
        return _which_line(question, lines, index)
    if _START.search(question) and not lines:
        return _beginning(index)
    if _ALL.search(question) and not lines:
        return line_sentences(index, _LINES)
    both = len(lines) > 1
    return [*who_for(index, lines), *line_sentences(index, lines)] if both else []


def station_evidence(number: int, index: Index) -> list[Evidence]:
    """What a station is: its own opening, then its place and topics on the map."""
    station = next(s for s in index.catalogue.stations if s.number == number)
    own = index.texts.document_chunks(f"curriculum/stations/{number:02d}-{station.id}.md")
    opening = [chunk for chunk in own.values() if chunk.topic is None]
    said = [
        Evidence(chunk.sentence(span), chunk, span, 1.0)
        for chunk in opening
        for span in chunk.sentences
    ]
    return [*said[:3], *map_sentences(index, [(f"Station {number} ", p) for p in _WHAT])]


_WHAT = ("is on the", "The topics of")


def _beginning(index: Index) -> list[Evidence]:
    first = map_sentences(index, [("Station 1 ", "no prerequisites"), ("Station 1 ", "After")])
    return [*first, *line_sentences(index, _LINES)]


def _which_line(question: str, named: Sequence[Line], index: Index) -> list[Evidence]:
    aimed = [line for line, pattern in _AIMS.items() if pattern.search(question)]
    lines: Sequence[Line] = named or aimed or ("scientist", "engineer")
    return [*who_for(index, lines), *line_sentences(index, lines)]


def _stations(question: str, index: Index, names: Gazetteer) -> dict[int, Role]:
    """Stations that the question names, by number, title or topic, and what they are to it."""
    found: dict[int, Role] = {}
    for mention in names.find(question):
        number = mention.station
        if number is None and mention.topics and not _of_the_map(mention.topics[0]):
            number = index.catalogue.number(mention.topics[0])
        if number is None:
            continue
        role = _role(question[: mention.start])
        if found.get(number) != "target":
            found[number] = role
    return found


def _role(before: str) -> Role:
    """What a station is to the learner, by the nearest telling word before it."""
    told = [match.lastgroup for match in _ROLE.finditer(before)]
    return next((role for role, _ in _ROLES if told and role == told[-1]), "target")


def _of_the_map(topic: str) -> bool:
    """Whether a topic speaks of the map itself or of its references, and so of no one station."""
    return topic.split("/", maxsplit=1)[0] in {"about-the-map", "learning-resources"}


def _to_tell(roles: dict[int, Role], index: Index) -> list[tuple[int, Role]]:
    """The stations to quote: where the learner is going; else what follows where they are."""
    targets: list[tuple[int, Role]] = [(n, role) for n, role in roles.items() if role == "target"]
    if targets:
        return targets[:_MOST]
    sources = [number for number, role in roles.items() if role == "source"]
    passed = {before for number in sources for before in closure(number, index)}
    ahead = [(number, roles[number]) for number in sources if number not in passed]
    aside: list[tuple[int, Role]] = [(number, "target") for number in roles]
    return (ahead or aside)[:_MOST]


def closure(number: int, index: Index) -> set[int]:
    """Numbers of all stations before one."""
    by_id = {s.id: s for s in index.catalogue.stations}
    station = next(s for s in by_id.values() if s.number == number)
    direct = {n for i in station.prerequisites if (n := by_id[i].number) is not None}
    return direct.union(*(closure(n, index) for n in direct))


def _parts(question: str, role: Role) -> Sequence[str]:
    """Which sentences about a station answer the question, by words that they hold."""
    before, after = _BEFORE.search(question), _AFTER.search(question)
    if role == "source" or (after and not before):
        return ("After station", "is the last station")
    if before:
        return ("Before station", "builds directly", "no prerequisites")
    if _TOPICS.search(question):
        return _WHAT
    return ("is on the", "Before station", "no prerequisites", "After station", "is the last")
