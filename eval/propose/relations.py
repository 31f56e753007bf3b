"""Questions about how things stand to one another: comparison, follow-up, look-up, path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from corpus import Curriculum, Reference, Station
from corpus.metromap import follow_ups, label
from eval.golden import Fact, Message
from eval.propose.material import Entry
from eval.propose.phrases import Rarity, key_facts, pattern
from eval.propose.records import Draft
from index.lexical import terms

_WHEREAS = re.compile(r"^(?P<one>.+?),? whereas (?P<other>.+)$")


def between_topics(entries: Sequence[Entry], rarity: Rarity) -> Iterator[Draft]:
    """Comparisons of two topics of one station, each also as a follow-up.

    They come from sentences of the form "A …, whereas B …", one half on each topic.
    """
    by_stop: dict[str, list[Entry]] = {}
    for entry in entries:
        by_stop.setdefault(entry.station.id, []).append(entry)
    for entry in entries:
        for part in entry.parts:
            for match in filter(None, map(_WHEREAS.match, part.sentences)):
                other = _contrasted(entry, match, by_stop[entry.station.id])
                comparison = _comparison(entry, other, match, rarity) if other else None
                if other and comparison:
                    yield comparison
                    yield _follow_up(entry, other, comparison)


def _contrasted(entry: Entry, match: re.Match[str], near: Sequence[Entry]) -> Entry | None:
    """The topic of the same station that a sentence contrasts with an entry."""
    halves = [set(terms(match[half])) for half in ("one", "other")]
    for here, there in (halves, halves[::-1]):
        if _names(entry, here) and not _names(entry, there):
            found = [e for e in near if _names(e, there) and not _names(e, here)]
            return max(found, key=lambda e: len(terms(e.topic.title)), default=None)
    return None


def _names(entry: Entry, said: set[str]) -> bool:
    """Whether words name a topic by its title or its subject."""
    return any(set(terms(name)) <= said for name in (entry.topic.title, entry.subject))


def _comparison(entry: Entry, other: Entry, match: re.Match[str], rarity: Rarity) -> Draft | None:
    question = f"What is the difference between {entry.subject} and {other.subject}?"
    avoid = (question, entry.topic.title, other.topic.title)
    one = key_facts(match["one"], rarity, 1, avoid)
    two = key_facts(match["other"], rarity, 1, (*avoid, *(fact.fact for fact in one)))
    if not one or not two:
        return None
    return Draft(
        kind="comparison",
        question=question,
        station=entry.station.number,
        sections=(entry.key, other.key),
        facts=(*one, *two),
        reference=match.string,
        why="from a sentence with “whereas”; facts: the rarest phrase of each half",
    )


def _follow_up(entry: Entry, other: Entry, comparison: Draft) -> Draft:
    it = "does it" if entry.verb == "is" else "do they"
    return Draft(
        kind="followup",
        question=f"And how {it} differ from {other.subject}?",
        station=comparison.station,
        sections=comparison.sections,
        facts=comparison.facts,
        reference=comparison.reference,
        why=f"“{comparison.question}” after a question about the first of the two",
        history=(
            Message(role="user", content=f"What {entry.verb} {entry.subject}?"),
            Message(role="assistant", content=entry.parts[0].sentences[0]),
        ),
    )


def about_references(curriculum: Curriculum) -> Iterator[Draft]:
    """Who made a reference, and where it is; of those that a topic cites."""
    cards = {d.url: d.text for d in curriculum.documents if d.kind == "card"}
    for reference in curriculum.references:
        if reference.topics:
            card = cards[reference.url]
            where = f"Where do I find the {reference.kind} “{reference.title}”?"
            yield _lookup(reference, where, _address(reference.url), card, "address")
            for author in reference.authors[:1]:
                who = f"Who is behind the {reference.kind} “{reference.title}”?"
                made = Fact(fact=author, any=[rf"\b{re.escape(author.split()[-1])}\b"])
                yield _lookup(reference, who, made, card, "first author")


def _lookup(reference: Reference, question: str, fact: Fact, card: str, what: str) -> Draft:
    return Draft(
        kind="lookup",
        question=question,
        station=reference.stations[0] if reference.stations else None,
        sections=reference.topics,
        facts=(fact,),
        reference=card,
        why=f"from references.yaml; fact: its {what}",
        urls=(reference.url,),
    )


def _address(url: str) -> Fact:
    parts = urlsplit(url)
    rest = f"{parts.netloc.removeprefix('www.')}{parts.path}".rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return Fact(fact=url, any=[re.escape(rest + query)])


def along_the_map(curriculum: Curriculum) -> Iterator[Draft]:
    """What comes before a station, and what after it."""
    by_id = {station.id: station for station in curriculum.stations}
    for station in curriculum.stations:
        before = [by_id[needed] for needed in station.prerequisites]
        after = follow_ups(station, curriculum.stations)
        yield _path(
            station, before, f"What do I have to finish right before {station.title}?", "before"
        )
        yield _path(station, after, f"Where can I go on from {station.title}?", "after")


def _path(station: Station, found: Sequence[Station], question: str, side: str) -> Draft:
    named = " and ".join(f"station {label(one)}" for one in found)
    what = "direct prerequisite" if side == "before" else "next station"
    return Draft(
        kind="path",
        question=question,
        # The golden sets file these under the map, whichever station they name.
        station=None,
        sections=("about-the-map/prerequisites", f"about-the-map/{station.line}-line"),
        facts=tuple(_station(one) for one in found),
        reference=f"Directly {side} station {label(station)} comes {named}.",
        why=f"from the map's prerequisites; facts: each {what}",
    )


def _station(station: Station) -> Fact:
    by_number = rf"\bstation\s*{station.number}\b"
    return Fact(fact=f"station {label(station)}", any=[pattern(station.title), by_number])
