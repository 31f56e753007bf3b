"""Tables of a web page: which hold data, and their rows."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from corpus.reading.visible import plain

_STRUCTURE = ("table", "pre", "h1", "h2", "h3", "h4", "h5", "h6")


def is_data(table: etree._Element) -> bool:
    """Whether a table has rows of cells, and is not there to place parts of the page.

    A table that holds headings, code or other tables, or that has one column, is walked like text.
    """
    if any(inner is not table for inner in table.iter(*_STRUCTURE)):
        return False
    return any(len(row) > 1 for row in table.iter("tr"))


def rows_of(table: etree._Element) -> Iterator[str]:
    """Each row with text, its cells divided by " | "."""
    for row in table.iter("tr"):
        cells = [_cell(cell) for cell in row if cell.tag in ("td", "th")]
        if any(cells):
            yield " | ".join(cells)


def _cell(cell: etree._Element) -> str:
    """A cell's text on one line; what stands in blocks or on lines of its own is divided."""
    if not len(cell):
        return " ".join(plain(cell.text or "").split())
    from corpus.reading.walk import blocks_of  # walk reads tables, and tables hold what walk reads

    return " ".join(" ".join(block.text.split()) for block in blocks_of(cell))
