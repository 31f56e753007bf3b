"""The tutor as a system to be measured: its one answering path, with all that it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from eval.golden import Message
from eval.records import Passage, Quoted, Reply, Said
from index import Chunk, Hit
from tutor.answer import Tutor
from tutor.app import Say, open_tutor
from tutor.records import Answer, Citation, Finished, Retrieved, Turn
from tutor.settings import Settings

# Ten for the rankings; more would only swell the files of a run.
_KEPT = 10


class TutorSystem:
    """The tutor with some settings.

    Args:
        tutor: with its language model.
        name: as it stands in tables.
    """

    # One llama.cpp model takes one question at a time.
    workers = 1

    def __init__(self, tutor: Tutor, name: str = "tutor") -> None:
        self.name, self._tutor = name, tutor
        if tutor.settings.written_sentences == 0:
            self.workers = 2
        never = tutor.settings.model_copy(update={"answer_threshold": 0.0})
        self._never_declining = Tutor(tutor.index, never, None)

    def describe(self) -> dict[str, str | int | float | bool]:
        settings = self._tutor.settings
        return {
            "model": "bundled" if settings.model == "bundled" else Path(settings.model).name,
            "embedding_model": self._tutor.index.manifest.model,
            "reranker": settings.reranker,
            "passages": settings.passages,
            "evidence_sentences": settings.evidence_sentences,
            "written_sentences": settings.written_sentences,
            "answer_threshold": settings.answer_threshold,
            "check": _check_of(settings),
            "gate": "bundled" if settings.gate == "bundled" else "of one's own",
            "index": self._tutor.index.manifest.fingerprint,
            "chunks": self._tutor.index.manifest.chunks,
        }

    def ask(self, question: str, history: Sequence[Message]) -> Reply:
        turns = [Turn(message.role, message.content) for message in history]
        retrieved: tuple[Hit, ...] = ()
        for event in self._tutor.stream(question, turns):
            if isinstance(event, Retrieved):
                retrieved = event.hits
            elif isinstance(event, Finished):
                answer = event.answer
        withheld = self._withheld(question, turns) if answer.status == "abstained" else ""
        return self._reply(answer, retrieved, withheld)

    def _withheld(self, question: str, turns: Sequence[Turn]) -> str:
        """What was not answered for lack of confidence; nothing if there is no evidence at all."""
        answer = self._never_declining.ask(question, turns)
        return answer.answer if answer.status == "answered" else ""

    def close(self) -> None:
        self._tutor.close()

    def _reply(self, answer: Answer, retrieved: Sequence[Hit], withheld: str) -> Reply:
        timings = {n: t for n, t in answer.timings_ms.items() if n != "first_token"}
        if answer.sentences:
            timings["first_sentence"] = answer.timings_ms["first_token"]
        return Reply(
            status=answer.status,
            answer=answer.answer,
            standalone_question=answer.standalone_question,
            read_as=answer.kind,
            sentences=[
                Said(text=s.text, citations=list(s.citations), support=s.support)
                for s in answer.sentences
            ],
            citations=[self._quoted(citation) for citation in answer.citations],
            nearest=[nearest.station for nearest in answer.nearest],
            retrieved=[passage(hit.chunk, hit.score) for hit in retrieved[:_KEPT]],
            confidence=None if answer.status == "clarify" else answer.confidence,
            withheld=withheld,
            model=answer.model,
            timings_ms=timings,
            tokens=answer.tokens,
        )

    def _quoted(self, citation: Citation) -> Quoted:
        text = self._tutor.index.texts.text(citation.document_id)
        return Quoted(
            n=citation.n,
            title=citation.title,
            section=citation.section,
            station=citation.station,
            url=citation.url,
            document_id=citation.document_id,
            quote=citation.quote,
            verbatim=text[citation.start : citation.end] == citation.quote,
        )


def _check_of(settings: Settings) -> str:
    if not settings.entailment_model:
        return "bundled"
    return f"{settings.entailment} {Path(settings.entailment_model).name}"


def passage(chunk: Chunk, score: float = 0.0) -> Passage:
    """A chunk that was found, as a passage."""
    keys = [key for key in (chunk.topic, *chunk.urls) if key]
    whole = chunk.document_id if chunk.kind == "reference" else chunk.id
    return Passage(
        id=chunk.id,
        unit=chunk.topic or whole,
        keys=keys,
        title=chunk.title,
        section=chunk.section,
        kind=chunk.kind,
        station=chunk.station,
        text=chunk.text,
        score=round(score, 4),
    )


def open_tutor_system(settings: Settings, say: Say) -> TutorSystem:
    """The tutor as its users have it.

    Args:
        say: told in a line what takes long.

    Raises:
        TutorError: one of its parts cannot be used.
    """
    return TutorSystem(open_tutor(settings, say))
