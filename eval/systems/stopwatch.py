"""How long the stages of one question took, and how much the language model wrote for it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from index.sentences import split_sentences


class Stopwatch:
    """Times of one question at a time, in milliseconds since it was asked.

    Attributes:
        tokens: written since then, in all calls of the model.
    """

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A question is asked."""
        self._asked = time.perf_counter()
        self._generate = self._retrieve = 0.0
        self._first_sentence: float | None = None
        self.tokens = 0

    def note_retrieved(self) -> None:
        """The passages are there; what the model took to word the query is not counted."""
        self._retrieve = self._elapsed() - self._generate

    def watched(self, pieces: Iterable[str]) -> Iterator[str]:
        """The pieces of one call of the model, each counted as a token.

        The first sentence is that of the last call, which writes the answer. It is complete when
        the next one begins, or with the last piece.
        """
        begun, text = self._elapsed(), ""
        self._first_sentence = None
        for piece in pieces:
            text += piece
            self.tokens += bool(piece)
            if self._first_sentence is None and len(split_sentences(text)) > 1:
                self._first_sentence = self._elapsed()
            yield piece
        now = self._elapsed()
        self._generate += now - begun
        if self._first_sentence is None and text.strip():
            self._first_sentence = now

    def timings_ms(self) -> dict[str, float]:
        """By stage, up to now."""
        timings = {"retrieve": self._retrieve, "generate": self._generate}
        if self._first_sentence is not None:
            timings["first_sentence"] = self._first_sentence
        timings["total"] = self._elapsed()
        return {stage: round(taken, 1) for stage, taken in timings.items()}

    def _elapsed(self) -> float:
        return 1000 * (time.perf_counter() - self._asked)
