"""Paragraphs without end, cut to a length that markdown-it-py reads in time.

Its time grows by the square of the signs: a paragraph of 20,000 "[" took 1.5 s, of 4,000 0.06 s.
The longest paragraph of the mirror has 4,300 characters and 60 brackets; what is longer is data or
an attack, and needs no emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

_LONGEST = 20_000
_PIECE = 4_000
_BRACKETS = 400
_DENSE = 0.1
_STARTS_BLOCK = re.compile(r"\s*(?:$|\||(?:[-*+>]|#{1,6}|\d+[.)])(?:\s|$))")
_TAG = re.compile(r"</?[a-z][^<>]{0,1000}>")
_SIGNS = re.compile(r"[*_~<$`!&{\\]")
_WHOLE_LINK = re.compile(r"\[[^\[\]]{0,300}\]\([^()\s]{0,500}\)")


def bounded(prose: str) -> str:
    """Markdown without code, long paragraphs cut at a blank and tangled ones made HTML."""
    if len(prose) <= _LONGEST:
        return prose if prose.count("[") <= _BRACKETS else _untangled(prose)
    return "\n".join(_lines(prose))


def _lines(prose: str) -> Iterator[str]:
    paragraph: list[str] = []
    length = 0
    for line in prose.split("\n"):
        if _STARTS_BLOCK.match(line):
            yield from _cut(paragraph, length)
            paragraph, length = [], 0
        paragraph.append(line)
        length += len(line) + 1
    yield from _cut(paragraph, length)


def _cut(paragraph: list[str], length: int) -> Iterator[str]:
    """The lines of a paragraph, in pieces with a blank line between if it is too long."""
    text = "\n".join(paragraph)
    if length <= _LONGEST:
        if paragraph:
            yield _untangled(text)
        return
    tags = _TAG.search(text, 0, _PIECE)
    gap = re.compile(">" if tags else r"\s")  # not within a tag, if there are any
    start = 0
    while start < len(text):
        end = start + _PIECE
        found = gap.search(text, end, end + _PIECE)
        end = found.end() if found else end
        yield from (_untangled(text[start:end]), "")
        start = end


def _untangled(text: str) -> str:
    """A paragraph of little but signs as HTML, which takes them for characters."""
    brackets = text.count("[")
    links = len(_WHOLE_LINK.findall(text)) if brackets > _BRACKETS else 0
    dense = len(text) >= _PIECE and len(_SIGNS.findall(text)) > _DENSE * len(text)
    if not dense and brackets <= max(_BRACKETS, 2 * links):
        return text
    return f"\n<p>{escape(' '.join(text.split()))}</p>\n"
