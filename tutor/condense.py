"""Follow-ups made to stand alone, by rules over the names that the conversation holds.

A 135-million-parameter model rewrites questions into other questions (docs/log.md), so this is
done by code: a follow-up either points back with a pronoun, or names one new thing and leaves the
rest of the question to the one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.mentions import Gazetteer, Mention
from tutor.records import Turn

_POINTS_BACK = re.compile(
    r"\b(it|its|itself|they|them|their|theirs|that|this|these|those|one|ones|both|the two|"
    r"the other|the others|the former|the latter|the first|the second|he|she|his|her)\b",
    re.I,
)
_NOT_POINTING = re.compile(
    r"\bthat (is|are|was|can|does|do|has|have|will|would|uses?|makes?|i|you|we|a|an|the)\b"
    r"|\bit (is|would be|'s) (possible|better|worth|necessary|true)\b|\bis it (possible|better|"
    r"worth|necessary|true|ok|okay|enough)\b|\b(this|that) (station|map|course|curriculum)\b"
    r"|\bone (of|or|another|by|at|gpu|sentence|small)\b|\bin one\b",
    re.I,
)
_CONTINUES = re.compile(
    r"^\W*(and|but|so|ok|okay|then|what about|how about|what if|why|why not|how so|when|where|"
    r"which one|more|tell me more|go on|continue|for example|an example|example|really|"
    r"in what way|such as|like what|also)\b",
    re.I,
)
_ABOUT = re.compile(
    r"^\W*(?:and |but |so |ok |okay |then )*(?:what|how) about (.+?)\W*$"
    r"|^\W*(?:and|or) ((?:\S+ ){0,3}\S+?)\W*$",
    re.I,
)
# Nouns that need a second noun, without it: "What is the difference?", "Any alternatives?".
_INCOMPLETE = re.compile(
    r"\b(differences?|alternatives?|examples?|(dis)?advantages?|drawbacks?|limits?|limitations?|"
    r"benefits?|steps|use cases?)\b(?!.*\b(between|of|to|in|for)\b)",
    re.I,
)
_FIRST = re.compile(r"\bthe (?:first|former)(?: one)?\b", re.I)
_SECOND = re.compile(r"\bthe (?:second|latter|last)(?: one)?\b", re.I)
# Topics whose names are everyday words: they are hardly ever what a conversation is about.
_EVERYDAY = frozenset(
    ("memory", "evaluation", "optimization", "programming", "scope", "bias", "select")
)
# What such a question is about is named by its answer.
_ASKS_FOR_NAME = re.compile(
    r"^\W*(which|who|name|what (kinds?|types?|sorts?|models?|methods?|techniques?|tools?|"
    r"is the (most|best|main|name)))\b",
    re.I,
)
_PLURAL = re.compile(
    r"\b(they|them|their|these|those|both|the two|differ\w*|compare\w*|between)\b"
    r"|\bwhich( one)? (is|are|should|would|needs?|of)\b",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(its|their)\b|\b(it|they|them|this one|that one|this|that|these|those|both|the two)\b", re.I
)


def stand_alone(question: str, history: Sequence[Turn], names: Gazetteer) -> str:
    """The question as it reads without the conversation.

    Args:
        history: earlier turns, oldest first.
        names: to know what the conversation is about.

    Returns:
        The question itself if it stands alone or nothing before it helps.
    """
    if not history or not _depends(question, names):
        return question
    focus = _focus(question, history, names)
    if not focus:
        return question
    previous = _last_question(history)
    about = _ABOUT.match(question)
    new = _found(question, names)
    if about and previous and new and (old := _swappable(previous, names)):
        return previous[: old.start] + (about[1] or about[2]).strip() + previous[old.end :]
    if len(focus) > 1 and (ordinal := _FIRST.search(question) or _SECOND.search(question)):
        meant = focus[1] if _FIRST.search(question) else focus[0]
        return question[: ordinal.start()] + meant.words + question[ordinal.end() :]
    if _PLURAL.search(question) and len(focus) > 1 and not new:
        return _replace_pronoun(question, f"{focus[1].words} and {focus[0].words}")
    return _replace_pronoun(question, focus[0].words)


def _depends(question: str, names: Gazetteer) -> bool:
    """Whether the question leans on what was said before."""
    pointing = _POINTS_BACK.search(_NOT_POINTING.sub(" ", question))
    if pointing:
        return True
    if _found(question, names):
        return bool(_ABOUT.match(question))
    if _INCOMPLETE.search(question) or _CONTINUES.match(question):
        return True
    return len(question.split()) <= _FRAGMENT


# "And why?", "How many layers?": so few words lean on something. More words without a name of the
# curriculum are a question of their own, which the gate will decline.
_FRAGMENT = 3


def _found(text: str, names: Gazetteer) -> list[Mention]:
    """Names in a text that a conversation can be about."""
    return [m for m in names.find(text) if m.words.lower() not in _EVERYDAY]


def _focus(question: str, history: Sequence[Turn], names: Gazetteer) -> list[Mention]:
    """What the conversation was last about, latest question first; then earlier ones."""
    asked_now = {m.words.lower() for m in _found(question, names)}
    found: dict[tuple[str, ...], Mention] = {}
    users = [turn for turn in reversed(history) if turn.role == "user"]
    answers = [turn for turn in reversed(history) if turn.role == "assistant"]
    recent = [*users[:1], *answers[:1]]
    if users and _ASKS_FOR_NAME.match(users[0].content):
        recent.reverse()
    for turn in [*recent, *users[1:]]:
        mentions = [m for m in _found(turn.content, names) if m.topics or m.station]
        if turn.role == "assistant":
            mentions = mentions[:1]  # an answer names many things, its subject first
        else:
            mentions.reverse()
        for mention in mentions:
            if mention.words.lower() not in asked_now:
                found.setdefault(mention.topics or (str(mention.station),), mention)
    return list(found.values())


def _last_question(history: Sequence[Turn]) -> str | None:
    return next((turn.content for turn in reversed(history) if turn.role == "user"), None)


def _swappable(previous: str, names: Gazetteer) -> Mention | None:
    """The one name in the previous question that a new one can take the place of."""
    mentions = [m for m in _found(previous, names) if m.topics]
    return mentions[0] if mentions else None


def _replace_pronoun(question: str, subject: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return f"{subject}'s" if match[1] else subject

    told, count = _PRONOUN.subn(replaced, question, count=1)
    if count:
        return told
    return f"{question.rstrip(' ?.!')} ({subject})?"
