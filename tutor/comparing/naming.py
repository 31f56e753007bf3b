"""Where a text names the things that a comparison compares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from index.lexical import stem

Stems = tuple[str, ...]
_WORD = re.compile(r"[a-z0-9]+\+*")
# Letters that a word keeps when it is cut short.
_CUT_SHORT = 4


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared.

    Attributes:
        name: as the question has it.
        keys: stemmed word sequences by which a sentence names it.
        topics: keys of the topics that go by its name, or speak of it.
        others: names of other things that hold one of its own: "tensor parallelism" for "tensor".
    """

    name: str
    keys: frozenset[Stems] = field(default_factory=frozenset)
    topics: tuple[str, ...] = ()
    others: frozenset[Stems] = field(default_factory=frozenset)


def stems(text: str) -> Stems:
    """The stems of all words of a text, in order."""
    return tuple(_stem(word) for word in _WORD.findall(text.lower()))


@lru_cache(maxsize=8192)
def _stem(word: str) -> str:
    """The stem; abbreviations lose their plural too: "RNNs", "LLMs"."""
    found = stem(word)
    return found[:-1] if re.fullmatch(r"[^aeiouy]{2,}s", found) else found


def names_in(text: str, sides: Sequence[Side]) -> list[tuple[int, int, int]]:
    """Where a text names sides: (position in ``sides``, start, end), in order.

    Longer names go first: "attention-aware quantization" does not name quantization.
    """
    words = [(m.start(), m.end(), _stem(m.group())) for m in _WORD.finditer(text.lower())]
    keys = _keys(tuple(sides))
    found: list[tuple[int, int, int]] = []
    at = 0
    while at < len(words):
        size = 1
        for key, position in keys:
            if _begin_with([word for _, _, word in words[at : at + len(key)]], key):
                size = len(key)
                if position is not None:
                    found.append((position, words[at][0], words[at + size - 1][1]))
                break
        at += size
    return found


@lru_cache(maxsize=16)
def _keys(sides: tuple[Side, ...]) -> list[tuple[Stems, int | None]]:
    """All names, longest first, and of which side they are; None for other things' names."""
    own = {key: position for position, side in enumerate(sides) for key in side.keys if key}
    others = {key for side in sides for key in side.others} - own.keys()
    keys: list[tuple[Stems, int | None]] = [*own.items(), *((key, None) for key in others)]
    return sorted(keys, key=lambda pair: -len(pair[0]))


def _begin_with(words: Sequence[str], key: Stems) -> bool:
    """Whether words are a key's, the last one perhaps cut short: "layer norm" (normalization)."""
    whole = len(key) == 1 or len(key[-1]) < _CUT_SHORT
    last = (words[-1:] == [key[-1]]) if whole else words[-1].startswith(key[-1])
    return len(words) == len(key) and tuple(words[:-1]) == key[:-1] and last


def without_names(text: str, sides: Sequence[Side]) -> str:
    """The text with "…" in place of the sides' names: "How … works"."""
    return "".join(_pieces(text, sides))


def _pieces(text: str, sides: Sequence[Side]) -> Iterator[str]:
    last = 0
    for _, start, end in names_in(text, sides):
        yield text[last:start]
        yield "…"
        last = end
    yield text[last:]
