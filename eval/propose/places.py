"""Where an answer was taken from, as a golden question names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpus import Curriculum, Document

_OWN = "mine/"


@dataclass(frozen=True, slots=True)
class Found:
    """Topics and references behind an answer, in the order of its citations.

    Attributes:
        station: of the first citation that has one.
        sections: keys of topics.
        urls: addresses of references.
    """

    station: int | None
    sections: tuple[str, ...]
    urls: tuple[str, ...]


class Places:
    """The topics and references of a curriculum, to be found by citations."""

    def __init__(self, curriculum: Curriculum) -> None:
        self._documents = {d.id: d for d in curriculum.documents if d.kind == "curriculum"}
        self._urls = {reference.url for reference in curriculum.references}

    def of(self, answer: dict[str, Any]) -> Found:
        """What the citations of an answer (``Answer.as_json``) name."""
        citations = answer.get("citations", [])
        topics = [self._topic(citation) for citation in citations]
        urls = [u for c in citations for u in (c["url"], *c.get("urls", ())) if u in self._urls]
        stations = [c["station"] for c in citations if c["station"] is not None]
        return Found(
            next(iter(stations), None),
            tuple(dict.fromkeys(topic for topic in topics if topic)),
            tuple(dict.fromkeys(urls)),
        )

    def own_alone(self, answer: dict[str, Any]) -> bool:
        """Whether it rests on the learner's own documents, which no golden set has."""
        citations = answer.get("citations", [])
        return bool(citations) and all(c["document_id"].startswith(_OWN) for c in citations)

    def _topic(self, citation: dict[str, Any]) -> str | None:
        document = self._documents.get(citation["document_id"])
        if document is None:
            return None
        at = _position(document, citation)
        for section in document.sections:
            if section.topic and section.start <= at < section.end:
                return document.key(section.topic)
        return None


def _position(document: Document, citation: dict[str, Any]) -> int:
    """Where the quotation stands now: the curriculum may have been edited since; -1 for nowhere."""
    start, quote = int(citation["start"]), citation["quote"]
    return start if document.text.startswith(quote, start) else document.text.find(quote)
