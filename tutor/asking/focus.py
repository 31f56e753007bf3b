"""What a conversation is about: the names in focus, the latest first, and the last question.

What is asked for without being a name of the curriculum is a subject as well ("What is
precision?"), until the tutor has declined to speak of it.

Turns are taken in one by one, and of each only this is kept: thirty turns cost what one costs, and
what was said ten subjects ago weighs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.lexical import stem
from tutor.asking.intent import read_intent
from tutor.asking.vague import says_nothing
from tutor.mentions import Gazetteer, Mention
from tutor.prompts import ABSTAIN

# Subjects kept: "going back to the first topic" reaches no farther.
_KEPT = 8
# An answer names its subject at its beginning.
_OPENING = 400
# Topics whose names are everyday words, and verbs that sound like one: they are hardly ever what a
# conversation is about.
_EVERYDAY = frozenset(
    re.findall(
        r"\S+",
        "memory evaluation evaluate evaluated optimization optimize optimise optimized optimised "
        "programming program scope bias select retrieve retrieved",
    )
)
# What such a question is about is named by its answer.
_ASKS_FOR_NAME = re.compile(
    r"^\W*((ok|okay|and|so|then|now)\W+)*(which|who|name|what (kinds?|types?|sorts?|models?|"
    r"methods?|techniques?|tools?|is the (most|best|main|name)|"
    r"(is|comes?|follows?)\b.*\b(after|before|next))|(the )?(one )?(after|before|next)\b|"
    r"what next|and then)\b",
    re.I,
)


# The tutor's own question back (``unclear``): its example names nothing that was spoken of.
_ASKED_BACK = re.compile(
    r"(?:What do you mean by|What would you like to know|Which do you mean:|Which "
    r"[\w ]+ do you mean\?|With what "
    r"should|An example of what\?|The [\w ]+ (?:of|between) what\?)"
)
_NOUN = r"(?!(?:and|or|vs|versus)\b)[\w+#-]+"
_NOUNS = rf"(?:{_NOUN} ){{0,2}}{_NOUN}"
# A subject by the form of the question, where the curriculum has no name for it.
_STATED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:between|compare) (?:the |an? )?(?P<a>{_NOUNS}) (?:and|with|to) "
        rf"(?:the |an? )?(?P<b>{_NOUNS})\W*$",
        rf"^\W*(?:what(?:'s| is| are)|define|explain|describe) (?:the |an? )?(?P<a>{_NOUNS})"
        rf"(?: and (?:the |an? )?(?P<b>{_NOUNS}))?\W*$",
        rf"^\W*(?P<a>{_NOUNS}) (?:vs\.?|versus|or) (?P<b>{_NOUNS})\W*$",
    )
)
# What may stand between the members of a list or the sides of a comparison.
_TIE = re.compile(
    r"(?:\W|\b(?:and|or|the|an?|vs|versus|with|to|from|between|than|over|instead of|rather|as|"
    r"against|differ\w*|compar\w*|better|worse|\w+er|more|less|what|when|is|are|should|do|i|use|it|"
    r"define|explain)\b)*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Focus:
    """Where a conversation stands.

    Attributes:
        subjects: what was last spoken of first.
        asked: the last question as it stands alone; None before the first.
        names: the subjects of that question, in its order.
        group: several that were named side by side or one after another, in their order.
        pending: the last question, if it was asked back.
    """

    subjects: tuple[Mention, ...] = ()
    asked: str | None = None
    names: tuple[Mention, ...] = ()
    group: tuple[Mention, ...] = ()
    pending: str | None = None

    def after_question(self, question: str, names: Gazetteer) -> Focus:
        """The focus once a question, already made to stand alone, has been asked."""
        found = tuple(subjects_in(question, names) or stated_in(question))
        subjects = _latest((*reversed(found), *self.subjects))
        return Focus(subjects, question, found, self._grouped(found, question))

    def after_answer(self, answer: str, names: Gazetteer) -> Focus:
        """The focus once the question has been answered."""
        if _ASKED_BACK.match(answer):
            return replace(self, pending=self.asked)
        declined = answer.startswith(ABSTAIN)
        told = [] if declined else subjects_in(answer[:_OPENING], names)
        known = self.names if not declined else [m for m in self.names if m.topics or m.station]
        if self.asked is None or not (told or known):
            # A question about nothing that we know: what follows is not about what went before.
            return Focus((), self.asked)
        asked = {topics for m in self.names if (topics := _thing(m))}
        new = [m for m in told if _thing(m) not in asked]
        group = self._listed(answer, told)
        # "Which is the fastest vector database?", answered with what vector databases are.
        repeated = bool(told and told[0].topics and told[0] not in new)
        named = _ASKS_FOR_NAME.match(self.asked) and group is self.group and not repeated
        if named or not self.names:
            return replace(self, subjects=_latest((*new[:1], *self.subjects)), group=group)
        count = len({key(m) for m in self.names})
        opening = [m for m in told[:1] if m in new]
        both = (*self.subjects[:count], *opening, *self.subjects[count:])
        return replace(self, subjects=_latest(both), group=group)

    def _grouped(self, found: Sequence[Mention], question: str) -> tuple[Mention, ...]:
        """Several side by side in a question, or one in each of the last two."""
        if together := side_by_side(question, found):
            return together
        if not found or key(found[0]) in {key(m) for m in (*self.group, *self.names)}:
            return self.group
        before = self.names or self.subjects[:1]
        alone = before and not side_by_side(self.asked or "", before)
        return (before[0], found[0]) if alone else ()

    def _listed(self, answer: str, told: Sequence[Mention]) -> tuple[Mention, ...]:
        """What an answer lists, where a list was asked for."""
        asked = self.asked or ""
        if len(self.names) > 1 or read_intent(asked) != "list":
            return self.group
        named = {key(m) for m in self.names}
        others = [m for m in told if key(m) not in named]
        return side_by_side(answer[:_OPENING], others) or self.group


def subjects_in(text: str, names: Gazetteer) -> list[Mention]:
    """Names in a text that a conversation can be about, in its order; "top-k sampling" is one."""
    found: list[Mention] = []
    for mention in _sides(names.find(text), names):
        before = found[-1] if found else None
        joined = before is not None and text[before.end : mention.start] == " "
        # But not "vector databases Pinecone, Weaviate …".
        if before and joined and mention.words.islower() and _thing(before) == _thing(mention):
            found[-1] = replace(before, words=text[before.start : mention.end], end=mention.end)
        elif mention.words.lower() not in _EVERYDAY:
            found.append(mention)
    return found


def _sides(mentions: Iterable[Mention], names: Gazetteer) -> Iterator[Mention]:
    """Both sides of a topic that is a choice: "RAG or fine-tuning"."""
    for mention in mentions:
        tie = _CHOICE.search(mention.words)
        if tie is None:
            yield mention
            continue
        for at, side in (
            (0, mention.words[: tie.start()]),
            (tie.end(), mention.words[tie.end() :]),
        ):
            start = mention.start + at
            yield from (
                replace(m, start=start + m.start, end=start + m.end) for m in names.find(side)
            )


_CHOICE = re.compile(r" (?:or|vs\.?|versus) ", re.I)


def stated_in(question: str) -> list[Mention]:
    """What a question asks for by its form: "precision" in "What is precision?"."""
    for pattern in _STATED:
        if found := pattern.search(question):
            sides = [side for side in ("a", "b") if found[side] and not says_nothing(found[side])]
            return [Mention(found[side], *found.span(side)) for side in sides]
    return []


def distinct(mentions: Sequence[Mention], text: str) -> list[Mention]:
    """Those that are several things: "RAG (retrieval-augmented generation)" is one."""
    once: dict[tuple[str, ...], Mention] = {}
    before: Mention | None = None
    for mention in mentions:
        same = before and _thing(mention) and _thing(before) == _thing(mention)
        if not (same and before and text[before.end : mention.start].strip() == "("):
            once.setdefault(key(mention), mention)
        before = mention
    return list(once.values())


def key(mention: Mention) -> tuple[str, ...]:
    """What two mentions of one thing have in common.

    One topic goes by several names, some of which are things of their own: sigmoid and ReLU.
    """
    return (*_thing(mention), *(stem(word) for word in mention.words.lower().split()))


def _thing(mention: Mention) -> tuple[str, ...]:
    """The topics or the station of a mention; nothing for what the curriculum has no name for."""
    return mention.topics or ((str(mention.station),) if mention.station is not None else ())


def side_by_side(text: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The most names that stand side by side: "HNSW, IVF and LSH"; none if there are not two."""
    runs: list[list[Mention]] = [[]]
    for mention in mentions:
        before = runs[-1][-1] if runs[-1] else None
        if before and not _TIE.fullmatch(text[before.end : mention.start]):
            runs.append([])
        runs[-1].append(mention)
    best = max((distinct(run, text) for run in runs), key=len)
    return tuple(best) if len(best) > 1 else ()


def _latest(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Each subject once, at most so many."""
    once: dict[tuple[str, ...], Mention] = {}
    for mention in mentions:
        once.setdefault(key(mention), mention)
    return tuple(once.values())[:_KEPT]
