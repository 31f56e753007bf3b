"""One question on its way to an answer: what was said so far, and with which citations."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tutor.check import Check, Verdict
from tutor.comparing import Table, joints
from tutor.evidence import Evidence, is_block
from tutor.levels import Level
from tutor.links import link, site
from tutor.records import Answer, AnswerKind, Citation, Nearest, Sentence, Spoken, Status

_TIMINGS = ("retrieve", "first_token", "generate", "verify")


@dataclass
class Run:
    """One question on its way to an answer.

    Attributes:
        around: Markdown before and after each sentence.
        itemised: whether every sentence is a paragraph of its own.
        notes: what is told beside the answer.
        tokens: written by the language model.
    """

    question: str
    question_id: str | None
    level: Level
    model: str
    fingerprint: str
    check: Check
    standalone: str = ""
    kind: AnswerKind = "other"
    confidence: float = 0.0
    sentences: list[Sentence] = field(default_factory=list)
    around: list[tuple[str, str]] = field(default_factory=list)
    itemised: bool = False
    notes: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)
    tokens: int = 0
    started: float = field(default_factory=time.perf_counter)
    _opens: bool = False

    def lap(self, name: str) -> None:
        """Note the time since the last lap, in milliseconds."""
        self.timings[name] = self._elapsed() - sum(
            self.timings.get(n, 0.0) for n in ("retrieve", "generate")
        )

    def checked(self, sentence: str, evidence: Sequence[Evidence]) -> Verdict:
        """What the check finds; its time is kept apart from the writing."""
        started = time.perf_counter()
        verdict = self.check(sentence, [e.text for e in evidence])
        self.timings["verify"] = self.timings.get("verify", 0.0) + 1000 * (
            time.perf_counter() - started
        )
        return verdict

    def counted(self, pieces: Iterable[str]) -> Iterator[str]:
        """The pieces, each counted as a token of the language model."""
        for piece in pieces:
            self.tokens += 1
            yield piece

    def say(
        self,
        text: str,
        evidence: Sequence[Evidence],
        before: str | None = None,
        after: str = "",
        lead: str = "",
    ) -> Spoken:
        """Add a checked sentence; its evidence is numbered in the order of use.

        Args:
            before, after: Markdown around it; a space or an empty line by default.
            lead: words of the tutor's own that introduce it.
        """
        new: list[Citation] = []
        numbers = []
        for item in evidence:
            known = next((c for c in self.citations if _same(c, item)), None)
            if known is None:
                known = _citation(len(self.citations) + 1, item)
                self.citations.append(known)
                new.append(known)
            numbers.append(known.n)
        self.timings.setdefault("first_token", self._elapsed())
        sentence = Sentence(text, tuple(numbers), "supported")
        before = (self._gap(text) if before is None else before) + lead
        self.sentences.append(sentence)
        self.around.append((before, after))
        return Spoken(sentence, tuple(new), before, after)

    def tabulate(self, told: Table) -> Iterator[Spoken]:
        """Add a table, cell by cell."""
        cells, closing = joints(told)
        last = len(cells) - 1
        for number, (before, cell) in enumerate(cells):
            opening = "\n\n" if number == 0 and self.sentences else ""
            after = closing if number == last else ""
            yield self.say(cell.text, [cell.evidence], opening + before, after)

    def new_paragraph(self) -> None:
        """Let the next sentence begin a paragraph."""
        self._opens = True

    def _gap(self, text: str) -> str:
        opens, self._opens = self._opens, False
        if not self.sentences:
            return ""
        opens = opens or self.itemised or is_block(text) or self._after_block()
        return "\n\n" if opens else " "

    def _after_block(self) -> bool:
        return bool(self.around[-1][1]) or is_block(self.sentences[-1].text)

    def text(self) -> str:
        """The answer in Markdown with its markers."""
        said = zip(self.sentences, self.around, strict=True)
        return "".join(before + sentence.marked + after for sentence, (before, after) in said)

    def finish(self, status: Status, text: str, nearest: tuple[Nearest, ...] = ()) -> Answer:
        """The record of the answer."""
        timings = {name: round(self.timings.get(name, 0.0), 1) for name in _TIMINGS}
        return Answer(
            id=self.question_id,
            question=self.question,
            standalone_question=self.standalone or self.question,
            status=status,
            answer=text,
            sentences=tuple(self.sentences),
            citations=tuple(self.citations),
            nearest=nearest,
            model=self.model,
            index=self.fingerprint,
            timings_ms={**timings, "total": round(self._elapsed(), 1)},
            kind=self.kind,
            confidence=round(self.confidence, 3),
            tokens=self.tokens,
            notes=tuple(self.notes),
        )

    def _elapsed(self) -> float:
        return 1000 * (time.perf_counter() - self.started)


def _same(citation: Citation, evidence: Evidence) -> bool:
    return (citation.document_id, citation.start) == (evidence.chunk.document_id, evidence.span[0])


def _citation(number: int, evidence: Evidence) -> Citation:
    chunk = evidence.chunk
    return Citation(
        n=number,
        chunk_id=chunk.id,
        document_id=chunk.document_id,
        title=chunk.title,
        section=chunk.section_at(evidence.span[0]),
        station=chunk.station,
        url=chunk.url,
        urls=chunk.urls,
        site=site(chunk.url),
        page=chunk.page,
        link=link(chunk, evidence.text),
        quote=evidence.text,
        start=evidence.span[0],
        end=evidence.span[1],
        score=round(evidence.score, 3),
    )
