"""How a paragraph or a run of a Word document looks: through its styles, as Word resolves them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.reading.office import nearly_white

if TYPE_CHECKING:
    from docx.document import Document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"heading (\d)", re.I)
_LIST = re.compile(r"list (?:bullet|number|paragraph)\s*(\d)?$", re.I)
_MONO = re.compile(r"mono|courier|consolas|menlo|inconsolata|typewriter", re.I)
_SMALLEST = 4  # half-points: below 2 pt nobody reads


class Looks:
    """Properties of runs and paragraphs: their own, else those of their styles."""

    def __init__(self, document: Document) -> None:
        self._styles: dict[str, Any] = {
            style.style_id: style.element for style in document.styles if style.style_id
        }

    def hidden(self, run: Any, paragraph: Any) -> bool:
        """Whether a reader sees nothing of a run: hidden, below 2 pt, or white on white."""
        vanish = self._property(run, paragraph, "vanish")
        if vanish is not None and vanish.get(W + "val") not in {"0", "false", "off"}:
            return True
        size = self._property(run, paragraph, "sz")
        points = size.get(W + "val") if size is not None else None
        if points and points.isdigit() and int(points) < _SMALLEST:
            return True
        colour = self._property(run, paragraph, "color")
        if colour is None:
            return False
        light = nearly_white(colour.get(W + "val")) or colour.get(W + "themeColor") in {
            "background1", "light1",
        }  # fmt: skip
        return light and not self._shaded(run, paragraph)

    def _property(self, run: Any, paragraph: Any, name: str) -> Any:
        """A run's property: its own, its style's, the paragraph style's."""
        for properties in self._properties(run, paragraph):
            if (found := properties.find(W + name)) is not None:
                return found
        return None

    def _properties(self, run: Any, paragraph: Any) -> Iterator[Any]:
        own = run.find(W + "rPr")
        if own is not None:
            yield own
            yield from self._inherited(own.find(W + "rStyle"))
        settings = paragraph.find(W + "pPr")
        if settings is not None:
            yield from self._inherited(settings.find(W + "pStyle"))

    def _inherited(self, reference: Any) -> Iterator[Any]:
        for style in self._ancestry(reference):
            if (properties := style.find(W + "rPr")) is not None:
                yield properties

    def _ancestry(self, reference: Any) -> Iterator[Any]:
        """A style and those that it is based on."""
        seen: set[str] = set()
        while reference is not None:
            key = reference.get(W + "val")
            if key in seen or (style := self._styles.get(key)) is None:
                return
            seen.add(key)
            yield style
            reference = style.find(W + "basedOn")

    def _shaded(self, run: Any, paragraph: Any) -> bool:
        """Whether a darker ground lies under a run: its own, the paragraph's or the cell's."""
        if (mark := self._property(run, paragraph, "highlight")) is not None:
            return mark.get(W + "val") not in {"white", "none"}
        grounds = [self._property(run, paragraph, "shd"), paragraph.find(f"{W}pPr/{W}shd")]
        for style in self._ancestry(paragraph.find(f"{W}pPr/{W}pStyle")):
            grounds.append(style.find(f"{W}pPr/{W}shd"))
        cell = nearest(paragraph, W + "tc")
        if cell is not None:
            grounds.append(cell.find(f"{W}tcPr/{W}shd"))
            if nearest(cell, W + "tbl").find(f"{W}tblPr/{W}tblStyle") is not None:
                return True  # a table's style may paint its head; telling takes its conditions
        fills = [ground.get(W + "fill") for ground in grounds if ground is not None]
        return any(fill and fill != "auto" and not nearly_white(fill) for fill in fills)

    def name(self, paragraph: Any) -> str:
        """Of the paragraph's style."""
        reference = paragraph.find(f"{W}pPr/{W}pStyle")
        for style in self._ancestry(reference):
            name = style.find(W + "name")
            return name.get(W + "val") if name is not None else ""
        return ""

    def outline(self, paragraph: Any, name: str) -> int | None:
        """Level from 0: of the style's name, its base's, or the outline level."""
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        if own is not None:
            return _level(own)
        for style in self._ancestry(paragraph.find(f"{W}pPr/{W}pStyle")):
            label = style.find(W + "name")
            if label is not None and (match := _HEADING.match(label.get(W + "val"))):
                return int(match[1]) - 1
            if (found := style.find(f"{W}pPr/{W}outlineLvl")) is not None:
                return _level(found)
        return None

    def depth(self, paragraph: Any, name: str) -> int | None:
        """Depth of a list item from 0: of its numbering, or of the style's name."""
        for place in (
            paragraph,
            *self._ancestry(paragraph.find(f"{W}pPr/{W}pStyle")),
        ):
            numbering = place.find(f"{W}pPr/{W}numPr")
            if numbering is None:
                continue
            number, level = numbering.find(W + "numId"), numbering.find(W + "ilvl")
            if number is not None and number.get(W + "val") == "0":
                return None
            named = _LIST.match(name)
            if level is None and named and named[1]:
                return int(named[1]) - 1
            return int(level.get(W + "val")) if level is not None else 0
        named = _LIST.match(name)
        if named is None or name.lower() == "list paragraph":
            return None
        return int(named[1] or 1) - 1

    def mono(self, paragraph: Any) -> bool:
        """Whether all of a paragraph is in type of one width."""
        runs = [r for r in paragraph.iter(W + "r") if r.find(W + "t") is not None]
        fonts = [self._property(run, paragraph, "rFonts") for run in runs]
        return bool(fonts) and all(
            font is not None and _MONO.search(font.get(W + "ascii") or "") for font in fonts
        )


def _level(outline: Any) -> int | None:
    value = int(outline.get(W + "val"))
    return value if value < 9 else None  # 9 is body text


def nearest(element: Any, tag: str) -> Any:
    """The closest ancestor of that kind, or None."""
    return next(element.iterancestors(tag), None)
