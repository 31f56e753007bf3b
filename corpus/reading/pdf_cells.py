"""Tables without drawn lines: short pieces of text that stand in columns and in rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from corpus.reading.pdf_fragments import Fragment, in_rows, same_row

_WIDE = 6  # sizes: a gap as wide as that divides cells even on a line of its own
_CELL = 22  # characters: cells of the mirror's tables have 14 on average, a column of prose 45
_NEAR = 18.0  # points between two tables that are one


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, with the place of the whole."""

    rows: tuple[tuple[str, ...], ...]
    x0: float
    x1: float
    y0: float
    y1: float


Item = Fragment | Table


def stacked(column: Sequence[Item]) -> list[Item]:
    """Tables that touch and have as many columns are one, as with a head above its first line."""
    stacked: list[Item] = []
    for item in column:
        last = stacked[-1] if stacked else None
        if (
            isinstance(last, Table) and isinstance(item, Table)
            and len(last.rows[0]) == len(item.rows[0]) and item.y0 - last.y1 < _NEAR
        ):  # fmt: skip
            stacked[-1] = Table(
                last.rows + item.rows, min(last.x0, item.x0), max(last.x1, item.x1),
                last.y0, item.y1,
            )  # fmt: skip
        else:
            stacked.append(item)
    return stacked


def as_table(items: Sequence[Item], parts: Sequence[Sequence[Item]]) -> list[Item] | None:
    """The items with their rows as a table, if their columns are short and stand in rows."""
    pieces = [item for item in items if isinstance(item, Fragment)]
    if len(pieces) < len(items) or sum(len(p.text) for p in pieces) > _CELL * len(pieces):
        return None
    if all(piece.mono for piece in pieces):  # code set in columns
        return [
            piece for row in in_rows(sorted(pieces, key=lambda p: (p.y, p.x0))) for piece in row
        ]
    place = {piece: at for at, part in enumerate(parts) for piece in part}
    if len(pieces) == 2 and same_row(*pieces):
        left, right = sorted(pieces, key=lambda p: p.x0)
        if right.x0 - left.x1 < _WIDE * left.size:
            return [left, right]
    rows = list(in_rows(sorted(pieces, key=lambda p: (p.y, p.x0))))
    full = [len({place[piece] for piece in row}) > 1 for row in rows]
    if len(rows) > 1 and sum(full) < max(2, 0.6 * len(rows)):
        return None
    found: list[Item] = []
    for is_row, stretch in _stretches(rows, full):
        if is_row:
            found.append(_rows_as_table(stretch, place, len(parts)))
        else:
            found.extend(piece for row in stretch for piece in row)
    return found


def _stretches(
    rows: Sequence[list[Fragment]], full: Sequence[bool]
) -> Iterator[tuple[bool, list[list[Fragment]]]]:
    """Rows of a table, and the lines before, after and between that are none."""
    first, last = full.index(True), len(full) - 1 - full[::-1].index(True)
    inside = [
        first <= at <= last and (full[at] or not all(piece.bold for piece in row))
        for at, row in enumerate(rows)
    ]
    for is_row, group in groupby(range(len(rows)), lambda at: inside[at]):
        yield is_row, [rows[at] for at in group]


def _rows_as_table(
    rows: Sequence[Sequence[Fragment]], place: dict[Item, int], width: int
) -> Table:  # fmt: skip
    pieces = [piece for row in rows for piece in row]
    cells = tuple(
        tuple(" ".join(p.text for p in row if place[p] == at) for at in range(width))
        for row in rows
    )
    return Table(
        cells, min(p.x0 for p in pieces), max(p.x1 for p in pieces),
        min(p.y0 for p in pieces), max(p.y1 for p in pieces),
    )  # fmt: skip
