"""Tables whose rows are divided by drawn lines.

The lines say which words are one cell, whatever their baselines: a cell of three lines stays one.
Tables without lines are found by their columns, in ``corpus.reading.pdf_cells``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.reading.pdf_cells import Item, Table
from corpus.reading.pdf_fragments import Fragment, Word, in_rows
from corpus.reading.pdf_rules import Rule, Rules

_TALLEST = 25  # lines in a cell: the mirror's tallest has 15; a page between two rules has 50
_LINED = 0.7  # share of lines with two cells, from which on a line is a row


def ruled_tables(fragments: Sequence[Fragment], rules: Rules) -> list[Item]:
    """The fragments, those inside of drawn tables replaced by the tables."""
    left = list(fragments)
    tables: list[Item] = []
    for ys, x0, x1 in _frames(rules.across):
        uprights = _uprights(rules.down, ys, x0, x1)
        heights = ys if uprights else [*_head(left, ys[0], x0, x1), *ys]
        inside = [f for f in left if _within(f, heights[0], heights[-1], x0, x1)]
        table = _table(inside, heights, x0, x1, uprights)
        if table is not None:
            tables.append(table)
            taken = set(map(id, inside))
            left = [f for f in left if id(f) not in taken]
    return [*left, *tables]


def _within(f: Fragment, upper: float, lower: float, x0: float, x1: float) -> bool:
    return upper - 1 < f.y - 0.3 * f.size < lower + 1 and x0 - 3 <= f.x0 and f.x1 <= x1 + 3


def _frames(across: Sequence[Rule]) -> Iterator[tuple[list[float], float, float]]:
    """Heights of level lines of one extent: three of them divide two rows."""
    groups: list[tuple[list[float], float, float]] = []
    for rule in sorted(across, key=lambda r: r.at):
        for ys, x0, x1 in groups:
            if abs(x0 - rule.start) <= 3 and abs(x1 - rule.end) <= 3:
                if rule.at - ys[-1] > 3:
                    ys.append(rule.at)
                break
        else:
            groups.append(([rule.at], rule.start, rule.end))
    return (group for group in groups if len(group[0]) >= 3)


def _head(fragments: Sequence[Fragment], upper: float, x0: float, x1: float) -> list[float]:
    """Upper edge of the row above the first line: the head of a table that has no line over it."""
    above = [f for f in fragments if 0 < upper - f.y < f.size and _within(f, f.y0, upper, x0, x1)]
    return [min(f.y0 for f in above)] if len(above) > 1 else []


def _uprights(down: Sequence[Rule], ys: Sequence[float], x0: float, x1: float) -> list[float]:
    """Places of the upright lines that divide at least half of a frame."""
    lengths: dict[float, float] = {}
    for rule in sorted(down):
        length = min(rule.end, ys[-1]) - max(rule.start, ys[0])
        if length > 0 and x0 + 3 < rule.at < x1 - 3:
            place = next((at for at in lengths if rule.at - at <= 3), rule.at)
            lengths[place] = lengths.get(place, 0.0) + length
    return [at for at, length in lengths.items() if length >= 0.5 * (ys[-1] - ys[0])]


def _table(
    fragments: Sequence[Fragment], ys: Sequence[float], x0: float, x1: float, uprights: list[float]
) -> Table | None:
    cuts = uprights or _blanks(fragments)
    if not cuts or not fragments or _torn(fragments, cuts) > 0.1 * len(fragments):
        return None
    rows: list[tuple[str, ...]] = []
    shared = lined = 0
    for upper, lower in pairwise(ys):
        band = [f for f in fragments if upper < f.y - 0.3 * f.size <= lower]
        lines = list(in_rows(sorted(band, key=lambda f: (f.y, f.x0))))
        if len(lines) > _TALLEST:
            return None
        split = [_cells(line, cuts) for line in lines]
        lined += len(lines)
        pairs = zip(lines, split, strict=True)
        shared += sum(len(line) > sum(map(bool, cells)) for line, cells in pairs)
        if not (uprights and len(ys) > 3) and _each_a_row(split):
            rows.extend(split)
        elif split:
            rows.append(tuple(" ".join(filter(None, cell)) for cell in zip(*split, strict=True)))
    wide = [row for row in rows if sum(map(bool, row)) > 1]
    # A cell with columns of its own is a panel of a poster.
    if len(wide) < max(2, 0.3 * len(rows)) or shared > 0.25 * lined:
        return None
    filled = [any(row[at] for row in rows) for at in range(len(rows[0]))]
    kept = [tuple(c for c, full in zip(row, filled, strict=True) if full) for row in rows]
    return Table(tuple(row for row in kept if any(row)), x0, x1, ys[0], ys[-1])


def _torn(fragments: Sequence[Fragment], cuts: Sequence[float]) -> int:
    """Fragments that a cut divides where they have no more than a word space: a drawing's lines."""
    torn = 0
    for fragment in fragments:
        for left, right in pairwise(fragment.words):
            middles = (left.x0 + left.x1) / 2, (right.x0 + right.x1) / 2
            if any(middles[0] < cut < middles[1] for cut in cuts):
                torn += right.x0 - left.x1 < 0.5 * fragment.size
    return torn


def _each_a_row(lines: Sequence[Sequence[str]]) -> bool:
    return sum(sum(map(bool, line)) > 1 for line in lines) >= _LINED * len(lines)


def _cells(line: Sequence[Fragment], cuts: Sequence[float]) -> tuple[str, ...]:
    cells: list[list[str]] = [[] for _ in range(len(cuts) + 1)]
    for word in _words(line):
        cells[sum((word.x0 + word.x1) / 2 > cut for cut in cuts)].append(word.text)
    return tuple(" ".join(cell) for cell in cells)


def _words(fragments: Sequence[Fragment]) -> list[Word]:
    return [word for fragment in fragments for word in fragment.words]


def _blanks(fragments: Sequence[Fragment]) -> list[float]:
    """Where hardly a word stands in the way over the whole height; a heading may span columns."""
    words = sorted(_words(fragments), key=lambda word: word.x0)
    rows = len(list(in_rows(sorted(fragments, key=lambda f: (f.y, f.x0)))))
    size = max((f.size for f in fragments), default=10.0)
    edges = sorted({round(word.x0, 1) for word in words})
    cuts: list[float] = []
    for edge in edges[1:]:
        ends = [word.x1 for word in words if word.x0 < edge - 0.1]
        crossing = sum(end > edge - 0.6 * size for end in ends)
        starting = sum(edge - 0.1 <= word.x0 < edge + 3 for word in words)
        if crossing <= 0.05 * rows and starting >= max(2, 0.15 * rows):
            cuts.append(edge - 0.3 * size)
    return cuts
