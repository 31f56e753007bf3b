"""What a question states of its subject, taken apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.evidence import Evidence
from tutor.mentions import Mention
from tutor.premises.claims import Claim, normal, read_claim

# How surely a sentence denies a statement, and the sentence.
Denial = tuple[float, Evidence]
# More than any share of words.
SURE = 1.0 + 1e-9
# What a premise and its denial may say or leave out.
EMPTY = frozenset(map(normal, ("need", "must", "use", "model", "llm", "function", "allowed")))
SAYS_LITTLE = EMPTY | frozenset(
    normal(word)
    for word in re.findall(
        r"\w+",
        "lot much many little few amount number some really so even most bit sign algorithm method "
        "approach technique language type value network matter happen work call said say",
    )
)
_AUXILIARY = (
    r"(?:does|do|did|is|are|was|were|can|could|must|should|has|have|had|will|would|isn't|aren't|"
    r"doesn't|don't)"
)
_LEADS_IN = r"^\W*(?:(?:and|but|so|ok|then|now)\W+)*"
_SUPPOSES = re.compile(
    rf"{_LEADS_IN}(?:since|because|given(?: that)?|if|as) (?P<said>[^,]+), (?:\w+ ){{0,3}}?"
    r"(?:how|what|which|why|who|where|when|should|can|do|does|is|are)\b",
    re.I,
)
_ASKS = re.compile(
    rf"{_LEADS_IN}(?:why|how|how come)\s+(?:{_AUXILIARY}\b\s*)?(?P<said>.+)$", re.I | re.S
)
# "How many …", "How faster …", "How can I …", "Why use …": state nothing whole.
_STATES_NOTHING = re.compile(
    r"^\W*how (?:many|much|long|large|big|often|fast|far|good|well|old|high|to|about|can|could|"
    r"should|would|do (?:i|we|you)\b|\w+er\b)|^\W*why (?:not|should|would|bother|use)\b",
    re.I,
)
_OTHER_CLAUSE = re.compile(
    r",? (?:even though|although|though|while|whereas|but|if|when|so that|or|because"
    rf"|and (?:how|what|why|when|where|which|{_AUXILIARY})|as (?:\w+ ){{1,3}}(?:does|do)"
    r"|like (?:an? )?[\w-]+)\b.*$",
    re.I | re.S,
)
_POINTS = re.compile(r"(?:it|that|this|there|they|you|i|we|my|our|your|he|she|one)\b", re.I)


def stated(question: str) -> str | None:
    """What a question states on the way: "Why is BERT decoder-only?" states "BERT decoder-only".

    Returns:
        Its words without the one asked with and the auxiliary; None if it states nothing that can
        be held against a text, or of something that it does not name.
    """
    if supposed := _SUPPOSES.match(question):
        return supposed["said"]
    asked = None if _STATES_NOTHING.search(question) else _ASKS.match(question)
    if asked is None:
        return None
    said = re.sub(r"^it (?:is )?that ", "", asked["said"].rstrip(" ?.!"))
    return None if _POINTS.match(said) else _OTHER_CLAUSE.sub("", said)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a question takes for granted, taken apart.

    Attributes:
        text: its words; names: its subject, and what else the text calls that, as normal words.
        rest: normal words that it says of the subject; counts: those that must be found again.
        things: words of the names it mentions. "Raises throughput" denies no "raises latency".
    """

    text: str
    names: frozenset[tuple[str, ...]]
    rest: frozenset[str]
    things: frozenset[str]
    denied: bool
    universal: bool

    @property
    def counts(self) -> frozenset[str]:
        return self.rest - SAYS_LITTLE


def normal_words(text: str) -> tuple[str, ...]:
    """The normal words that carry a text, each once."""
    return tuple(read_claim(text).words)


def said_of(subject: Mention, question: str) -> tuple[Claim, set[str]]:
    """The claim of a question, and its words without those of its subject."""
    asked = read_claim(f"{question[: subject.start]} {question[subject.end :]}")
    return asked, set(asked.words) - set(read_claim(subject.words).words)


_NOT_BEFORE_NAME = re.compile(
    r"[A-Z]|\b(?:of|in|for|to|with|and|from|is|are|was|were|has|have|does|can|must)\b"
)
_ABBREVIATES = re.compile(
    r"^(?:The |An? )?(?P<long>[\w-]+(?: [\w-]+){0,5}) \((?P<short>[\w-]+(?: [\w-]+)?)\)"
)


def read_statement(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Statement | None:
    """What a question states, and of what; None if it states nothing of something."""
    text = stated(question)
    words = normal_words(text) if text else ()
    if not text or not words:
        return None
    name = _named(text, question.find(text), mentions) or words[: 1 + (words[0] in SAYS_LITTLE)]
    names = {name}
    for evidence in sentences:
        if short := _ABBREVIATES.match(evidence.text):
            pair = [normal_words(short["long"]), normal_words(short["short"])]
            names |= set(pair) - {()} if name in pair else set()
    claim = read_claim(text)
    rest = frozenset(words) - set(name)
    things = frozenset(word for mention in mentions for word in normal_words(mention.words))
    return Statement(text, frozenset(names), rest, things, claim.denied, claim.universal)


def _named(text: str, start: int, mentions: Sequence[Mention]) -> tuple[str, ...] | None:
    """The name that the statement opens with, behind one adjective at most."""
    first = next((m for m in mentions if m.start >= start), None)
    before = text[: first.start - start] if first else text
    plain = first and len(normal_words(before)) <= 1 and not _NOT_BEFORE_NAME.search(before)
    return (normal_words(first.words) or None) if first and plain else None
