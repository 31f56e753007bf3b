"""Characters that a reader would not see, or that change what is seen, taken out of text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# What the tutor itself puts into Markdown, to find a sentence again in what is made of it: three
# signs of cuneiform punctuation. Markdown reads them as punctuation, so emphasis beside them stays
# emphasis; strangers' text loses them like a control character.
OPEN, CLOSE, MARKS = "\U00012470", "\U00012471", "\U00012472"

# Stands for a character that cannot be shown.
_SHOWN = "\N{REPLACEMENT CHARACTER}"
_KEPT = "\n\t"
# Blank without being a space or a format character: fillers, and selectors of a variant, in which
# whole messages can be hidden.
_BLANK = frozenset(
    [
        0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0,
        *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0),
    ]
)  # fmt: skip
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# More marks on one letter than any script needs paint over the lines around.
_MOST_MARKS = 4
_TITLE = 120


def cleaned(text: str) -> str:
    """The text as a reader sees it, with ``\\n`` and tabs as its only control characters.

    Invisible, bidirectional and tag characters (Unicode's "Cf", TR36 section 3) are taken out; what
    has no picture (controls, surrogates, private use, noncharacters) is shown as "�".
    """
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in _BREAKS.sub("\n", text):
        shown = _shown(character)
        marks = marks + 1 if _is_mark(character) else 0
        if shown and marks <= _MOST_MARKS:
            kept.append(shown)
    return "".join(kept)


def one_line(text: str, most: int = _TITLE) -> str:
    """A title or a file name: cleaned, one line, at most ``most`` characters with its ellipsis."""
    line = " ".join(cleaned(text).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def right_to_left(text: str) -> bool:
    """Whether a letter of the text is written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


@lru_cache(maxsize=4096)
def _shown(character: str) -> str:
    """What is shown of a character: itself, nothing, or the sign for what cannot be shown."""
    code, category = ord(character), unicodedata.category(character)
    if character in _KEPT:
        return character
    if category == "Cf" or code in _BLANK:
        return ""
    without_picture = category in ("Cc", "Cs", "Co") or code & 0xFFFE == 0xFFFE
    if without_picture or 0xFDD0 <= code <= 0xFDEF or character in (OPEN, CLOSE, MARKS):
        return _SHOWN
    return character


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me")
