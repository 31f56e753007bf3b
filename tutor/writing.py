"""Evidence put into words: by the language model where its sentences hold, by quotation elsewhere.

The opening is quoted at once, so that a learner reads while the model does; each sentence of the
draft is checked as soon as it is complete.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from corpus.errors import ModelError
from index.sentences import split_sentences
from tutor import prompts
from tutor.engines.protocol import Engine, LazyEngine
from tutor.evidence import Evidence, is_block
from tutor.gather import Part
from tutor.records import Event, Stage
from tutor.run import Run
from tutor.settings import Settings

# The model likes to repeat the passages' numbers and quotation marks.
_LIST_MARK = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s*")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s|\n")


class Writer:
    """Says what has been gathered.

    Args:
        engine: None quotes everything.
    """

    def __init__(self, engine: LazyEngine | None, settings: Settings) -> None:
        self._engine, self._settings = engine, settings

    def say(self, run: Run, part: Part) -> Iterator[Event]:
        """Checked sentences: a correction first, a table, then the rest in order."""
        run.itemised = part.kind in ("path", "lookup")
        if part.correction:
            yield run.say(part.correction.text, [part.correction], lead=prompts.NOT_SO)
        if part.table:
            yield from run.tabulate(part.table)
        if not part.evidence:
            return
        # The opening is quoted at once: a learner reads it while the model reads the rest.
        opening, *waiting = part.evidence
        yield run.say(opening.text, [opening])
        if self._writes(part):
            yield Stage("writing")
            yield from self._written(run, part, waiting)
        for left in waiting:
            yield run.say(left.text, [left])

    def _written(self, run: Run, part: Part, waiting: list[Evidence]) -> Iterator[Event]:
        """The model's sentences that hold; what they say is taken out of ``waiting``."""
        assert self._engine is not None
        engine = self._engine()  # one that cannot be loaded is told, not passed over
        evidence = part.evidence
        for sentence in self._drafted(engine, run, part):
            verdict = run.checked(sentence, evidence)
            used = [evidence[i] for i in verdict.passages]
            holds = verdict.support == "supported" and verdict.certain
            if not holds or not any(e in waiting for e in used):
                continue
            # What stands before it in the reading order is quoted first.
            first = min(evidence.index(e) for e in used)
            for earlier in [e for e in waiting if evidence.index(e) < first]:
                waiting.remove(earlier)
                yield run.say(earlier.text, [earlier])
            waiting[:] = [e for e in waiting if e not in used]
            yield run.say(sentence, used)

    def _writes(self, part: Part) -> bool:
        """Whether the model has a say: the map and the references are quoted as data."""
        return (
            self._engine is not None
            and self._settings.written_sentences > 0
            and part.kind not in ("path", "lookup")
            and part.table is None
            and len(part.evidence) > 2
        )

    def _drafted(self, engine: Engine, run: Run, part: Part) -> Iterator[str]:
        """Sentences of the model's draft as they are completed, without markers.

        A model that fails in mid-sentence costs its words, not the answer: the rest is quoted.
        """
        prose = [e.text for e in part.evidence[1:] if not is_block(e.text)]
        pieces = run.counted(self._stream(engine, run, part.question, prose))
        try:
            for sentence in _sentences(pieces):
                yield plain_sentence(sentence)
        except ModelError as fault:
            run.notes.append(f"{fault}; the rest of the answer is quoted")

    def _stream(
        self, engine: Engine, run: Run, question: str, prose: Sequence[str]
    ) -> Iterator[str]:
        settings = self._settings
        pieces = engine.stream(
            prompts.write_messages(question, prose[: settings.written_sentences], run.level),
            max_tokens=settings.answer_tokens,
            temperature=settings.temperature,
        )
        # An engine that ignores its limit is cut off here.
        return islice(pieces, settings.answer_tokens)


def plain_sentence(sentence: str) -> str:
    """A drafted sentence without a list's number or the quotation marks around it."""
    return _LIST_MARK.sub("", sentence).strip('"“” ')


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
