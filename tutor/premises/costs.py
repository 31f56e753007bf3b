"""A saving that is a cost, or the other way round: the KV cache "trades memory for speed"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.evidence import Evidence
from tutor.premises.statement import SURE, Denial, Statement

_RESOURCE = r"(?:memory|compute|storage|latency|time|space|vram|ram)"
_USES = r"\b(?:need|use|take|require|cost|occup)\w* (?:\w+ )?"
_SAVED = re.compile(
    rf"\b(?:reduc|sav|lower|cut|shrink|decreas|free)\w* (?:\w+ ){{0,3}}(?P<what>{_RESOURCE})"
    rf"|{_USES}(?:little|less|no) (?:\w+ ){{0,2}}(?P<which>{_RESOURCE})",
    re.I,
)
_SPENT = re.compile(
    rf"\btrad\w* (?P<what>{_RESOURCE}) for"
    rf"|{_USES}(?:much|more|extra|additional|a lot of|most) (?:\w+ ){{0,2}}(?P<which>{_RESOURCE})"
    rf"|\bincreas\w* (?:\w+ ){{0,2}}(?P<that>{_RESOURCE})",
    re.I,
)


def costly(said: Statement, clauses: Sequence[tuple[Evidence, str]]) -> Iterator[Denial]:
    """What is said to save a resource is told to cost it, or the other way round."""
    for asked, told in ((_SAVED, _SPENT), (_SPENT, _SAVED)):
        claimed = None if said.denied else asked.search(said.text)
        for evidence, clause in clauses if claimed else ():
            found = told.search(clause)
            if claimed and found and found[found.lastindex or 0] == claimed[claimed.lastindex or 0]:
                yield SURE, evidence
