"""Follow-ups made to stand alone, by rules over the names that the conversation holds.

A 135-million-parameter model rewrites questions into other questions (docs/log.md), so this is
done by code: a follow-up either points back with a pronoun, or names one new thing and leaves the
rest of the question to the one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from tutor.asking.focus import Focus, key, subjects_in
from tutor.asking.leaning import DEMONSTRATIVES, INCOMPLETE, before_noun, leans, pointers
from tutor.asking.pointing import (
    may_point_at_several,
    name_several,
    points_at_several,
)
from tutor.asking.swapping import LEAD, swapped
from tutor.asking.vague import THE_NOUN, says_nothing
from tutor.mentions import Gazetteer, Mention
from tutor.records import Turn

# "Back to LoRA: which layers get it?"
_BACK = re.compile(
    rf"^\W*{LEAD}(?:(?:going|coming|let's go|go|getting) )?(?:back to|returning to|regarding|"
    r"concerning|as for|speaking of)\s+(?P<what>[^:,;?]+?)\s*(?:[:,;?.]\s*(?P<rest>.*))?$",
    re.I,
)
# The last answer again, in other words.
_AGAIN = re.compile(
    rf"^\W*{LEAD}(?:please |could you |can you |explain |explain (?:it|that) |say (?:it|that) |"
    r"put (?:it|that) )*(?:in (?:simpler|simple|plain|other|easier|your own) "
    r"(?:words|terms|english)|(?:more )?simply|simpler|shorter|again|repeat(?: that)?|"
    r"rephrase(?: that)?|eli5|"
    r"(?:like|as if) i(?:'m| am| were) (?:five|5|a child|a beginner)|"
    r"i (?:do not|don't|didn't|did not) (?:understand|get (?:it|that))(?: (?:it|that))?|"
    r"come again|what do you mean(?: by that)?)(?:\W+(?:please|again))*\W*$",
    re.I,
)
_EARLIEST = re.compile(r"\b(?:the|my|our) (?:very )?first (?:topic|subject|thing|question)\b", re.I)
_PLURAL = re.compile(
    r"\b(differ\w*|compare\w*|(?<!in )between)\b"
    r"|\bwhich( one)? (is|are|should|would|needs?|of)\b",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(its|their)\b|\b(it|they|them|this one|that one|this|that|these|those|both|the two|"
    r"one(?=\W*$))\b",
    re.I,
)
_THAT_STATION = re.compile(r"\b(?:this|that|the same) (?:station|stop)\b", re.I)
_BARE_WHY = re.compile(
    rf"^\W*{LEAD}(why(?: not)?|why is (?:that|this)(?: so)?|how (?:much|many|often|so|long|far)|"
    r"in what way|since when|by how much)\W*$",
    re.I,
)
_ONES = r"(?: (?:one|method|approach|technique|option|algorithm|metric|thing|concept)\b|(?=\W*$))"
_ORDINAL = re.compile(
    rf"\bthe (?:(?P<plain>first|second|third|last){_ONES}|(?P<of_two>former|latter)(?: one)?)", re.I
)
_PLACES = {"first": 0, "former": 0, "second": 1, "third": 2, "last": -1, "latter": -1}
_OTHER = re.compile(rf"\bthe other{_ONES}", re.I)
# "What can go wrong there?", but not "Which kinds are there?".
_THERE = re.compile(r"(?<!\bis )(?<!\bare )(?<!\bwas )\b(?:in )?there(?=\W*$)", re.I)
# A name and no more, in answer to a question back: "LoRA, I mean".
_REPLY = re.compile(
    r"^\W*(?:(?:sorry|oh|well|i (?:mean|meant)|of|about|that of|between)\W+)*"
    r"(?!(?:what|why|how|when|where|who|which|is|are|do|does|can|should|explain)\b)"
    r"(?P<name>(?:\S+ ){0,4}?\S+?)(?:\W+i (?:mean|meant)|\W+please|\W+of course)?\W*$",
    re.I,
)
_FOR = re.compile(r"(?:for|in|of|with|from) ", re.I)
_BREAKS_OFF = re.compile(r"\b(?:vs\.?|versus|compared (?:to|with)|or|and)\W*$", re.I)
# Answered by yes, no or one of two.
_CLOSED = re.compile(
    r"^\W*(which|is|are|do|does|did|can|could|will|would|should|has|have|must)\b", re.I
)
_PAIR = 2
# Sides of a question; a longer list is spoken of by its name.
_MOST = 4


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
    replied = _answered_back(question, focus.pending) if focus.pending else None
    if replied:
        return replied
    if back := _BACK.match(question):
        return _returned(question, back, focus, names)
    if not focus.subjects:
        return question
    if _AGAIN.match(question):
        return focus.asked
    return _followed_up(question, focus, names) if leans(question, names) else question


def _followed_up(question: str, focus: Focus, names: Gazetteer) -> str:
    asked = focus.asked or ""
    if (why := _BARE_WHY.match(question)) and _CLOSED.match(asked):
        return f"{why[1].capitalize()}? {asked}"
    return swapped(question, focus, names) or _completed(question, focus, names)


def _answered_back(question: str, pending: str) -> str | None:
    """The question that was asked back, with what the learner says it is about."""
    reply = _REPLY.match(question)
    if reply is None or says_nothing(reply["name"]):
        return None
    name = reply["name"]
    if noun := THE_NOUN.search(pending):
        name = f"{noun[0]} {name}" if _FOR.match(name) else name
        return pending[: noun.start()] + name + pending[noun.end() :]
    if _BREAKS_OFF.search(pending):
        return f"{pending} {name}"
    return _put(pending, name) if _PRONOUN.search(pending) or INCOMPLETE.search(pending) else None


def _returned(question: str, back: re.Match[str], focus: Focus, names: Gazetteer) -> str:
    """ "Back to LoRA: which layers get it?": about the subject that is named."""
    meant = subjects_in(back["what"], names)[-1:]
    if not meant and _EARLIEST.search(back["what"]):
        meant = list(focus.subjects[-1:])
    if not meant:
        return question
    rest = back["rest"] or f"What is {meant[0].words}?"
    if subjects_in(rest, names) and not leans(rest, names):
        return rest
    return _completed(rest, replace(focus, subjects=tuple(meant)), names)


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
    if several := _of_several(question, focus):
        return several
    if _ORDINAL.search(question) or _OTHER.search(question):
        return _one_of_group(question, focus, names)
    both = _PAIR <= len(focus.group) <= _MOST and _PLURAL.search(question) and not new
    subject = _both(focus.group) if both else subjects[0].words
    return _put(question, subject)


def _one_of_group(question: str, focus: Focus, names: Gazetteer) -> str:
    """ "The second one", "the other", of those that were named together."""
    meant: Mention | None = None
    if ordinal := _ORDINAL.search(question):
        place = _PLACES[(ordinal["plain"] or ordinal["of_two"]).lower()]
        meant = focus.group[place] if len(focus.group) > max(1, place) else None
    found = ordinal or _OTHER.search(question)
    if ordinal is None and len(focus.group) == _PAIR:
        last = {key(m) for m in focus.names}
        others = [m for m in focus.group if key(m) not in last]
        meant = others[0] if len(others) == 1 else None
    if meant is None or found is None:
        return question
    told = question[: found.start()] + meant.words + question[found.end() :]
    return swapped(told, focus, names) or told


def _of_several(question: str, focus: Focus) -> str | None:
    """The question with all of those that were named together, where it points at them."""
    together = {key(m) for m in focus.group} <= {key(m) for m in focus.names}
    together = together and may_point_at_several(question)
    if not _PAIR <= len(focus.group) <= _MOST or not (together or points_at_several(question)):
        return None
    return name_several(question, [m.words for m in focus.group])


def _both(group: Sequence[Mention]) -> str:
    *others, last = (m.words for m in group)
    return f"{', '.join(others)} and {last}"


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

    spans = pointers(question)
    for word in _PRONOUN.finditer(question):
        if word[0].lower() in DEMONSTRATIVES and before_noun(question, word.end()):
            continue
        if any(start < word.end() and word.start() < end for start, end in spans):
            return question[: word.start()] + replaced(word) + question[word.end() :]
    if there := _THERE.search(question):
        return f"{question[: there.start()]}with {subject}{question[there.end() :]}"
    if gap := INCOMPLETE.search(question):
        tie = "between" if gap[0].lower() == "difference" and " and " in subject else "of"
        return f"{question[: gap.end()]} {tie} {subject}{question[gap.end() :]}"
    return f"{question.rstrip(' ?.!')} ({subject})?"
