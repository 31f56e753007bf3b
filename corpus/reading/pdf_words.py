"""Characters of a page into fragments: words that stand together on one baseline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from corpus.reading.pdf_fragments import MARKER, Fragment, Word, in_rows, same_row, together

LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_NUMBER = re.compile(r"(?:\d{1,2}|[A-Z])(?:\.\d{1,2})*\.?")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MARKS = set("0123456789,*†‡§")
_NOTE_MARK = re.compile(r"[^\W\d_]{3,}$|[.,;:!?)\]”’]$")


class Glyph(NamedTuple):
    """A word, a part of one in one style, or a blank; ``size`` is that of the font."""

    text: str
    x0: float
    x1: float
    y: float  # of the baseline
    size: float
    bold: bool
    mono: bool


def fragments(glyphs: Iterable[Glyph]) -> list[Fragment]:
    """Fragments of a page, from the top; on one baseline from the left.

    Args:
        glyphs: in the order of the file; a blank divides words.
    """
    pieces = [
        _fragment(part) for run in _runs(glyphs) for part in _divided(_words(run)) if part
    ]  # fmt: skip
    return _rejoined(pieces)


def _runs(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Glyphs that follow each other to the right on about one baseline."""
    run: list[Glyph] = []
    y = size = start = 0.0
    for glyph in glyphs:
        if glyph.text == " ":
            if run and run[-1].text != " ":
                run.append(glyph)
            continue
        # Half a size takes in superscripts; the letters of a ligature share one place, and accents
        # and kerning step back a little.
        if run and not (
            abs(glyph.y - y) < 0.5 * max(size, glyph.size) and glyph.x0 > start - 0.3 * glyph.size
        ):
            yield run
            run = []
        if not run or glyph.size > size:
            y, size = glyph.y, glyph.size
        start = glyph.x0
        run.append(glyph)
    if run:
        yield run


class _Letters(NamedTuple):
    word: Word
    glyphs: list[Glyph]


def _words(run: Sequence[Glyph]) -> list[_Letters]:
    size = max(glyph.size for glyph in run)
    words: list[_Letters] = []
    letters: list[Glyph] = []
    for glyph in run:
        # A quarter of the size is a word space even where the file has none.
        if letters and (glyph.text == " " or glyph.x0 - letters[-1].x1 > 0.25 * size):
            words.append(_Letters(_word(letters), letters))
            letters = []
        if glyph.text != " ":
            letters.append(glyph)
    if letters:
        words.append(_Letters(_word(letters), letters))
    return words


def _word(glyphs: Sequence[Glyph]) -> Word:
    base = max(glyphs, key=lambda glyph: glyph.size)
    text = ""
    for glyph in glyphs:
        raised = glyph.size < 0.85 * base.size and base.y - glyph.y > 0.15 * base.size
        if not (raised and set(glyph.text) <= _MARKS):
            text += glyph.text
        elif not _NOTE_MARK.search(text):  # the mark of a footnote is no part of the word
            text += glyph.text.translate(_SUPERSCRIPTS)
    return Word(text.translate(LIGATURES), glyphs[0].x0, max(glyph.x1 for glyph in glyphs))


def _divided(words: Sequence[_Letters]) -> Iterator[list[_Letters]]:
    """Cut where a gap is far wider than the others of the line.

    Cells stand 1.2 em apart and more, columns of a paper 1.6; a justified line in a narrow column
    may have blanks of 2.5 em, but then all of them are wide (garak paper, references).
    """
    size = max((g.size for word in words for g in word.glyphs), default=1.0)
    gaps = [(b.word.x0 - a.word.x1) / size for a, b in pairwise(words)]
    part: list[_Letters] = []
    for at, word in enumerate(words):
        if part:
            others = gaps[: at - 1] + gaps[at:]
            usual = median(others) if others else 0.3
            if gaps[at - 1] > 4 or gaps[at - 1] > max(1.5, 2.5 * usual):
                yield part
                part = []
        part.append(word)
    yield part


def _fragment(words: Sequence[_Letters]) -> Fragment:
    glyphs = [glyph for word in words for glyph in word.glyphs]
    sizes: dict[float, int] = {}
    for glyph in glyphs:
        sizes[glyph.size] = sizes.get(glyph.size, 0) + len(glyph.text)
    size = max(sizes, key=lambda s: (sizes[s], s))
    letters = sum(sizes.values())
    return Fragment(
        tuple(word.word for word in words if word.word.text),
        max(glyphs, key=lambda g: (g.size, g.y)).y,
        size,
        bold=sum(len(g.text) for g in glyphs if g.bold) >= 0.9 * letters,
        mono=sum(len(g.text) for g in glyphs if g.mono) >= 0.9 * letters,
    )


def _rejoined(pieces: Sequence[Fragment]) -> list[Fragment]:
    """Join what the file has in pieces, wherever they stand in it."""
    ordered = sorted((p for p in pieces if p.words), key=lambda p: (p.y, p.x0))
    joined: list[Fragment] = []
    for piece in in_rows(ordered):
        for part in piece:
            if joined and same_row(joined[-1], part) and _continues(joined[-1], part):
                joined[-1] = together(joined[-1], part)
            else:
                joined.append(part)
    return joined


def _continues(left: Fragment, right: Fragment) -> bool:
    """Whether the right one goes on where the left one ends; a bullet stands farther off."""
    gap = (right.x0 - left.x1) / right.size
    marks = MARKER.fullmatch(left.text) or (left.bold and _NUMBER.fullmatch(left.text))
    return -0.5 < gap < (4 if marks else 0.6)
