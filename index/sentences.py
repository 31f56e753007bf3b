"""Sentences with exact offsets, as the chunker, the evidence and the check see them."""

from __future__ import annotations

import re

import sentencex

_FENCE = re.compile(r"^(`{3,}|~{3,}|\$\$(?=$))")
# sentencex takes a short last part for an abbreviation: "2000 GB/s. Quantization", "site.co. Data".
_MISSED_END = re.compile(r"(?<=\s)\w{2,}(?:[/.]\w{2,})*[/.]\w+\.\s+(?=[A-Z])")
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
    fence, opened = "", 0
    position = start
    for line in text[start:end].splitlines(keepends=True):
        stripped = line.strip()
        mark = _FENCE.match(stripped)
        if mark and fence in ("", mark[1]):  # only its own kind closes a block
            if fence:
                found.append((opened, position + len(line.rstrip()), True))
            fence = "" if fence else mark[1]
            opened = position + len(line) - len(line.lstrip())
        elif not fence and stripped:
            bullet = _BULLET.match(line)
            left = position + (bullet.end() if bullet else len(line) - len(line.lstrip()))
            found.append((left, position + len(line.rstrip()), False))
        position += len(line)
    if fence:
        found.append((opened, opened + len(text[opened:end].rstrip()), True))
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
        if not body:
            continue
        begin = at + piece.find(body)
        if spans and spans[-1][1] == begin and text[begin - 1] == ".":  # "DeepLearning.AI"
            begin = spans.pop()[0]
        spans.append((begin, position - len(piece) + len(piece.rstrip())))
    return [part for span in spans for part in _cut_at_missed_ends(text, *span)]


def _cut_at_missed_ends(text: str, left: int, right: int) -> list[tuple[int, int]]:
    cuts = [left + match.end() for match in _MISSED_END.finditer(text[left:right])]
    starts, ends = [left, *cuts], [*cuts, right]
    return [
        (start, start + len(text[start:end].rstrip()))
        for start, end in zip(starts, ends, strict=True)
    ]
