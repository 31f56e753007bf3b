"""The order in which a page is read: columns, and the tables among them.

A recursive XY cut (Nagy and Seth, 1984) with one change: a page is not cut along every gap between
lines, which would tear two columns apart wherever their paragraphs happen to end at one height.
Neighbouring bands that have a gutter in common stay together and are cut along the gutter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpus.reading.pdf_cells import Item, as_table, stacked
from corpus.reading.pdf_fragments import Fragment, same_row, together

_GUTTER = 3.0  # points: the columns of the mirror's papers stand 15 apart, less what hangs over
_APART = 36.0  # points: bands that far from each other have no gutter in common
_DEEPEST = 12  # cuts within cuts


class Gap(NamedTuple):
    """A stretch of a line that holds nothing."""

    start: float
    end: float


def columns(items: Iterable[Item]) -> list[list[Item]]:
    """Items in reading order, one list for each column or stretch of the page's full width."""
    found: list[list[Item]] = []
    for part in _cut(list(items), 0):
        column = [item for row in _rows(part) for item in _joined(row)]
        if found and _goes_on(found[-1][-1], column[0]):
            found[-1].extend(column)
        else:
            found.append(column)
    return [stacked(column) for column in found]


def _goes_on(above: Item, below: Item) -> bool:
    """Whether a column goes on after a cut that was made for its neighbour's sake."""
    overlap = min(above.x1, below.x1) - max(above.x0, below.x0)
    narrower = min(above.x1 - above.x0, below.x1 - below.x0)
    height = below.size if isinstance(below, Fragment) else 10.0
    return -1 < below.y0 - above.y1 < height and overlap > 0.5 * narrower


def _rows(column: Sequence[Item]) -> Iterator[list[Item]]:
    row: list[Item] = []
    for item in column:
        last = row[-1] if row else None
        beside = (
            isinstance(last, Fragment) and isinstance(item, Fragment) and same_row(last, item)
            and item.x0 >= last.x1 - 1
        )  # fmt: skip
        if row and not beside:
            yield row
            row = []
        row.append(item)
    if row:
        yield row


def _joined(row: Sequence[Item]) -> list[Item]:
    whole: list[Item] = []
    for item in row:
        if whole and isinstance(whole[-1], Fragment) and isinstance(item, Fragment):
            whole[-1] = together(whole[-1], item)
        else:
            whole.append(item)
    return whole


def _cut(items: list[Item], depth: int) -> Iterator[list[Item]]:
    plain: list[Item] = []
    for group in _groups(items):
        parts = _parts(group) if depth < _DEEPEST else [group.items]
        if len(parts) < 2:
            plain.extend(sorted(group.items, key=lambda item: (item.y1, item.x0)))
            continue
        if (table := as_table(group.items, parts)) is not None:
            plain.extend(table)
            continue
        if plain:
            yield plain
            plain = []
        for part in parts:
            yield from _cut(part, depth + 1)
    if plain:
        yield plain


@dataclass(slots=True)
class _Group:
    """Bands of the page one under the other, and the gaps that all of them leave."""

    items: list[Item]
    gaps: list[Gap]


def _groups(items: Sequence[Item]) -> list[_Group]:
    """Bands, joined where they have a gutter in common."""
    if not items:
        return []
    edges = Gap(min(i.x0 for i in items), max(i.x1 for i in items))
    bands = [_Group(band, _gaps(band, edges)) for band in _bands(items)]
    groups: list[_Group] = []
    for band in bands:
        last = groups[-1] if groups else None
        # Without content on both sides a gap is a margin or the end of a short line.
        common = [
            gap
            for gap in (_common(last.gaps, band.gaps) if last else [])
            if last and (_inside(gap, last.items) or _inside(gap, band.items))
        ]
        if last and common and _top(band.items) - _bottom(last.items) < _APART:
            last.items.extend(band.items)
            last.gaps = common
        else:
            groups.append(band)
    return _raised(groups)


def _raised(groups: Sequence[_Group]) -> list[_Group]:
    """Two columns take in what stands above one of them alone, as beside a figure."""
    raised: list[_Group] = []
    for group in reversed(groups):
        below = raised[-1] if raised else None
        common = [
            gap
            for gap in (_common(group.gaps, below.gaps) if below else [])
            if below and _inside(gap, below.items)
        ]
        if below and common and _top(below.items) - _bottom(group.items) < _APART:
            below.items[:0] = group.items
            below.gaps = common
        else:
            raised.append(group)
    return raised[::-1]


def _top(items: Iterable[Item]) -> float:
    return min(item.y0 for item in items)


def _bottom(items: Iterable[Item]) -> float:
    return max(item.y1 for item in items)


def _bands(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Items divided wherever nothing stands beside the gap."""
    band: list[Item] = []
    lower = 0.0
    for item in sorted(items, key=lambda i: (i.y0, i.x0)):
        if band and item.y0 >= lower:
            yield band
            band = []
        lower = max(lower, item.y1) if band else item.y1
        band.append(item)
    if band:
        yield band


def _end(item: Item) -> float:
    """Where an item ends; letters may hang over half their size (garak paper, listings)."""
    return item.x1 - 0.5 * item.size if isinstance(item, Fragment) else item.x1


def _gaps(items: Iterable[Item], edges: Gap) -> list[Gap]:
    found: list[Gap] = []
    at = edges.start - _GUTTER  # so that the margins count as gaps too
    for item in sorted(items, key=lambda i: i.x0):
        if item.x0 - at >= _GUTTER:
            found.append(Gap(at, item.x0))
        at = max(at, _end(item))
    if edges.end >= at:
        found.append(Gap(at, edges.end + _GUTTER))
    return found


def _common(a: Iterable[Gap], b: Sequence[Gap]) -> list[Gap]:
    shared = (Gap(max(x.start, y.start), min(x.end, y.end)) for x in a for y in b)
    return [gap for gap in shared if gap.end - gap.start >= _GUTTER]


def _inside(gap: Gap, items: Iterable[Item]) -> bool:
    sides = {_end(item) <= gap.start + 0.1 for item in items}
    return len(sides) == 2


def _parts(group: _Group) -> list[list[Item]]:
    cuts = [gap for gap in group.gaps if _inside(gap, group.items)]
    if not cuts:
        return [group.items]
    parts: list[list[Item]] = [[] for _ in range(len(cuts) + 1)]
    for item in group.items:
        parts[sum(item.x0 >= cut.end - 0.1 for cut in cuts)].append(item)
    return [part for part in parts if part]
