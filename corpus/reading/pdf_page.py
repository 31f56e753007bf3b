"""Pages of a PDF through PDFium: text with its places, and the lines drawn between it.

With ``pdf_seen`` and ``pdf`` the only module that knows PDFium. PDFium is not safe for threads:
``corpus.reading.pdf`` holds a lock.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from corpus.reading.pdf_fragments import Fragment
from corpus.reading.pdf_rules import NO_RULES, Rules, drawn
from corpus.reading.pdf_seen import Box, Ink, unseen
from corpus.reading.pdf_words import Glyph, fragments

_MONO = re.compile(r"mono|monl|courier|consol|menlo|typewriter|tt\d+$|code|inconsolata", re.I)
_BOLD = re.compile(r"bold|black|heavy|demi|-medi(um)?\b|cmbx?\d|sfbx|ssbx", re.I)
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18  # PDF 32000-1, table 123
_HYPHENS = {0x02, 0xAD, 0xFFFE}  # PDFium's signs for a hyphen at a line's end
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


class _Character(NamedTuple):
    text: str
    left: float
    bottom: float
    right: float
    top: float
    ink: int  # index


def read_page(page: Any, number: int) -> Page:
    """Read one page.

    Args:
        page: a ``pypdfium2.PdfPage``.
        number: its 1-based number.
    """
    box = Box(*page.get_bbox())
    characters, inks = _characters(page)
    turns = Counter(inks[c.ink].turn for c in characters if inks[c.ink].turn is not None)
    upright = _Upright(box, (turns.most_common(1)[0][0] if turns else 0) or 0)
    drawing = drawn(page)
    hidden = unseen(page, box, inks, drawing.painted)
    seen, undrawn = _glyphs(characters, inks, hidden, box, upright)
    return Page(
        number, upright.width, upright.height, fragments(seen), fragments(undrawn),
        upright.rules(drawing.rules), drawing.pictured,
    )  # fmt: skip


def _glyphs(
    characters: Sequence[_Character], inks: Sequence[Ink], hidden: Container[int], page: Box,
    upright: _Upright,
) -> tuple[list[Glyph], list[Glyph]]:  # fmt: skip
    """Characters drawn for a reader, and those that are not drawn at all."""
    seen: list[Glyph] = []
    undrawn: list[Glyph] = []
    for text, left, bottom, right, top, at in characters:
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


def _characters(page: Any) -> tuple[list[_Character], list[Ink]]:
    text = page.get_textpage()
    try:
        inks: list[Ink] = []
        return list(_each(text.raw, text.count_chars(), inks)), inks
    finally:
        text.close()


def _each(text: Any, count: int, inks: list[Ink]) -> Iterator[_Character]:
    """Characters in the order of the file, with blanks between words; fills ``inks``."""
    import pypdfium2.raw as pdfium

    rectangle = pdfium.FS_RECTF()
    fonts: dict[int, tuple[bool, bool]] = {}
    last = first = 0
    for at in range(count):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if code == 0:
            continue
        thing = pdfium.FPDFText_GetTextObject(text, at)
        pdfium.FPDFText_GetLooseCharBox(text, at, rectangle)
        box = Box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if not thing or code in {0x20, 0xA0, 0x0D, 0x0A, 0x09}:
            if inks:
                yield _Character(" ", *box, len(inks) - 1)
            continue
        address = ctypes.addressof(thing.contents)
        if address != last or not inks:
            inks.append(_ink(text, at, thing, fonts))
            last = address
        inks[-1].boxes.append(box)
        if 0xD800 <= code < 0xDC00:  # the first half of a character; its second follows
            first = code
        elif 0xDC00 <= code < 0xE000:
            pair = 0x10000 + ((first - 0xD800) << 10) + code - 0xDC00
            yield _Character(chr(pair) if first else "", *box, len(inks) - 1)
        else:
            yield _Character("-" if code in _HYPHENS else chr(code), *box, len(inks) - 1)


def _ink(text: Any, at: int, thing: Any, fonts: dict[int, tuple[bool, bool]]) -> Ink:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(text, at, matrix)
    colour = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFPageObj_GetFillColor(thing, *colour)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text, at, x, y)
    font = pdfium.FPDFTextObj_GetFont(thing)
    key = ctypes.addressof(font.contents) if font else 0
    if key not in fonts:
        fonts[key] = _style(font) if font else (False, False)
    turn = _quarter_turns(math.atan2(matrix.b, matrix.a))
    return Ink(
        size=round(pdfium.FPDFText_GetFontSize(text, at) * math.hypot(matrix.c, matrix.d), 1),
        bold=fonts[key][0],
        mono=fonts[key][1],
        mode=pdfium.FPDFTextObj_GetTextRenderMode(thing),
        rgba=(colour[0].value, colour[1].value, colour[2].value, colour[3].value),
        turn=turn,
        line=x.value if (turn or 0) % 2 else y.value,
    )


def _quarter_turns(angle: float) -> int | None:
    turns = angle / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.1 else None


def _style(font: Any) -> tuple[bool, bool]:
    """Whether a font is bold, and whether its letters are of one width."""
    import pypdfium2.raw as pdfium

    name = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, name, 200)
    called = name.value.decode("latin-1")
    flags = pdfium.FPDFFont_GetFlags(font)
    bold = bool(_BOLD.search(called)) or bool(flags > 0 and flags & _FORCE_BOLD)
    return bold, bool(_MONO.search(called)) or bool(flags > 0 and flags & _FIXED_PITCH)


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
