"""What a system must offer to be measured: one small interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from eval.golden import Message
from eval.records import Reply


class System(Protocol):
    """Something that answers questions over the corpus.

    Attributes:
        name: as it stands in tables: "tutor".
        workers: how many questions it can take at once.
    """

    name: str
    workers: int

    def describe(self) -> dict[str, str | int | float | bool]:
        """Its configuration, as it stands in a report."""

    def ask(self, question: str, history: Sequence[Message]) -> Reply:
        """Answer one question. May raise: the run counts it and goes on."""

    def close(self) -> None:
        """Free its models."""
