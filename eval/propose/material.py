"""What the templates are filled from: topics with their name in running text, and their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from corpus import Curriculum, Section, Station, Topic
from index.lexical import terms
from index.sentences import split_sentences

_SUBJECT = re.compile(r"^(?P<subject>[^.:;]{2,90}?),? (?P<verb>is|are) (?P<rest>.+)$", re.DOTALL)
_ARTICLES = frozenset({"A", "An", "The"})
_BRACKETS = re.compile(r"\s*\([^)]*\)")
# How many sentences of a topic a reference answer takes: the definition, and one more for context.
_OPENING = 2
# Longer ones hold a verb of their own.
_SUBJECT_WORDS = 8


@dataclass(frozen=True)
class Part:
    """A stretch of a topic under a heading of its own.

    Attributes:
        heading: "" for the topic's opening.
    """

    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """A topic, ready to be asked about.

    Attributes:
        subject: its name within a sentence: "LoRA", "an activation function".
        verb: is or are, as its definition has it.
        predicate: the definition after the verb.
        lower: words that the curriculum writes in lower case.
    """

    topic: Topic
    station: Station
    subject: str
    verb: str
    predicate: str
    parts: tuple[Part, ...]
    lower: frozenset[str]

    @property
    def key(self) -> str:
        return self.topic.key

    @property
    def does(self) -> str:
        """The auxiliary that agrees with the subject."""
        return "does" if self.verb == "is" else "do"

    @property
    def opening(self) -> str:
        """The first sentences: what it is."""
        return " ".join(self.parts[0].sentences[:_OPENING])

    @property
    def names(self) -> tuple[str, ...]:
        return (self.topic.title, *self.topic.names)

    def inside(self, phrase: str) -> str:
        """A phrase from the beginning of a sentence, as it stands within one."""
        return _inside(phrase, self.lower)

    @cached_property
    def text(self) -> str:
        return " ".join(sentence for part in self.parts for sentence in part.sentences)


def entries(curriculum: Curriculum) -> list[Entry]:
    """All topics whose first sentence defines them, in the order of the curriculum.

    Measured: 166 of 170; the others open otherwise, and a person has to write their questions.
    """
    parts = _parts(curriculum)
    stops = (*curriculum.stations, *curriculum.companions)
    # A capital that never stands inside a sentence is there because a sentence begins.
    lower = frozenset(word for found in parts.values() for word in _lower_words(found))
    made = (
        _entry(topic, stop, tuple(parts[topic.key]), lower)
        for stop in stops
        for topic in stop.topics
    )
    return [entry for entry in made if entry]


def _parts(curriculum: Curriculum) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for document in curriculum.documents:
        for section in document.sections:
            if document.kind == "curriculum" and section.topic:
                part = _part(section, document.text)
                found.setdefault(document.key(section.topic), []).append(part)
    return found


def _part(section: Section, text: str) -> Part:
    # The path runs from the line over station and topic to the heading.
    heading = section.path[3] if len(section.path) > 3 else ""
    return Part(heading, tuple(split_sentences(text[section.start : section.end])))


def _lower_words(parts: list[Part]) -> set[str]:
    return {
        word
        for part in parts
        for sentence in part.sentences
        for word in re.findall(r"(?<![\w-])[a-z][\w-]*", sentence)
    }


def _entry(
    topic: Topic, station: Station, parts: tuple[Part, ...], lower: frozenset[str]
) -> Entry | None:
    defined = _defined(topic, parts[0].sentences[0]) if not parts[0].heading else None
    if defined is None:
        return None
    subject, verb, predicate = defined
    return Entry(topic, station, _inside(subject, lower), verb, predicate, parts, lower)


def _defined(topic: Topic, sentence: str) -> tuple[str, str, str] | None:
    """Subject, its is or are, and what a sentence says of it; None if it is not the topic."""
    names = {term for name in (topic.title, *topic.names) for term in terms(name)}
    match = _SUBJECT.match(sentence)
    subject = _BRACKETS.sub("", match["subject"]).split(",")[0] if match else ""
    if match and len(subject.split()) <= _SUBJECT_WORDS and names & set(terms(subject)):
        return subject, match["verb"], match["rest"]
    title = _BRACKETS.sub("", topic.title)
    if sentence.lower().startswith(title.lower()):
        verb = "are" if re.search(r"[^s]s$", title) else "is"
        return sentence[: len(title)], verb, sentence[len(title) :]
    return None


def _inside(phrase: str, lower: frozenset[str]) -> str:
    first, *rest = phrase.split()
    is_name = any(re.match("[A-Z][a-z]", word) for word in rest)  # "Adapt and Align"
    is_name = is_name or bool(re.search("[A-Z]", first[1:]))  # "ReAct", although "react" is a word
    if first in _ARTICLES or (first.lower() in lower and not is_name):
        return phrase[0].lower() + phrase[1:]
    return phrase
