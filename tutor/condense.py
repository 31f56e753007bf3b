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
    r"^\W*(and|but|so|ok|okay|then|what about|how about|what if|why|why not|how so|how|when|where|"
    r"which one|who|more|tell me more|go on|continue|for example|an example|example|really|"
    r"in what way|such as|like what|also)\b",
    re.I,
)
_ABOUT = re.compile(r"^\W*(?:and |but |so |ok |okay |then )*(?:what|how) about (.+?)\W*$", re.I)
# What such a question is about is named by its answer.
_ASKS_FOR_NAME = re.compile(
    r"^\W*(which|who|name|what (kinds?|types?|sorts?|models?|methods?|techniques?|tools?|"
    r"is the (most|best|main|name)))\b",
    re.I,
)
_PLURAL = re.compile(
    r"\b(they|them|their|these|those|both|the two|differ\w*|compare\w*|between)\b", re.I
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
    new = names.find(question)
    if about and previous and new and (old := _swappable(previous, names)):
        return previous[: old.start] + about[1].strip() + previous[old.end :]
    if _PLURAL.search(question) and len(focus) > 1 and not new:
        return _replace_pronoun(question, f"{focus[1].words} and {focus[0].words}")
    return _replace_pronoun(question, focus[0].words)


def _depends(question: str, names: Gazetteer) -> bool:
    """Whether the question leans on what was said before."""
    pointing = _POINTS_BACK.search(_NOT_POINTING.sub(" ", question))
    if pointing:
        return True
    if _ABOUT.match(question):
        return True
    mentions = names.find(question)
    short = len(question.split()) <= 6
    return not mentions and (short or bool(_CONTINUES.match(question)))


def _focus(question: str, history: Sequence[Turn], names: Gazetteer) -> list[Mention]:
    """What the conversation was last about, latest question first; then earlier ones."""
    asked_now = {m.words.lower() for m in names.find(question)}
    found: dict[tuple[str, ...], Mention] = {}
    users = [turn for turn in reversed(history) if turn.role == "user"]
    answers = [turn for turn in reversed(history) if turn.role == "assistant"]
    recent = [*users[:1], *answers[:1]]
    if users and _ASKS_FOR_NAME.match(users[0].content):
        recent.reverse()
    for turn in [*recent, *users[1:]]:
        mentions = [m for m in names.find(turn.content) if m.topics or m.station]
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
    mentions = [m for m in names.find(previous) if m.topics]
    return mentions[-1] if mentions else None


def _replace_pronoun(question: str, subject: str) -> str:
    def replaced(match: re.Match[str]) -> str:
        return f"{subject}'s" if match[1] else subject

    told, count = _PRONOUN.subn(replaced, question, count=1)
    if count:
        return told
    return f"{question.rstrip(' ?.!')} ({subject})?"
