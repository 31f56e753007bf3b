"""What every language model offers, wherever it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

Messages = Sequence[tuple[str, str]]  # (role, content), in order


class Engine(Protocol):
    """A language model, ready to write.

    Attributes:
        name: of the model.
        context: tokens that prompt and answer may have together.
        takes_grammar: whether ``stream`` also has an argument ``grammar``, in GBNF.
    """

    name: str
    context: int
    takes_grammar: bool

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int = 200,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> Iterator[str]:
        """Text of the assistant's turn, piece by piece.

        Raises:
            ModelError: it fails, or the prompt leaves no room for an answer.
        """

    def count_tokens(self, text: str) -> int:
        """Number of tokens of a text; where only the server knows, more than there will be."""

    def close(self) -> None:
        """Free its memory or its connections."""


class LazyEngine(Protocol):
    """Loads the engine at first use: declining, looking up and navigating need none.

    Attributes:
        name: of the model.
    """

    name: str

    def check(self) -> None:
        """Find out at once what can be found out without loading.

        Raises:
            ModelError: the setting names nothing that can be loaded or reached.
        """

    def __call__(self) -> Engine:
        """The loaded engine. Raises ModelError."""

    def close(self) -> None:
        """Free it, if it has been loaded."""
