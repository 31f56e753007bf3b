"""Sentences with exact offsets, as the chunker, the evidence and the check see them."""

from __future__ import annotations

import re

import sentencex

_FENCE = re.compile(r"^(```|~~~)")
_BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Spans of the sentences of ``text[start:end]``, in order, white space and bullets left out.

    A line break ends a sentence (the curriculum writes a sentence or a paragraph a line, and a
    list item is its own); a fenced block of code and a displayed formula are one sentence each.
    Within a line the rules are those of sentencex (Wikimedia), abbreviations included.
    """
    spans: list[tuple[int, int]] = []
    for left, right, is_block in _lines(text, start, len(text) if end is None else end):
        spans += [(left, right)] if is_block else _in_line(text, left, right)
    return spans


def split_sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [text[left:right] for left, right in sentence_spans(text)]


def _lines(text: str, start: int, end: int) -> list[tuple[int, int, bool]]:
    """(left, right, is_block) for each line or block with content."""
    found: list[tuple[int, int, bool]] = []
    fence: int | None = None
    position = start
    for line in text[start:end].splitlines(keepends=True):
        stripped = line.strip()
        if _FENCE.match(stripped) or (stripped == "$$"):
            if fence is None:
                fence = position
            else:
                found.append((fence, position + len(line.rstrip()), True))
                fence = None
        elif fence is None and stripped:
            bullet = _BULLET.match(line)
            left = position + (bullet.end() if bullet else len(line) - len(line.lstrip()))
            found.append((left, position + len(line.rstrip()), False))
        position += len(line)
    if fence is not None:
        found.append((fence, end, True))
    return found


def _in_line(text: str, left: int, right: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    position = left
    for piece in sentencex.segment("en", text[left:right]):
        at = text.find(piece, position, right) if piece else -1
        if at < 0:  # the library altered the piece: keep the rest of the line whole
            return [*spans, (position, right)]
        position = at + len(piece)
        body = piece.strip()
        if body:
            begin = at + piece.find(body)
            spans.append((begin, begin + len(body)))
    return spans
