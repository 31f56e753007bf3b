"""Blocks into the text that is indexed and quoted, with its sections.

One paragraph, list item or table row a line: a line break ends a sentence (index/sentences.py).
Code stands in fences and formulas between ``$$``, which makes each of them one sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.reading.blocks import Block, Reading
from corpus.records import Section

# The encoder reads 256 tokens, about 800 characters of code.
_CODE_CHARACTERS = 800


@dataclass(frozen=True, slots=True)
class Composed:
    """The text of a document, and its sections with their places in it."""

    text: str
    sections: tuple[Section, ...]


def compose(reading: Reading, trail: tuple[str, ...]) -> Composed:
    """Put the blocks of a reading together.

    Args:
        trail: headings above the document's own, its title the last.

    Returns:
        A section for each heading with text under it, and for each page of a section; what stands
        before the first heading is a section of its own.
    """
    parts: list[str] = []
    sections: list[Section] = []
    at = 0

    def write(text: str) -> tuple[int, int]:
        nonlocal at
        start = at + (2 if parts else 0)
        parts.append(text)
        at = start + len(text)
        return start, at

    for stretch in _stretches(reading, trail):
        if stretch.heading:
            write(stretch.heading)
        spans = [write(_written(block)) for block in stretch.blocks]
        if spans:
            sections.append(
                Section(
                    stretch.path, spans[0][0], spans[-1][1],
                    anchor=stretch.anchor, page=stretch.page,
                )
            )  # fmt: skip
    return Composed("\n\n".join(parts), tuple(sections))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Blocks under one heading and, in a document with pages, on one page."""

    path: tuple[str, ...]
    heading: str
    anchor: str | None
    page: int | None
    blocks: list[Block]


def _stretches(reading: Reading, trail: tuple[str, ...]) -> Iterator[_Stretch]:
    open_: list[Block] = []  # the headings above
    current = _Stretch(trail, "", None, None, [])
    for block in reading.blocks:
        if block.kind == "heading":
            if current.blocks or current.heading:
                yield current
            open_ = [h for h in open_ if h.level < block.level] + [block]
            headings = tuple(h.text for h in open_)
            if headings and headings[0] == trail[-1]:  # the title again, as its first heading
                headings = headings[1:]
            current = _Stretch(
                (*trail, *headings),
                f"{'#' * block.level} {block.text}",
                block.anchor,
                block.page,
                [],
            )
        elif current.blocks and block.page != current.page:
            yield current
            current = _Stretch(current.path, "", current.anchor, block.page, [block])
        else:
            if not current.blocks and block.page != current.page:
                current = _Stretch(current.path, current.heading, current.anchor, block.page, [])
            current.blocks.append(block)
    if current.blocks or current.heading:
        yield current


def _written(block: Block) -> str:
    if block.kind == "item":
        return f"{'  ' * max(0, block.level - 1)}- {block.text}"
    if block.kind == "code":
        fence = "```"
        while fence in block.text:  # CommonMark: a fence is closed by one at least as long
            fence += "`"
        return "\n\n".join(
            f"{fence}{block.language}\n{part}\n{fence}" for part in _parts(block.text)
        )
    if block.kind == "formula":
        return f"$$\n{block.text}\n$$"
    return block.text


def _parts(code: str) -> list[str]:
    """Code in pieces that can be quoted, cut at blank lines where there are some."""
    parts: list[list[str]] = [[]]
    size = 0
    for line in code.split("\n"):
        full = size + len(line) > _CODE_CHARACTERS
        if parts[-1] and (full or (size > _CODE_CHARACTERS / 2 and not line.strip())):
            parts.append([])
            size = 0
        if parts[-1] or line.strip():
            parts[-1].append(line)
            size += len(line) + 1
    return ["\n".join(part).rstrip() for part in parts if part]
