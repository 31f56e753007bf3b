"""What the language model is asked to write, and the sentences of its draft as they are completed.

The bundled model rewrites a few sentences and keeps their words: left free it invents (docs/log.md,
"Writing"). Any other goes on freely from the quoted opening, with all evidence before it, and may
mend what the check refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from corpus.errors import ModelError
from index.sentences import split_sentences
from tutor import prompts
from tutor.engines.gguf import BUNDLED
from tutor.engines.protocol import Engine, Messages
from tutor.evidence import is_block
from tutor.gather import Part
from tutor.run import Run
from tutor.settings import Settings

# The model likes to repeat the passages' numbers and quotation marks, and to set markers.
_LIST_MARK = re.compile(r"^\s*(?:\d+[.)]|[-*•])\s*")
_MARKERS = re.compile(r"(?<=[.!?])\s*(?:\[\d+\]\s*)+$")
_END_OF_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s|\n")


class Drafter:
    """Asks one model for drafts.

    Attributes:
        free: whether it writes freely.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self.free = settings.model != BUNDLED

    def sentences(self, run: Run, part: Part) -> Iterator[str]:
        """Sentences of a draft of what follows the opening, without markers.

        A model that fails in mid-sentence costs its words, not the answer: it is noted.
        """
        opening, rest = part.evidence[0].text, [e.text for e in part.evidence[1:]]
        rest = [text for text in rest if not is_block(text)]
        if not rest:
            return
        if self.free:
            messages = prompts.go_on_messages(part.question, opening, rest, run.level)
        else:
            few = rest[: self._settings.written_sentences]
            messages = prompts.write_messages(part.question, few, run.level)
        yield from self._written(run, messages)

    def again(self, run: Run, sentence: str, reason: str, passages: Sequence[str]) -> Iterator[str]:
        """A refused sentence written anew from its passages."""
        yield from self._written(run, prompts.repair_messages(sentence, reason, passages))

    def _written(self, run: Run, messages: Messages) -> Iterator[str]:
        settings = self._settings
        pieces = self._engine.stream(
            messages, max_tokens=settings.answer_tokens, temperature=settings.temperature
        )
        # An engine that ignores its limit is cut off here.
        limited = run.counted(islice(pieces, settings.answer_tokens))
        try:
            for sentence in _sentences(limited):
                yield plain_sentence(sentence)
        except ModelError as fault:
            run.notes.append(f"{fault}; the rest of the answer is quoted")


def plain_sentence(sentence: str) -> str:
    """A drafted sentence without list number, markers behind it, or quotation marks around it."""
    return _MARKERS.sub("", _LIST_MARK.sub("", sentence)).strip('"“” ')


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
