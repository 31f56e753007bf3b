"""Markdown of strangers that a viewer may open: what it says stays, what it could do is undone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

# Formulas and code within a line, where an entity or a backslash would be read as it stands.
_WITHIN = re.compile(r"(`+[^`\n]+`+|\$\$[^$]+\$\$|\$[^$\n]+\$)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
# Inline links keep the addresses that a reader may follow.
_LINK = re.compile(r"\](?=\()(?!\(\s*<?(?:https?://|mailto:))", re.IGNORECASE)
_SPECIAL = re.compile(r"([\\`*_\[\]<$|#~&])")


def inert(markdown: str) -> str:
    """Markdown without HTML, images, definitions of links, or links but to the web and to mail.

    What would be one is shown as text. Fenced code is left as it is, and closed if it is open.
    Formulas and code within a line get a space where they hold such a thing ("List< int>"): any
    escape would be shown in them.
    """
    lines = visible(markdown).rstrip("\n").split("\n")
    fences = _fences(lines)
    kept: list[str] = []
    done = 0
    for start, end in [*((f.start, f.end) for f in fences), (len(lines), len(lines))]:
        if start > done:
            kept.append(_escaped("\n".join(lines[done:start])))
        kept += lines[start:end]
        done = end
    if fences and fences[-1].is_open(lines):
        kept.append(fences[-1].marks)
    return "\n".join(kept)


def plain(text: str) -> str:
    """A text that Markdown is to show as it was typed, line by line."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def visible(text: str) -> str:
    """A text without invisible, bidirectional and control characters."""
    return "".join(
        " " if unicodedata.category(c) == "Cc" and c not in "\n\t" else c
        for c in text.replace("\r\n", "\n").replace("\r", "\n")
        if unicodedata.category(c) not in {"Cf", "Co", "Cs"}
    )


@dataclass(frozen=True, slots=True)
class _Fence:
    """A block of fenced code.

    Attributes:
        start, end: its first line, and the line after its last.
        marks: that it begins with, such as "```".
        inside: whether a list or a quotation holds it, and ends it.
    """

    start: int
    end: int
    marks: str
    inside: bool

    def is_open(self, lines: list[str]) -> bool:
        """Whether it would take in what is written below."""
        closing = rf" {{0,3}}{re.escape(self.marks)}{re.escape(self.marks[0])}*[ \t]*"
        last = lines[self.end - 1]
        closed = self.end - self.start > 1 and re.fullmatch(closing, last)
        return not self.inside and not closed


def _fences(lines: list[str]) -> list[_Fence]:
    from markdown_it import MarkdownIt

    # Without HTML, as what is written here has none.
    tokens = MarkdownIt("commonmark", {"html": False}).parse("\n".join(lines))
    return [
        _Fence(token.map[0], token.map[1], token.markup, token.level > 0)
        for token in tokens
        if token.type == "fence" and token.map
    ]


def _escaped(text: str) -> str:
    pieces = _WITHIN.split(text)
    # What stood between the pieces' delimiters has odd places.
    each: tuple[Callable[[str], str], ...] = (_escaped_text, _spaced)
    return "".join(each[place % 2](piece) for place, piece in enumerate(pieces))


def _escaped_text(text: str) -> str:
    text = _TAG.sub("&lt;", text).replace("![", "!\\[").replace("]:", "]\\:")
    return _LINK.sub(r"]\\", text)


def _spaced(text: str) -> str:
    return _LINK.sub("] ", _TAG.sub("< ", text)).replace("![", "! [")
