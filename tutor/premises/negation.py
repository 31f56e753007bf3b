"""Clauses that say "no" to what a question states."""

from __future__ import annotations

import re

from tutor.premises.clauses import share_of, without_name
from tutor.premises.statement import SAYS_LITTLE, Statement, normal_words

_NEGATES = re.compile(
    r"\b(?:(?P<no>no|without|neither|nor|instead of|rather than)"
    r"|(?P<part>not (?:always|necessarily|every|all|each))"
    r"|(?P<not>not|never|cannot|\w+n't)(?! only| just| always| every| all| each| necessarily))\b",
    re.I,
)
_SOMETIMES = re.compile(
    r"\b(?:if|when|unless|until|where|once|may|might|can|sometimes|often|usually|typically|"
    r"generally|many|some|most)\b",
    re.I,
)
# "Without a cache, …" speaks of the subject's absence.
_BARS = re.compile(r"without$", re.I)
_ENDS_NO = re.compile(r",|\b(?:and|but|when|if|unless|than)\b")
_ENDS_NOT = re.compile(r", |\b(?:but|unless|if|when|than)\b")
# Share of the statement's words that a clause which says "no" must hold.
_DENIED = 0.75
# A noun denied stands within so many words of its "no".
_PHRASE = 3


def negated(clause: str, said: Statement) -> float:
    """How much of the statement stands in a clause that says "no" to it."""
    return max((_said_no(clause, no, said) for no in _NEGATES.finditer(clause)), default=0.0)


def _said_no(clause: str, no: re.Match[str], said: Statement) -> float:
    head = clause[: no.start()]
    held = without_name(head, said)
    hedged = _SOMETIMES.search(head) and not _SOMETIMES.search(said.text)
    if hedged or (no["part"] and not said.universal) or (_BARS.match(no.group()) and not held):
        return 0.0
    scope = (_ENDS_NO if no["no"] else _ENDS_NOT).split(clause[no.end() :])[0]
    below = normal_words(scope)
    counts = said.counts
    phrase = set(below[:_PHRASE]) if no["no"] else set(below)
    held = held | set(below) if no["no"] else set(below)
    alone = len(counts) == 1 and not phrase <= counts | SAYS_LITTLE
    fits = counts & phrase and not alone and share_of(counts, held) >= _DENIED
    return share_of(counts, held) if fits else 0.0
