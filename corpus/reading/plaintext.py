"""Plain text: paragraphs, lists and clear headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.decode import decode
from corpus.reading.visible import plain

_ITEM = re.compile(r"^([ \t]*)(?:[-*+•‣◦·–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+(?=\S)")
_UNDERLINE = re.compile(r"^\s*([=\-~^*#\"'+])\1{2,}\s*$")
_NUMBERED = re.compile(
    r"^((?:\d{1,2}\.){1,4}\d{0,2}|[IVX]{1,5}\.|Chapter \d+[.:]?)[ \t]+([A-Z].{0,78})$"
)
_ENDS = tuple(".!?:;,…")
# A line that ends this far short of the widest was ended by its author, not by the margin.
_SHORT = 0.6
# Hard-wrapped mails and RFCs have 65 to 80 characters a line; longer lines are paragraphs.
_MARGIN = 100


def read_text(raw: Raw) -> Reading:
    """Read plain text.

    Lines of one paragraph are joined, as hard-wrapped ones must be; a list's items and an
    underlined or numbered heading stand alone. The title is a heading that stands first.

    Raises:
        UnreadableError: there is no text in it ("empty").
    """
    text = plain(decode(raw.data, raw.charset)).expandtabs(4).replace("\f", "\n\n")
    blocks = tuple(_blocks(text))
    if not blocks:
        raise UnreadableError("empty", "the file has no text: choose another one")
    title = blocks[0].text if blocks[0].kind == "heading" else ""
    return Reading("text", title, blocks)


def _blocks(text: str) -> Iterator[Block]:
    lines = [line.rstrip() for line in text.split("\n")]
    for blank, run in groupby(lines, key=lambda line: not line):
        if not blank:
            yield from _stretch(list(run))


def _stretch(lines: list[str]) -> Iterator[Block]:
    """Blocks of lines without a blank one between."""
    if _UNDERLINE.match(lines[0]) and len(lines) > 1:  # overlined, or a rule above
        lines = lines[1:]
    while len(lines) > 1 and _underlined(lines[0], lines[1]):
        level = 1 if lines[1].lstrip()[0] in "=#*" else 2
        yield Block("heading", _line(lines[0]), level=level)
        lines = lines[2:]
    if not lines:
        return
    number = _NUMBERED.match(lines[0].strip()) if len(lines) == 1 else None
    if number and not lines[0].endswith(_ENDS) and not _in_list(lines[0]):
        depth = len([part for part in number[1].split(".") if part])
        yield Block("heading", _line(lines[0]), level=min(6, depth))
    else:
        yield from _paragraphs([line for line in lines if not _UNDERLINE.match(line)])


def _underlined(line: str, below: str) -> bool:
    """A rule about as long as the line above it; "---" below a paragraph's end is only a rule."""
    mark = _UNDERLINE.match(below)
    text = line.strip()
    return bool(
        mark and text and len(text) <= 90 and 0.6 <= len(below.strip()) / len(text) <= 2
        and any(ch.isalnum() for ch in text) and not _ITEM.match(line)
    )  # fmt: skip


def _in_list(line: str) -> bool:
    return line.startswith("  ")


def _paragraphs(lines: list[str]) -> Iterator[Block]:
    """Items by their marks; other lines joined where a margin broke them."""
    widest = max((len(line) for line in lines), default=0)
    open_: list[str] = []
    item = 0
    for number, line in enumerate(lines):
        mark = _ITEM.match(line)
        broken = number and _broken_by_margin(lines[number - 1], line, widest)
        if open_ and (mark or not (broken or (item and line.startswith(" ")))):
            yield _block(open_, item)
            open_, item = [], 0
        if mark:
            item = 1 + len(mark[1]) // 2
            line = line[mark.end() :]  # noqa: PLW2901
        open_.append(line)
    if open_:
        yield _block(open_, item)


def _broken_by_margin(above: str, line: str, widest: int) -> bool:
    """Whether two lines are one sentence or paragraph."""
    if widest > _MARGIN and len(above) > _MARGIN:
        return False
    return len(above) >= _SHORT * widest or not above.endswith(_ENDS)


def _block(lines: list[str], item: int) -> Block:
    text = _line(" ".join(lines))
    return Block("item", text, level=min(item, 6)) if item else Block("paragraph", text)


def _line(text: str) -> str:
    return " ".join(text.split())
