"""Running headers, footers and page numbers: what repeats at one place of most pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.reading.pdf_cells import Item
from corpus.reading.pdf_fragments import Fragment

_MARGIN = 0.12  # share of the height: the mirror's headers and footers end within 0.05
_NEAR = 4  # pages before and after, among which a line of a chapter's header repeats
_FEWEST = 3  # pages
_SHORT = 5  # pages: in a document shorter than that two will do for a line with a number
_ROMAN = re.compile(r"[\W_]*[ivxlc]+[\W_]*")

_Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class PageItems:
    """Lines and tables of a page, in no order yet.

    Attributes:
        number: 1-based.
        height: in points.
    """

    number: int
    height: float
    items: list[Item]


def without_frame(pages: Sequence[PageItems]) -> list[PageItems]:
    """The pages without lines that stand in the margin of half of the pages around.

    A number counts as the same on every page; what stands beside the page's number goes with it.
    Two pages alike prove nothing: three are needed, or two where the line holds a number. Tables
    stay, as their heads repeat too, and so do lines that the text of three pages has.
    """
    places: dict[_Key, set[int]] = defaultdict(set)
    bodies: dict[str, set[int]] = defaultdict(set)  # pages that say it outside of the margins
    offsets: Counter[int] = Counter()
    for page in pages:
        for item in page.items:
            if (key := _key(page, item)) is not None:
                places[key].add(page.number)
                offsets.update(_offset(page, item, key))
            elif isinstance(item, Fragment):
                bodies[_said(item)].add(page.number)
    last = max((page.number for page in pages), default=0)

    def counts(page: PageItems, item: Item) -> bool:
        key = _key(page, item)
        return key is not None and any(offsets[n] >= _FEWEST for n in _offset(page, item, key))

    def framed(page: PageItems, item: Item, rows: Iterable[float]) -> bool:
        key = _key(page, item)
        if key is None or (key[0] != "#" and len(bodies[key[0]]) >= _FEWEST):
            return False
        beside = isinstance(item, Fragment) and any(abs(item.y - y) < 2 for y in rows)
        return beside or _repeats(key, page.number, places, last)

    kept: list[PageItems] = []
    for page in pages:
        rows = [i.y for i in page.items if isinstance(i, Fragment) and counts(page, i)]
        items = [item for item in page.items if not framed(page, item, rows)]
        kept.append(replace(page, items=items))
    return kept


def _key(page: PageItems, item: Item) -> _Key | None:
    """What a line in the margin says, numbers aside, and where, in steps of two points."""
    if not isinstance(item, Fragment):
        return None
    if _MARGIN * page.height < item.y < (1 - _MARGIN) * page.height:
        return None
    return _said(item), round(item.y / 2)


def _said(line: Fragment) -> str:
    said = re.sub(r"\d+", "#", line.text.casefold())
    return "#" if _ROMAN.fullmatch(said) else said


def _offset(page: PageItems, item: Item, key: _Key) -> list[int]:
    """By how much a number on its own is ahead of the page's."""
    digits = item.text if isinstance(item, Fragment) and key[0] == "#" else ""
    return [int(digits) - page.number] if digits.isdigit() and len(digits) < 6 else []


def _repeats(key: _Key, number: int, places: dict[_Key, set[int]], last: int) -> bool:
    said, at = key
    standing = set().union(*(places.get((said, at + step), set()) for step in (-1, 0, 1)))
    around = range(max(1, number - _NEAR), min(last, number + _NEAR) + 1)
    count = sum(n in standing for n in around)
    least = 2 if "#" in said and last < _SHORT else _FEWEST
    return count >= max(least, len(around) / 2 - 0.5)


def body_size(fragments: Iterable[Fragment]) -> float:
    """The size that most characters have, in points, to a half."""
    sizes: Counter[float] = Counter()
    for fragment in fragments:
        sizes[round(2 * fragment.size) / 2] += len(fragment.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0
