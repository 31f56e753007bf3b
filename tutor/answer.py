"""The one answering path: command line, chat page and evaluation all go through ``Tutor.stream``.

question → stand-alone → intent → search → gate → evidence → draft → check → sentences, cited
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from corpus.errors import UsageError
from index import Hit
from index.search import CANDIDATES, CURRICULUM, EVERYWHERE, Found, Index, Scope
from index.sentences import split_sentences
from tutor import gate, prompts
from tutor.check import Check, check_sentence
from tutor.condense import stand_alone
from tutor.evidence import Evidence, choose_evidence
from tutor.intent import read_intent
from tutor.lookup import look_up
from tutor.mentions import Gazetteer
from tutor.navigate import map_evidence, station_evidence
from tutor.records import (
    Answer,
    Event,
    Finished,
    Nearest,
    Retrieved,
    Stage,
    Turn,
)
from tutor.run import Run, is_block
from tutor.settings import Settings

# Invisible and control characters: nobody types them, and an injected text may hide in them.
# Invisible ones may stand inside a word; control characters divide words.
_INVISIBLE, _CONTROL = {"Cf", "Co", "Cs"}, {"Cc"}
# The model likes to repeat the passages' numbers and quotation marks.
_LIST_MARK = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s*")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s|\n")


# What a learner may narrow a question to.
ONLY: dict[str, tuple[str, ...]] = {
    "curriculum": ("curriculum", "map"),
    "references": ("reference",),
    "mine": ("mine",),
}


def scope_of(only: str | None, station: int | None) -> Scope:
    """Where to look, by the names that learners use.

    Args:
        only: "curriculum", "references" or "mine"; None for all of them.
        station: number of a station; None for all.

    Raises:
        UsageError: another name, or a number that is on no map.
    """
    if only is not None and only not in ONLY:
        raise UsageError(f"there is no {only!r} to look in; there are: {', '.join(ONLY)}")
    if station is not None and not 1 <= station <= _STATIONS:
        raise UsageError(f"there is no station {station}; all of them: tutor stations")
    return Scope(ONLY[only] if only else EVERYWHERE.kinds, station)


_STATIONS = 18
# No reference knows the order of the stations.
ABOUT_THE_MAP = Scope(CURRICULUM)


class Engine(Protocol):
    """A language model that writes; ``tutor.llama.LlamaEngine`` is the bundled one's."""

    name: str

    def stream(
        self, messages: Sequence[tuple[str, str]], *, max_tokens: int, temperature: float
    ) -> Iterator[str]:
        """Text of the assistant's turn, piece by piece."""


class LazyEngine(Protocol):
    """Loads the engine at first use: declining, looking up and navigating need none."""

    name: str

    def __call__(self) -> Engine:
        """The loaded engine."""

    def close(self) -> None:
        """Free it, if it has been loaded."""


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
        self.index, self.settings, self._engine, self._check = index, settings, engine, check
        self._gate = gate.load(settings.gate_file)
        self._names = Gazetteer(index.catalogue)

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
    ) -> Iterator[Event]:
        """Answer a question, event by event: stages, checked sentences, and the whole at the end.

        Args:
            history: earlier turns, oldest first.
            question_id: echoed in the answer.
            scope: where to look for the answer.

        Raises:
            UsageError: the question is empty or too long.
            ModelError, SearchIndexError: a part cannot be used.
        """
        text = clean_question(question, self.settings.question_characters)
        run = Run(
            text,
            question_id,
            scope,
            self._engine.name if self._engine else "quotation",
            self.index.manifest.fingerprint,
            self._check,
        )
        if reply := _not_a_question(text):
            yield Finished(run.finish("clarify", reply))
            return
        run.standalone = self.stand_alone(text, history)
        yield Stage("searching")
        evidence = self._evidence(run)
        run.lap("retrieve")
        yield Retrieved(run.nearby)
        if not evidence:
            yield Finished(run.finish("abstained", self._declined(run), self._nearest(run)))
            return
        yield Stage("reading", f"{len({e.chunk.id for e in evidence})} passages")
        yield from self._spoken(run, evidence)
        run.lap("generate")
        yield Finished(run.finish("answered", run.text()))

    def close(self) -> None:
        """Free the language model's memory; the next question would load it again."""
        if self._engine is not None:
            self._engine.close()

    def stand_alone(self, question: str, history: Sequence[Turn]) -> str:
        """The question as it reads without the conversation."""
        return stand_alone(question, history, self._names)

    def narrowed(self, question: str, scope: Scope) -> Scope:
        """Where a question can be answered: those about the map by the curriculum alone."""
        about_the_map = scope == EVERYWHERE and read_intent(question) == "path"
        return ABOUT_THE_MAP if about_the_map else scope

    def search(self, question: str, k: int, scope: Scope = EVERYWHERE) -> Found:
        """What ``tutor search`` shows: the hits for a question, or references for a look-up."""
        text = clean_question(question, self.settings.question_characters)
        found = self.index.search(text, k, self.narrowed(text, scope))
        kind = read_intent(text)
        if scope != EVERYWHERE or kind not in ("lookup", "path"):
            return found
        if kind == "path":
            return _with_first(found, map_evidence(text, self.index, self._names), k)
        cards, _ = look_up(text, self.index, self._names, count=max(1, k // 2))
        return _with_first(found, cards, k)

    def _evidence(self, run: Run) -> list[Evidence]:
        """The sentences to answer with; empty if the corpus does not answer the question."""
        question, settings = run.standalone, self.settings
        run.scope = self.narrowed(question, run.scope)
        run.found = self.index.search(question, CANDIDATES, run.scope)
        run.nearby = run.found.hits
        run.kind = read_intent(run.found.query.text)  # its spelling is mended
        on_the_map = "map" in run.scope.kinds and run.scope.station is None
        if (
            on_the_map
            and run.kind == "definition"
            and (station := self._station_named(run.found.query.text))
        ):
            run.kind, run.confidence = "path", 1.0
            return station_evidence(station, self.index)[: settings.evidence_sentences]
        if (
            on_the_map
            and run.kind == "path"
            and (way := map_evidence(question, self.index, self._names))
        ):
            run.confidence = 1.0  # computed from the map, not estimated
            run.nearby = _with_first(run.found, way, CANDIDATES).hits
            return [*way, *self._about_the_map(run, way)][: settings.evidence_sentences]
        run.found = self._answering(run, run.found)
        if not run.found.hits:
            return []
        if run.kind == "lookup" and run.scope.kinds != ONLY["mine"]:
            cards, _ = look_up(question, self.index, self._names, station=run.scope.station)
            if cards and cards[0].score >= _CARD_FITS:
                run.nearby = _with_first(run.found, cards, CANDIDATES).hits
                return cards
        compares = run.kind == "comparison" and on_the_map
        sides = self._sides(run.found.query.text) if compares else ()
        return choose_evidence(self.index, run.found, run.kind, settings.evidence_sentences, sides)

    def _answering(self, run: Run, found: Found) -> Found:
        """The hits of those sides of the corpus that answer the question, the best few."""
        answering: list[Hit] = []
        for side in gate.KINDS:
            hits = gate.hits_of(found, side)
            sure = self._gate[side](gate.features(self.index, found, side)) if hits else 0.0
            run.confidence = max(run.confidence, sure)
            answering += hits if sure >= self.settings.answer_threshold else ()
        best = sorted(answering, key=lambda hit: hit.rank)[: self.settings.passages]
        return replace(found, hits=tuple(best))

    def _station_named(self, question: str) -> int | None:
        """The station that a question names, if it names no topic: "What is Emerging Trends?"."""
        mentions = self._names.find(question)
        if len(mentions) != 1 or mentions[0].station is None:
            return None
        mention = mentions[0]
        titles = {s.number: s.title.lower() for s in self.index.catalogue.stations}
        exact = mention.words.lower() == titles[mention.station]
        return mention.station if exact or not mention.topics else None

    def _about_the_map(self, run: Run, way: Sequence[Evidence]) -> list[Evidence]:
        """What the companion on the map says beside the computed sentences, if they are few."""
        if len(way) > _FEW or run.found is None:
            return []
        hits = tuple(h for h in run.found.hits if h.chunk.document_id == _MAP_COMPANION)
        if not hits:
            return []
        found = replace(run.found, hits=hits)
        return choose_evidence(self.index, found, run.kind, _FEW)

    def _sides(self, question: str) -> tuple[str, ...]:
        """Topics of the two things that a comparison names, if it names two of the curriculum's."""
        topics = [m.topics[0] for m in self._names.find(question) if m.topics]
        sides = tuple(dict.fromkeys(topics))
        return sides[:2] if len(sides) >= 2 else ()

    def _spoken(self, run: Run, evidence: Sequence[Evidence]) -> Iterator[Event]:
        """Checked sentences: the model's where they hold, quotations for the rest."""
        # The opening is quoted at once: a learner reads it while the model reads the rest.
        yield run.say(evidence[0].text, [evidence[0]])
        waiting = list(evidence[1:])
        writes = self._writes(run, evidence)
        if writes:
            yield Stage("writing")
        for sentence in self._drafted(run, evidence) if writes else ():
            verdict = run.checked(sentence, evidence)
            used = [evidence[i] for i in verdict.passages]
            if verdict.support != "supported" or not any(e in waiting for e in used):
                continue
            # What stands before it in the reading order is quoted first.
            first = min(evidence.index(e) for e in used)
            for earlier in [e for e in waiting if evidence.index(e) < first]:
                waiting.remove(earlier)
                yield run.say(earlier.text, [earlier])
            waiting = [e for e in waiting if e not in used]
            yield run.say(sentence, used)
        for left in waiting:
            yield run.say(left.text, [left])

    def _writes(self, run: Run, evidence: Sequence[Evidence]) -> bool:
        """Whether the model has a say: the map and the references are quoted as data."""
        return (
            self._engine is not None
            and self.settings.written_sentences > 0
            and run.kind not in ("path", "lookup")
            and len(evidence) > 2
        )

    def _drafted(self, run: Run, evidence: Sequence[Evidence]) -> Iterator[str]:
        """Sentences of the model's draft as they are completed, without markers."""
        assert self._engine is not None
        prose = [e.text for e in evidence[1:] if not is_block(e.text)]
        messages = prompts.write_messages(run.standalone, prose[: self.settings.written_sentences])
        pieces = self._engine().stream(
            messages,
            max_tokens=self.settings.answer_tokens,
            temperature=self.settings.temperature,
        )
        # An engine that ignores its limit is cut off here.
        for sentence in _sentences(run.counted(islice(pieces, self.settings.answer_tokens))):
            yield _LIST_MARK.sub("", sentence).strip('"“” ')

    def _declined(self, run: Run) -> str:
        nearest = self._nearest(run)
        stations = " and ".join(f"{n.station} ({n.title})" for n in nearest)
        return f"{prompts.ABSTAIN} {prompts.NEAREST.format(stations=stations)}"

    def _nearest(self, run: Run, count: int = 2) -> tuple[Nearest, ...]:
        """The stations whose passages came nearest, best first."""
        catalogue = self.index.catalogue
        titles = {s.number: s.title for s in catalogue.stations}
        numbers = [
            hit.chunk.station or (catalogue.number(hit.chunk.topic) if hit.chunk.topic else None)
            for hit in run.nearby
        ]
        best = [n for n in dict.fromkeys(numbers) if n is not None][:count]
        return tuple(Nearest(n, titles[n]) for n in best or (1,))


# The best card scores 2.05 and more on the ten dev look-ups, and 1.46 at most on the 38 dev
# questions from out of and near the domain.
_CARD_FITS = 1.6
_MAP_COMPANION = "curriculum/companions/about-the-map.md"
# A question about the map that the graph answers in this many sentences has room for as many more.
_FEW = 2


def clean_question(question: str, limit: int) -> str:
    """The question without invisible characters and needless white space.

    Raises:
        UsageError: nothing is left, or more than ``limit`` characters are.
    """
    visible = "".join(
        " " if unicodedata.category(c) in _CONTROL else c
        for c in question
        if unicodedata.category(c) not in _INVISIBLE
    )
    text = " ".join(visible.split())
    if not text:
        raise UsageError('the question is empty; try: tutor ask "What is LoRA?"')
    if len(text) > limit:
        raise UsageError(
            f"the question has {len(text)} characters, at most {limit} are taken; shorten it"
        )
    return text


def _not_a_question(text: str) -> str | None:
    """A short reply to what holds no words to search by, or words of another script."""
    letters = [c for c in text if c.isalpha()]
    if sum(c.isascii() for c in letters) * 2 < len(letters):
        return prompts.ENGLISH_ONLY
    return None if len(letters) >= 2 else prompts.CLARIFY


def _sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Whole sentences of streamed text, as soon as each is complete."""
    buffer = ""
    for piece in pieces:
        buffer += piece
        if _END_OF_SENTENCE.search(buffer):
            *complete, buffer = _split_keeping_rest(buffer)
            yield from complete
    yield from split_sentences(buffer)


def _split_keeping_rest(text: str) -> list[str]:
    """Complete sentences, and last what may still grow."""
    sentences = split_sentences(text)
    if text.rstrip() != text and sentences:  # white space follows: the last one is complete
        return [*sentences, ""]
    return sentences or [""]


def _with_first(found: Found, evidence: Sequence[Evidence], k: int) -> Found:
    """Hits with the passages that answer in front: of the map, or cards of references."""
    from index import Signals

    best = max((hit.score for hit in found.hits), default=0.0)
    first = {
        e.chunk.id: Hit(0, -1, e.chunk, max(best, e.score), Signals(late=e.late)) for e in evidence
    }
    others = [hit for hit in found.hits if hit.chunk.id not in first]
    hits = [replace(hit, rank=n) for n, hit in enumerate([*first.values(), *others][:k], 1)]
    return replace(found, hits=tuple(hits))
