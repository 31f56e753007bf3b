"""The check: a sentence goes out only if a passage says the same.

Rules, each of which a wrong sentence of the bundled model, or of a hostile one in the tests, has
made necessary (docs/log.md):

- its words are those of the passage, in the passage's order; only articles may differ. A sentence
  may shorten a passage at a comma or a bracket, or join two passages, and nothing else: "HNSW needs
  more than IVF" is no support for "IVF needs more than HNSW", though the words are the same;
- what is cut off was no condition;
- names are written the same way (LoRa is not LoRA);
- it brings no markup or marker of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.additions import TOKEN, added, straight
from tutor.records import Support

# Share of the sentence's words that makes it "partial" where nothing contradicts it.
_COVERAGE_PARTIAL = 0.7

_ARTICLES = frozenset(("a", "an", "the"))
_NEGATION = re.compile(
    r"\b(not|no|never|none|neither|nor|without|cannot|nothing|\w+n't|unlike|rather than|"
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
        certain: whether a sentence that a model wrote may go out on it: to be supported more
            likely than not is enough for a verdict, and not for a learner.
    """

    support: Support
    passages: tuple[int, ...] = ()
    reason: str = ""
    certain: bool = True


Check = Callable[[str, Sequence[str]], Verdict]


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
    sentence, passage = straight(sentence), straight(passage)
    if sentence == passage:
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
        if min(halves) >= 0 and _words(right)[:1] == _words(passages[halves[1]])[:1]:
            return tuple(sorted(set(halves)))
    return ()


def _contradiction(sentence: str, passage: str) -> str | None:
    """The first hard fault: what the passage lacks, or a denial of its own."""
    if fault := added(sentence, passage):
        return fault
    if _count(_NEGATION, sentence) != _count(_NEGATION, passage):
        return "it denies what the passage does not, or the reverse"
    return None


def _altered(sentence: str, passage: str) -> str | None:
    """Whether more was done to the passage than shortening it at its own joints.

    Only three deletions leave a true sentence true: articles, what stands in brackets, and all
    that follows a comma. Words taken from the middle change who does what: "a function that a
    neuron applies to its inputs" became "a function that applies to its inputs".
    """
    here = _words(sentence)
    for whole in (passage, _BRACKETS.sub("", passage)):
        for end in [*(m.start() for m in _COMMA.finditer(whole)), len(whole)]:
            if _words(whole[:end]) == here:
                cut = _CONDITION.match(whole[end:])
                return "it leaves out a condition" if cut else None
    return "its words are not the passage's, in the passage's order"


def _overlap(sentence: str, passage: str) -> float:
    here = Counter(_words(sentence))
    held = here & Counter(_words(passage))
    return held.total() / here.total() if here else 0.0


def _words(text: str) -> list[str]:
    """All words in lower case but articles."""
    return [w for w in (w.lower() for w in TOKEN.findall(text)) if w not in _ARTICLES]


def _count(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(match.group().lower() for match in pattern.finditer(text))
