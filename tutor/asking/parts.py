"""Questions that are several, taken apart: "What is LoRA and how does QLoRA differ from it?".

A false split answers something that nobody asked, so a question is cut only where a second
question begins beyond doubt: behind a question mark, or behind "and" before a word order that only
questions have. "It", "they", "both" and "which" in a part stand for what those before it name. A
part that cannot stand alone stays with the one before it, and leaves the others as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.asking.condense import stand_alone
from tutor.asking.focus import Focus, distinct, key, stated_in
from tutor.asking.intent import read_intent
from tutor.asking.leaning import inner_antecedent
from tutor.asking.pointing import may_point_at_several, points_at_several
from tutor.asking.vague import own_words
from tutor.mentions import Gazetteer
from tutor.records import Turn

MOST = 3

_WH = (
    r"what(?:'s)?|why|how(?: (?:much|many|large|big|long|often|fast|far))?|when|where|who|whom|"
    r"whose|"
    r"which(?: [\w-]+){1,2}"
)
_AUX = r"is|are|was|were|do|does|did|can|could|should|would|will|must|might|has|have"
_SUBJECT = r"i|we|you|it|they|he|she|this|that|these|those|there|one|people|the"
# A question by its word order: "how does", "which book covers", "can I", "is it".
_ASKS = (
    rf"(?:(?:in|for|to|at|by|with|from|on|of) )?(?:what(?:'s|s)|"
    rf"(?:{_WH}) (?:[\w-]+ ){{0,2}}?(?:{_AUX})\b"
    r"|which (?:one )?(?:should|would|do|does|can|could)\b"
    r"|which (?:one )?(?:is|are) (?:better|worse|more|less|the|best|\w+er)\b"
    r"|(?:which|what|who) (?:[\w-]+ ){0,2}?(?:covers?|explains?|teaches|wrote|invented|needs?|"
    r"uses?|"
    r"comes?|happens?|makes?|helps?|works?)\b"
    rf"|(?:do|does|did|can|could|should|would|will|must|is|are|was) (?:{_SUBJECT})\b)"
)
# Or by what it orders.
_ORDERS = (
    r"(?:please )?(?:can you |could you )?(?:please )?(?:explain|describe|define|tell me|list|name|"
    r"compare|summari[sz]e|show me|give me|recommend|suggest)\b"
)
_TIES = r"\W*(?:(?:and|but|so|also|then|or|now|next|plus|finally|ok|okay|hi|hello)\W+)*"
_STARTS = re.compile(rf"{_TIES}(?:{_ASKS}|{_ORDERS})", re.I)
_JOINTS = re.compile(
    rf"(?<!\bi\.e)(?<!\be\.g)(?<!\bvs)(?<!\bcf)[?!.;]+[\"')]*\s+(?=\S)"
    rf"|,?\s+(?:and|but|plus)(?:\s+(?:also|then|if so|if not)\b,?)?\s+(?={_ASKS}|{_ORDERS}|"
    rf"(?:{_AUX}) \S)"
    rf"|,\s+(?:also\s+)?(?={_ASKS})",
    re.I,
)
_LEADS = re.compile(r"^\W*(?:(?:and|but|so|also|then|or|now|next|plus|finally)\W+)+", re.I)
_AUX_FIRST = re.compile(rf"(?:{_AUX})\b", re.I)
# How to say it is no second question, and neither is "Why?".
_MANNER = re.compile(
    r"^\W*(?:please\W+)?(?:explain|describe|tell me|say|put|show me|give me|name|list)\b"
    r"(?:\W+(?:it|this|that|them|one|two|three|a few|some|all|an?|me|us|to|your?|its|their|the|"
    r"briefly|simply|shortly|in|simple|plain|easy|short|words|terms|detail|details|more|step|by|"
    r"examples?|please|reasons?|answer|like|i|am|five|beginner|one|sentence|sentences|as|steps?|"
    r"for|with|concrete|formula|code))*\W*$",
    re.I,
)
# Sides of one choice.
_SAME = re.compile(
    r"\b(?:each(?: one| of)?|either|both|the two|the other|which one|which of)\b", re.I
)
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|this|that|these|those|one|he|she)\b", re.I)
_AMONG = re.compile(
    r"\b(?:between|among)\b(?![^?]* and )[^?]*$|\bdifferences?\b(?! between)[^?]*$", re.I
)


def split_question(text: str, names: Gazetteer) -> tuple[str, ...]:
    """The questions that a question holds, each of which stands alone.

    Args:
        text: a question that stands alone as a whole.
        names: of the curriculum; a text that names none is one question.

    Returns:
        One to three questions; the text itself, unchanged, if it is one.
    """
    parts = _questions(text, names)
    if len(parts) < 2 or not any(_names_anything(part, names) for part in parts):
        return (text,)
    told: list[str] = []
    for part in parts:
        asked = _standing_alone(part, told, names)
        if asked is not None:
            told.append(asked)
        elif told:
            told[-1] += f" {part}"
        else:
            return (text,)
    *first, last = told[: MOST - 1], " ".join(told[MOST - 1 :])
    return (*first[0], *([last] if last else [])) if len(told) > 1 else (text,)


def _names_anything(part: str, names: Gazetteer) -> bool:
    return bool(names.find(part) or stated_in(part))


def _standing_alone(part: str, earlier: Sequence[str], names: Gazetteer) -> str | None:
    """A part as it reads without those before it; None if it cannot be read without them."""
    asked = _resolved(part, earlier, names)
    return asked if asked is not None and _is_part(part, asked, earlier, names) else None


def _resolved(part: str, earlier: Sequence[str], names: Gazetteer) -> str | None:
    """A part with what it points with put right; None if it is not plain what that stands for."""
    pointing = _PRONOUN.search(part)
    several = points_at_several(part)
    if not earlier or inner_antecedent(part, names):
        return part
    focus = _focus(earlier, names)
    if not (pointing or several):
        return part if _names_anything(part, names) else _beside(part, focus)
    if several and len(distinct(names.find(part), part)) > 1:
        return part
    one = len({key(m) for m in focus.names}) == 1
    if pointing and pointing[0].lower() in _VAGUE and not several:
        return None
    if not one and not (len(focus.group) > 1 and may_point_at_several(part)):
        return None
    asked = stand_alone(part, [Turn("user", question) for question in earlier], names)
    return asked if asked != part else None


def _beside(part: str, focus: Focus) -> str:
    """A part with hardly a word of its own, beside the one subject: "Which rank is good?"."""
    subjects = {key(m): m.words for m in focus.names}
    if len(subjects) != 1 or own_words(part) > 1 or read_intent(part) == "path":
        return part
    return f"{part.rstrip(' ?.!')} ({next(iter(subjects.values()))})?"


def _focus(earlier: Sequence[str], names: Gazetteer) -> Focus:
    focus = Focus()
    for question in earlier:
        focus = focus.after_question(question, names)
    return focus


# "That" and "this" may stand for all that was said, not for what was named.
_VAGUE = frozenset(("this", "that", "he", "she"))


def _questions(text: str, names: Gazetteer) -> list[str]:
    """The text cut at its joints; what asks nothing goes with the question beside it."""
    questions: list[str] = []
    before = ""
    for piece in _pieces(text, names):
        if _is_question(piece) or _verb_and_name(piece, names):
            questions.append(f"{before}{piece}")
            before = ""
        elif questions and _names_nothing(piece, names):
            questions[-1] += f" {piece}"
        elif not _names_nothing(piece, names):
            before = f"{before}{piece} "
    return [_tidy(question) for question in questions]


def _pieces(text: str, names: Gazetteer) -> list[str]:
    pieces, start = [], 0
    for joint in _JOINTS.finditer(text):
        left, right = text[start : joint.start()], text[joint.end() :]
        sentence_ends = joint[0].strip()[:1] in "?!.;" and joint[0].strip() != ""
        if sentence_ends or _is_joint(left, right, names):
            pieces.append(text[start : joint.end()].strip() if sentence_ends else left.strip())
            start = joint.end()
    return [piece for piece in [*pieces, text[start:].strip()] if piece]


def _is_joint(left: str, right: str, names: Gazetteer) -> bool:
    """Whether an "and" or a comma ends one question and begins another."""
    if not _is_question(left) or _AMONG.search(left) or len(right.split()) < _SHORTEST:
        return False
    return bool(_STARTS.match(right)) or _verb_and_name(right, names)


def _verb_and_name(text: str, names: Gazetteer) -> bool:
    """ "Is LoRA better", but not "is used on CPUs"."""
    verb = _AUX_FIRST.match(text)
    subject = next(iter(names.find(text)), None)
    return bool(verb and subject and subject.start == verb.end() + 1)


# "Explain RLHF." is long enough, "Why?" is not.
_SHORTEST = 2


def _is_question(piece: str) -> bool:
    long_enough = len(_LEADS.sub("", piece).split()) >= _SHORTEST
    asks = _STARTS.match(piece) or _SHORT.match(piece)
    return long_enough and bool(asks) and not _MANNER.match(piece)


# "Which vector database?"
_SHORT = re.compile(r"^\W*(?:which|what|whose) (?:[\w-]+ ){0,3}[\w-]+\?\W*$", re.I)


def _names_nothing(piece: str, names: Gazetteer) -> bool:
    return not names.find(piece)


def _is_part(part: str, asked: str, earlier: Sequence[str], names: Gazetteer) -> bool:
    """Whether a part can be answered by itself."""
    kind = read_intent(asked)
    named = asked != part or _names_anything(part, names) or _OWN_NAME.search(part)
    if kind != "path" and not named:
        return False
    if not earlier:
        return True
    if kind == "path" and read_intent(earlier[-1]) == "path" and not names.find(part):
        return False
    if asked != part and read_intent(earlier[-1]) == "lookup":
        return False
    return not (_SAME.search(part) and len(earlier) == 1 and _CHOICE.search(earlier[0]))


# A name that is not the curriculum's, by its capital: to be declined by itself.
_OWN_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]\w+")
# A choice and what each side is good for is answered in one go.
_CHOICE = re.compile(r"\bor\b", re.I)


def _tidy(question: str) -> str:
    """Without the "and" that tied it on, with its mark."""
    bare = _LEADS.sub("", question).strip(" ,;")
    bare = bare[:1].upper() + bare[1:]
    return (
        bare if bare.endswith(("?", ".", "!")) else f"{bare}{'?' if _ASKING.match(bare) else '.'}"
    )


_ASKING = re.compile(_ASKS, re.I)
