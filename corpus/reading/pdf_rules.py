"""Straight lines drawn on a page of a PDF, and whether anything else is."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus.reading.pdf_seen import Box

_OBJECTS = 5_000  # drawn objects looked at on a page: a map or a plot has more, a table never
_POINTS = 500  # of one path
_THIN = 2.5  # points: a bar of that height is a line
_SHORTEST = 4.0  # points


class Rule(NamedTuple):
    """A straight line: ``at`` is y of a horizontal one and x of a vertical one."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rules:
    """Lines of an upright page, y downwards; pieces of one line are joined."""

    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()

    @classmethod
    def of(cls, boxes: Iterable[tuple[float, float, float, float]]) -> Rules:
        """Sort thin boxes (left, upper, right, lower edge) into lines."""
        across: list[Rule] = []
        down: list[Rule] = []
        for x0, y0, x1, y1 in boxes:
            if y1 - y0 <= _THIN and x1 - x0 >= _SHORTEST:
                across.append(Rule((y0 + y1) / 2, x0, x1))
            elif x1 - x0 <= _THIN and y1 - y0 >= _SHORTEST:
                down.append(Rule((x0 + x1) / 2, y0, y1))
        return cls(tuple(_joined(across)), tuple(_joined(down)))


NO_RULES = Rules()


def _joined(rules: Iterable[Rule]) -> Iterator[Rule]:
    open_: list[Rule] = []
    for rule in sorted(rules):
        for at, other in enumerate(open_):
            touching = rule.start <= other.end + _THIN and other.start <= rule.end + _THIN
            if abs(other.at - rule.at) <= 1 and touching:
                start, end = min(other.start, rule.start), max(other.end, rule.end)
                open_[at] = Rule(other.at, start, end)
                break
        else:
            yield from (other for other in open_ if rule.at - other.at > 1)
            open_ = [other for other in open_ if rule.at - other.at <= 1] + [rule]
    yield from open_


@dataclass(slots=True)
class Drawing:
    """What a page has besides text.

    Attributes:
        rules: thin boxes in the page's own coordinates.
        pictured: whether it has an image.
        painted: whether it has anything that may colour or cover the ground.
    """

    rules: list[Box] = field(default_factory=list)
    pictured: bool = False
    painted: bool = False


def drawn(page: Any) -> Drawing:
    """Look through what a page draws.

    Args:
        page: a ``pypdfium2.PdfPage``.
    """
    import pypdfium2.raw as pdfium

    drawing = Drawing()
    count = pdfium.FPDFPage_CountObjects(page.raw)
    drawing.painted = count > _OBJECTS
    for at in range(min(count, _OBJECTS)):
        thing = pdfium.FPDFPage_GetObject(page.raw, at)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            continue
        if kind != pdfium.FPDF_PAGEOBJ_PATH:
            drawing.painted = True
            drawing.pictured |= kind in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM}
            continue
        box = _bounds(thing)
        if min(box.right - box.left, box.top - box.bottom) <= _THIN:
            drawing.rules.append(box)
        else:
            drawing.painted = True
            drawing.rules.extend(_edges(thing))
    return drawing


def _bounds(thing: Any) -> Box:
    import pypdfium2.raw as pdfium

    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(thing, *edges)
    return Box(*(edge.value for edge in edges))


def _edges(path: Any) -> Iterator[Box]:
    """The upright and level edges of a path: a frame has four."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFPath_CountSegments(path)
    if not 0 < count <= _POINTS:
        return
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    start = last = (0.0, 0.0)
    for at in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _edge(last, point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield from _edge(point, start)
        last = point


def _edge(a: tuple[float, float], b: tuple[float, float]) -> Iterator[Box]:
    if abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5:
        yield Box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
