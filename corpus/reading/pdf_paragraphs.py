"""Lines of a column into paragraphs, list items, code and tables; headings are still paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.reading.blocks import BlockKind
from corpus.reading.pdf_cells import Item, Table
from corpus.reading.pdf_fragments import Fragment
from corpus.reading.pdf_lines import BULLETED, TERMINAL, goes_on, is_item, margins_at

_CAPTION = re.compile(r"(figure|fig\.|table|listing|algorithm)\s*[A-Z]?[\d.]+", re.I)


@dataclass(slots=True)
class Draft:
    """A block in the making.

    Attributes:
        size: of its type in points.
        bold: whether all of its first line is.
        page: that it begins on.
        column: counts the columns of the document; paragraphs may go on in the next.
        full: whether its last line runs to the margin.
        indented: whether its first line starts right of the margin.
        apart: whether it stands alone: space above, or the top of a column.
    """

    kind: BlockKind
    lines: list[str]
    size: float
    bold: bool
    page: int
    column: int
    level: int = 0
    full: bool = False
    indented: bool = False
    apart: bool = True
    tables: list[Table] = field(default_factory=list)

    @property
    def terminated(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(TERMINAL.search(self.lines[-1]))

    @property
    def caption(self) -> bool:
        return bool(_CAPTION.match(self.lines[0]))


def drafts(column: Sequence[Item], page: int, number: int, code: bool) -> Iterator[Draft]:
    """The blocks of one column.

    Args:
        number: of the column.
        code: whether type of one width means code; not where all of the document is set in it.
    """
    at = 0
    lists = _Lists()
    while at < len(column):
        item = column[at]
        if isinstance(item, Table):
            yield Draft("table", _written(item), 0.0, False, page, number, tables=[item])
            at += 1
            continue
        lines = [item]
        while at + len(lines) < len(column) and goes_on(column, at, len(lines), code):
            following = column[at + len(lines)]
            assert isinstance(following, Fragment)
            lines.append(following)
        yield _draft(column, at, lines, page, number, code, lists)
        at += len(lines)


def _written(table: Table) -> list[str]:
    return [" | ".join(row).rstrip(" |") for row in table.rows]


def _draft(
    column: Sequence[Item], at: int, lines: list[Fragment], page: int, number: int, code: bool,
    lists: _Lists,
) -> Draft:  # fmt: skip
    first, last = lines[0], lines[-1]
    margins = margins_at(column, at + len(lines) - 1)
    above = column[at - 1] if at else None
    draft = Draft(
        "paragraph", [line.text for line in lines], first.size, first.bold, page, number,
        full=last.x1 > margins.right - 2 * last.size,
        indented=first.x0 > margins_at(column, at).left + 0.8 * first.size,
        apart=not isinstance(above, Fragment) or first.y - above.y > 1.15 * margins.leading
        or abs(above.size - first.size) > 0.08 * first.size,
    )  # fmt: skip
    if code and all(line.mono for line in lines):
        draft.kind, draft.lines = "code", _as_code(lines)
    elif is_item(first):
        draft.kind, draft.level = "item", lists.depth(first)
        draft.lines[0] = BULLETED.sub("", draft.lines[0], count=1)
    return draft


class _Lists:
    """How deep an item stands, by its indent."""

    def __init__(self) -> None:
        self._open: list[float] = []

    def depth(self, line: Fragment) -> int:
        tolerance = 0.5 * line.size
        self._open = [x for x in self._open if x < line.x0 - tolerance]
        self._open.append(line.x0)
        return min(len(self._open), 6)


def _as_code(lines: Sequence[Fragment]) -> list[str]:
    """Code with its indents and blank lines."""
    letters = sum(len(line.text) for line in lines)
    pitch = sum(line.x1 - line.x0 for line in lines) / max(1, letters)
    left = min(line.x0 for line in lines)
    steps = [b.y - a.y for a, b in pairwise(lines)]
    leading = min((s for s in steps if s > 0), default=1.0)
    written: list[str] = []
    for at, line in enumerate(lines):
        if at:
            written.extend([""] * (round(steps[at - 1] / leading) - 1))
        written.append(" " * round((line.x0 - left) / max(pitch, 0.1)) + line.text)
    return written
