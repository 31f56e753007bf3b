"""What the log hands on: conversations, their turns, and answers as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from corpus.errors import HomeError
from index import Hit
from tutor.records import Answer, Citation, Nearest, Sentence

# As many as the page shows (ui/panes/evidence.py); a search hands on sixty and more.
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of the log.

    Attributes:
        title: its first question, unless it was renamed.
        started: seconds since the epoch.
        turns: how many questions it holds.
    """

    id: str
    title: str
    started: float
    turns: int


@dataclass(frozen=True, slots=True)
class LoggedTurn:
    """A question with its answer, as the log keeps them.

    Attributes:
        number: 1-based, in its conversation.
        asked: seconds since the epoch.
        answer: as ``Answer.as_json``; ``answer_from_json`` reads it.
        retrieved: what was found and not cited, best first, as ``uncited`` gives it.
    """

    number: int
    asked: float
    question: str
    answer: dict[str, Any]
    retrieved: list[dict[str, Any]]


def uncited(hits: Sequence[Hit], answer: Answer) -> list[dict[str, Any]]:
    """The first twenty passages of a search that its answer does not cite, best first.

    Returns:
        Objects {rank, chunk_id, document_id, title, section, station, url, text, score}; the rank
        is that of the search, 1-based.
    """
    cited = {citation.chunk_id for citation in answer.citations}
    found = [hit for hit in hits if hit.chunk.id not in cited]
    return [
        {
            "rank": hit.rank,
            "chunk_id": hit.chunk.id,
            "document_id": hit.chunk.document_id,
            "title": hit.chunk.title,
            "section": hit.chunk.section,
            "station": hit.chunk.station,
            "url": hit.chunk.url,
            "text": hit.chunk.text,
            "score": round(float(hit.score), 4),
        }
        for hit in found[:_KEPT]
    ]


def answer_from_json(kept: dict[str, Any]) -> Answer:
    """The answer that ``Answer.as_json`` wrote, also by an earlier or a later tutor.

    What it does not know it leaves out; what is missing has its default.

    Raises:
        HomeError: a field without a default is missing, or one has another form.
    """
    try:
        answer = {
            **_known(Answer, kept),
            "sentences": tuple(
                Sentence(s["text"], tuple(s["citations"]), s["support"])
                for s in kept.get("sentences", ())
            ),
            "citations": tuple(_citation(each) for each in kept.get("citations", ())),
            "nearest": tuple(Nearest(**_known(Nearest, n)) for n in kept.get("nearest", ())),
            "notes": tuple(kept.get("notes", ())),
        }
        return Answer(**answer)
    except (KeyError, TypeError, AttributeError) as fault:
        raise HomeError(f"an answer in the conversation log cannot be read ({fault})") from fault


def _citation(kept: dict[str, Any]) -> Citation:
    return Citation(**{**_known(Citation, kept), "urls": tuple(kept.get("urls", ()))})


def _known(record: Any, kept: dict[str, Any]) -> dict[str, Any]:
    return {field.name: kept[field.name] for field in fields(record) if field.name in kept}
