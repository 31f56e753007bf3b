"""Pairs made from others by edits whose effect on the label is known.

Written pairs are few and have habits: a network learns that near-copies are wrong, or that "always"
is. Here near-copies are right as often as wrong, and the same words stand in both: a supported
sentence stays supported when a name is exchanged in it and in its passage, and becomes unsupported
when a word of it turns into its opposite, a figure changes, two names change places, or it is
negated. Edits that happen to leave a sentence true are noise that the written pairs outweigh.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutor.lexicon import Lexicon

Edit = Callable[[str], str | None]
"""A text with one thing changed; None where there is nothing to change."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
_NAME = re.compile(
    r"(?<![\w\\$-])(?:[A-Z][\w.]*(?:-[\w.]+)*[A-Za-z0-9](?: [A-Z][\w-]+)?|[a-z]+[A-Z]\w+)(?![\w-])"
)
# Capitalised because they open a sentence.
_OPENERS = frozenset(
    re.findall(
        r"\w+",
        "The A An In It This These Those When If Because For As At On To With Every Each One "
        "Two Only By From What While Since Some Most All Both No Not There Under Without Once "
        "Even Instead Unlike After Before Although",
    )
)
_AUXILIARY = r"is|are|was|were|can|could|does|do|has|have|will|should|must|may|would"
_ASSERTED = re.compile(rf"\b({_AUXILIARY})\b(?! (?:not|no)\b)")
_DENIED = re.compile(rf"\b({_AUXILIARY}) not\b|\bcannot\b|\bnever\b")
# A verb in the third person before its object: "keeps the", "uses a".
_VERB = re.compile(
    r"(?<=\s)(?!(?:is|was|has|does|as|its|this|thus|plus|across|less)\b)([a-z]{2,}[^siu\W]s)"
    r"(?=\s(?:the|a|an|its|only|each|every|how|what|all|both|one|two)\b)"
)
_WORD = re.compile(r"(?<![\w-])[a-z]{5,}(?![\w-])")
_YEAR = range(1900, 2100)
_FACTORS = (0.1, 0.25, 0.5, 2, 3, 4, 10)
_CONTRAST = re.compile(r"^(.{20,}?), (whereas|while) (.{20,}?)\.$")
_CAUSE = re.compile(r"^(.{20,}?),? because (.{20,}?)\.$")
_TAIL = re.compile(r",? (?:because|so that|whereas|while|and) ")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_WORDS_LEFT = 5


@dataclass(frozen=True, slots=True)
class Made:
    """A pair that no person wrote."""

    passage: str
    sentence: str
    label: str


class Editor:
    """Draws edits at random.

    Args:
        names: to exchange names for.
    """

    def __init__(self, lexicon: Lexicon, names: Sequence[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._names = list(names)
        self._opposites, self._equals = lexicon.opposites, lexicon.equals
        self._against = _any_of(self._opposites)
        self._alike = _any_of(self._equals)
        self._breaking: list[tuple[Edit, float]] = [
            (self.opposite, 3), (self.negated, 3), (self.other_figure, 2), (self.swapped, 3),
            (self.other_name, 1.5), (self.words_swapped, 1.5),
        ]  # fmt: skip

    def pairs(self, supported: Sequence[tuple[str, str]]) -> Iterator[Made]:
        """Made pairs without end, half of them supported.

        Args:
            supported: passages with sentences that they support.
        """
        draw = self._random.random
        while True:
            passage, sentence = self._random.choice(supported)
            if draw() < 0.15:
                passage, sentence = self._renamed(passage, sentence)
            if draw() < 0.2:
                sentence = self._reworded(sentence)
            if draw() < 0.5:
                yield Made(passage, sentence, "supported")
            elif wrong := self.broken(sentence):
                yield Made(passage, wrong, "unsupported")

    def broken(self, text: str) -> str | None:
        """The text made to say something else."""
        edits, weights = zip(*self._breaking, strict=True)
        for edit in self._random.choices(edits, weights, k=6):
            changed = edit(text)
            if changed and changed != text:
                return str(changed)
        return None

    def opposite(self, text: str) -> str | None:
        return self._one(self._against, self._opposites, text)

    def negated(self, text: str) -> str | None:
        if found := list(_DENIED.finditer(text)):
            match = self._random.choice(found)
            plain = {"cannot": "can", "never": "always"}
            return _put(text, match, plain.get(match[0], match[0].replace(" not", "")))
        if found := list(_ASSERTED.finditer(text)):
            match = self._random.choice(found)
            return _put(text, match, f"{match[0]} {self._random.choice(_NOT)}")
        if found := list(_VERB.finditer(text)):
            match = self._random.choice(found)
            stem = match[0].removesuffix("s")
            return _put(text, match, self._random.choice(_DOES_NOT).format(stem))
        return None

    def other_figure(self, text: str) -> str | None:
        found = list(_NUMBER.finditer(text))
        if not found:
            return None
        match = self._random.choice(found)
        others = [m[0] for m in found if m[0] != match[0]]
        if others and self._random.random() < 0.3:
            return _put(text, match, self._random.choice(others))
        return _put(text, match, self._figure(match[0]))

    def swapped(self, text: str) -> str | None:
        """Two names in each other's place."""
        names = sorted({match[0] for match in _named(text)})
        if len(names) < 2:
            return None
        one, other = self._random.sample(names, 2)
        return None if one in other or other in one else _exchanged(text, one, other)

    def words_swapped(self, text: str) -> str | None:
        """Two words with the same ending in each other's place."""
        words = sorted({match[0] for match in _WORD.finditer(text)})
        if len(words) < 4:
            return None
        one, other = self._random.sample(words, 2)
        return _exchanged(text, one, other) if one[-1] == other[-1] else None

    def other_name(self, text: str) -> str | None:
        names = _named(text)
        new = self._random.choice(self._names)
        if not names or new in text:
            return None
        return _exchanged(text, self._random.choice(names)[0], new)

    def _renamed(self, passage: str, sentence: str) -> tuple[str, str]:
        """The same names exchanged in both, and figures shifted: the label stays."""
        shared = {m[0] for m in _named(passage)} & {m[0] for m in _named(sentence)}
        for old in sorted(shared)[:3]:
            new = self._random.choice(self._names)
            if new not in passage and new not in sentence:
                passage, sentence = (_exchanged(text, old, new) for text in (passage, sentence))
        return passage, sentence

    def _reworded(self, text: str) -> str:
        for _ in range(self._random.randint(1, 3)):
            text = self._one(self._alike, self._equals, text) or text
        return text

    def _one(
        self, pattern: re.Pattern[str], table: Mapping[str, frozenset[str]], text: str
    ) -> str | None:
        found = list(pattern.finditer(text))
        if not found:
            return None
        match = self._random.choice(found)
        new = self._random.choice(sorted(table[match[0].lower()]))
        return _put(text, match, new[0].upper() + new[1:] if match[0][0].isupper() else new)

    def _figure(self, old: str) -> str:
        value = float(old.replace(",", "")) if re.fullmatch(r"\d+(?:[.,]\d+)?", old) else 7.0
        if value in _YEAR:
            return str(int(value) + self._random.choice([-4, -3, -2, -1, 1, 2, 3]))
        return f"{value * self._random.choice(_FACTORS):g}"


_NOT = ("not", "not", "never", "hardly")
_DOES_NOT = ("does not {}", "never {}s", "fails to {}")


def shortened(text: str) -> list[str]:
    """The text without a last clause, and without brackets: the passage supports them."""
    cut = [
        f"{text[: match.start()].rstrip(',')}."
        for match in _TAIL.finditer(text)
        if len(text[: match.start()].split()) > _WORDS_LEFT
    ]
    plain = _BRACKETS.sub("", text)
    return [*cut, *([plain] if plain != text else [])]


def reordered(text: str) -> list[str]:
    """The text with its two clauses the other way round."""
    if found := _CONTRAST.match(text):
        return [f"{_capital(found[3])}, {found[2]} {_lower(found[1])}."]
    if found := _CAUSE.match(text):
        return [f"Because {found[2]}, {_lower(found[1])}."]
    return []


def names_in(texts: Sequence[str]) -> list[str]:
    """All names in some texts."""
    return sorted({match[0] for text in texts for match in _named(text) if len(match[0]) > 2})


def _named(text: str) -> list[re.Match[str]]:
    return [m for m in _NAME.finditer(text) if m[0].split()[0] not in _OPENERS]


def _any_of(words: Mapping[str, object]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})(?![\w-])", re.I)


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _exchanged(text: str, one: str, other: str) -> str:
    either = rf"(?<![\w-])({re.escape(one)}|{re.escape(other)})(?![\w-])"
    return re.sub(either, lambda match: other if match[0] == one else one, text)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _lower(text: str) -> str:
    """The text with a small first letter, unless it begins with a name."""
    first = text.split(maxsplit=1)[0]
    return text if first[1:] != first[1:].lower() else text[0].lower() + text[1:]
