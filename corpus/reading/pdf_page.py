"""Pages of a PDF through PDFium: text with its places, and the lines drawn between it.

Only the modules ``pdf``, ``pdf_page``, ``pdf_pieces``, ``pdf_rules`` and ``pdf_seen`` know PDFium.
It is not safe for threads: ``corpus.reading.pdf`` holds a lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.reading.pdf_fragments import Fragment
from corpus.reading.pdf_pieces import Piece, drawn_text
from corpus.reading.pdf_rules import NO_RULES, Rules, drawn
from corpus.reading.pdf_seen import Box, Ink, unseen
from corpus.reading.pdf_words import Glyph, fragments

_BLANK = Glyph(" ", 0, 0, 0, 0, False, False)
_UNDRAWN = 3  # text render mode, PDF 32000-1, table 106
_SMALLEST = 2.0  # points: below that nobody reads


@dataclass(frozen=True, slots=True)
class Page:
    """One page, upright; places in points from its upper left corner.

    Attributes:
        number: 1-based.
        undrawn: text that is there without being drawn, as that which OCR puts under a scan.
        pictured: whether it has an image.
    """

    number: int
    width: float
    height: float
    fragments: list[Fragment]
    undrawn: list[Fragment]
    rules: Rules = NO_RULES
    pictured: bool = False


def read_page(page: Any, number: int) -> Page:
    """Read one page.

    Args:
        page: a ``pypdfium2.PdfPage``.
        number: its 1-based number.
    """
    box = Box(*page.get_bbox())
    pieces, inks = drawn_text(page)
    turns = Counter(inks[c.ink].turn for c in pieces if inks[c.ink].turn is not None)
    upright = _Upright(box, (turns.most_common(1)[0][0] if turns else 0) or 0)
    drawing = drawn(page)
    hidden = unseen(page, box, inks, drawing.painted)
    seen, undrawn = _glyphs(pieces, inks, hidden, box, upright)
    return Page(
        number, upright.width, upright.height, fragments(seen), fragments(undrawn),
        upright.rules(drawing.rules), drawing.pictured,
    )  # fmt: skip


def _glyphs(
    pieces: Sequence[Piece], inks: Sequence[Ink], hidden: Container[int], page: Box,
    upright: _Upright,
) -> tuple[list[Glyph], list[Glyph]]:  # fmt: skip
    """Pieces drawn for a reader, and those that are not drawn at all."""
    seen: list[Glyph] = []
    undrawn: list[Glyph] = []
    for text, left, bottom, right, top, at in pieces:
        if text == " ":
            for glyphs in (seen, undrawn):
                glyphs.append(_BLANK)
            continue
        ink = inks[at]
        if ink.turn != upright.turn or ink.size < _SMALLEST:
            continue
        if not (
            page.left <= (left + right) / 2 <= page.right
            and page.bottom <= (bottom + top) / 2 <= page.top
        ):
            continue
        x0, x1, y = upright.place(left, bottom, right, top, ink.line)
        glyph = Glyph(text, x0, x1, y, ink.size, ink.bold, ink.mono)
        if ink.mode == _UNDRAWN:
            undrawn.append(glyph)
        elif at not in hidden:
            seen.append(glyph)
    return seen, undrawn


class _Upright:
    """The page turned so that its writing runs to the right, y downwards from the upper edge.

    Args:
        page: what of it is shown, in its own coordinates.
        turn: quarter turns of the writing, counter-clockwise.
    """

    def __init__(self, page: Box, turn: int) -> None:
        self.page, self.turn = page, turn
        across, down = page.right - page.left, page.top - page.bottom
        self.width, self.height = (down, across) if turn % 2 else (across, down)

    def place(
        self, left: float, bottom: float, right: float, top: float, line: float
    ) -> tuple[float, float, float]:
        """Left end, right end and baseline of a character."""
        match self.turn:
            case 1:  # upwards
                return bottom - self.page.bottom, top - self.page.bottom, line - self.page.left
            case 2:
                return self.page.right - right, self.page.right - left, line - self.page.bottom
            case 3:  # downwards
                return self.page.top - top, self.page.top - bottom, self.page.right - line
        return left - self.page.left, right - self.page.left, self.page.top - line

    def rules(self, boxes: Iterable[Box]) -> Rules:
        """Lines drawn on the page."""
        return Rules.of([self._edges(box) for box in boxes])

    def _edges(self, box: Box) -> tuple[float, float, float, float]:
        """Left, upper, right and lower edge."""
        x0, x1, lower = self.place(*box, box.bottom if self.turn % 2 == 0 else box.right)
        upper = self.place(*box, box.top if self.turn % 2 == 0 else box.left)[2]
        return x0, min(upper, lower), x1, max(upper, lower)
