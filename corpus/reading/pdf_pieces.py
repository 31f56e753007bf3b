"""Text of a page as PDFium finds it: pieces of words, each with its place and its style."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from corpus.reading.pdf_seen import Box, Ink

_MONO = re.compile(r"mono|monl|courier|consol|menlo|typewriter|tt\d+$|code|inconsolata", re.I)
_BOLD = re.compile(r"bold|black|heavy|demi|-medi(um)?\b|cmbx?\d|sfbx|ssbx", re.I)
_FIXED_PITCH, _FORCE_BOLD = 1, 1 << 18  # PDF 32000-1, table 123
_HYPHENS = {0x02, 0xAD, 0xFFFE}  # PDFium's signs for a hyphen at a line's end
_BLANKS = {0x20, 0xA0, 0x0D, 0x0A, 0x09}


class Piece(NamedTuple):
    """A word, or what of it is drawn in one go; or a blank."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    ink: int  # index


def drawn_text(page: Any) -> tuple[list[Piece], list[Ink]]:
    """All text of a page (a ``pypdfium2.PdfPage``), seen or not, with the styles it is drawn in."""
    text = page.get_textpage()
    try:
        inks: list[Ink] = []
        return list(_each(text.raw, text.count_chars(), inks)), inks
    finally:
        text.close()


def _each(text: Any, count: int, inks: list[Ink]) -> Iterator[Piece]:
    """Pieces of words in the order of the file, with blanks between words; fills ``inks``.

    PDFium is asked for the places of a word's ends only: each question takes as long as it takes
    Python to look at a letter ten times.
    """
    import pypdfium2.raw as pdfium

    code_at = pdfium.FPDFText_GetUnicode
    pieces = _Pieces(text, inks)
    start, letters = 0, ""
    for at in range(count):
        code = code_at(text, at)
        if code in _BLANKS:
            if letters:
                yield from pieces.of(start, at - 1, letters)
                if inks:
                    yield Piece(" ", 0, 0, 0, 0, len(inks) - 1)
            letters = ""
            continue
        if not letters:
            start = at
        # A letter each: those without a code keep their place.
        letters += "-" if code in _HYPHENS else chr(code)
    if letters:
        yield from pieces.of(start, count - 1, letters)


class _Pieces:
    """Cuts words where the ink changes."""

    def __init__(self, text: Any, inks: list[Ink]) -> None:
        import pypdfium2.raw as pdfium

        self._text, self._inks, self._pdfium = text, inks, pdfium
        self._fonts: dict[int, tuple[bool, bool]] = {}
        self._last = 0
        self._box = pdfium.FS_RECTF()

    def of(self, start: int, end: int, letters: str) -> Iterator[Piece]:
        """The pieces of the word from one character to another, both included."""
        if self._thing(start) == self._thing(end):
            yield from self._piece(start, end, letters)
            return
        things = [self._thing(at) for at in range(start, end + 1)]
        for _, group in groupby(range(len(things)), lambda n: things[n]):
            run = list(group)
            part = letters[run[0] : run[-1] + 1]
            yield from self._piece(start + run[0], start + run[-1], part)

    def _thing(self, at: int) -> int:
        """What tells the text object that a character belongs to."""
        thing = self._pdfium.FPDFText_GetTextObject(self._text, at)
        return ctypes.addressof(thing.contents) if thing else 0

    def _piece(self, start: int, end: int, letters: str) -> Iterator[Piece]:
        thing = self._pdfium.FPDFText_GetTextObject(self._text, start)
        if not thing:
            return
        address = ctypes.addressof(thing.contents)
        if address != self._last:
            self._inks.append(_ink(self._text, start, thing, self._fonts))
            self._last = address
        first, last = self._place(start), self._place(end)
        box = Box(
            min(first.left, last.left), min(first.bottom, last.bottom),
            max(first.right, last.right), max(first.top, last.top),
        )  # fmt: skip
        self._inks[-1].boxes.append(box)
        yield Piece(letters.replace("\x00", ""), *box, len(self._inks) - 1)

    def _place(self, at: int) -> Box:
        box = self._box
        self._pdfium.FPDFText_GetLooseCharBox(self._text, at, box)
        return Box(box.left, box.bottom, box.right, box.top)


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
