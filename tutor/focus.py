"""What a conversation is about: the names in focus, the latest first, and the last question.

Turns are taken in one by one, and of each only this is kept: thirty turns cost what one costs, and
what was said ten subjects ago weighs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tutor.mentions import Gazetteer, Mention
from tutor.prompts import ABSTAIN

# Subjects kept: "going back to the first topic" reaches no farther.
_KEPT = 8
# An answer names its subject at its beginning.
_OPENING = 400
# Topics whose names are everyday words: they are hardly ever what a conversation is about.
_EVERYDAY = frozenset(
    ("memory", "evaluation", "optimization", "programming", "scope", "bias", "select")
)
# What such a question is about is named by its answer.
_ASKS_FOR_NAME = re.compile(
    r"^\W*((ok|okay|and|so|then|now)\W+)*(which|who|name|what (kinds?|types?|sorts?|models?|"
    r"methods?|techniques?|tools?|is the (most|best|main|name)|"
    r"(is|comes?|follows?)\b.*\b(after|before|next))|(the )?(one )?(after|before|next)\b|"
    r"what next|and then)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Focus:
    """Where a conversation stands.

    Attributes:
        subjects: names of the curriculum, what was last spoken of first.
        asked: the last question as it stands alone; None before the first.
        names: those of that question, in its order.
    """

    subjects: tuple[Mention, ...] = ()
    asked: str | None = None
    names: tuple[Mention, ...] = ()

    def after_question(self, question: str, names: Gazetteer) -> Focus:
        """The focus once a question, already made to stand alone, has been asked."""
        found = subjects_in(question, names)
        return Focus(_latest((*reversed(found), *self.subjects)), question, tuple(found))

    def after_answer(self, answer: str, names: Gazetteer) -> Focus:
        """The focus once the question has been answered."""
        declined = answer.startswith(ABSTAIN)
        told = [] if declined else subjects_in(answer[:_OPENING], names)
        if self.asked is None or not (told or self.names):
            # A question about nothing that we know: what follows is not about what went before.
            return Focus((), self.asked)
        asked = {key(m) for m in self.names}
        new = [m for m in told if key(m) not in asked][:1]
        if _ASKS_FOR_NAME.match(self.asked) or not self.names:
            return Focus(_latest((*new, *self.subjects)), self.asked, self.names)
        count = len(asked)
        both = (*self.subjects[:count], *told[:1], *self.subjects[count:])
        return Focus(_latest(both), self.asked, self.names)


def subjects_in(text: str, names: Gazetteer) -> list[Mention]:
    """Names in a text that a conversation can be about, in its order."""
    return [m for m in names.find(text) if m.words.lower() not in _EVERYDAY]


def key(mention: Mention) -> tuple[str, ...]:
    """What two names of one thing have in common."""
    return mention.topics or (str(mention.station),)


def _latest(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Each subject once, at most so many."""
    once: dict[tuple[str, ...], Mention] = {}
    for mention in mentions:
        once.setdefault(key(mention), mention)
    return tuple(once.values())[:_KEPT]
