"""The language model alone: what it says of a question without any passage."""

from __future__ import annotations

from collections.abc import Sequence

from eval.golden import Message
from eval.records import Reply, Said
from eval.systems.stopwatch import Stopwatch
from index.sentences import split_sentences
from tutor.engines.factory import lazy_engine
from tutor.engines.protocol import Engine
from tutor.settings import Settings

# As much as LlamaIndex lets a model write (its DEFAULT_NUM_OUTPUTS), so that the two compare.
_TOKENS = 256


class BareSystem:
    """The conversation and the question, without a system prompt, without retrieval.

    Args:
        engine: closed with the system.
        model: its name as it stands in replies.
        temperature: 0 always takes the likeliest token, so that a run repeats itself.
    """

    name = "bare"
    # One llama.cpp model takes one question at a time.
    workers = 1

    def __init__(self, engine: Engine, model: str, temperature: float = 0.0) -> None:
        self._engine, self._model, self._temperature = engine, model, temperature
        self._watch = Stopwatch()

    def describe(self) -> dict[str, str | int | float | bool]:
        return {
            "model": self._model,
            "temperature": self._temperature,
            "answer_tokens": _TOKENS,
            "context_tokens": self._engine.context,
        }

    def ask(self, question: str, history: Sequence[Message]) -> Reply:
        self._watch.start()
        messages = [(m.role, m.content) for m in history]
        pieces = self._engine.stream(
            [*messages, ("user", question)], max_tokens=_TOKENS, temperature=self._temperature
        )
        answer = "".join(self._watch.watched(pieces)).strip()
        return Reply(
            status="answered",
            answer=answer,
            standalone_question=question,
            sentences=[Said(text=sentence) for sentence in split_sentences(answer)],
            model=self._model,
            timings_ms=self._watch.timings_ms(),
            tokens=self._watch.tokens,
        )

    def close(self) -> None:
        self._engine.close()


def open_bare(settings: Settings) -> BareSystem:
    """The language model of the settings.

    Raises:
        ModelError: it cannot be loaded or reached.
    """
    lazy = lazy_engine(settings)
    lazy.check()
    return BareSystem(lazy(), lazy.name, settings.temperature)
