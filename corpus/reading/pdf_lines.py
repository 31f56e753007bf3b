"""Which lines of a column belong together.

A line goes on with its paragraph unless the distance, the size, an indent, a bullet or a line that
ends early says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from corpus.reading.pdf_cells import Item
from corpus.reading.pdf_fragments import BULLET, COUNT, Fragment

BULLETED = re.compile(rf"(?:{BULLET.pattern})\s*")
_COUNT = re.compile(rf"(?:{COUNT.pattern})\s")
_BROKEN = re.compile(r"[^\W\d_][-‐]$")
TERMINAL = re.compile(r"[.!?:;…。！？][\"'”’)\]]*$")
_AROUND = 6  # lines above and below that show where the margins are


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the lines around one begin and end, and how far they stand apart, in points."""

    left: float
    right: float
    leading: float


def is_item(line: Fragment) -> bool:
    """Whether a line begins a list item: a bullet, or a number in brackets or with a dot."""
    text = line.text
    return bool(BULLETED.match(text) or _COUNT.match(text)) and len(line.words) > 1


def goes_on(column: Sequence[Item], at: int, count: int, code: bool) -> bool:
    """Whether the line after ``count`` lines from ``at`` belongs to them."""
    first, last, line = column[at], column[at + count - 1], column[at + count]
    if not (
        isinstance(first, Fragment) and isinstance(last, Fragment) and isinstance(line, Fragment)
    ):
        return False
    margins = margins_at(column, at + count - 1)
    if code and (last.mono or line.mono):
        return last.mono and line.mono and 0 < line.y - last.y < 4 * margins.leading
    if not _alike(first, last, line, margins) or _new_item(first, last, line, margins):
        return False
    if is_item(first):
        return _item_goes_on(first, last, line, margins)
    following = column[at + count + 1] if at + count + 1 < len(column) else None
    return _paragraph_goes_on(first, last, line, following, margins, count)


def _alike(first: Fragment, last: Fragment, line: Fragment, margins: Margins) -> bool:
    """Whether distance, size and weight are those of the lines before."""
    step = line.y - last.y
    if not 0.5 * line.size < step < min(1.35 * margins.leading, 2 * line.size):
        return False
    run_in = line.text[0].islower() and not _ended(last, line, margins)
    heading = first.bold and last.bold and not line.bold and not run_in
    return 0.9 < line.size / last.size < 1.1 and not heading


def _new_item(first: Fragment, last: Fragment, line: Fragment, margins: Margins) -> bool:
    """Whether a line begins a list item; a dash or a number may be in the middle of a sentence."""
    if not is_item(line):
        return False
    doubtful = line.text[0] in "-–—*" or not BULLETED.match(line.text)
    return not doubtful or is_item(first) or _ended(last, line, margins)


def _item_goes_on(first: Fragment, last: Fragment, line: Fragment, margins: Margins) -> bool:
    hanging = abs(line.x0 - first.words[1].x0) < line.size
    if _ended(last, line, margins):
        return hanging and not TERMINAL.search(last.text)
    return hanging or line.x0 > first.x0 - 1


def _paragraph_goes_on(
    first: Fragment, last: Fragment, line: Fragment, following: Item | None, margins: Margins,
    count: int,
) -> bool:  # fmt: skip
    size = line.size
    if _centred(last, line):
        return not _ended(last, line, margins) or not TERMINAL.search(last.text)
    if _ended(last, line, margins):
        return False
    indent = line.x0 - last.x0
    if indent > 0.8 * size and count > 1:
        return False
    if indent > 0.8 * size:  # a hanging indent, or a new paragraph after one of a single line
        returns = isinstance(following, Fragment) and following.x0 < line.x0 - 0.5 * size
        return not (TERMINAL.search(last.text) and (returns or following is None))
    return not (indent < -0.8 * size and count > 1 and abs(first.x0 - line.x0) < 0.5 * size)


def _centred(a: Fragment, b: Fragment) -> bool:
    middle = abs((a.x0 + a.x1) - (b.x0 + b.x1)) / 2
    return middle < 0.5 * b.size and abs(a.x0 - b.x0) > 0.8 * b.size


def _ended(last: Fragment, line: Fragment, margins: Margins) -> bool:
    """Whether a line was ended before its time: the next word would have had room on it."""
    if _BROKEN.search(last.text):
        return False
    word = line.words[0].x1 - line.words[0].x0
    slack = margins.right - last.x1 - 0.25 * line.size - word
    return slack > (0.2 if TERMINAL.search(last.text) else 1.0) * line.size


def margins_at(column: Sequence[Item], at: int) -> Margins:
    """Margins of the lines of one size around a line."""
    here = column[at]
    assert isinstance(here, Fragment)
    around = [*_like(column, at, -1)[::-1], here, *_like(column, at, 1)]
    ends = sorted(line.x1 for line in around)
    # One line in ten may hang over.
    right = ends[int(0.9 * (len(ends) - 1))]
    steps = [b.y - a.y for a, b in pairwise(around) if b.y > a.y]
    usual = median(steps) if len(steps) > 1 else 1.3 * here.size
    return Margins(min(line.x0 for line in around), right, min(usual, 1.6 * here.size))


def _like(column: Sequence[Item], at: int, step: int) -> list[Fragment]:
    here = column[at]
    found: list[Fragment] = []
    for distance in range(1, _AROUND + 1):
        place = at + step * distance
        if not 0 <= place < len(column):
            break
        other = column[place]
        if not isinstance(other, Fragment) or not isinstance(here, Fragment):
            break
        if not 0.92 < other.size / here.size < 1.08:
            break
        found.append(other)
    return found
