"""Which topics and stations a question names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from corpus import Station, Topic
from index.lexical import STOPWORDS, stem
from index.search import Catalogue

_WORD = re.compile(r"[a-z0-9]+")
_NUMBERS = re.compile(
    r"\b(?:station|stop)s?\s*(?:no\.?|number|#)?\s*\d{1,2}\b(?:\s*(?:,|and|or|to|&)+\s*\d{1,2}\b)*",
    re.I,
)
# Names that are everyday words: they name a topic only as its title.
_TOO_COMMON = frozenset(
    {"llm", "gpt", "ai", "line", "map", "scope", "select", "bias", "tool", "tools", "paths", "path"}
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A topic or station named in a text.

    Attributes:
        words: as the text has them; "station 7" for a number.
        start, end: where in the text.
        topics: keys of the topics that go by this name; titles before other names.
        station: number of the station that goes by it.
    """

    words: str
    start: int
    end: int
    topics: tuple[str, ...] = ()
    station: int | None = None


class Gazetteer:
    """All titles and names of the curriculum, found in text by their stemmed words."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    @cached_property
    def _names(self) -> dict[tuple[str, ...], Mention]:
        names: dict[tuple[str, ...], Mention] = {}
        for stop in self._stops:
            self._add(names, stop.title, stop.title, station=stop.number)
        for name_of in (_titles, _other_names):
            for stop in self._stops:
                for topic in stop.topics:
                    for name in name_of(topic):
                        self._add(names, name, topic.title, topic=topic.key)
        return names

    @cached_property
    def _longest(self) -> int:
        return max((len(key) for key in self._names), default=0)

    def station(self, mention: Mention) -> int | None:
        """The number of the station that a mention names, or at which its topic is taught."""
        if mention.station is not None or not mention.topics:
            return mention.station
        return self._catalogue.number(mention.topics[0])

    def number(self, topic: str) -> int | None:
        """The number of the station to go to for a topic."""
        return self._catalogue.number(topic)

    @property
    def _stops(self) -> Sequence[Station]:
        return (*self._catalogue.stations, *self._catalogue.companions)

    def _add(
        self,
        names: dict[tuple[str, ...], Mention],
        name: str,
        title: str = "",
        topic: str | None = None,
        station: int | None = None,
    ) -> None:
        for variant in _variants(name):
            key = tuple(stem(word) for word in _WORD.findall(variant.lower()))
            everyday = len(key) == 1 and key[0] in _TOO_COMMON
            if not key or (everyday and name != title):
                continue
            known = names.get(key, Mention(name, 0, 0))
            topics = (*known.topics, topic) if topic and topic not in known.topics else known.topics
            names[key] = Mention(name, 0, 0, topics, known.station or station)

    def find(self, text: str) -> list[Mention]:
        """Mentions in order of the text, longest name first, without overlap."""
        return list(self._found(text))

    @cached_property
    def _found(self) -> Callable[[str], tuple[Mention, ...]]:
        # A conversation is read anew at each question: its turns repeat.
        return lru_cache(maxsize=512)(self._find)

    def _find(self, text: str) -> tuple[Mention, ...]:
        numbers = {s.number for s in self._catalogue.stations}
        found = [
            Mention(
                f"station {n.group()}",
                m.start() + n.start(),
                m.start() + n.end(),
                station=int(n.group()),
            )
            for m in _NUMBERS.finditer(text)
            for n in re.finditer(r"\d+", m.group())
            if int(n.group()) in numbers
        ]
        lowered = text.lower()
        words = [(m.start(), m.end(), _stem(m.group())) for m in _WORD.finditer(lowered)]
        at = 0
        longest = self._longest
        while at < len(words):
            for length in range(min(longest, len(words) - at), 0, -1):
                key = tuple(word for _, _, word in words[at : at + length])
                name = self._names.get(key)
                if length == 1 and lowered[words[at][0] : words[at][1]] in STOPWORDS:
                    continue  # "Explain …" is no name, though "explainability" is
                start, end = words[at][0], words[at + length - 1][1]
                if name and not any(start < m.end and m.start < end for m in found):
                    found.append(Mention(text[start:end], start, end, name.topics, name.station))
                    at += length - 1
                    break
            at += 1
        return tuple(sorted(found, key=lambda mention: mention.start))


_stem = lru_cache(maxsize=8192)(stem)


def _titles(topic: Topic) -> Iterable[str]:
    return (topic.title,)


def _other_names(topic: Topic) -> Iterable[str]:
    return topic.names


def _variants(name: str) -> Iterable[str]:
    """ "Programming LLMs (DSPy)" also goes by "Programming LLMs" and "DSPy"."""
    yield name
    inside = re.search(r"^(.*?)\s*\(([^)]+)\)\s*(.*)$", name)
    if inside:
        yield f"{inside[1]} {inside[3]}".strip()
        yield inside[2]
