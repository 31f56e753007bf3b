"""How a format plugs into the reading-quality table: its readers, and what its pages hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.reading.blocks import Raw, Reading

Candidate = Callable[[Raw], Reading]
"""A reader tried. Imports its library inside: an ImportError lists it as "not installed"."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the mirror.

    Attributes:
        kind: "html", "markdown", "notebook", "pdf" or "rst", as the manifest has it.
    """

    url: str
    kind: str
    path: Path

    @property
    def raw(self) -> Raw:
        """Its bytes, under the file's name."""
        return Raw(self.path.read_bytes(), name=self.path.name)


@dataclass(frozen=True, slots=True)
class Gold:
    """What a good reading of a page has, found without any of the readers.

    Attributes:
        text: the content, a block (or a row of a table, a line of code) a line; "" if unknown: then
            the longest text of all candidates stands in for it.
        headings: of the content, in order, as a person sees them.
        boilerplate: lines that should not be in the reading.
        sentences: hand-checked sentences that must come out unbroken.
    """

    text: str = ""
    headings: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


class Plugin(Protocol):
    """A module that knows one or more formats.

    Attributes:
        CANDIDATES: for each kind of the manifest, the readers tried by name; ours first.
    """

    CANDIDATES: Mapping[str, Mapping[str, Candidate]]

    def gold(self, entry: Entry) -> Gold | None:
        """What the page holds; None for a page without text, which a reader should refuse."""
        ...
