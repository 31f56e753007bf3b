"""What the corpus hands on: documents with their sections, stations, topics and references."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Line = Literal["foundational", "scientist", "engineer"]
Kind = Literal["curriculum", "map", "card", "reference", "mine"]
ReferenceKind = Literal["book", "video", "paper", "course", "repository", "docs", "post", "tool"]

LINES: tuple[Line, ...] = ("foundational", "scientist", "engineer")


@dataclass(frozen=True, slots=True)
class Section:
    """One stretch of a document under one heading.

    Attributes:
        path: headings from the document's title down to this section.
        start, end: code points of the document's text; ``text[start:end]`` is the body without
            its heading.
        topic: id of the topic that the section belongs to ("lora"), if any.
        anchor: the id under which a link reaches the heading on its page, if any.
        page: 1-based page or slide that it stands on, where there are pages.
    """

    path: tuple[str, ...]
    start: int
    end: int
    topic: str | None = None
    anchor: str | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One text of the corpus; every quotation of the tutor is a slice of ``text``.

    Attributes:
        id: stable name, e.g. "curriculum/stations/07-supervised-fine-tuning.md".
        text: the whole text; for curriculum files the file itself, front matter included.
        kind: a card is the sentence about a reference in the curriculum's list; the reference is
            its full text, once it has been fetched.
        url: where it is read on the web, if it is.
        urls: all addresses under which the same text was found, ``url`` first.
        stations: numbers of all stations that cite it, where it is a reference.
        hidden: phrases to index with a topic and never to show, keyed by topic id.
    """

    id: str
    title: str
    text: str
    kind: Kind
    sections: tuple[Section, ...]
    station: int | None = None
    line: Line | None = None
    url: str | None = None
    urls: tuple[str, ...] = ()
    stations: tuple[int, ...] = ()
    hidden: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def key(self, topic: str) -> str:
        """Key of one of its topics: "supervised-fine-tuning/lora" (``Topic.key``)."""
        file = self.id.rsplit("/", 1)[-1].removesuffix(".md")
        return f"{file.lstrip('0123456789-')}/{topic}"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a station or companion, with the words under which learners look for it.

    Attributes:
        key: "file-id/topic-id", unique in the curriculum.
        names: other names and abbreviations.
        asked_as: everyday wordings of people who do not know the name.
    """

    key: str
    id: str
    title: str
    names: tuple[str, ...] = ()
    asked_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Station:
    """A station of the metro map, or a companion stop (then ``number`` is None).

    Attributes:
        prerequisites: ids of the stations directly before this one.
        near: for a companion, the number of the station that it accompanies.
    """

    id: str
    number: int | None
    title: str
    line: Line
    prerequisites: tuple[str, ...]
    topics: tuple[Topic, ...]
    near: int | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A link that the curriculum cites, as data.

    Attributes:
        stations: numbers of the stations that cite it.
        topics: keys of the topics that it serves.
        cited_in: numbers of the source documents that hold the link.
    """

    url: str
    title: str
    kind: ReferenceKind
    authors: tuple[str, ...]
    stations: tuple[int, ...]
    topics: tuple[str, ...]
    cited_in: tuple[str, ...]
    good_for: str


@dataclass(frozen=True, slots=True)
class Curriculum:
    """The whole curriculum, validated: 18 stations, the companions, and all references."""

    stations: tuple[Station, ...]
    companions: tuple[Station, ...]
    references: tuple[Reference, ...]
    documents: tuple[Document, ...]
