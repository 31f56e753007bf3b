"""The card of a chosen stop: what it is about, what to learn first, topics and references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

from corpus import Reference, Station, Topic
from corpus.metromap import follow_ups
from index.search import Index
from tutor.records import Citation
from ui.metro.plan import MapData
from ui.metro.stops import State
from ui.metro.strings import ENGLISH, MapStrings

# References that are shown before the others are unfolded.
_SHOWN = 5
_LINK = re.compile(r"https?://[^\s\x00-\x1f]+", re.I)
_COMPANION = re.compile(r"curriculum/companions/(.+)\.md")
_IN_MAP = re.compile(r"\bStation (\d+) \(")
# Words that end in s and are one thing; capitals ("BLEUS") are names.
_ONE = re.compile(r"(?:ss|us|is|as)$")
_OF = re.compile(r" (?:for|of|in|to|vs\.?) .*$| \(.*$")


def card(
    data: MapData,
    stop: int | str,
    strings: MapStrings = ENGLISH,
    *,
    opening: str = "",
    ask: Callable[[Topic], str] | None = None,
) -> str:
    """A stop as HTML: buttons with data-station, data-companion or data-ask, links to references.

    Args:
        stop: number of a station or id of a companion.
        opening: what it is about (``ui.metro.opening``).
        ask: the question that a topic's button puts; "What is LoRA?" by default.

    Raises:
        KeyError: there is no such stop.
    """
    station = _find(data, stop)
    question = ask or (lambda topic: what_is(topic.title, strings))
    parts = (
        _head(station, strings),
        f'<p class="about">{escape(opening)}</p>' if opening else "",
        _ask_station(station, strings),
        _ways(data, station, strings),
        _section(strings.topics, [_ask(question(t), t.title) for t in station.topics]),
        _section(strings.companions, [_go(s, strings) for s in _hung(data, station)]),
        _references(_cited(data, station), strings),
    )
    kind = f'data-card="{escape(str(stop))}" aria-label="{escape(station.title)}"'
    return f'<section class="metro card" {kind}>{"".join(parts)}</section>'


def opening(index: Index, stop: int | str) -> str:
    """The first sentence of a station or companion; empty if the index does not hold it."""
    station = _find(index.catalogue, stop)
    file = f"companions/{station.id}"
    if station.number is not None:
        file = f"stations/{station.number:02d}-{station.id}"
    chunks = index.texts.document_chunks(f"curriculum/{file}.md").values()
    first = next((chunk for chunk in chunks if chunk.topic is None and chunk.sentences), None)
    return first.sentence(first.sentences[0]) if first else ""


def lit_by(citations: Iterable[Citation]) -> dict[int | str, State]:
    """The stops that an answer cites: stations by number, companions by id.

    A sentence of the map's own text lights the station that it tells of.
    """
    lit: dict[int | str, State] = {}
    for citation in citations:
        told = _IN_MAP.search(citation.section) if citation.document_id == "map" else None
        companion = _COMPANION.fullmatch(citation.document_id)
        stop = int(told[1]) if told else companion[1] if companion else citation.station
        if stop is not None:
            lit[stop] = "cited"
    return lit


def what_is(title: str, strings: MapStrings = ENGLISH) -> str:
    """The question for a topic: "What is LoRA?", "What are Scaling Laws?"."""
    head = _OF.sub("", title)
    many = head.endswith("s") and not _ONE.search(head)
    form = strings.plural_question if many else strings.singular_question
    return form.format(topic=title)


def _find(data: MapData, stop: int | str) -> Station:
    for station in (*data.stations, *data.companions):
        if stop in (station.number, station.id):
            return station
    raise KeyError(stop)


def _head(station: Station, strings: MapStrings) -> str:
    letter, line = strings.letters[station.line], strings.lines[station.line]
    near = f" · {strings.near.format(number=station.near)}" if station.near else ""
    return (
        f"<h3>{_mark(station, strings)} {escape(station.title)}</h3>"
        f'<p class="line"><span class="letter {station.line}" aria-hidden="true">'
        f"{escape(letter)}</span> {escape(line + near)}</p>"
    )


def _mark(station: Station, strings: MapStrings) -> str:
    """The dot of a stop: a number in a circle, or the letter of its line in a square."""
    if station.number is None:
        letter = escape(strings.letters[station.line])
        return f'<span class="mark companion {station.line}" aria-hidden="true">{letter}</span>'
    return f'<span class="mark {station.line}">{station.number}</span>'


def _ask_station(station: Station, strings: MapStrings) -> str:
    if station.number is None:
        return ""
    question = strings.station_question.format(number=station.number)
    return f'<p class="chips">{_ask(question, strings.ask_station)}</p>'


def _ways(data: MapData, station: Station, strings: MapStrings) -> str:
    """The station of a companion, direct prerequisites, and the stations that build on this one."""
    its = [_go(s, strings) for s in data.stations if s.number == station.near]
    first = [_go(s, strings) for s in data.stations if s.id in station.prerequisites]
    if station.number is not None and not first:
        first = [f"<span>{escape(strings.nothing_before)}</span>"]
    after = [_go(s, strings) for s in follow_ups(station, data.stations)]
    return (
        _section(strings.its_station, its)
        + _section(strings.before, first)
        + _section(strings.after, after)
    )


def _section(title: str, items: Sequence[str]) -> str:
    listed = "".join(f"<li>{item}</li>" for item in items)
    return f'<h4>{escape(title)}</h4><ul class="chips">{listed}</ul>' if items else ""


def _go(station: Station, strings: MapStrings) -> str:
    """A button that chooses another stop."""
    data = f'data-station="{station.number}"'
    if station.number is None:
        data = f'data-companion="{escape(station.id)}"'
    inner = f"{_mark(station, strings)} {escape(station.title)}"
    return f'<button type="button" {data}>{inner}</button>'


def _ask(question: str, shown: str) -> str:
    return f'<button type="button" data-ask="{escape(question)}">{escape(shown)}</button>'


def _hung(data: MapData, station: Station) -> list[Station]:
    return [s for s in data.companions if station.number is not None and s.near == station.number]


def _cited(data: MapData, station: Station) -> list[Reference]:
    """References of a station; of a companion those that serve one of its topics."""
    if station.number is not None:
        return [r for r in data.references if station.number in r.stations]
    topics = {topic.key for topic in station.topics}
    return [r for r in data.references if topics & set(r.topics)]


def _references(references: Sequence[Reference], strings: MapStrings) -> str:
    if not references:
        return ""
    items = [_reference(reference, strings) for reference in references]
    more = ""
    if rest := items[_SHOWN:]:
        count = escape(strings.more.format(count=len(rest)))
        more = (
            f'<details><summary>{count}</summary><ul class="cited">{"".join(rest)}</ul></details>'
        )
    shown = "".join(items[:_SHOWN])
    return f'<h4>{escape(strings.references)}</h4><ul class="cited">{shown}</ul>{more}'


def _reference(reference: Reference, strings: MapStrings) -> str:
    """Title, kind and what it is good for; a link only if its address is one of the web."""
    title = escape(reference.title)
    if _LINK.fullmatch(reference.url):
        title = (
            f'<a href="{escape(reference.url)}" target="_blank" '
            f'rel="noopener noreferrer nofollow">{title}</a>'
        )
    kind = escape(strings.kinds.get(reference.kind, reference.kind))
    return (
        f'<li>{title} <span class="kind">{kind}</span>'
        f'<span class="good">{escape(reference.good_for)}</span></li>'
    )
