"""What a sentence claims, as a bag of normal words: to compare a question with a statement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from index.lexical import stem

_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|without|cannot|nothing|\w+n't|instead of|rather than)\b",
    re.I,
)
_UNIVERSAL = re.compile(
    r"\b(?:all|every|each|any|always|never|whole|entire\w*|complete\w*|fully|must|guarantee\w*|"
    r"only|by itself|at all|strict\w*)\b",
    re.I,
)
# Words that carry no part of a claim. "No", "same", "more" and "less" do.
_LIGHT = frozenset(
    re.findall(
        r"\S+",
        "a an the of to in on at by for from with into and or but so as than then that this these "
        "those it its they their them he she is are was were be been being do does did doing has "
        "have "
        "had having can could will would shall should may might i we you my our your one ones me "
        "us "
        "there here very much just also really strictly how why what which who when where come "
        "since "
        "because given if make makes made making get gets got give gives let lets mean means thing "
        "things own itself themselves some such kind sort way ways actually exactly completely "
        "fully "
        "entirely all every each any always whole during while time times like not no never "
        "without "
        "cannot none neither nor nothing ever longer directly first separate separately still "
        "people's",
    )
)
# What says the same in a claim about language models.
_SAME = (
    "change update modify adjust alter retrain adapt",
    "remove eliminate prevent cure abolish erase solve",
    "need require must depend prerequisite",
    "true exact correct right truthful",
    "human people person rater annotator humans",
    "model llm slm",
    "zero 0",
    "one 1",
    "two 2",
    "three 3",
    "four 4",
    "five 5",
    "six 6",
    "seven 7",
    "eight 8",
    "result output answer",
    "small smaller",
    "large larger big bigger",
    "high higher",
    "low lower",
    "read process",
    "token word input",
    "copy duplicate",
    "permanent forever ever",
    "deterministic repeatable identical",
    "varied random diverse creative",
    "unlabelled unlabeled",
    "label labelled labeled",
)
_PHRASES = (
    (re.compile(r"\b(?:have|has|had) to\b", re.I), "must"),
    (re.compile(r"\bnon-?linear", re.I), "nonlinear"),
    (re.compile(r"\bat random\b", re.I), "random"),
    (
        re.compile(
            r"\bone (?:\w+ )?(?:after (?:another|the other)|at a time|by one)\b|\bin order\b"
            r"|\b(\w+) by \1\b|\bsequentially\b",
            re.I,
        ),
        "sequential",
    ),
)
# What says the opposite.
_OPPOSITE = (
    ("change", "freeze"),
    ("train", "freeze"),
    ("change", "unchanged"),
    ("more", "less"),
    ("more", "fewer"),
    ("increase", "decrease"),
    ("increase", "reduce"),
    ("increase", "lower"),
    ("raise", "lower"),
    ("high", "low"),
    ("larger", "smaller"),
    ("faster", "slower"),
    ("better", "worse"),
    ("deterministic", "varied"),
    ("learn", "set"),
    ("learn", "choose"),
    ("supervised", "unsupervised"),
    ("dense", "sparse"),
    ("same", "different"),
    ("rise", "fall"),
    ("left", "right"),
    ("sequential", "parallel"),
    ("linear", "nonlinear"),
    ("add", "remove"),
    ("label", "unlabelled"),
    ("stateful", "stateless"),
    ("exact", "approximate"),
    ("deterministic", "random"),
)


@lru_cache(maxsize=8192)
def normal(word: str) -> str:
    """The word that stands for all that say the same."""
    return _CLASS.get(stem(word), stem(word))


_CLASS: dict[str, str] = {stem(w): stem(line.split()[0]) for line in _SAME for w in line.split()}
_OPPOSITES: frozenset[tuple[str, str]] = frozenset(
    pair
    for one, other in _OPPOSITE
    for pair in ((normal(one), normal(other)), (normal(other), normal(one)))
)


@dataclass(frozen=True, slots=True)
class Claim:
    """The words of a claim.

    Attributes:
        words: normal forms of the words that carry it, with how often.
        denied: whether it holds an odd number of negations.
        universal: whether it speaks of all, always or only.
    """

    words: Mapping[str, int]
    denied: bool
    universal: bool

    def share_of(self, other: Claim, weight: Mapping[str, float]) -> float:
        """Share of this claim's weight that the other claim holds too, 0..1."""
        total = sum(weight[w] * n for w, n in self.words.items())
        held = sum(weight[w] * min(n, other.words.get(w, 0)) for w, n in self.words.items())
        return held / total if total else 0.0


@lru_cache(maxsize=4096)
def read_claim(text: str) -> Claim:
    """The claim that a sentence or the presupposition of a question makes."""
    for phrase, word in _PHRASES:
        text = phrase.sub(word, text)
    words = (normal(w) for w in _WORD.findall(text.lower()) if w not in _LIGHT)
    denials = len(_NEGATION.findall(text))
    return Claim(Counter(words), denials % 2 == 1, bool(_UNIVERSAL.search(text)))


def opposed(words: Iterable[str], others: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs of opposites, one of each side, whose first is not on the other side too."""
    these, those = set(words), set(others)
    return {
        (one, other)
        for one in these - those
        for other in those - these
        if (one, other) in _OPPOSITES
    }
