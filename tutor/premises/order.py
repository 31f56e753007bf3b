"""The order of the stations: what one really builds on."""

from __future__ import annotations

import re

from index.search import Index
from tutor.evidence import Evidence
from tutor.listing import map_sentences
from tutor.mentions import Gazetteer
from tutor.navigate import closure

_MUST_PRECEDE = re.compile(
    r"\b(?:need|have to|has to|must|required?|finish\w*|complete\w*|visit\w*|learn|study)\b", re.I
)
_THEN = re.compile(r"\bbefore\b|\bin order to\b|\bto (?:start|reach|visit|get to)\b", re.I)


def not_before(question: str, index: Index, names: Gazetteer) -> Evidence | None:
    """What a station really builds on, where the question puts another one before it."""
    then = _THEN.search(question)
    if not then or not _MUST_PRECEDE.search(question):
        return None
    numbers = [(names.station(m), m.start) for m in names.find(question)]
    before = [n for n, start in numbers if n and start < then.start()]
    after = [n for n, start in numbers if n and start > then.start()]
    if len(before) != 1 or len(after) != 1 or before == after:
        return None
    if before[0] in closure(after[0], index):
        return None
    told = map_sentences(index, [(f"Station {after[0]} ", "builds directly")])
    return told[0] if told else None
