"""The clauses of a sentence, and of what they speak."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from tutor.mentions import Mention
from tutor.premises.claims import contrary, normal, read_claim
from tutor.premises.statement import Statement, normal_words

_PARTS = re.compile(
    r"(?:, | )(?:whereas|while|although|because|so that|since)\b|; |: |, so |"
    r", (?:and|but) (?=(?:the|an?|only|no) |[A-Z])|, which |, in fact ",
    re.I,
)
_LIST = re.compile(
    r"^(?:both )?(?:[\w.-]+(?: [\w.-]+)?, )*[\w.-]+(?: [\w.-]+)?,? and [\w.-]+(?: [\w.-]+)? "
)
_BEFORE_NAME = 2
_SEGMENTS = re.compile(r", | plus | with | and (?!-?\d)")
# A subject stands within so many characters of a sentence's beginning.
_SUBJECT = 60
# Share of the other words of the premise that the opposite sentence must hold.
REST = 0.6
_WORD = re.compile(r"[^\W_]+")
_NOUN = re.compile(r"(?:[ts]ion|ment|ity|ance|ence|[a-z]{3}ing|adapters?|weights?)$", re.I)


def about(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether a sentence opens with what the question names."""
    opening = set(read_claim(text[:_SUBJECT]).words)
    return not mentions or any(set(read_claim(m.words).words) <= opening for m in mentions)


def clauses_of(text: str) -> list[str]:
    """What a sentence says of one subject at a time."""
    return [clause for clause in _PARTS.split(text) if clause.strip()]


def segments_of(clause: str) -> list[str]:
    """The parts of a clause of which each has figures of its own."""
    return _SEGMENTS.split(clause)


def opens_with(clause: str, said: Statement) -> bool:
    """Whether a clause has the statement's subject, with no adjective that is not spoken of."""
    words = normal_words(clause)
    if any(_named_at(clause, words, at, said) for at in range(_BEFORE_NAME + 1)):
        return True
    listed = _LIST.match(clause)
    members = set(normal_words(listed.group())) if listed else set()
    return any(set(name) <= members for name in said.names)


def _named_at(clause: str, words: tuple[str, ...], at: int, said: Statement) -> bool:
    """Whether the subject stands at a word of a clause, and is no part of a longer name."""
    against = {other for _, other in contrary(said.text, clause)} if at else set()
    if not set(words[:at]) <= said.rest | against:
        return False
    ends = [at + len(n) for n in said.names if set(words[at : at + len(n)]) == set(n)]
    return any(not _goes_on(clause, words[end : end + 1], said) for end in ends)


def _goes_on(clause: str, following: tuple[str, ...], said: Statement) -> bool:
    """Whether the word behind a name makes it another's: "KV-cache quantization"."""
    if not following or following[0] in said.rest:
        return False
    raw = next((w for w in _WORD.findall(clause) if normal(w.lower()) == following[0]), "")
    return bool(_NOUN.search(raw))


def without_name(clause: str, said: Statement) -> set[str]:
    """The normal words of a clause besides the names of the subject that it holds whole."""
    words = set(normal_words(clause))
    return words.difference(*(name for name in said.names if set(name) <= words))


def share_of(words: Set[str], held: Set[str]) -> float:
    """How much of some words others hold, 0..1."""
    return len(words & held) / len(words) if words else 0.0
