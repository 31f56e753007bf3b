"""Words that are opposites, and words that mean the same: what token vectors do not tell apart.

"Faster" and "slower" stand in the same sentences, so their vectors are near; a check of sentences
has to know that they are not the same. The two lists are written by hand: a line is a group, commas
divide words and short phrases, and bars the poles of a group of opposites.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FOLDER = Path(__file__).parent
OPPOSITES, EQUALS = _FOLDER / "opposites.txt", _FOLDER / "equals.txt"
# How many words a phrase of the lists has at most.
_LONGEST = 3

_WORD = re.compile(r"[^\W_]+(?:['’.+-][^\W_]+)*")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATES = frozenset(
    re.findall(
        r"\w+",
        "not no never none neither nor without cannot nothing nobody hardly scarcely barely lacks "
        "lack lacking fail fails failed unable instead rather unlike except",
    )
)

Flags = NDArray[np.float32]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Both lists, by word or phrase.

    Attributes:
        opposites: what excludes a word; equals: what can stand for it.
    """

    opposites: dict[str, frozenset[str]]
    equals: dict[str, frozenset[str]]

    def flags(self, text: str, other: str, spans: NDArray[np.int32]) -> Flags:
        """What the words of a text are to those of another.

        Args:
            spans: code points of the text's tokens, shape (n, 2).

        Returns:
            Shape (n, 4): an opposite of a word of the other, the other lacking the word itself;
            equal to a word of the other, likewise; a negation; a figure that the other lacks.
        """
        there = {phrase for phrase, _ in _phrases(other)}
        figures = set(_FIGURE.findall(other))
        found = np.zeros((len(spans), 4), dtype=np.float32)
        for phrase, span in _phrases(text):
            if phrase not in there:
                _mark(found, 0, spans, span, self.opposites.get(phrase, frozenset()) & there)
                _mark(found, 1, spans, span, self.equals.get(phrase, frozenset()) & there)
            _mark(found, 2, spans, span, phrase in _NEGATES or phrase.endswith("n't"))
        for match in _FIGURE.finditer(text):
            _mark(found, 3, spans, match.span(), match.group() not in figures)
        return found


def _mark(flags: Flags, column: int, spans: NDArray[np.int32], span: Span, holds: object) -> None:
    if holds:
        flags[(spans[:, 0] < span[1]) & (spans[:, 1] > span[0]), column] = 1.0


def _phrases(text: str) -> Iterable[tuple[str, Span]]:
    """Words and phrases of a text in lower case, with their places."""
    words = [(match.group().lower(), match.span()) for match in _WORD.finditer(text)]
    for length in range(1, _LONGEST + 1):
        for at in range(len(words) - length + 1):
            run = words[at : at + length]
            yield " ".join(word for word, _ in run), (run[0][1][0], run[-1][1][1])


@cache
def load(opposites: Path = OPPOSITES, equals: Path = EQUALS) -> Lexicon:
    """The bundled lexicon."""
    against: dict[str, set[str]] = {}
    for poles in _groups(opposites, "|"):
        sets = [_items(pole) for pole in poles]
        for one in sets:
            for word in one:
                against.setdefault(word, set()).update(*(s for s in sets if s is not one))
    alike: dict[str, set[str]] = {}
    for (group,) in _groups(equals, "\n"):
        for word in _items(group):
            alike.setdefault(word, set()).update(_items(group) - {word})
    return Lexicon(_frozen(against), _frozen(alike))


def _groups(file: Path, bar: str) -> Iterable[list[str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.split(bar) for line in lines if line.strip() and not line.startswith("#")]


def _items(text: str) -> set[str]:
    return {" ".join(item.split()).lower() for item in text.split(",") if item.strip()}


def _frozen(table: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(found) for word, found in table.items()}
