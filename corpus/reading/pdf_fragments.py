"""Pieces of text with their places, and how they stand to each other.

Places are in points from the upper left corner of the upright page, sizes in points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

# Bullets, also those of symbol fonts (private use), checkboxes, and the marks of numbered lists.
BULLET = re.compile(
    r"[•▪▫◦‣⁃●○■□☐☑✓✔✗❏❑❒➢➤►▶◆◇·∙\uf000-\uf0ff]|[-–—*](?=\s|$)"
)  # fmt: skip
COUNT = re.compile(r"\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)](?=\s|$)|\[\d{1,3}\](?=\s|$)")
MARKER = re.compile(f"(?:{BULLET.pattern}|{COUNT.pattern})")


class Word(NamedTuple):
    """Characters without a space between them."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Fragment:
    """Words on one baseline without a gap that a column or a cell would leave.

    Attributes:
        y: of the baseline.
        size: of most of its characters.
        bold, mono: whether at least nine in ten characters are.
    """

    words: tuple[Word, ...]
    y: float
    size: float
    bold: bool = False
    mono: bool = False

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return self.words[-1].x1

    @property
    def y0(self) -> float:
        """Upper edge: an ascender is about eight tenths of the size."""
        return self.y - 0.8 * self.size

    @property
    def y1(self) -> float:
        return self.y + 0.2 * self.size

    @property
    def text(self) -> str:
        if not self.mono:
            return " ".join(word.text for word in self.words)
        return _spaced(self.words)


def _spaced(words: Sequence[Word]) -> str:
    """Code keeps the number of its blanks."""
    letters = sum(len(word.text) for word in words)
    pitch = sum(word.x1 - word.x0 for word in words) / letters or 1.0
    text = words[0].text
    for left, right in pairwise(words):
        text += " " * max(1, round((right.x0 - left.x1) / pitch)) + right.text
    return text


def same_row(a: Fragment, b: Fragment) -> bool:
    """Whether two fragments share a baseline; a third of the size is a subscript's depth."""
    return abs(a.y - b.y) < 0.3 * min(a.size, b.size)


def in_rows(ordered: Iterable[Fragment]) -> Iterator[list[Fragment]]:
    """Fragments ordered from the top as rows, each ordered from the left."""
    row: list[Fragment] = []
    for piece in ordered:
        if row and not same_row(row[-1], piece):
            yield sorted(row, key=lambda p: p.x0)
            row = []
        row.append(piece)
    if row:
        yield sorted(row, key=lambda p: p.x0)


def together(a: Fragment, b: Fragment) -> Fragment:
    """Two fragments of one baseline as one; letters that touch are one word."""
    larger = a if len(a.text) >= len(b.text) else b
    words = a.words + b.words
    if b.x0 - a.x1 < 0.12 * larger.size:
        last, first = a.words[-1], b.words[0]
        words = (*a.words[:-1], Word(last.text + first.text, last.x0, first.x1), *b.words[1:])
    return Fragment(words, larger.y, larger.size, a.bold and b.bold, a.mono and b.mono)
