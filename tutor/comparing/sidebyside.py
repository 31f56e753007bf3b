"""An answer to a comparison: a small table, or the sentences that tell the sides apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from index.lexical import terms
from index.search import Found, Index
from tutor.comparing.naming import Side, names_in
from tutor.comparing.rows import introductions, is_for, statements
from tutor.comparing.sides import find_sides
from tutor.comparing.statements import (
    begins_with,
    compared,
    contrasts,
    corrects,
    halves,
    meaning,
    settled,
)
from tutor.comparing.table import Table, beside, overlap, table
from tutor.evidence import Evidence, is_block
from tutor.mentions import Gazetteer

# Sentences beside a table: with two the 13 dev questions read as comparisons hold as many facts
# (0.846) as six sentences did without a table; with none 0.808.
_BESIDE = 2
# Which of the things compared to take: what they are for is told first.
_CHOICE = re.compile(
    r"\b(?:should|shall|would|better|best|choose|pick|prefer|suits?|when|which|use)\b|\bor\b",
    re.I,
)
_OFFERS = re.compile(
    r"\b(?:should|shall|would|do|can|could) (?:i|we|you|one)\b[^?]*\bor\b"
    r"|\b(?:better|best|faster|slower|cheaper|easier|safer|smaller|more|less)\b[^?]*\bor\b"
    # "PPO or DPO for alignment?"
    r"|^\W*(?!(?:what|why|how|is|are|does|do|can|which|when|where|who|in|if)\b)"
    r"(?:[\w.+/-]+ ){1,4}or (?!not?\b)[^?]*\?*\s*$",
    re.I,
)
_VERSUS = re.compile(r"\b(?:vs|versus)\b", re.I)
# What is named to leave it out.
_BESIDES = re.compile(r"\b(?:besides|apart from|other than)\b", re.I)
# What follows the last name in "… are A, B, C and D."
_END_OF_LIST = re.compile(
    r"^\)?(?: \w+)?(?: \([^)]*\))?(?:, [\w() .-]{1,40})*(?:,? (?:and|or) (?:[\w().-]+ ?){1,4})?\.$"
)
# Where books are listed that treat both sides.
_READING = re.compile(r"\b(?:resources?|courses?|books?|guides?)\b", re.I)
# A sentence on several sides that falls so far behind the best is about something else.
_NEAR = 0.85
# Sentences that share so many of their words say the same.
_SAME = 0.45


class SideBySide(NamedTuple):
    """What answers a comparison.

    Attributes:
        table: if there are points enough.
        evidence: sentences to say, in their order: beside the table, or without one.
        unspoken: names of sides that have a word which no passage holds.
    """

    table: Table | None
    evidence: list[Evidence]
    unspoken: tuple[str, ...] = ()


def side_by_side(
    index: Index, found: Found, names: Gazetteer, chosen: Sequence[Evidence], count: int
) -> SideBySide:
    """A table if there are points enough, or else the sentences that tell the sides apart.

    Args:
        found: hits to answer with.
        chosen: what the answer would be made of if it compared nothing.
        count: most sentences of an answer without a table.

    Returns:
        ``chosen`` if the question does not name two or three things; nothing at all if it names
        them in a word each, and the passages say of none what it is or does.
    """
    sides = settled(sides_of(index, found, names), found)
    evidence = compared(index, found, sides)
    spoken = {side for e in evidence for side, _, _ in names_in(e.text, sides)}
    if not spoken:
        return SideBySide(None, list(chosen))
    choice = bool(_CHOICE.search(found.query.text))
    if len(spoken) > 1:
        told = table(sides, evidence, meaning(index, sides), index.bm25.idf, choice)
        if told:
            rest = sorted(chosen, key=lambda e: -e.score)
            own = [e for e in rest if _named(e, sides) and not contrasts(e.text)]
            own = [e for e in own if not (is_block(e.text) or _aside(e, sides))]
            more = _first(sides, [*_of_several(sides, evidence), *own], count)
            return SideBySide(told, beside(told, more)[:_BESIDE])
    apart = _first(sides, _told_apart(sides, evidence, choice), count)
    about = {n for e in apart for n in (*halves(e.text, sides), begins_with(e.text, sides))}
    silent = [side for n, side in enumerate(sides) if n not in spoken]
    unknown = tuple(side.name for side in silent if _unknown(side, index))
    if len(about - {None}) > 1 or (apart and unknown):
        return SideBySide(None, apart, unknown)
    return SideBySide(None, _one_sided(sides, chosen, apart))


def _unknown(side: Side, index: Index) -> bool:
    """Whether a side has a word that no passage holds: "polars"."""
    return any(not index.bm25.idf(word) for word in terms(side.name.replace("-", " ")))


def _one_sided(
    sides: Sequence[Side], chosen: Sequence[Evidence], apart: Sequence[Evidence]
) -> list[Evidence]:
    """What is said of the one side that passages speak of; nothing of words that name nothing."""
    if not apart and all(len(side.name.split()) == 1 and not side.topics for side in sides):
        return []
    return [e for e in chosen if _named(e, sides)] or list(apart) or list(chosen)


def offers_choice(question: str) -> bool:
    """Whether a question offers things to choose from: "PPO or DPO?", "Should I use … or …?"."""
    return bool(_OFFERS.search(question))


def sides_of(index: Index, found: Found, names: Gazetteer) -> tuple[Side, ...]:
    """What a question compares; in everyday words, what the topic that answers best compares.

    "Should I teach the model my documents or let it look them up?" leads to "RAG vs. Fine-Tuning".
    """
    asked = find_sides(found.query.text, names, index.catalogue)
    if asked or not found.hits or not offers_choice(found.query.text):
        return asked
    stop = index.catalogue.stop(found.hits[0].chunk.topic or "")
    titles = [t.title for t in stop.topics if t.key == found.hits[0].chunk.topic] if stop else []
    versus = [title for title in titles if _VERSUS.search(title)]
    return find_sides(versus[0], names, index.catalogue) if versus else ()


def _told_apart(
    sides: Sequence[Side], evidence: Sequence[Evidence], choice: bool
) -> Iterator[Evidence]:
    """What tells the sides apart first, then what each is, what several have, and each does."""
    prose = [e for e in evidence if not is_block(e.text)]
    contrasted = [e for e in prose if halves(e.text, sides)]
    if choice:
        contrasted.sort(key=lambda e: not is_for(e.text))
    first = _covering(sides, contrasted)
    yield from first
    plain = [e for e in prose if not contrasts(e.text)]
    own = [[cell.evidence for cell in cells] for cells in statements(sides, plain)]
    uses = [[e for e in said if is_for(e.text)][:1] for said in own]
    yield from _in_turn(uses) if choice else ()
    yield from (cell.evidence for cell in introductions(sides, prose) if cell)
    yield from contrasted
    yield from _of_several(sides, prose) if contrasted or any(own) else ()
    yield from _in_turn(uses)
    yield from _in_turn([said[:1] for said in own] if not contrasted else [])


def _covering(sides: Sequence[Side], contrasted: Sequence[Evidence]) -> list[Evidence]:
    """The fewest sentences, best first, that set every side against another one."""
    chosen: list[Evidence] = []
    covered: set[int] = set()
    for item in sorted(contrasted, key=lambda e: -len(halves(e.text, sides))):
        if not halves(item.text, sides).keys() <= covered:
            chosen.append(item)
            covered |= halves(item.text, sides).keys()
    return chosen


def _of_several(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Iterator[Evidence]:
    """Sentences that name two of the sides, and no other thing in contrast to them."""
    best = max((e.score for e in evidence), default=0.0)
    for item in evidence:
        named = _named(item, sides)
        told = item.score >= _NEAR * best and not contrasts(item.text)
        told = told and not _aside(item, sides)
        if len(named) > 1 and not is_block(item.text) and (told or halves(item.text, sides)):
            yield item


def _named(item: Evidence, sides: Sequence[Side]) -> set[int]:
    return {side for side, _, _ in names_in(item.text, sides)}


def _aside(item: Evidence, sides: Sequence[Side]) -> bool:
    """Whether a sentence only mentions sides: "Techniques are A, B and C.", "Besides A …"."""
    start, end = names_in(item.text, sides)[0][1], names_in(item.text, sides)[-1][2]
    listed = start and _END_OF_LIST.match(item.text[end:])
    return bool(listed or _BESIDES.search(item.text) or _READING.search(item.chunk.path[-1]))


def _in_turn(said: Iterable[Sequence[Evidence]]) -> Iterator[Evidence]:
    return (e for each in zip_longest(*said) for e in each if e is not None)


def _first(sides: Sequence[Side], evidence: Iterable[Evidence], count: int) -> list[Evidence]:
    """The first different ones, errors that a sentence sets right after the others."""
    once: list[Evidence] = []
    for item in evidence:
        about = _named(item, sides)
        same = [e for e in once if _named(e, sides) & about]
        if not any(overlap(item.text, other.text) >= _SAME for other in same):
            once.append(item)
    return sorted(once, key=lambda e: corrects(e.text))[:count]
