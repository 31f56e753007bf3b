"""Elements around stretches of Markdown: a sentence of an answer, a quotation in its passage.

A stretch is marked in the Markdown by signs that no stranger can write, and found again in what the
parser makes of it, wherever emphasis, lists or tables have taken it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ui.text.characters import CLOSE, MARKS, OPEN
from ui.text.escape import attribute

_SIGNS = re.compile(f"([{OPEN}{CLOSE}{MARKS}])")
_FENCE = re.compile(r"\s*(?:```|~~~)[^\n]*\n")
_LEAD = re.compile(r"\s*\$\$|\s*(?:(?:[-*+]|\d{1,9}[.)]|>|#{1,6}|\|)[ \t]+)*")
_END = re.compile(r"\n[ \t]*(?:```|~~~)\s*$|\$\$\s*$|\s*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Wrap:
    """The element around a stretch.

    Attributes:
        identity: id of the first such element; a stretch that crosses others has several.
    """

    tag: Literal["span", "mark"] = "span"
    identity: str = ""
    classes: str = ""
    title: str = ""

    def around(self, html: str, first: bool) -> str:
        """The element; only the first of a stretch carries the id."""
        given = (("id", self.identity * first), ("class", self.classes), ("title", self.title))
        written = "".join(f' {name}="{attribute(value)}"' for name, value in given if value)
        return f"<{self.tag}{written}>{html}</{self.tag}>"


def enclosed(text: str) -> str:
    """Cleaned Markdown between OPEN and CLOSE, put where they leave its first line what it is."""
    found = _FENCE.match(text) or _LEAD.match(text)
    ended = _END.search(text)
    first = found.end() if found else 0
    last = ended.start() if ended else len(text)
    if first >= last:
        first, last = 0, len(text)
    return f"{text[:first]}{OPEN}{text[first:last]}{CLOSE}{text[last:]}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: a tag that opens or closes, a leaf, or one of the signs."""

    kind: Literal["open", "close", "leaf", "sign"]
    html: str


def pieces(text: str, write: Callable[[str], str]) -> Iterator[Piece]:
    """Text as leaves, with the signs that stand in it."""
    for part in _SIGNS.split(text):
        if _SIGNS.fullmatch(part):
            yield Piece("sign", part)
        elif part:
            yield Piece("leaf", write(part))


def beside(text: str, write: Callable[[str], str]) -> Iterator[Piece]:
    """Text as one leaf; the signs that stand in it go before or after."""
    signs = [Piece("sign", sign) for sign in _SIGNS.findall(text)]
    yield from (sign for sign in signs if sign.html == OPEN)
    yield Piece("leaf", write(_SIGNS.sub("", text)))
    yield from (sign for sign in signs if sign.html != OPEN)


@dataclass(slots=True)
class Stretches:
    """Lines written one after the other, with the elements around what the signs enclose.

    Attributes:
        wraps: the n-th goes around what stands between the n-th OPEN and the next CLOSE.
        marks: HTML; the n-th takes the place of the n-th MARKS.
        met: how many of each sign there were.
        within: whether a stretch is open.
        named: stretches whose id has been given.
    """

    wraps: Sequence[Wrap]
    marks: Sequence[str]
    met: dict[str, int] = field(default_factory=lambda: {OPEN: 0, CLOSE: 0, MARKS: 0})
    within: bool = False
    named: set[int] = field(default_factory=set)

    @property
    def complete(self) -> bool:
        """Whether every sign has been met."""
        wanted = {OPEN: len(self.wraps), CLOSE: len(self.wraps), MARKS: len(self.marks)}
        return self.met == wanted

    def line(self, line: Iterable[Piece]) -> str:
        """HTML of a line."""
        html = ""
        waiting: list[Piece] = []
        for piece in line:
            if piece.kind != "sign":
                waiting.append(piece)
                continue
            html += self._wrapped(waiting) + self._sign(piece.html)
            waiting = []
        return html + self._wrapped(waiting)

    def _sign(self, sign: str) -> str:
        self.met[sign] += 1
        number = self.met[sign] - 1
        if sign == MARKS:
            return self.marks[number] if number < len(self.marks) else ""
        self.within = sign == OPEN and number < len(self.wraps)
        return ""

    def _wrapped(self, waiting: Sequence[Piece]) -> str:
        """The pieces in one element, or each leaf in its own if that would cut others."""
        whole = "".join(piece.html for piece in waiting)
        if not self.within or not whole:
            return whole
        if _balanced(waiting):
            return self._around(whole)
        return "".join(
            self._around(piece.html) if piece.kind == "leaf" else piece.html for piece in waiting
        )

    def _around(self, html: str) -> str:
        number = self.met[OPEN] - 1
        first = number not in self.named
        self.named.add(number)
        return self.wraps[number].around(html, first)


def _balanced(waiting: Iterable[Piece]) -> bool:
    """Whether every element that opens among the pieces closes among them."""
    depth = 0
    for piece in waiting:
        depth += (piece.kind == "open") - (piece.kind == "close")
        if depth < 0:
            return False
    return depth == 0
