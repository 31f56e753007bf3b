"""The corpus as somebody would hand it to another library: plain texts, without our sections.

What our loader knows of a stretch of text (its topic, its address) is kept beside the text: it says
what a retrieved stretch holds, and no other system sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus import Document

_FRONT_MATTER_END = "\n---\n"
_LIST = "curriculum/references"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a stretch of a text holds.

    Attributes:
        start, end: code points of the text.
        keys: topics ("file-id/topic-id") and addresses.
    """

    start: int
    end: int
    keys: tuple[str, ...]
    section: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text to retrieve from."""

    id: str
    title: str
    kind: str
    station: int | None
    text: str
    marks: tuple[Mark, ...]

    def held(self, start: int, end: int) -> list[Mark]:
        """The marks of which ``text[start:end]`` holds some of the text."""
        return [mark for mark in self.marks if mark.start < end and start < mark.end]


def plain_texts(documents: Sequence[Document]) -> list[Text]:
    """The texts of documents as files hold them: the list of references is one text.

    The right passage stands among the first two for 0.79 of the questions of dev (0.89 among the
    first ten). With each reference as a text of its own, and the map, it is 0.62: single sentences
    take the places. The map is left out: our loader words it, and the files say the same (0.75).
    """
    cards = [document for document in documents if document.kind == "card"]
    others = [_text(d) for d in documents if d.kind not in ("card", "map")]
    return [*others, _list_of(cards)] if cards else others


def _text(document: Document) -> Text:
    offset = _body(document)
    marks = tuple(
        Mark(
            max(0, section.start - offset),
            max(0, section.end - offset),
            _keys(document, section.topic),
            " > ".join(section.path),
        )
        for section in document.sections
    )
    return Text(
        document.id,
        document.title,
        document.kind,
        document.station,
        document.text[offset:],
        marks,
    )


def _keys(document: Document, topic: str | None) -> tuple[str, ...]:
    if topic is None:
        return document.urls
    return (document.key(topic), *document.urls)


def _body(document: Document) -> int:
    """Where the text begins after its front matter.

    Front matter is for our loader. Left in, it changes little (dev: 0.85 instead of 0.87 among the
    first ten), and the questions that it lists would be quoted in answers.
    """
    if document.kind != "curriculum" or not document.text.startswith("---\n"):
        return 0
    return document.text.index(_FRONT_MATTER_END) + len(_FRONT_MATTER_END)


def _list_of(cards: Iterable[Document]) -> Text:
    lines: list[str] = []
    marks: list[Mark] = []
    at = 0
    for card in cards:
        marks.append(Mark(at, at + len(card.text), card.urls, f"References > {card.title}"))
        lines.append(f"{card.text}\n")
        at += len(lines[-1])
    return Text(_LIST, "References", "card", None, "".join(lines), tuple(marks))
