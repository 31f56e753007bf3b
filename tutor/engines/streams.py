"""Streamed text, cut to what is the answer: without thoughts before it, up to a stop word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

OPEN, CLOSE = "<think>", "</think>"


def without_thinking(pieces: Iterable[str], begun: bool = False) -> Iterator[str]:
    """The text without a block of ``<think>…</think>`` at its head.

    Args:
        begun: the prompt itself has opened the block.
    """
    stream = iter(pieces)
    head = OPEN if begun else ""
    for piece in stream:
        head += piece
        start = head.lstrip()
        if start.startswith(OPEN):
            if CLOSE in start:
                head = start.partition(CLOSE)[2].lstrip()
                break
        elif not OPEN.startswith(start):
            break
    if head and not head.lstrip().startswith(OPEN):
        yield head
    yield from stream


def until(pieces: Iterable[str], stop: Sequence[str]) -> Iterator[str]:
    """The text before the first stop word, which may come in several pieces."""
    longest = max(map(len, stop), default=1)
    text = ""
    for piece in pieces:
        text += piece
        found = [at for word in stop if (at := text.find(word)) >= 0]
        if found:
            yield text[: min(found)]
            return
        sure = len(text) - longest + 1
        if sure > 0:
            yield text[:sure]
            text = text[sure:]
    yield text
