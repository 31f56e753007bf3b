"""Shapes of the map: boxes, labels broken into lines, paths with round corners.

Lengths are units of the drawing, which are CSS pixels where it is shown at its own size; y grows
downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import ceil, hypot
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

# Width of a letter by the font's size. The titles of the map average 0.56 in DejaVu Sans, the
# widest of the usual fonts, and 0.46 in Source Sans, the page's own.
LETTER = 0.6
_LEADING = 1.2
_ASCENT, _CAPITALS = 0.8, 0.72


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with its sides along the axes."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, point: Point) -> bool:
        return self.left <= point[0] <= self.right and self.top <= point[1] <= self.bottom

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def joined(self, other: Box) -> Box:
        """The smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def around(points: Iterable[Point], by: float) -> Box:
    """The box around points, ``by`` wider on all sides."""
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys)).grown(by)


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text; ``x`` is where they are anchored, ``y`` the baseline of the first."""

    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    anchor: Anchor = "start"

    @property
    def step(self) -> float:
        """From one baseline to the next."""
        return self.size * _LEADING

    @property
    def box(self) -> Box:
        """Where the text lies, reckoned with wide letters."""
        wide = max(width(line, self.size) for line in self.lines)
        left = self.x - {"start": 0.0, "middle": wide / 2, "end": wide}[self.anchor]
        top = self.y - self.size * _ASCENT
        return Box(left, top, left + wide, top + len(self.lines) * self.step)


def label(
    text: str, x: float, middle: float, size: float, room: float, anchor: Anchor = "start"
) -> Label:
    """A label no wider than ``room``, its lines centred about the height ``middle``."""
    lines = broken(text, room, size)
    first = middle - (len(lines) - 1) * size * _LEADING / 2 + size * _CAPITALS / 2
    return Label(lines, x, first, size, anchor)


def width(text: str, size: float) -> float:
    """How wide a text may be at most, in units of the drawing."""
    return len(text) * LETTER * size


def broken(text: str, room: float, size: float) -> tuple[str, ...]:
    """A text in as few lines as fit, as even as they get; a word too long stands alone."""
    words = text.split() or [text]
    longest = max(width(word, size) for word in words)
    for count in range(1, len(words) + 1):
        lines = min(_in_lines(words, count), key=_unevenness)
        if max(width(line, size) for line in lines) <= max(room, longest):
            return lines
    return tuple(words)


def _in_lines(words: Sequence[str], count: int) -> list[tuple[str, ...]]:
    cuts = combinations(range(1, len(words)), count - 1)
    return [tuple(" ".join(words[a:b]) for a, b in pairwise((0, *cut, len(words)))) for cut in cuts]


def _unevenness(lines: Sequence[str]) -> tuple[int, int]:
    """Less is better: a short longest line, and of those alike the one that starts long."""
    return max(map(len, lines)), -len(lines[0])


def rounded(points: Sequence[Point], radius: float = 14) -> str:
    """An SVG path through the points whose corners are rounded."""
    parts = [f"M{_pair(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        reach = min(radius, _length(before, corner) / 2, _length(corner, after) / 2)
        into, out = _towards(corner, before, reach), _towards(corner, after, reach)
        parts.append(f"L{_pair(into)}Q{_pair(corner)} {_pair(out)}")
    return "".join([*parts, f"L{_pair(points[-1])}"])


def trimmed(points: Sequence[Point], start: float, end: float) -> list[Point]:
    """The way without its first and last stretch; the first and last legs are longer than those."""
    first, last = _towards(points[0], points[1], start), _towards(points[-1], points[-2], end)
    return [first, *points[1:-1], last]


def spaced(points: Sequence[Point], step: float) -> Iterator[Point]:
    """Points along a way, at most ``step`` apart."""
    for a, b in pairwise(points):
        count = ceil(_length(a, b) / step)
        yield from (_towards(a, b, n * _length(a, b) / count) for n in range(count))
    yield points[-1]


def midway(points: Sequence[Point]) -> tuple[Point, Point]:
    """The middle of the longest straight stretch, and the unit vector of the way there."""
    a, b = max(pairwise(points), key=lambda stretch: _length(*stretch))
    return _towards(a, b, _length(a, b) / 2), direction(a, b)


def direction(a: Point, b: Point) -> Point:
    """The unit vector from ``a`` to ``b``."""
    length = _length(a, b) or 1.0
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def _towards(a: Point, b: Point, by: float) -> Point:
    x, y = direction(a, b)
    return a[0] + by * x, a[1] + by * y


def _length(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def _pair(point: Point) -> str:
    return f"{point[0]:.4g} {point[1]:.4g}"
