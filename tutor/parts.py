"""Questions that are several, taken apart: "What is LoRA and how does QLoRA differ from it?".

A false split answers something that nobody asked, so a question is cut only where a second
question begins beyond doubt: behind a question mark, or behind "and" before a word order that only
questions have. It stays whole where a part names nothing that the curriculum knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tutor.condense import inner_antecedent, stand_alone
from tutor.focus import key, subjects_in
from tutor.intent import read_intent
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
    rf"[?!.;]+[\"')]*\s+(?=\S)"
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
# Both sides of one comparison, or one work by another of its traits: answered in one go.
_SAME = re.compile(
    r"\b(?:each(?: one| of)?|either|both|the two|the other|which one|which of)\b", re.I
)
_PRONOUN = re.compile(r"\b(?:it|its|they|them|their|this|that|these|those|one|he|she)\b", re.I)
_AMONG = re.compile(r"\b(?:between|among|difference)\b[^?]*$", re.I)


def split_question(text: str, names: Gazetteer) -> tuple[str, ...]:
    """The questions that a question holds, each of which stands alone.

    Args:
        text: a question that stands alone as a whole.
        names: of the curriculum; a part that names none is no part.

    Returns:
        One to three questions; the text itself, unchanged, if it is one.
    """
    parts = _questions(text, names)
    if len(parts) < 2:
        return (text,)
    *first, last = parts[: MOST - 1], " ".join(parts[MOST - 1 :])
    told: list[str] = []
    for part in [*first[0], *([last] if last else [])]:
        asked = _resolved(part, told, names)
        if asked is None or not _is_part(part, asked, told, names):
            return (text,)
        told.append(asked)
    return tuple(told)


def _resolved(part: str, earlier: Sequence[str], names: Gazetteer) -> str | None:
    """A part with its pronouns put right; None if it is not plain what they stand for."""
    pointing = _PRONOUN.search(part)
    if not earlier or not pointing:
        return part
    if inner_antecedent(part, names):
        return part
    return _from(earlier, part, names) if pointing[0].lower() not in _VAGUE else None


def _from(earlier: Sequence[str], part: str, names: Gazetteer) -> str | None:
    subjects = {key(m) for asked in earlier for m in subjects_in(asked, names)}
    last = {key(m) for m in subjects_in(earlier[-1], names)}
    if len(last) != 1 and not (len(subjects) == _PAIR and _PLURAL.search(part)):
        return None
    asked = stand_alone(part, [Turn("user", one) for one in earlier], names)
    return asked if asked != part else None


# "That" and "this" may stand for all that was said, not for what was named.
_VAGUE = frozenset(("this", "that", "these", "those", "he", "she"))
_PAIR = 2
_PLURAL = re.compile(r"\b(?:they|them|their|both|the two)\b", re.I)


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
    return long_enough and bool(_STARTS.match(piece)) and not _MANNER.match(piece)


def _names_nothing(piece: str, names: Gazetteer) -> bool:
    return not names.find(piece)


def _is_part(part: str, asked: str, earlier: Sequence[str], names: Gazetteer) -> bool:
    """Whether a part can be answered by itself."""
    kind = read_intent(asked)
    if not names.find(asked) and kind != "path":
        return False
    if not earlier:
        return True
    if kind == "path" and read_intent(earlier[-1]) == "path" and not names.find(part):
        return False
    if asked != part and read_intent(earlier[-1]) == "lookup":
        return False
    return not (_SAME.search(part) and len(earlier) < _PAIR)


def _tidy(question: str) -> str:
    """Without the "and" that tied it on, with its mark."""
    bare = _LEADS.sub("", question).strip(" ,;")
    bare = bare[:1].upper() + bare[1:]
    return (
        bare if bare.endswith(("?", ".", "!")) else f"{bare}{'?' if _ASKING.match(bare) else '.'}"
    )


_ASKING = re.compile(_ASKS, re.I)
