"""Questions about the way through the map: answered from the graph, quoted from its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from corpus import Line
from index import Chunk
from index.search import Index
from tutor.evidence import Evidence
from tutor.mentions import Gazetteer

MAP = "map"
_BEFORE = re.compile(
    r"\b(before|prerequisites?|prereqs?|first|need|needs|require[sd]?|beforehand|prior|ready|"
    r"skip|without|straight|depend|builds? on|should i know|must i know|order|path|reach|get to|"
    r"route|way to)\b",
    re.I,
)
_AFTER = re.compile(r"\b(after|afterwards|next|follows?|follow-?up|then|later|beyond)\b", re.I)
_TOPICS = re.compile(r"\b(topics?|cover|covers|teach|teaches|about|learn at|contain)\b", re.I)
_ALL = re.compile(
    r"\b(all|whole|entire|every|how many|overview|complete|full|lines)\b.*"
    r"\b(stations?|map|lines?)\b"
    r"|\bhow many (stations?|lines?|stops?)\b|\bthree (lines|paths)\b|\b(which|what) lines\b",
    re.I,
)
_START = re.compile(
    r"\bwhere (do|should|can|would) i (start|begin)\b|\bstart(ing)? (point|with)\b", re.I
)
_LINES: dict[Line, re.Pattern[str]] = {
    "foundational": re.compile(r"\bfoundation(al|s)?\b", re.I),
    "scientist": re.compile(r"\b(scientists?|researchers?|build(ing)? (my own )?llms?)\b", re.I),
    "engineer": re.compile(
        r"\b(engineers?|engineering|app(lication)? developers?|build(ing)? apps?)\b", re.I
    ),
}


def map_evidence(question: str, index: Index, names: Gazetteer) -> list[Evidence]:
    """Sentences of the map that answer a question about order, stations or lines.

    Returns:
        Empty if the question names no station, topic or line of the map.
    """
    chunks = list(index.texts.document_chunks(MAP).values())
    wanted: list[tuple[str, str]] = []
    lines = [line for line, pattern in _LINES.items() if pattern.search(question)]
    if _ALL.search(question) and not lines:
        lines = list(_LINES)
    if lines and re.search(
        r"\b(become|becoming|to be|career|route|both|go from)\b", question, re.I
    ):
        lines = [line for line in _LINES if line in {"foundational", *lines}]
    for line in lines:
        wanted.append((_line_heading(line, index), ""))
    numbers = _numbers(question, index, names)[:3]
    if _START.search(question) and not lines and not numbers:
        wanted += [("Station 1 ", "no prerequisites"), ("Station 1 ", "After station")]
        wanted += [(_line_heading(line, index), "") for line in _LINES]
    for number in numbers:
        wanted += [(f"Station {number} ", part) for part in _parts(question)]
    return _quoted(chunks, wanted)


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
    chunks = index.texts.document_chunks(MAP).values()
    return [*said[:3], *_quoted(chunks, [(f"Station {number} ", p) for p in _WHAT])]


_WHAT = ("is on the", "The topics of")


def _line_heading(line: Line, index: Index) -> str:
    return {
        "foundational": "Foundational line",
        "scientist": "GenAI Scientist line",
        "engineer": "GenAI Engineer line",
    }[line]


def _numbers(question: str, index: Index, names: Gazetteer) -> list[int]:
    """Stations that the question names, by number, title or topic, in its order."""
    found: list[int] = []
    for mention in names.find(question):
        number = mention.station
        if number is None and mention.topics and not _of_the_map(mention.topics[0]):
            number = index.catalogue.number(mention.topics[0])
        if number is not None and number not in found:
            found.append(number)
    return found


def _of_the_map(topic: str) -> bool:
    """Whether a topic speaks of the map itself or of its references, and so of no one station."""
    return topic.split("/", maxsplit=1)[0] in {"about-the-map", "learning-resources"}


def _parts(question: str) -> Sequence[str]:
    """Which sentences about a station answer the question, by words that they hold."""
    before, after = _BEFORE.search(question), _AFTER.search(question)
    if after and not before:
        return ("After station", "is the last station")
    if before:
        return ("Before station", "builds directly", "no prerequisites")
    if _TOPICS.search(question):
        return ("is on the", "The topics of")
    return ("is on the", "Before station", "no prerequisites", "After station", "is the last")


def _quoted(chunks: Iterable[Chunk], wanted: Iterable[tuple[str, str]]) -> list[Evidence]:
    chunks = list(chunks)
    found: dict[str, Evidence] = {}
    for heading, words in wanted:
        for chunk in chunks:
            if not f"{chunk.path[-1]} ".startswith(heading):
                continue
            for span in chunk.sentences:
                text = chunk.sentence(span)
                if words in text:
                    found.setdefault(text, Evidence(text, chunk, span, 1.0))
    return list(found.values())
