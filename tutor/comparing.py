"""Two or three things side by side: what passages say of each, paired by what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from index.lexical import terms
from tutor.aspects import Weigh, aspect
from tutor.evidence import Evidence
from tutor.sides import Side, names_in, without_names
from tutor.statements import Meaning, begins_with, halves

Cells = tuple["Cell | None", ...]
# What stands between a name and what it is: "(Low-Rank Adaptation)", ", the usual form, ".
_DEFINES = re.compile(
    r"(?: models?)?(?: \([^()]*\))?(?:, [^,]{2,60},)? (?:is|are) (?:an? |the )?"
    r"[^,.;]*\b(?:that|which|who|where|of|for)\b"
)
# A cell is one line without pipes: LaTeX's "\|" is what a table takes for an escaped "|".
_NO_CELL = re.compile(r"[|\n]|^(?:```|\$\$)")
# "A small table when there are more than two points"; more than five rows are no small table.
_POINTS, _ROWS = 3, 5
# Sentences of a side, best first, that may meet one of another side.
_EACH = 16
# Least cosine of two sentences about the same. Of the pairs in 46 comparisons read by eye, those
# from 0.6 up mostly were ("needs many model calls", "costs more output tokens"), those below
# mostly not.
_MEETS = 0.6
# Headings that differ by the names alone: "When to use LoRA", "When to use QLoRA".
_HEADED = 0.05
# Rows that share so much of their words say the same.
_SAME = 0.4


@dataclass(frozen=True, slots=True)
class Cell:
    """What one passage says of one side, verbatim.

    Attributes:
        text: a sentence, or one of the two statements that it joins by "whereas".
        evidence: of just that text and its span: the check finds it supported.
    """

    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Row:
    """What the passages say of the sides about one thing.

    Attributes:
        aspect: words that the cells or their headings share, or "".
        cells: one a side, in their order; None where a passage contrasts two others.
    """

    aspect: str
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """A comparison side by side."""

    sides: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What its cells quote, row by row."""
        return tuple(cell.evidence for row in self.rows for cell in row.cells if cell)


def table(
    sides: Sequence[Side], evidence: Sequence[Evidence], mean: Meaning, weigh: Weigh
) -> Table | None:
    """A small table, if the evidence makes three points or more.

    Args:
        evidence: what ``compared`` returns.
        mean: of ``meaning``.
        weigh: how informative a stem is (``Bm25.idf``).

    Returns:
        Three to five rows, at least two cells a side; None for what plain sentences say as well.
    """
    fit = [e for e in evidence if not _NO_CELL.search(e.text)]
    rows: list[Cells] = []
    context = [e.text for e in evidence]
    # Two sentences that merely resemble each other are a row if it can be said in what.
    met = [c for c in _met(sides, fit, mean) if _aspect(c, sides, weigh, context)]
    for cells in (*_introductions(sides, fit), *_contrasts(sides, fit), *met):
        if len(rows) < _ROWS and not any(_repeats(cells, row) for row in rows):
            rows.append(cells)
    if len(rows) < _POINTS or any(sum(map(bool, cells)) < 2 for cells in zip(*rows, strict=True)):
        return None
    told = [_aspect(cells, sides, weigh, context) for cells in rows]
    return Table(_headers(sides, rows), tuple(map(Row, told, rows)))


def _headers(sides: Sequence[Side], rows: Sequence[Cells]) -> tuple[str, ...]:
    """The sides' names as passages write them: "QLoRA" for "qlora"."""
    first = [next(cell.text for cell in column if cell) for column in zip(*rows, strict=True)]
    spans = [names_in(text, sides)[0] for text in first]
    return tuple(text[start:end] for text, (_, start, end) in zip(first, spans, strict=True))


def joints(told: Table) -> tuple[list[tuple[str, Cell]], str]:
    """Every cell with the Markdown that stands before it, and what closes the table.

    A cell is written as ``Sentence.marked`` has it, with its citations. The pieces one after the
    other are a table of GitHub Flavored Markdown (its section "Tables (extension)").
    """
    names = " | ".join(["", *map(_plain, told.sides)])
    before = f"|{names} |\n" + "| --- " * (len(told.sides) + 1) + "|\n"
    found = []
    for row in told.rows:
        before += f"| {_plain(row.aspect)}"
        for cell in row.cells:
            before += " | "
            if cell:
                found.append((before, cell))
                before = ""
        before += " |\n"
    return found, before.rstrip("\n")


def _plain(text: str) -> str:
    """A name without what Markdown and HTML would read: the sides come from the question."""
    return " ".join(re.sub(r"[^\w .,'+/#()…-]", " ", text).split())


def beside(told: Table, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The sentences that the table does not hold, in their order."""
    held = [e.text for e in told.evidence]
    return [
        e for e in evidence if not any(t in e.text or _overlap(e.text, t) >= _SAME for t in held)
    ]


def _introductions(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Iterator[Cells]:
    """What each side is, if the passages say it of all."""
    best = [_introduction(number, sides, evidence) for number in range(len(sides))]
    if all(best):
        yield tuple(Cell(e.text, e) for e in best if e)


def _introduction(
    number: int, sides: Sequence[Side], evidence: Sequence[Evidence]
) -> Evidence | None:
    """The sentence that opens the topic of a side, or else says what it is."""

    own = [e for e in evidence if begins_with(e.text, sides) == number]
    fit = [e for e in own if _opens(e, number, sides) or _defines(e.text, sides)]
    return max(fit, key=lambda e: (_opens(e, number, sides), _is_a(e.text), e.score), default=None)


def _defines(text: str, sides: Sequence[Side]) -> bool:
    return bool(_DEFINES.match(text[names_in(text, sides)[0][2] :]))


def _is_a(text: str) -> bool:
    return bool(re.search(r"^[^,.;]* (?:is|are) an? ", text))


def _opens(item: Evidence, number: int, sides: Sequence[Side]) -> bool:
    """Whether a sentence opens the topic of a side, and of no other: not "RNN vs. Transformer"."""
    chunk = item.chunk
    first = chunk.leads and item.span == chunk.sentences[0]
    both = {side for side, _, _ in names_in(chunk.path[-1], sides)} - {number}
    return first and chunk.topic in sides[number].topics and not both


def _contrasts(sides: Sequence[Side], evidence: Sequence[Evidence]) -> Iterator[Cells]:
    """Sentences that say one thing of one side and another of the other."""
    for item in evidence:
        if parts := halves(item.text, sides):
            yield _cells(sides, {side: _part(text, item) for side, text in parts.items()})


def _part(text: str, item: Evidence) -> Cell:
    """One statement of a sentence, cited by itself."""
    start = item.span[0] + item.text.index(text)
    return Cell(text, replace(item, text=text, span=(start, start + len(text))))


def _met(sides: Sequence[Side], evidence: Sequence[Evidence], mean: Meaning) -> Iterator[Cells]:
    """Sentences of two sides that are each other's nearest once the names are taken out."""
    plain = [e for e in evidence if "whereas" not in e.text]  # it contrasts with something else
    own = [[e for e in plain if _is_about(e, n, sides)][:_EACH] for n in range(len(sides))]
    vectors = [mean(mine) for mine in own]
    for one, other in combinations([n for n in range(len(sides)) if own[n]], 2):
        alike = vectors[one] @ vectors[other].T
        alike += _HEADED * np.array(
            [[bool(_headed((a, b), sides)) for b in own[other]] for a in own[one]]
        )
        for i, j in sorted(np.ndindex(*alike.shape), key=lambda ij: -alike[ij]):
            if alike[i, j] >= max(_MEETS, alike[i].max(), alike[:, j].max()):
                left, right = own[one][i], own[other][j]
                yield _cells(sides, {one: Cell(left.text, left), other: Cell(right.text, right)})


def _is_about(item: Evidence, number: int, sides: Sequence[Side]) -> bool:
    """Whether a sentence begins with a side and names no other."""
    named = {side for side, _, _ in names_in(item.text, sides)}
    return named == {number} and begins_with(item.text, sides) == number


def _cells(sides: Sequence[Side], said: dict[int, Cell]) -> Cells:
    return tuple(said.get(position) for position in range(len(sides)))


def _aspect(cells: Cells, sides: Sequence[Side], weigh: Weigh, context: Sequence[str]) -> str:
    said = [cell for cell in cells if cell]
    shared = aspect([cell.text for cell in said], sides, weigh, context)
    return shared or _headed([cell.evidence for cell in said], sides)


def _headed(evidence: Sequence[Evidence], sides: Sequence[Side]) -> str:
    """What the headings of passages on different topics share but for the names: "When to use"."""
    headings = [e.chunk.path[-1] for e in evidence]
    rests = {without_names(heading, sides) for heading in headings}
    different = len({e.chunk.topic for e in evidence}) == len(evidence)
    same = different and len(rests) == 1 and all(names_in(h, sides) for h in headings)
    return _EDGES.sub("", rests.pop()) if same else ""


_EDGES = re.compile(r"^…(?: |$)| (?:(?:with|about|of|for|in|on) )?…$")


def _repeats(cells: Cells, row: Cells) -> bool:
    """Whether a row says it already, or quotes one of its passages."""
    pairs = [(a, b) for a, b in zip(cells, row, strict=True) if a and b]
    if any(a.evidence.text == b.evidence.text for a, b in pairs):
        return True
    return bool(pairs) and all(_overlap(a.text, b.text) >= _SAME for a, b in pairs)


def _overlap(one: str, other: str) -> float:
    """Jaccard similarity of the stems of two texts, 0..1."""
    a, b = set(terms(one)), set(terms(other))
    return len(a & b) / len(a | b) if a | b else 0.0
