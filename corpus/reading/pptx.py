"""PPTX into blocks (python-pptx): a slide is a page, its title a heading, the speaker's notes text.

Hidden slides and shapes, shapes beside the slide, and white text on white stay out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.office import guarded, nearly_white, opened
from corpus.reading.visible import plain

if TYPE_CHECKING:
    from pptx.presentation import Presentation

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_ROW = 0.03  # of the slide's height: shapes closer than that stand side by side
_SMALLEST = 200  # hundredths of a point: below 2 pt nobody reads
_FURNITURE = {"DATE", "FOOTER", "SLIDE_NUMBER", "HEADER"}


def read_pptx(raw: Raw) -> Reading:
    """Read a presentation.

    Raises:
        UnreadableError: see ``corpus.reading.office.opened``; or without text.
    """
    import pptx

    deck: Presentation = opened(raw.data, "PPTX", pptx.Presentation)
    with guarded("PPTX"):
        blocks = tuple(_blocks(deck))
        title = _title(deck, blocks)
    if not blocks:
        raise UnreadableError("empty", "The PPTX has no text: nothing can be read from it.")
    return Reading("pptx", title, blocks)


def _title(deck: Any, blocks: Iterable[Block]) -> str:
    named = plain(deck.core_properties.title or "").strip()
    if named and not re.fullmatch(
        r"powerpoint presentation|slide \d+|untitled|.*\.pptx?", named, re.I
    ):
        return named
    return next((block.text for block in blocks if block.kind == "heading"), "")


def _blocks(deck: Any) -> Iterator[Block]:
    for number, slide in enumerate(deck.slides, start=1):
        if slide._element.get("show") in {"0", "false"}:
            continue
        reader = _Slide(slide, deck.slide_width, deck.slide_height, number)
        yield from reader.blocks()


class _Slide:
    """One slide with what is known of its ground."""

    def __init__(self, slide: Any, width: int, height: int, number: int) -> None:
        self._slide, self._number = slide, number
        self._width, self._height = width, height
        self._white = _white_ground(slide)
        self._painted: list[Any] = []  # shapes drawn so far that may lie under text

    def blocks(self) -> Iterator[Block]:
        """The title, the shapes from top to bottom and left to right, then the notes."""
        title = self._slide.shapes.title
        seen = self._visible(self._slide.shapes)
        texts = {id(shape._element): list(self._of(shape)) for shape in seen}
        if title is not None and id(title._element) in texts:
            words = " ".join(block.text for block in texts.pop(id(title._element)))
            if words:
                yield Block("heading", words, level=2, page=self._number)
        rest = [shape for shape in seen if title is None or shape._element is not title._element]
        for shape in sorted(rest, key=self._place):
            yield from texts[id(shape._element)]
        if self._slide.has_notes_slide:
            notes = self._slide.notes_slide.notes_text_frame
            for text in (notes.text if notes is not None else "").splitlines():
                yield from self._block("paragraph", text)

    def _place(self, shape: Any) -> tuple[int, int]:
        return round((shape.top or 0) / (_ROW * self._height)), shape.left or 0

    def _visible(self, shapes: Iterable[Any]) -> list[Any]:
        return [shape for shape in shapes if not self._hidden(shape)]

    def _hidden(self, shape: Any) -> bool:
        if shape._element.xpath(".//p:cNvPr[1]/@hidden")[:1] in (["1"], ["true"]):
            return True
        if shape.is_placeholder and shape.placeholder_format.type.name in _FURNITURE:
            return True
        if None in (shape.left, shape.top, shape.width, shape.height):
            return False
        return bool(
            shape.left >= self._width or shape.top >= self._height
            or shape.left + shape.width <= 0 or shape.top + shape.height <= 0
        )  # fmt: skip

    def _of(self, shape: Any) -> Iterator[Block]:
        if hasattr(shape, "shapes"):  # a group
            for part in sorted(self._visible(shape.shapes), key=self._place):
                yield from self._of(part)
        elif getattr(shape, "has_table", False):
            rows = (" | ".join(_line(cell.text) for cell in row.cells) for row in shape.table.rows)
            text = "\n".join(row for row in rows if row.strip(" |"))
            if text:
                yield Block("table", text, page=self._number)
        elif getattr(shape, "has_text_frame", False):
            yield from self._frame(shape)
        if _fill(shape) != "none":
            self._painted.append(shape)

    def _frame(self, shape: Any) -> Iterator[Block]:
        paragraphs = [p for p in shape.text_frame.paragraphs if p.text.strip()]
        body = shape.is_placeholder and shape.placeholder_format.type.name in {"BODY", "OBJECT"}
        for paragraph in paragraphs:
            text = self._text(paragraph, shape)
            if _bulleted(paragraph, body and len(paragraphs) > 1):
                yield from self._block("item", text, paragraph.level + 1)
            else:
                yield from self._block("paragraph", text)

    def _block(self, kind: Any, text: str, level: int = 0) -> Iterator[Block]:
        if line := _line(text):
            yield Block(kind, line, level=min(level, 6), page=self._number)

    def _text(self, paragraph: Any, shape: Any) -> str:
        parts: list[str] = []
        for element in paragraph._p.iterchildren(_A + "r", _A + "br", _A + "fld"):
            if element.tag == _A + "br":
                parts.append(" ")
            elif not self._unseen(element, shape):
                parts.append(element.findtext(_A + "t") or "")
        return "".join(parts)

    def _unseen(self, run: Any, shape: Any) -> bool:
        properties = run.find(_A + "rPr")
        if properties is None:
            return False
        if int(properties.get("sz") or _SMALLEST) < _SMALLEST:
            return True
        colour = properties.find(f"{_A}solidFill")
        if colour is None or not _light(colour):
            return False
        ground = _fill(shape)
        if ground != "none":
            return ground == "white"
        return self._white and not any(_overlap(shape, other) for other in self._painted)


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _bulleted(paragraph: Any, default: bool) -> bool:
    properties = paragraph._p.find(_A + "pPr")
    if properties is not None:
        if properties.find(_A + "buNone") is not None:
            return False
        if any(
            properties.find(_A + name) is not None for name in ("buChar", "buAutoNum", "buBlip")
        ):
            return True
    return default


def _light(fill: Any) -> bool:
    """Whether a solid fill is white, or the theme's own ground."""
    rgb, scheme = fill.find(_A + "srgbClr"), fill.find(_A + "schemeClr")
    if rgb is not None:
        return nearly_white(rgb.get("val"))
    return scheme is not None and scheme.get("val") in {"bg1", "lt1"} and not len(scheme)


def _fill(shape: Any) -> str:
    """What a shape paints: "none", "white" or "dark", which stands for all that is not white."""
    if shape._element.tag.endswith(("}pic", "}graphicFrame")):
        return "dark"
    properties = next(shape._element.iterchildren("{*}spPr"), None)
    if properties is None:
        return "none"
    solid = properties.find(_A + "solidFill")
    if solid is not None:
        return "white" if _light(solid) else "dark"
    if any(properties.find(_A + name) is not None for name in ("gradFill", "blipFill", "pattFill")):
        return "dark"
    styled = shape._element.find("{*}style") is not None and properties.find(_A + "noFill") is None
    return "dark" if styled else "none"


def _white_ground(slide: Any) -> bool:
    """Whether the slide, its layout or its master names no other ground than white."""
    for part in (slide, slide.slide_layout, slide.slide_layout.slide_master):
        for ground in part._element.iter("{*}bg"):
            colours = list(ground.iter(_A + "srgbClr", _A + "schemeClr"))
            if list(ground.iter(_A + "blipFill", _A + "gradFill")) or not colours:
                return False
            colour = colours[0].get("val")
            return colour in {"bg1", "lt1"} or nearly_white(colour)
    return True


def _overlap(a: Any, b: Any) -> bool:
    sides = (a.left, a.top, a.width, a.height, b.left, b.top, b.width, b.height)
    if a is b or None in sides:
        return a is not b
    return bool(
        a.left < b.left + b.width and b.left < a.left + a.width
        and a.top < b.top + b.height and b.top < a.top + a.height
    )  # fmt: skip
