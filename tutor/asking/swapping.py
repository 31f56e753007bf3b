"""Follow-ups that put something new to the last question: "What about DoRA?", "And for images?"."""

from __future__ import annotations

import re

from tutor.asking.focus import Focus, key, subjects_in
from tutor.asking.vague import says_nothing
from tutor.mentions import Gazetteer, Mention

# What may stand before a follow-up.
LEAD = r"(?:(?:and|but|so|ok|okay|then|now|thanks|thank you|great|cool|got it|i see|well)\W+)*"
_ABOUT = re.compile(
    rf"^\W*{LEAD}(?:what|how) about (.+?)\W*$"
    rf"|^\W*{LEAD}(?:and|or) (?!(?:why|how|what|when|where|who|which)\b)((?:\S+ ){{0,3}}\S+?)\W*$",
    re.I,
)
_PREPOSITION = re.compile(r"^(?:for|with|in|of|on|to|by)\s+", re.I)
# "And for images?", "On CPUs?": a circumstance.
_PHRASE = re.compile(
    rf"^\W*{LEAD}(?:(?:what|how) about |and |or )?"
    r"(?P<phrase>(?P<word>for|with|without|in|on|at|during)(?! (?:examples?|short|general|fact|it|"
    r"this|that|them|which|what)\b)(?: [\w'+.-]+){1,4})\W*$",
    re.I,
)
_ONE_SIDED = re.compile(r"\b(difference|distinction)s? (?:to|from|with) ", re.I)
_VERSUS = re.compile(rf"^\W*{LEAD}(?:and )?(?:compared? (?:to|with)|versus|vs\.?) (.+?)\W*$", re.I)
_ENDS = re.compile(r"(?<=[?.!])\s+(?=\S)")


def asks_the_same(question: str) -> bool:
    """Whether it has a place for something new in the last question, and no more."""
    patterns = (_ABOUT.match, _VERSUS.match, _PHRASE.match, _ONE_SIDED.search)
    return any(found(question) for found in patterns)


def swapped(question: str, focus: Focus, names: Gazetteer) -> str | None:
    """What is new put to the last question, or beside the subject in focus.

    Returns:
        None if it is not of that form.
    """
    if phrase := _PHRASE.match(question):
        return _with_phrase(phrase, focus, names)
    new = subjects_in(question, names)
    if not new:
        return _of_the_unnamed(question, focus)
    subject = next((m for m in focus.subjects if key(m) != key(new[0])), None)
    if (against := _VERSUS.match(question)) and subject:
        return f"Compare {subject.words} with {against[1]}"
    if (one_sided := _ONE_SIDED.search(question)) and subject:
        between = f"{one_sided[1]} between {subject.words} and "
        return question[: one_sided.start()] + between + question[one_sided.end() :]
    about = _ABOUT.match(question)
    if about is None or key(new[0]) in {key(m) for m in focus.names}:
        return None
    return _in_place(_PREPOSITION.sub("", (about[1] or about[2]).strip()), focus)


def _of_the_unnamed(question: str, focus: Focus) -> str | None:
    """ "What about recall?" after "What is precision?"; but not "What about the cost?"."""
    about = _ABOUT.match(question)
    new = (about[1] or about[2]).strip() if about else ""
    unnamed = any(not m.topics for m in focus.names)
    if says_nothing(new) or not (unnamed or new[:1].isupper()) or new.lower().startswith("the "):
        return None
    return _in_place(new, focus)


def _in_place(new: str, focus: Focus) -> str | None:
    old = _replaceable(focus)
    if old is None or focus.asked is None:
        return None
    return focus.asked[: old.start] + new + focus.asked[old.end :]


def _replaceable(focus: Focus) -> Mention | None:
    return next((m for m in focus.names if m.topics or m.station is None), None)


def _with_phrase(phrase: re.Match[str], focus: Focus, names: Gazetteer) -> str | None:
    """The last question in another circumstance."""
    if focus.asked is None or says_nothing(phrase["phrase"].split(" ", 1)[1]):
        return None
    *before, last = _ENDS.split(focus.asked)
    if before and not (subjects_in(last, names) or not focus.names):
        return None
    same = list(re.finditer(rf"\b{phrase['word']} [^,?()]+?(?=\W*$|,|\()", last, re.I))
    if same:
        return last[: same[-1].start()] + phrase["phrase"] + last[same[-1].end() :]
    circumstance = phrase["word"].lower() in ("without", "during", "at")
    if subjects_in(phrase["phrase"], names) and not circumstance and _replaceable(focus):
        return _in_place(phrase["phrase"].split(" ", 1)[1], focus)
    if sides := _SIDES.match(last):
        return f"{sides[1]} {phrase['phrase']}{sides[2]}"
    return f"{last.rstrip(' ?.!')} {phrase['phrase']}?"


# "Which is better, BLEU or ROUGE?"
_SIDES = re.compile(r"^(which\b[^,]*)(,.+ or .+)$", re.I)
