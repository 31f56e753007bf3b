"""What passages say of each thing compared, paired: the points of a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tutor.asking import LIMITS_HEADING
from tutor.comparing.naming import Side, names_in, without_names
from tutor.comparing.statements import (
    Meaning,
    begins_with,
    contrasts,
    corrects,
    goes_on,
    halves,
    parts_of,
)
from tutor.evidence import Evidence

Cells = tuple["Cell | None", ...]
# What stands between a name and what it is: "(Low-Rank Adaptation)", ", the usual form, ".
_DEFINES = re.compile(
    r"(?: models?)?(?: \([^()]*\))?(?:, [^,]{2,60},)? (?:is|are) (?:an? |the )?"
    r"[^,.;]*\b(?:that|which|who|where|of)\b"
)
# Words of a topic's opening before the name by which it is compared: "An LLM agent is …".
_OPENING = 3
_ARTICLE = re.compile(r"^(?:an?|the)? ?$", re.I)  # not "An example of … is an email"
_IS_A = re.compile(r"^[^,.;]* (?:is|are) an? ")
# What a thing is for, said of it in so many words.
_IS_FOR = re.compile(
    r"\bsuits?\b|\b(?:better|best|right|usual|good|natural) choice\b"
    r"|\b(?:made|designed|meant) for\b|\b(?:is|are) (?:\w+ly |often |most )?"
    r"(?:(?:used|preferred) (?:in|for|when|where|if|to|because)"
    r"|(?:chosen|worth\w*) (?:for|when|if))\b",
    re.I,
)
_USES = re.compile(r"\bwhy\b|\bwhen\b|\bused?\b|\buse cases\b|\bchoose\b", re.I)
_REASON = re.compile(r"\b(?:because|when|so that)\b")
# "LoRA has three limits: …", "Typical problems of DPO are …"
_COUNTS = re.compile(
    r"^(?:[\w-]+ ){0,6}?(?:two|three|four|five|six|several|main|typical|common)\b[^.]*(?: are |: )",
    re.I,
)
# Sentences of a side, best first, that may meet one of another side.
_EACH = 16
# Least cosine of two sentences about the same. Of the pairs in 46 comparisons read by eye, those
# from 0.6 up mostly were ("needs many model calls", "costs more output tokens"), those below
# mostly not.
MEETS = 0.6
# Headings that differ by the names alone: "When to use LoRA", "When to use QLoRA".
_HEADED = 0.05


@dataclass(frozen=True, slots=True)
class Cell:
    """What one passage says of one side, verbatim.

    Attributes:
        text: a sentence, or one of the two statements that it joins by "whereas".
        evidence: of just that text and its span: the check finds it supported.
    """

    text: str
    evidence: Evidence


def statements(sides: Sequence[Side], evidence: Sequence[Evidence]) -> list[list[Cell]]:
    """What is said of each side alone: sentences, and halves of what contrasts it with another."""
    said: list[list[Cell]] = [[] for _ in sides]
    for item in evidence:
        for text in parts_of(item.text):
            named = {side for side, _, _ in names_in(text, sides)}
            if len(named) == 1 and begins_with(text, sides) in named:
                said[named.pop()].append(part(text, item))
    return said


def part(text: str, item: Evidence) -> Cell:
    """One statement of a sentence, cited by itself."""
    start = item.span[0] + item.text.index(text)
    return Cell(text, replace(item, text=text, span=(start, start + len(text))))


def introductions(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Cells:
    """What each side is; None for one of which no passage says it."""
    return tuple(_introduction(number, sides, evidence) for number in range(len(sides)))


def _introduction(number: int, sides: Sequence[Side], evidence: Sequence[Evidence]) -> Cell | None:
    """The sentence that opens the topic of a side, or says what it is, or comes first of it."""
    plain = [e for e in evidence if not contrasts(e.text)]
    own = [e for e in plain if begins_with(e.text, sides) == number]
    told = [e for e in own if _opens(e, number, sides) or _defines(e.text, sides)]
    # "An LLM agent is …" opens the topic of agents.
    told = told or [e for e in plain if _opens(e, number, sides) and _early(e.text, number, sides)]
    if told:
        best = max(told, key=lambda e: _rank(e, number, sides))
        return Cell(best.text, best)
    alone = [e for e in own if {n for n, _, _ in names_in(e.text, sides)} == {number}]
    alone = [e for e in alone if goes_on(e.text, names_in(e.text, sides)[0][2])] or alone
    at_home = [e for e in alone if e.chunk.topic in sides[number].topics]
    first = min(at_home, key=lambda e: (e.chunk.document_id, e.span), default=None)
    first = first or next(iter(alone), None)
    return Cell(first.text, first) if first else None


def _early(text: str, number: int, sides: Sequence[Side]) -> bool:
    first, start, _ = names_in(text, sides)[0]
    return first == number and len(text[:start].split()) < _OPENING


def _rank(item: Evidence, number: int, sides: Sequence[Side]) -> tuple[bool, bool, bool, int]:
    """How well a sentence says what a side is; the earlier the better."""
    opens, at_home = _opens(item, number, sides), item.chunk.topic in sides[number].topics
    return opens, _is_a(item.text), at_home, -item.span[0]


def _defines(text: str, sides: Sequence[Side]) -> bool:
    _, start, end = names_in(text, sides)[0]
    return bool(_ARTICLE.match(text[:start]) and _DEFINES.match(text[end:]))


def _is_a(text: str) -> bool:
    return bool(_IS_A.search(text))


def _opens(item: Evidence, number: int, sides: Sequence[Side]) -> bool:
    """Whether a sentence opens the topic of a side, and of no other: not "RNN vs. Transformer"."""
    chunk = item.chunk
    first = chunk.leads and item.span == chunk.sentences[0]
    both = {side for side, _, _ in names_in(chunk.path[-1], sides)} - {number}
    return first and chunk.topic in sides[number].topics and not both


def contrasted(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Iterator[Cells]:
    """Sentences that say one thing of one side and another of the other."""
    for item in evidence:
        if said := halves(item.text, sides):
            yield _cells(sides, {side: part(text, item) for side, text in said.items()})


def uses(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Cells:
    """What each side is for, in so many words; rather without a word on the others."""
    told = [e for e in evidence if is_for(e.text) and not contrasts(e.text)]
    own = [[e for e in told if begins_with(e.text, sides) == n] for n in range(len(sides))]
    alone = [
        [e for e in said if len({n for n, _, _ in names_in(e.text, sides)}) == 1] for said in own
    ]
    return tuple(
        _best([Cell(e.text, e) for e in plain or said])
        for plain, said in zip(alone, own, strict=True)
    )


def reasons(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Cells:
    """Why or when each side is used: of the section on that."""
    return tuple(
        _best([c for c in _under(_USES, n, sides, evidence) if _REASON.search(c.text)])
        for n in range(len(sides))
    )


def limits(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Cells:
    """What speaks against each side: of the section on that, rather what enumerates."""
    return tuple(_best(_under(LIMITS_HEADING, n, sides, evidence)) for n in range(len(sides)))


def _under(
    heading: re.Pattern[str], number: int, sides: Sequence[Side], evidence: Sequence[Evidence]
) -> list[Cell]:
    """Sentences about one side alone in the sections of its own topic that are headed so."""
    return [
        Cell(e.text, e)
        for e in evidence
        if e.chunk.topic in sides[number].topics
        and heading.search(e.chunk.path[-1])
        and {n for n, _, _ in names_in(e.text, sides)} == {number}
        and not contrasts(e.text)
        and not corrects(e.text)
    ]


def is_for(text: str) -> bool:
    """Whether a sentence says what something is used for."""
    return bool(_IS_FOR.search(text))


def _best(cells: Sequence[Cell]) -> Cell | None:
    return max(cells, key=lambda c: (bool(_COUNTS.search(c.text)), c.evidence.score), default=None)


def met(sides: Sequence[Side], said: Sequence[Sequence[Cell]], mean: Meaning) -> Iterator[Cells]:
    """Statements of two sides that are each other's nearest once the names are taken out."""
    own = [list(cells[:_EACH]) for cells in said]
    vectors = [mean([c.evidence for c in cells]) for cells in own]
    for one, other in combinations([n for n in range(len(sides)) if own[n]], 2):
        alike = vectors[one] @ vectors[other].T
        alike += _HEADED * np.array(
            [[bool(headed((a.evidence, b.evidence), sides)) for b in own[other]] for a in own[one]]
        )
        for i, j in sorted(np.ndindex(*alike.shape), key=lambda ij: -alike[ij]):
            if alike[i, j] >= max(MEETS, alike[i].max(), alike[:, j].max()):
                yield _cells(sides, {one: own[one][i], other: own[other][j]})


def filled(cells: Cells, said: Sequence[Sequence[Cell]], mean: Meaning) -> Iterator[Cells]:
    """A row that lacks a side, with what is nearest to it of that side, nearest first."""
    there = [cell for cell in cells if cell]
    lacking = [n for n, cell in enumerate(cells) if cell is None]
    own = said[lacking[0]] if len(lacking) == 1 else ()
    if not own:
        return
    alike = mean([c.evidence for c in own]) @ mean([c.evidence for c in there]).T
    for n in np.argsort(-alike.max(axis=1)):
        if alike[n].max() < MEETS:
            return
        yield tuple(own[n] if position == lacking[0] else c for position, c in enumerate(cells))


def headed(evidence: Sequence[Evidence], sides: Sequence[Side]) -> str:
    """What the headings of passages on different topics share but for the names: "How … works"."""
    headings = [e.chunk.path[-1] for e in evidence]
    rests = {without_names(heading, sides) for heading in headings}
    different = len({e.chunk.topic for e in evidence}) == len(evidence)
    same = different and len(rests) == 1 and all(names_in(h, sides) for h in headings)
    return _EDGES.sub("", rests.pop()).replace("… ", "") if same else ""


_EDGES = re.compile(r"^…(?: |$)| (?:(?:with|about|of|for|in|on) )?…$")


def _cells(sides: Sequence[Side], said: dict[int, Cell]) -> Cells:
    return tuple(said.get(position) for position in range(len(sides)))
