"""A system that says what it was told to say: for tests, and to show what a system is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.golden import Message
from eval.records import Reply, Said
from index.sentences import split_sentences


class ScriptedSystem:
    """Replies from a table; what does not stand there is declined.

    Args:
        replies: by question: a whole reply, the text of an answer, or an exception to raise.
        name: as it stands in tables.

    >>> system = ScriptedSystem({"What is LoRA?": "A low-rank adapter."})
    >>> system.ask("What is LoRA?", []).status
    'answered'
    >>> system.ask("Who won the cup?", []).status
    'abstained'
    """

    # It keeps nothing between questions.
    workers = 8

    def __init__(
        self, replies: Mapping[str, Reply | str | Exception], name: str = "scripted"
    ) -> None:
        self.name, self._replies = name, dict(replies)

    def describe(self) -> dict[str, str | int | float | bool]:
        return {"replies": len(self._replies)}

    def ask(self, question: str, history: Sequence[Message]) -> Reply:
        scripted = self._replies.get(question)
        if isinstance(scripted, Exception):
            raise scripted
        return scripted if isinstance(scripted, Reply) else _reply(question, scripted)

    def close(self) -> None:
        """Nothing to free."""


def _reply(question: str, answer: str | None) -> Reply:
    """An answer without citations, or none; it always takes no time."""
    return Reply(
        status="abstained" if answer is None else "answered",
        answer=answer or "",
        standalone_question=question,
        sentences=[Said(text=sentence) for sentence in split_sentences(answer or "")],
        model="scripted",
        timings_ms={"total": 0.0},
    )
