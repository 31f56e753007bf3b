"""The check: a sentence goes out only if a passage says the same.

Rules, each of which a wrong sentence of the bundled model has made necessary (docs/log.md):

- its figures, names and abbreviations stand in the passage, written the same way;
- it denies exactly as much as the passage denies;
- its content words are those of the passage, in the same order: a sentence may shorten a passage
  at a comma or a bracket, or join two passages, and nothing else. "HNSW needs more than IVF" is no
  support for "IVF needs more than HNSW", though the words are the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.lexical import STOPWORDS, stem
from tutor.records import Support

# Share of the sentence's content words that makes it "partial" where nothing contradicts it.
_COVERAGE_PARTIAL = 0.7

_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.'’+#/-][A-Za-z0-9]+)*[+#]*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATION = re.compile(
    r"\b(not|no|never|none|neither|nor|without|cannot|nothing|\w+n['’]t|unlike|rather than|"
    r"instead of|misconceptions?|wrong(ly)?|false(ly)?|incorrect(ly)?|fails?|lacks?|except)\b",
    re.I,
)
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_COMMA = re.compile(r",(?=\s)")
# What follows the cut must not limit what stands before it: "X helps, but only if …".
_CONDITION = re.compile(
    r",\s*(?:and\s+)?(but|only|if|unless|except|provided|whereas|although|though|when|while|"
    r"as long as|so long as|or|instead|rather|not|which|that|in fact|and)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found about one sentence.

    Attributes:
        passages: positions of the passages that support it, in order.
        reason: why it is not supported, in a few words; empty if it is.
    """

    support: Support
    passages: tuple[int, ...] = ()
    reason: str = ""


def check_sentence(sentence: str, passages: Sequence[str]) -> Verdict:
    """Whether a sentence is supported by one passage, or by two that it joins.

    Args:
        sentence: without citation markers.
        passages: sentences of the evidence.
    """
    verdicts = [_against(sentence, passage) for passage in passages]
    for position, verdict in enumerate(verdicts):
        if verdict.support == "supported":
            return Verdict("supported", (position,))
    joined = _joined(sentence, passages)
    if joined:
        return Verdict("supported", joined)
    best = max(range(len(passages)), key=lambda i: _overlap(sentence, passages[i]), default=None)
    if best is None:
        return Verdict("unsupported", (), "no passage")
    return Verdict(verdicts[best].support, (best,), verdicts[best].reason)


def _against(sentence: str, passage: str) -> Verdict:
    if " ".join(sentence.split()) == " ".join(passage.split()):
        return Verdict("supported")
    fault = _contradiction(sentence, passage)
    share = _overlap(sentence, passage)
    if fault is None and share == 1.0:
        fault = _altered(sentence, passage)
        if fault is None:
            return Verdict("supported")
    weak: Support = "partial" if share >= _COVERAGE_PARTIAL and fault is None else "unsupported"
    return Verdict(weak, reason=fault or f"only {share:.0%} of its words stand in the passage")


def _joined(sentence: str, passages: Sequence[str]) -> tuple[int, ...]:
    """Two passages that the sentence joins at a conjunction, each half supported by its own."""
    for cut in re.finditer(r",? (?:and|, and)\b |; ", sentence):
        left, right = sentence[: cut.start()], sentence[cut.end() :]
        if min(len(left.split()), len(right.split())) < 4:
            continue
        halves = [
            next(
                (i for i, p in enumerate(passages) if _against(half, p).support == "supported"), -1
            )
            for half in (left, right)
        ]
        if min(halves) >= 0 and _subject(right) in _stems(passages[halves[1]])[:3]:
            return tuple(sorted(set(halves)))
    return ()


def _contradiction(sentence: str, passage: str) -> str | None:
    """The first hard fault: a figure, name, denial, hedge or opposite that the passage lacks."""
    here, there = set(_NUMBER.findall(sentence)), set(_NUMBER.findall(passage))
    if here - there:
        return f"the figure {sorted(here - there)[0]} is not in the passage"
    missing = _names(sentence) - set(_TOKEN.findall(passage))
    if missing:
        return f"the name {sorted(missing)[0]} is not in the passage"
    if _count(_NEGATION, sentence) != _count(_NEGATION, passage):
        return "it denies what the passage does not, or the reverse"
    return None


def _altered(sentence: str, passage: str) -> str | None:
    """Whether more was done to the passage than shortening it at its own joints.

    Only three deletions leave a true sentence true: words without content, what stands in
    brackets, and all that follows a comma. Words taken from the middle change who does what:
    "a function that a neuron applies to its inputs" became "a function that applies to its inputs".
    """
    here = _stems(sentence)
    for whole in (passage, _BRACKETS.sub("", passage)):
        ends = [m.start() for m in _COMMA.finditer(whole)] + [len(whole)]
        for end in ends:
            part, rest = whole[:end], whole[end:]
            if _stems(part) == here:
                return "it leaves out a condition" if _CONDITION.match(rest) else None
    return "its words are not the passage's, in the passage's order"


def _overlap(sentence: str, passage: str) -> float:
    here = Counter(_stems(sentence))
    held = here & Counter(_stems(passage))
    return held.total() / here.total() if here else 0.0


def _names(text: str) -> set[str]:
    """Abbreviations, and capitalised words that do not open the text."""
    return {
        word
        for position, word in enumerate(_TOKEN.findall(text))
        if sum(c.isupper() for c in word) > 1 or (position and word[0].isupper())
    }


def _stems(text: str) -> list[str]:
    words = (w.lower() for w in _TOKEN.findall(text.replace("’", "'")))
    return [_stem(word) for word in words if word not in STOPWORDS or word in _KEPT]


# Stop words of the search that carry meaning in a statement.
_KEPT = frozenset(
    [
        "before",
        "after",
        "above",
        "below",
        "over",
        "under",
        "between",
        "during",
        "against",
        "down",
        "up",
        "off",
    ]
)


def _subject(text: str) -> str:
    return next(iter(_stems(text)), "")


def _count(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(match.group().lower() for match in pattern.finditer(text))


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    return stem(word)
