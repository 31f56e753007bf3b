"""Things of a class that excludes the one named: BERT is "encoder-only", and no "decoder-only"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.evidence import Evidence
from tutor.premises.claims import opposites
from tutor.premises.clauses import clauses_of
from tutor.premises.statement import SURE, Denial, Statement

_OF_CLASS = re.compile(
    r"^(?:the )?(?P<who>(?!(?:the|an?)\b)[\w.-]+)(?: models?)? (?:is |are )?(?:really |called )?"
    r"(?:an? )?(?P<what>[\w-]+)(?: [\w-]+){0,2}$",
    re.I,
)


def of_another_class(said: Statement, sentences: Sequence[Evidence]) -> Iterator[Denial]:
    """ "encoder-only models such as BERT", of what is said to be decoder-only."""
    claimed = _OF_CLASS.match(said.text)
    others = opposites(claimed["what"]) if claimed else frozenset()
    if not claimed or not others:
        return
    if any(_counts_among(re.escape(claimed["what"]), claimed["who"], e.text) for e in sentences):
        return
    for evidence in sentences:
        plain = max(
            _counts_among(re.escape(other), claimed["who"], evidence.text) for other in others
        )
        if plain:
            yield plain, evidence


def _counts_among(kind: str, name: str, text: str) -> float:
    """Whether a text says that a thing is of a kind: 0, or more the more plainly it does."""
    own = rf"(?:in fact )?(?:an? |the )?{re.escape(name)}(?: [\w$]+)? (?:is|are) (?:an? )?{kind}\b"
    if any(re.match(own, clause.strip(), re.I) for clause in clauses_of(text)):
        return SURE + 0.2
    named = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    members = re.compile(
        rf"\b(?i:{kind}) (?:\w+ ){{0,2}}(?P<how>such as|like|including|with|are|is) "
        r"(?P<list>[^;:.]+?)(?:,? (?:and|or) [a-z]|[;:.]|, [a-z]|$)"
    )
    listed = [m for m in members.finditer(text) if named.search(m["list"])]
    return max((SURE + 0.1 * (m["how"] == "are") for m in listed), default=0.0)
