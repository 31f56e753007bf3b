"""The one answering path: command line, chat page and evaluation all go through ``Tutor.stream``.

question → stand-alone → parts → gathered (tutor.gather) → said and checked (tutor.writing)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from index import Hit
from index.search import EVERYWHERE, Found, Index, Scope
from tutor import prompts
from tutor.asking import (
    ask_back,
    clean_question,
    narrowed,
    not_a_question,
    read_intent,
    spelled_out,
    split_question,
    stand_alone,
)
from tutor.check import Check, check_sentence
from tutor.engines.protocol import LazyEngine
from tutor.gather import Gatherer, Part, with_first
from tutor.levels import Level
from tutor.lookup import look_up
from tutor.mentions import Gazetteer
from tutor.navigate import map_evidence
from tutor.records import Answer, Event, Finished, Nearest, Retrieved, Stage, Turn
from tutor.run import Run
from tutor.settings import Settings
from tutor.socratic import hint
from tutor.writing import Writer


class Tutor:
    """Answers questions from one index with one language model.

    Args:
        index: open and checked.
        engine: None answers by quotation alone.
        check: what a sentence of the engine's must pass.
    """

    def __init__(
        self,
        index: Index,
        settings: Settings,
        engine: LazyEngine | None,
        check: Check = check_sentence,
    ) -> None:
        self._check = check
        self._engine: LazyEngine | None = None
        self.use(engine, settings)
        self.reopen(index)

    def use(self, engine: LazyEngine | None, settings: Settings) -> None:
        """Write with another language model from now on; the memory of the old one is freed."""
        self.close()
        self.settings, self._engine = settings, engine
        self._writer = Writer(engine, settings)

    def reopen(self, index: Index) -> None:
        """Answer from another version of the index from now on."""
        self.index = index
        self._names = Gazetteer(index.catalogue)
        self._gatherer = Gatherer(index, self.settings, self._names)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        question_id: str | None = None,
        scope: Scope = EVERYWHERE,
    ) -> Answer:
        """The whole answer. Raises what ``stream`` raises."""
        *_, last = self.stream(question, history, question_id, scope)
        assert isinstance(last, Finished)
        return last.answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        question_id: str | None = None,
        scope: Scope = EVERYWHERE,
        level: Level | None = None,
        socratic: bool | None = None,
        passages: int | None = None,
    ) -> Iterator[Event]:
        """Answer a question, event by event: stages, checked sentences, and the whole at the end.

        Args:
            history: earlier turns, oldest first.
            question_id: echoed in the answer.
            scope: where to look for the answer.
            level: whom the answer is for; the setting by default.
            socratic: hints instead of the answer; the setting by default.
            passages: most chunks to answer with; the setting by default.

        Raises:
            UsageError: the question is empty or too long.
            ModelError, SearchIndexError: a part cannot be used.
        """
        text = clean_question(question, self.settings.question_characters)
        run = self._run(text, question_id, level)
        asked_back = ask_back(spelled_out(text), self._names, history)
        if reply := not_a_question(text) or asked_back:
            run.kind = "unclear"
            yield Finished(run.finish("clarify", reply))
            return
        run.standalone = self.stand_alone(text, history)
        yield Stage("searching")
        parts = self._gathered(run, scope, passages)
        run.lap("retrieve")
        nearby = _interleaved([part.nearby for part in parts])
        yield Retrieved(nearby)
        if not any(part.answered for part in parts):
            nearest = self._nearest(nearby)
            yield Finished(run.finish("abstained", _declined(nearest), nearest))
            return
        yield Stage("reading", f"{len(set().union(*(part.used for part in parts)))} passages")
        yield from self._said(run, parts, self.settings.socratic if socratic is None else socratic)
        run.lap("generate")
        yield Finished(run.finish("answered", _whole(run, parts)))

    def close(self) -> None:
        """Free the language model's memory; the next question would load it again."""
        if self._engine is not None:
            self._engine.close()

    def stand_alone(self, question: str, history: Sequence[Turn]) -> str:
        """The question as it reads without the conversation and without shorthand."""
        return stand_alone(spelled_out(question), history, self._names)

    def search(self, question: str, k: int, scope: Scope = EVERYWHERE) -> Found:
        """What ``tutor search`` shows: the hits for a question, or references for a look-up."""
        text = spelled_out(clean_question(question, self.settings.question_characters))
        found = self.index.search(text, k, narrowed(text, scope))
        kind = read_intent(text)
        if scope != EVERYWHERE or kind not in ("lookup", "path"):
            return found
        if kind == "path":
            return with_first(found, map_evidence(text, self.index, self._names), k)
        cards, _ = look_up(text, self.index, self._names, count=max(1, k // 2))
        return with_first(found, cards, k)

    def _run(self, text: str, question_id: str | None, level: Level | None) -> Run:
        return Run(
            text,
            question_id,
            level or self.settings.level,
            self._engine.name if self._engine else "quotation",
            self.index.manifest.fingerprint,
            self._check,
        )

    def _gathered(self, run: Run, scope: Scope, passages: int | None) -> list[Part]:
        """What answers the question, or each of the questions asked at once."""
        asked = split_question(self.index.mended(run.standalone), self._names)
        count = max(_FEWEST, self.settings.evidence_sentences // len(asked))
        parts = [self._gatherer.gather(part, scope, run.level, count, passages) for part in asked]
        _say_once(parts)
        if len(parts) > 1:
            run.kind = "multi-part"
        else:
            run.kind = "false-premise" if parts[0].correction else parts[0].kind
        # An answer is as sure as the least sure of its parts; one that is not answered is named.
        answered = [p for p in parts if p.answered] or parts
        run.confidence = min(part.confidence for part in answered)
        return parts

    def _said(self, run: Run, parts: Sequence[Part], socratic: bool) -> Iterator[Event]:
        for part in parts:
            if not part.answered:
                continue
            run.new_paragraph()
            told = None
            if socratic:
                weigh = self.index.bm25.idf
                told = hint(part.question, part.kind, part.evidence, weigh)
            if told is None:
                yield from self._writer.say(run, part)
            else:
                yield run.say(told.question, told.read, after=f"\n\n{told.where}")

    def _nearest(self, nearby: Sequence[Hit], count: int = 2) -> tuple[Nearest, ...]:
        """The stations whose passages came nearest, best first."""
        catalogue = self.index.catalogue
        titles = {s.number: s.title for s in catalogue.stations}
        numbers = [
            hit.chunk.station or (catalogue.number(hit.chunk.topic) if hit.chunk.topic else None)
            for hit in nearby
        ]
        best = [n for n in dict.fromkeys(numbers) if n is not None][:count]
        return tuple(Nearest(n, titles[n]) for n in best or (1,))


# Sentences for each of several questions asked at once.
_FEWEST = 3


def _say_once(parts: Sequence[Part]) -> None:
    """Take out of each part what an earlier one says."""
    said: set[str] = set()
    for part in parts:
        rest = [e for e in part.evidence if e.text not in said]
        part.evidence = rest or part.evidence
        said |= {e.text for e in part.evidence}


def _interleaved(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """The hits of several questions in turn, each passage once."""
    ranked = [hit for hits in zip_longest(*rankings) for hit in hits if hit is not None]
    return tuple({hit.chunk.id: hit for hit in reversed(ranked)}.values())[::-1]


def _declined(nearest: Sequence[Nearest]) -> str:
    stations = " and ".join(f"{n.station} ({n.title})" for n in nearest)
    return f"{prompts.ABSTAIN} {prompts.NEAREST.format(stations=stations)}"


def _whole(run: Run, parts: Sequence[Part]) -> str:
    """The text, and which of several questions it leaves unanswered."""
    left = [name for p in parts for name in (p.unspoken if p.answered else (p.question,))]
    return "\n\n".join([run.text(), *(prompts.UNANSWERED.format(part=name) for name in left)])
