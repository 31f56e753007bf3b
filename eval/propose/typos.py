"""Misspellings that a hurried hand makes: a neighbouring key instead of the right one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from rapidfuzz import fuzz, process

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# On a keyboard each row is set off to the right by about half a key.
_OFFSET = 0.5
# Shorter words become other words ("LoRA", "DoRA").
_SHORTEST = 5
_MOST = 2


def _neighbours() -> dict[str, str]:
    at = {
        key: (row, column + row * _OFFSET)
        for row, keys in enumerate(_ROWS)
        for column, key in enumerate(keys)
    }
    return {
        key: "".join(
            other
            for other, (r, c) in at.items()
            if other != key and abs(r - row) <= 1 and abs(c - column) <= 1
        )
        for key, (row, column) in at.items()
    }


NEIGHBOURS = _neighbours()


class Mistyper:
    """Misspells the names of topics without turning one into another.

    Args:
        names: of each topic by its key.
        vocabulary: words that are none of the misspellings sought, in lower case.
    """

    def __init__(self, names: Mapping[str, Sequence[str]], vocabulary: frozenset[str]) -> None:
        self._owners: dict[str, set[str]] = {}
        for key, known in names.items():
            for name in known:
                self._owners.setdefault(name.lower(), set()).add(key)
        self._vocabulary = vocabulary

    def mistype(self, name: str, key: str, random: Random) -> str | None:
        """A name with a wrong letter in up to two of its longer words, in lower case.

        None if no word is long enough, or if what comes out is nearer to another topic's name.
        """
        lowered = name.lower()
        places = [m for m in re.finditer(r"[a-z]+", lowered) if len(m.group()) >= _SHORTEST]
        for place in random.sample(places, min(_MOST, len(places))):
            wrong = self._misspelt(place.group(), random)
            lowered = lowered[: place.start()] + wrong + lowered[place.end() :]
        return lowered if lowered != name.lower() and self._still(lowered, key) else None

    def _misspelt(self, word: str, random: Random) -> str:
        # The first letter stays: people look at it.
        at = random.randrange(1, len(word))
        wrong = word[:at] + random.choice(NEIGHBOURS[word[at]]) + word[at + 1 :]
        return word if wrong in self._vocabulary else wrong

    def _still(self, misspelt: str, key: str) -> bool:
        nearest = process.extractOne(misspelt, list(self._owners), scorer=fuzz.ratio)
        return key in self._owners[nearest[0]]
