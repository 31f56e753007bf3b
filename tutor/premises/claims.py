"""What a sentence claims, as a bag of normal words: to compare a question with a statement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from index.lexical import STOPWORDS, stem
from tutor.lexicon import load

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
    # An adapter is a thing, and adapts nothing in a claim.
    (re.compile(r"\badapters?\b", re.I), "adaptermodule"),
    (re.compile(r"\bfroze(?:n)?\b", re.I), "freeze"),
    (re.compile(r"\b(encoder|decoder)[- ](only|decoder)\b", re.I), r"\1\2"),
    # "K-means", "t-SNE", "top-p"
    (re.compile(r"\b([a-z])-([a-z]+)\b|\b(top)-([a-z])\b", re.I), r"\1\2\3\4"),
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


_SURFACE = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
# How many words a phrase of the lexicon has at most.
_LONGEST = 3
# In the lexicon, and mostly something else in a claim: "several", "switch off", "the next token".
_NO_OPPOSITES = STOPWORDS | frozenset(
    re.findall(
        r"\w+",
        "several single one two off on first last next alone active set new old still late end "
        "start part",
    )
)


@lru_cache(maxsize=8192)
def _phrases(text: str) -> frozenset[str]:
    words = [match.group().lower() for match in _SURFACE.finditer(text)]
    runs = (
        " ".join(words[at : at + length])
        for length in range(1, _LONGEST + 1)
        for at in range(len(words) - length + 1)
    )
    return frozenset(runs) - _NO_OPPOSITES


def contrary(text: str, other: str) -> set[tuple[str, str]]:
    """Opposites of the lexicon and of claims, one of each text, as normal words.

    A word that stands in both texts, in whatever form, opposes nothing.
    """
    these, those = read_claim(text).words, read_claim(other).words
    table = load().opposites
    here, there = _phrases(text), _phrases(other)
    pairs = {
        (_head(one), _head(found))
        for one in here - there
        if not table.get(one, frozenset()) & here  # "little models from the huge one"
        for found in table.get(one, frozenset()) & there
    }
    pairs |= opposed(these, those)
    return {(one, found) for one, found in pairs if one not in those and found not in these}


def opposites(phrase: str) -> frozenset[str]:
    """What the lexicon opposes to a word or phrase."""
    return load().opposites.get(phrase.lower(), frozenset()) - _NO_OPPOSITES


def _head(phrase: str) -> str:
    """The first normal word of a phrase; the phrase itself if it carries none."""
    return next(iter(read_claim(phrase).words), phrase)
