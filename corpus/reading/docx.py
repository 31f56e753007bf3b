"""DOCX into blocks (python-docx): headings by style, lists with their depth, tables, code.

Headers and footers, tables of contents, deleted revisions, hidden and white text stay out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.docx_looks import Looks, W, nearest
from corpus.reading.office import guarded, opened
from corpus.reading.visible import plain

if TYPE_CHECKING:
    from docx.document import Document

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CODE = re.compile(r"\bcode\b|source|preformatted|verbatim|macro text", re.I)


def read_docx(raw: Raw) -> Reading:
    """Read a Word document.

    Raises:
        UnreadableError: see ``corpus.reading.office.opened``; or without text.
    """
    import docx

    document = opened(raw.data, "DOCX", docx.Document)
    with guarded("DOCX"):
        blocks = tuple(_joined(_Reader(document).blocks(document.element.body)))
        title = _title(document, blocks)
    if not blocks:
        raise UnreadableError("empty", "The DOCX has no text: nothing can be read from it.")
    return Reading("docx", title, blocks)


def _title(document: Document, blocks: tuple[Block, ...]) -> str:
    named = plain(document.core_properties.title or "").strip()
    # The template's own properties stand in files that never got a title.
    if named and not re.fullmatch(r"word document|untitled|document\d*|.*\.docx?", named, re.I):
        return named
    return next((b.text for b in blocks if b.kind == "heading" and b.level == 1), "")


def _joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Code is a paragraph a line in Word."""
    lines: list[str] = []
    for block in blocks:
        if block.kind == "code":
            lines.append(block.text)
            continue
        if lines:
            yield Block("code", "\n".join(lines).strip("\n"))
            lines = []
        yield block
    if lines:
        yield Block("code", "\n".join(lines).strip("\n"))


class _Reader:
    """Walks the XML: python-docx knows neither content controls nor text boxes nor revisions."""

    def __init__(self, document: Document) -> None:
        self._looks = Looks(document)

    def blocks(self, parent: Any) -> Iterator[Block]:
        """Paragraphs and tables below an element, in order."""
        for child in parent:
            if child.tag == W + "p":
                yield from self._paragraph(child)
            elif child.tag == W + "tbl":
                yield from self._table(child)
            elif child.tag in {W + "sdt", W + "sdtContent", W + "customXml", W + "ins"}:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Any) -> Iterator[Block]:
        name = self._looks.name(paragraph)
        text = self._text(paragraph)
        if name.lower().startswith("toc"):
            return
        if text.strip():
            yield self._block(paragraph, name, text)
        for box in paragraph.iter(W + "txbxContent"):
            if not _inside(box, _FALLBACK, paragraph):
                yield from self.blocks(box)

    def _block(self, paragraph: Any, name: str, text: str) -> Block:
        if name.lower() == "title":
            return Block("heading", _line(text), level=1)
        if (level := self._looks.outline(paragraph, name)) is not None:
            return Block("heading", _line(text), level=min(level + 1, 6))
        if _CODE.search(name) or self._looks.mono(paragraph):
            return Block("code", plain(text))
        if (depth := self._looks.depth(paragraph, name)) is not None:
            return Block("item", _line(text), level=min(depth + 1, 6))
        return Block("paragraph", _line(text))

    def _table(self, table: Any) -> Iterator[Block]:
        rows: list[str] = []
        for row in table.iterchildren(W + "tr"):
            cells = [self._cell(cell) for cell in row.iter(W + "tc") if _row(cell) is row]
            if any(cells):
                rows.append(" | ".join(cells))
        if rows:
            yield Block("table", "\n".join(rows))

    def _cell(self, cell: Any) -> str:
        return " ".join(
            filter(None, (_line(self._text(paragraph)) for paragraph in cell.iter(W + "p")))
        )

    def _text(self, paragraph: Any) -> str:
        """Visible text; that of its text boxes is apart."""
        parts: list[str] = []
        for element in paragraph.iter(W + "t", W + "tab", W + "br", W + "cr", _MATH):
            if nearest(element, W + "p") is not paragraph or _inside(element, _FALLBACK, paragraph):
                continue
            run = nearest(element, W + "r")
            if element.tag == _MATH:
                parts.append(element.text or "")
            elif run is not None and not self._looks.hidden(run, paragraph):
                parts.append({W + "t": element.text or "", W + "tab": "\t"}.get(element.tag, "\n"))
        return "".join(parts)


def _line(text: str) -> str:
    return " ".join(plain(text).split())


def _row(cell: Any) -> Any:
    return nearest(cell, W + "tr")


def _inside(element: Any, tag: str, stop: Any) -> bool:
    for ancestor in element.iterancestors():
        if ancestor is stop:
            return False
        if ancestor.tag == tag:
            return True
    return False
