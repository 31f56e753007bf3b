"""Follow-ups made to stand alone, by rules over the names that the conversation holds.

A 135-million-parameter model rewrites questions into other questions (docs/log.md), so this is
done by code: a follow-up either points back with a pronoun, or names one new thing and leaves the
rest of the question to the one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tutor.focus import Focus, key, subjects_in
from tutor.mentions import Gazetteer, Mention
from tutor.records import Turn

_POINTS_BACK = re.compile(
    r"\b(it|its|itself|they|them|their|theirs|that|this|these|those|one|ones|both|the two|"
    r"the other|the others|the former|the latter|the (first|second|last)(?= (one|topic|subject|"
    r"method|thing)\b|\W*$)|he|she|his|her)\b",
    re.I,
)
_NOT_POINTING = re.compile(
    r"\bthat (is|are|was|can|does|do|has|have|will|would|uses?|makes?|i|you|we|a|an|the)\b"
    r"|\bit (is|would be|'s) (possible|better|worth|necessary|true)\b|\bis it (possible|better|"
    r"worth|necessary|true|ok|okay|enough)\b|\b(this|that) (map|course|curriculum)\b"
    r"|\bone (of|or|another|by|at|gpu|sentence|small)\b|\bin one\b"
    # "Which one is better, LoRA or QLoRA?", "What is it that makes …?"
    r"|\bwhich one\b(?=.*\bor\b)|\bis it that\b",
    re.I,
)
_CONTINUES = re.compile(
    r"^\W*(and|but|so|ok|okay|then|what about|how about|what if|why|why not|how so|when|where|"
    r"which one|more|tell me more|go on|continue|for example|an example|example|really|"
    r"in what way|such as|like what|also)\b",
    re.I,
)
_LEAD = r"(?:(?:and|but|so|ok|okay|then|now|thanks|thank you|great|cool|got it|i see|well)\W+)*"
_ABOUT = re.compile(
    rf"^\W*{_LEAD}(?:what|how) about (.+?)\W*$"
    r"|^\W*(?:and|or) (?!(?:why|how|what|when|where|who|which)\b)((?:\S+ ){0,3}\S+?)\W*$",
    re.I,
)
_PREPOSITION = re.compile(r"^(?:for|with|in|of|on|to|by)\s+", re.I)
# "Back to LoRA: which layers get it?"
_BACK = re.compile(
    rf"^\W*{_LEAD}(?:(?:going|coming|let's go|go|getting) )?(?:back to|returning to|regarding|"
    r"concerning|as for|speaking of)\s+(?P<what>[^:,;?]+?)\s*(?:[:,;?.]\s*(?P<rest>.*))?$",
    re.I,
)
# The last answer again, in other words.
_AGAIN = re.compile(
    rf"^\W*{_LEAD}(?:please |could you |can you |explain |explain (?:it|that) |say (?:it|that) |"
    r"put (?:it|that) )*(?:in (?:simpler|simple|plain|other|easier|your own) "
    r"(?:words|terms|english)|(?:more )?simply|simpler|shorter|again|repeat(?: that)?|"
    r"rephrase(?: that)?|eli5|"
    r"(?:like|as if) i(?:'m| am| were) (?:five|5|a child|a beginner)|"
    r"i (?:do not|don't|didn't|did not) (?:understand|get (?:it|that))(?: (?:it|that))?|"
    r"come again|what do you mean(?: by that)?)(?:\W+(?:please|again))*\W*$",
    re.I,
)
# Nouns that need a second noun, without it: "What is the difference?", "Any alternatives?".
_INCOMPLETE = re.compile(
    r"\b(differences?|alternatives?|examples?|(dis)?advantages?|drawbacks?|limits?|limitations?|"
    r"benefits?|steps?|stages?|use cases?|pros and cons|parameters|author|papers?|books?|videos?|"
    r"articles?|tutorials?|courses?)\b(?!.*\b(between|of|to|in|for|on|about|by|with|from)\b)",
    re.I,
)
_ONE_SIDED = re.compile(r"\b(difference|distinction)s? (?:to|from|with) ", re.I)
_VERSUS = re.compile(rf"^\W*{_LEAD}(?:and )?(?:compared? (?:to|with)|versus|vs\.?) (.+?)\W*$", re.I)
_FIRST = re.compile(r"\bthe (?:first|former)(?: (?:one|method))?\b", re.I)
_SECOND = re.compile(r"\bthe (?:second|latter|last)(?: (?:one|method))?\b", re.I)
_EARLIEST = re.compile(r"\b(?:the|my|our) (?:very )?first (?:topic|subject|thing|question)\b", re.I)
_PLURAL = re.compile(
    r"\b(they|them|their|these|those|both|the two|differ\w*|compare\w*|between)\b"
    r"|\bwhich( one)? (is|are|should|would|needs?|of)\b",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(its|their)\b|\b(it|they|them|this one|that one|this|that|these|those|both|the two|"
    r"one(?=\W*$))\b",
    re.I,
)
_THAT_STATION = re.compile(r"\b(?:this|that|the same) (?:station|stop)\b", re.I)
_BARE_WHY = re.compile(rf"^\W*{_LEAD}(why(?: not)?)\W*$", re.I)
_YES_OR_NO = re.compile(
    r"^\W*(is|are|do|does|did|can|could|will|would|should|has|have|must)\b", re.I
)
_OBJECT = re.compile(r"\b(?:than|from|with|as|to) $", re.I)
_INVERTED = re.compile(
    r"^[^,;:]*\b(?:is|are|was|do|does|did|can|could|should|would|will|must) $", re.I
)
# "And why?", "How many layers?": so few words lean on something. More words without a name of the
# curriculum are a question of their own, which the gate will decline.
_FRAGMENT = 3


def stand_alone(question: str, history: Sequence[Turn], names: Gazetteer) -> str:
    """The question as it reads without the conversation.

    Args:
        history: earlier turns, oldest first.
        names: to know what the conversation is about.

    Returns:
        The question itself if it stands alone or nothing before it helps.
    """
    focus = Focus()
    for turn in history:
        if turn.role == "user":
            focus = focus.after_question(_resolved(turn.content, focus, names), names)
        else:
            focus = focus.after_answer(turn.content, names)
    return _resolved(question, focus, names)


def _resolved(question: str, focus: Focus, names: Gazetteer) -> str:
    if focus.asked is None:
        return question
    if back := _BACK.match(question):
        return _returned(question, back, focus, names)
    if _AGAIN.match(question) and focus.subjects:
        return focus.asked
    if not _depends(question, names) or not focus.subjects:
        return question
    if (why := _BARE_WHY.match(question)) and _YES_OR_NO.match(focus.asked):
        return f"{why[1].capitalize()}? {focus.asked}"
    return _swapped(question, focus, names) or _completed(question, focus, names)


def _returned(question: str, back: re.Match[str], focus: Focus, names: Gazetteer) -> str:
    """ "Back to LoRA: which layers get it?": about the subject that is named."""
    meant = subjects_in(back["what"], names)[-1:]
    if not meant and _EARLIEST.search(back["what"]):
        meant = list(focus.subjects[-1:])
    if not meant:
        return question
    rest = back["rest"] or f"What is {meant[0].words}?"
    if subjects_in(rest, names) and not _depends(rest, names):
        return rest
    return _completed(rest, replace(focus, subjects=tuple(meant)), names)


def _depends(question: str, names: Gazetteer) -> bool:
    """Whether the question leans on what was said before."""
    found = subjects_in(question, names)
    if _POINTS_BACK.search(_NOT_POINTING.sub(" ", question)):
        return not inner_antecedent(question, names)
    if found:
        one = len(found) == 1
        return one and bool(
            _ABOUT.match(question) or _VERSUS.match(question) or _ONE_SIDED.search(question)
        )
    if _INCOMPLETE.search(question) or _CONTINUES.match(question):
        return True
    return len(question.split()) <= _FRAGMENT


def inner_antecedent(question: str, names: Gazetteer) -> bool:
    """Whether a name before the first pronoun is what it stands for.

    "Does LoRA need its own licence?", but neither "How does LoRA differ from it?" nor "How many
    parameters does it add?".
    """
    pointing = _POINTS_BACK.search(question)
    if not pointing or pointing[0].lower() not in ("it", "its", "they", "their"):
        return False
    before = question[: pointing.start()]
    if _OBJECT.search(before):
        return False
    return any(not _INVERTED.match(before[m.end :]) for m in subjects_in(before, names))


def _swapped(question: str, focus: Focus, names: Gazetteer) -> str | None:
    """A new name put to the last question, or beside the subject in focus."""
    new = subjects_in(question, names)
    if not new:
        return None
    subject = next((m for m in focus.subjects if key(m) != key(new[0])), None)
    if (against := _VERSUS.match(question)) and subject:
        return f"Compare {subject.words} with {against[1]}"
    if (one_sided := _ONE_SIDED.search(question)) and subject:
        between = f"{one_sided[1]} between {subject.words} and "
        return question[: one_sided.start()] + between + question[one_sided.end() :]
    about = _ABOUT.match(question)
    old = next((m for m in focus.names if m.topics), None)
    if about and old and focus.asked:
        put = _PREPOSITION.sub("", (about[1] or about[2]).strip())
        return focus.asked[: old.start] + put + focus.asked[old.end :]
    return None


def _completed(question: str, focus: Focus, names: Gazetteer) -> str:
    """The question with the subject in focus where it points or leaves a gap."""
    new = {key(m) for m in subjects_in(question, names)}
    subjects = [m for m in focus.subjects if key(m) not in new]
    if not subjects:
        return question
    if station := _THAT_STATION.search(question):
        return _at_station(question, station, subjects, names)
    if earliest := _EARLIEST.search(question):
        return question[: earliest.start()] + subjects[-1].words + question[earliest.end() :]
    if len(subjects) > 1 and (ordinal := _FIRST.search(question) or _SECOND.search(question)):
        meant = subjects[1] if _FIRST.search(question) else subjects[0]
        return question[: ordinal.start()] + meant.words + question[ordinal.end() :]
    both = len(subjects) > 1 and _PLURAL.search(question) and not new
    subject = f"{subjects[1].words} and {subjects[0].words}" if both else subjects[0].words
    return _put(question, subject)


def _at_station(
    question: str, where: re.Match[str], subjects: Sequence[Mention], names: Gazetteer
) -> str:
    numbers = [n for m in subjects if (n := names.station(m)) is not None]
    if not numbers:
        return question
    return f"{question[: where.start()]}station {numbers[0]}{question[where.end() :]}"


def _put(question: str, subject: str) -> str:
    """The subject in place of the first pronoun, behind the noun that lacks it, or at the end."""

    def replaced(match: re.Match[str]) -> str:
        return f"{subject}'s" if match[1] else subject

    told, count = _PRONOUN.subn(replaced, question, count=1)
    if count:
        return told
    if gap := _INCOMPLETE.search(question):
        word = "between" if gap[0].lower() == "difference" and " and " in subject else "of"
        return f"{question[: gap.end()]} {word} {subject}{question[gap.end() :]}"
    return f"{question.rstrip(' ?.!')} ({subject})?"
