"""What the text says of the counterpart: "…, whereas a cross-encoder reads them together"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.evidence import Evidence
from tutor.mentions import Mention
from tutor.premises.claims import contrary, opposed, read_claim
from tutor.premises.clauses import opens_with, share_of, without_name
from tutor.premises.figures import is_figure
from tutor.premises.statement import EMPTY, SAYS_LITTLE, Statement, normal_words, said_of

_CONTRAST = re.compile(r",? whereas |, while |; |, and (?=the |an? )|, but ")
# "The one saves more memory …, whereas the other …": a matter of degree denies nothing.
_COMPARES = re.compile(
    r"\b(?:more|less|fewer|better|worse|(?:fast|slow|high|low|small|larg|strong|weak|cheap)e?r)\b",
    re.I,
)
_ENOUGH = 2
_ALIKE, _UNLIKE = 0.75, 0.4


def exchanged(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """What is said of one thing in contrast to another, asked of the other one.

    "Why does a cross-encoder embed them apart?", where "a bi-encoder embeds them apart, whereas a
    cross-encoder reads them together".
    """
    subject = mentions[0]
    asked, rest = said_of(subject, question)
    rest -= EMPTY
    name = set(read_claim(subject.words).words)
    if len(rest) < _ENOUGH:
        return
    for evidence in sentences:
        clauses = _CONTRAST.split(evidence.text)
        if len(clauses) != _ENOUGH:
            continue
        for other, own in (clauses, clauses[::-1]):
            theirs, ours = read_claim(other), read_claim(own)
            if not name <= set(ours.words) or name <= set(theirs.words):
                continue
            whose = next(iter(theirs.words), None)
            if _COMPARES.search(other):
                continue
            if whose in rest or theirs.denied != asked.denied or opposed(rest, theirs.words):
                continue
            alike, unlike = (len(rest & set(c.words)) / len(rest) for c in (theirs, ours))
            if alike >= _ALIKE and unlike <= _UNLIKE:
                yield evidence


_AGAINST = re.compile(r",? whereas |, while |; |,? but ")
# Shares of the words that only the other side has, and of the statement's in the sentence.
_THEIRS, _IN_ALL = 0.5, 0.6


def contrasted(text: str, said: Statement) -> float:
    """How much of the statement a sentence says of what it contrasts the subject with."""
    sides = _AGAINST.split(text.rsplit(": ", 1)[-1])
    if len(sides) != _ENOUGH:
        return 0.0
    for other, own in (sides, sides[::-1]):
        if not opens_with(own, said) or opens_with(other, said):
            continue
        theirs, ours = set(normal_words(other)), without_name(own, said)
        name = set(normal_words(other)[:1])
        if _COMPARES.search(other):
            continue
        if read_claim(other).denied != said.denied or contrary(said.text, other):
            continue
        if name & said.rest or any(set(n) <= theirs for n in said.names):
            continue
        only = theirs - ours - name - SAYS_LITTLE
        asked = {word for word in said.counts & only if not is_figure(word)}
        if asked and not said.counts & (ours - theirs) and len(asked) / len(only) >= _THEIRS:
            return share_of(said.counts, theirs) * (share_of(said.counts, theirs | ours) >= _IN_ALL)
    return 0.0
