"""Two or three things side by side: a small table of quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.lexical import terms
from tutor.asking import LIMITS_HEADING
from tutor.comparing import rows as made
from tutor.comparing.aspects import Weigh, aspect, common_stems
from tutor.comparing.naming import Side, names_in, without_names
from tutor.comparing.rows import Cell, Cells
from tutor.comparing.statements import Meaning
from tutor.evidence import Evidence

# A cell is one line without pipes: LaTeX's "\|" is what a table takes for an escaped "|".
_NO_CELL = re.compile(r"[|\n]|^(?:```|\$\$)")
# "A small table when there are more than two points"; more than five rows are no small table.
_POINTS, _ROWS = 3, 5
# Of them at most so many tell how the sides differ, if there is more to be said.
_CONTRASTS = 3
# Rows that share so much of their words, or so much of their meaning, say the same.
_SAME, _WITHIN, _SAME_MEANING = 0.4, 0.45, 0.8
# What a thing is in short holds the gist of what is said of it in a row of its own.
_GIST = 0.7
# Letters by which a word is known in its other forms.
_BEGINS = 5
# What is said of each side in rows that no shared word names.
_IN_SHORT, _USED, _WHY, _LIMITS = "in short", "used for", "why", "limits"
# Of three sides each should have so many of the rows' cells.
_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Row:
    """What the passages say of the sides about one thing.

    Attributes:
        aspect: words that the cells or their headings share, what kind of row it is, or "".
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
    sides: Sequence[Side],
    evidence: Sequence[Evidence],
    mean: Meaning,
    weigh: Weigh,
    choice: bool = False,
) -> Table | None:
    """A small table, if the evidence makes three points or more.

    Args:
        evidence: what ``compared`` returns.
        mean: of ``meaning``.
        weigh: how informative a stem is (``Bm25.idf``).
        choice: what the sides are for comes before how they differ.

    Returns:
        Three to five rows, at least two cells a side; None for what plain sentences say as well.
    """
    fit = [e for e in evidence if not _NO_CELL.search(e.text)]
    found = sorted(_points(sides, fit, mean, weigh, choice), key=lambda row: row.cells.count(None))
    kept: list[Row] = []
    for row in found:
        if len(kept) < _ROWS and not any(_repeats(row, other, sides, mean) for other in kept):
            kept.append(row)
    kept = _even(kept)
    columns = zip(*(row.cells for row in kept), strict=True)
    if len(kept) < _POINTS or any(sum(map(bool, column)) < 2 for column in columns):
        return None
    return Table(_headers(sides, [row.cells for row in kept]), tuple(kept))


def _points(
    sides: Sequence[Side],
    evidence: Sequence[Evidence],
    mean: Meaning,
    weigh: Weigh,
    choice: bool,
) -> Iterator[Row]:
    """All that the passages say of two sides or three about one thing, best first."""
    said = made.statements(sides, evidence)
    common = common_stems([[cell.text for cell in own] for own in said])
    context = [e.text for e in evidence]

    def named(cells: Cells) -> str:
        there = [cell for cell in cells if cell]
        shared = aspect([cell.text for cell in there], sides, weigh, context, common)
        return shared or _kind(made.headed([cell.evidence for cell in there], sides))

    def whole(cells: Cells) -> Row:
        best = next((row for row in made.filled(cells, said, mean) if named(row)), cells)
        return Row(named(best), best)

    opening = made.introductions(sides, evidence)
    if all(opening):
        yield Row(_IN_SHORT, opening)
    used = Row(_USED, made.uses(sides, evidence))
    if choice and all(used.cells):
        yield used
    contrasted = [whole(cells) for cells in made.contrasted(sides, evidence)]
    yield from contrasted[:_CONTRASTS]
    if all(used.cells):
        yield used
    why = made.reasons(sides, evidence)
    reasons = Row(_USED if all(c and made.is_for(c.text) for c in why) else _WHY, why)
    against = Row(_LIMITS, made.limits(sides, evidence))
    yield from (row for row in (used, reasons, against) if sum(map(bool, row.cells)) > 1)
    yield from contrasted[_CONTRASTS:]
    # Two sentences that merely resemble each other are a row if it can be said in what.
    yield from (whole(cells) for cells in made.met(sides, said, mean) if named(cells))


def _kind(heading: str) -> str:
    """The kind of row that sections so headed make: "limits" for "What goes wrong with …"."""
    if LIMITS_HEADING.search(heading):
        return _LIMITS
    if heading.lower().startswith(("why", "when")):
        return _WHY
    return heading if heading.lower().startswith("how") else ""


def _even(rows: list[Row]) -> list[Row]:
    """Without rows that leave a side out, as long as it has too few cells."""
    while len(rows) > _POINTS:
        filled = [sum(map(bool, column)) for column in zip(*(r.cells for r in rows), strict=True)]
        poorest = filled.index(min(filled))
        lacking = [row for row in rows if row.cells[poorest] is None]
        if min(filled) >= _SHARE * len(rows) or not lacking:
            break
        rows = [row for row in rows if row is not lacking[-1]]
    return rows


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
        e for e in evidence if not any(t in e.text or overlap(e.text, t) >= _SAME for t in held)
    ]


def _repeats(row: Row, other: Row, sides: Sequence[Side], mean: Meaning) -> bool:
    """Whether a row says what another one says, or quotes one of its passages."""
    pairs = [(a, b) for a, b in zip(row.cells, other.cells, strict=True) if a and b]
    if any(a.evidence.text == b.evidence.text for a, b in pairs) or _alike(
        row.aspect, other.aspect
    ):
        return True
    one, two = (_said([pair[n] for pair in pairs], sides) for n in (0, 1))
    within = _GIST if other.aspect == _IN_SHORT else _WITHIN
    own = row.aspect in (_WHY, _LIMITS) or (other.aspect == _IN_SHORT and _contrast(row))
    if not own and len(one & two) >= within * min(len(one), len(two)) > 0:
        return True
    return bool(pairs) and all(
        float(mean([a.evidence])[0] @ mean([b.evidence])[0]) >= _SAME_MEANING for a, b in pairs
    )


def _said(cells: Sequence[Cell], sides: Sequence[Side]) -> set[str]:
    """The stems of cells besides the sides' names."""
    return {s for cell in cells for s in terms(without_names(cell.text, sides))}


def _contrast(row: Row) -> bool:
    """Whether a single sentence says all of a row."""
    items = [cell.evidence for cell in row.cells if cell]
    whole = {
        next((s for s in e.chunk.sentences if s[0] <= e.span[0] < s[1]), e.span) for e in items
    }
    return len(whole) == len({e.chunk.id for e in items}) == 1


def _alike(one: str, other: str) -> bool:
    """Whether two aspects are the same words: "matrix" and "matrices"."""
    words = [{word[:_BEGINS] for word in text.lower().split()} for text in (one, other)]
    return words[0] == words[1] != set()


def overlap(one: str, other: str) -> float:
    """Jaccard similarity of the stems of two texts, 0..1."""
    a, b = set(terms(one)), set(terms(other))
    return len(a & b) / len(a | b) if a | b else 0.0
