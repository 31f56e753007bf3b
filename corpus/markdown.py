"""Markdown into sections with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and the text under it, up to the next heading of any level.

    Attributes:
        path: headings from the outermost down to this one.
        level: 1 for ``#``, 2 for ``##``, …; 0 for text before any heading.
        line: 1-based line of the heading.
        start, end: offsets of the body, white space at both ends left out.
    """

    path: tuple[str, ...]
    level: int
    line: int
    start: int
    end: int


def blocks(text: str, offset: int = 0) -> Iterator[Block]:
    """Cut Markdown at its headings; ``#`` inside code fences is no heading.

    Args:
        text: a whole file.
        offset: where its Markdown begins (after front matter).
    """
    path: list[str] = []
    level, heading_line, body_start = 0, 1, offset
    for line, position, heading in _headings(text, offset):
        yield _block(text, path, level, heading_line, body_start, position)
        level = len(heading[1])
        path = [*path[: level - 1], heading[2]]
        heading_line, body_start = line, position + len(heading[0])
    yield _block(text, path, level, heading_line, body_start, len(text))


def _headings(text: str, offset: int) -> Iterator[tuple[int, int, re.Match[str]]]:
    position, fence = offset, ""
    first = text.count("\n", 0, offset) + 1
    for number, line in enumerate(text[offset:].splitlines(keepends=True), first):
        mark = _FENCE.match(line)
        if mark and fence in ("", mark[1]):  # only its own kind closes a fence
            fence = "" if fence else mark[1]
        heading = None if fence else _HEADING.match(line.rstrip("\n"))
        if heading:
            yield number, position, heading
        position += len(line)


def _block(text: str, path: list[str], level: int, line: int, start: int, end: int) -> Block:
    body = text[start:end]
    left = start + len(body) - len(body.lstrip())
    right = max(left, start + len(body.rstrip()))
    return Block(tuple(path), level, line, left, right)
