"""Questions to ask next, made from the map: nothing is invented, and the tutor can answer them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus import Station, Topic
from corpus.metromap import follow_ups as stations_after
from index.search import Catalogue
from tutor.mentions import Gazetteer
from tutor.records import Answer, Citation
from ui.panes.answer_strings import ENGLISH_ANSWERS, AnswerStrings

# A choice of three is taken in at a glance.
_MOST = 3


@dataclass(frozen=True, slots=True)
class Option:
    """A button.

    Attributes:
        question: asked when it is chosen.
    """

    label: str
    question: str


def nearest_options(answer: Answer, strings: AnswerStrings = ENGLISH_ANSWERS) -> tuple[Option, ...]:
    """The stations to look at instead of an answer, nearest first."""
    return tuple(
        Option(
            strings.nearest.format(number=n.station, title=n.title),
            about_station(n.station, n.title, strings),
        )
        for n in answer.nearest
    )


def follow_ups(
    answer: Answer,
    catalogue: Catalogue,
    asked: Sequence[str] = (),
    strings: AnswerStrings = ENGLISH_ANSWERS,
) -> tuple[str, ...]:
    """At most three questions about the neighbourhood of what an answer cites.

    The next topic at the same station, a prerequisite of the station, the station after it; then
    more topics of the station.

    Args:
        asked: earlier questions of the conversation; what they name is not suggested again.
    """
    if answer.status != "answered":
        return ()
    known = _named([answer.question, answer.standalone_question, *asked], catalogue)
    cited = [place for c in answer.citations if (place := _cited(c, catalogue))]
    places = cited or _places(known, catalogue)
    if not places:
        return ()
    stop, topic = places[0]
    covered = known | {t.key for _, t in cited if t} | {topic.key if topic else ""}
    ahead = [t for t in _after(stop.topics, topic) if t.key not in covered]
    around = [s for s in _around(stop, catalogue) if s.id not in known]
    questions = [
        *(about(t, strings) for t in ahead[:1]),
        *(about_station(s.number, s.title, strings) for s in around if s.number),
        *(about(t, strings) for t in ahead[1:]),
    ]
    said = {_plain(question) for question in (answer.question, *asked)}
    new = [question for question in questions if _plain(question) not in said]
    return tuple(dict.fromkeys(new))[:_MOST]


def examples(
    catalogue: Catalogue, strings: AnswerStrings = ENGLISH_ANSWERS
) -> dict[int, tuple[str, ...]]:
    """Questions to begin with, by station: three of its topics, from its beginning to its end."""
    return {
        station.number: tuple(about(topic, strings) for topic in _spread(station.topics))
        for station in catalogue.stations
        if station.number
    }


def about(topic: Topic, strings: AnswerStrings = ENGLISH_ANSWERS) -> str:
    """The question for a topic: "What is LoRA?", "What are Loss Functions?"."""
    title = topic.title
    if " vs. " in title:
        one, other = title.split(" vs. ", 1)
        return strings.how_differ.format(one=one, other=other)
    if not _plural(title):
        # "Encoder and Decoder" takes no verb of its own
        return (strings.what_is_meant if " and " in title else strings.what_is).format(title=title)
    doing = title.split()[0].endswith("ing")  # "Structuring Outputs" is one thing, not many
    return (strings.what_is_meant if doing else strings.what_are).format(title=title)


def about_station(number: int | None, title: str, strings: AnswerStrings = ENGLISH_ANSWERS) -> str:
    """The question for a station."""
    return strings.about_station.format(number=number, title=title)


def _plural(title: str) -> bool:
    """Whether a title names several things; "Tree of Thoughts" is one."""
    head = re.split(r" \(| of | for ", title)[0]
    return head.endswith("s") and not re.search(r"(?:ss|[a-z]is|us|as)$", head)


def _named(questions: Iterable[str], catalogue: Catalogue) -> set[str]:
    """Keys of the topics, and ids of the stations, that questions name."""
    ids = {s.number: s.id for s in catalogue.stations}
    mentions = [m for question in questions for m in _names(catalogue).find(question)]
    topics = {key for mention in mentions for key in mention.topics}
    return topics | {ids[m.station] for m in mentions if m.station in ids}


@lru_cache(maxsize=2)
def _names(catalogue: Catalogue) -> Gazetteer:
    return Gazetteer(catalogue)


_Place = tuple[Station, Topic | None]


def _cited(citation: Citation, catalogue: Catalogue) -> _Place | None:
    """The stop and the topic that a citation belongs to."""
    file = citation.document_id.rsplit("/", 1)[-1].removesuffix(".md").lstrip("0123456789-")
    for stop in (*catalogue.stations, *catalogue.companions):
        if stop.id == file or (stop.number and stop.number == citation.station):
            path = citation.section.split(" > ")
            return stop, next((t for t in stop.topics if t.title in path), None)
    return None


def _places(known: set[str], catalogue: Catalogue) -> list[_Place]:
    """The stops that questions name: those named themselves, then those of a topic."""
    found = [
        (stop, next((t for t in stop.topics if t.key in known), None))
        for stop in catalogue.stations
        if stop.id in known or any(t.key in known for t in stop.topics)
    ]
    return sorted(found, key=lambda place: place[0].id not in known)


def _after(topics: Sequence[Topic], topic: Topic | None) -> list[Topic]:
    """The other topics of a stop, those that follow first."""
    at = topics.index(topic) if topic in topics else -1
    return [*topics[at + 1 :], *topics[: max(at, 0)]]


def _around(stop: Station, catalogue: Catalogue) -> Iterator[Station]:
    """The last station before one, and the first after it; of a companion, its own station."""
    if stop.near is not None:
        yield from (s for s in catalogue.stations if s.number == stop.near)
        return
    yield from [s for s in catalogue.stations if s.id in stop.prerequisites][-1:]
    yield from stations_after(stop, catalogue.stations)[:1]


def _spread(topics: Sequence[Topic]) -> list[Topic]:
    """The first, the middle and the last."""
    wanted = {0, len(topics) // 2, len(topics) - 1}
    return [topic for n, topic in enumerate(topics) if n in wanted]


def _plain(question: str) -> str:
    return " ".join(question.lower().split()).strip(" ?.!")
