"""Reading: bytes of any common format into blocks of plain text, one reader a format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from corpus.reading.blocks import Block, Format, Raw, Reading, UnreadableError
from corpus.reading.compose import Composed, compose

# Raise it whenever the same bytes would give another reading: everything is read again, and
# nothing is fetched for that.
VERSION = 1

# Format: module and function. Imported at first use: the PDF library alone takes longer than a
# page of Markdown.
_READERS: dict[Format, tuple[str, str]] = {
    "html": ("corpus.reading.html", "read_html"),
    "markdown": ("corpus.reading.markup", "read_markdown"),
    "rst": ("corpus.reading.rst", "read_rst"),
    "notebook": ("corpus.reading.notebook", "read_notebook"),
    "pdf": ("corpus.reading.pdf", "read_pdf"),
    "text": ("corpus.reading.plaintext", "read_text"),
    "docx": ("corpus.reading.office", "read_docx"),
    "pptx": ("corpus.reading.office", "read_pptx"),
    "epub": ("corpus.reading.epub", "read_epub"),
}
FORMATS: tuple[Format, ...] = tuple(_READERS)


def read(raw: Raw, content_type: str = "") -> Reading:
    """Read a document with the reader of its format.

    Args:
        content_type: from the server, without parameters; the bytes have the last word.

    Raises:
        UnreadableError: there is no text in it, or no reader for it.
    """
    from corpus.reading.detect import detect

    found = detect(raw, content_type)
    if found is None:
        what = content_type or raw.name or "this file"
        raise UnreadableError("unsupported", f"unsupported: no reader for {what}")
    return reader(found)(raw)


def reader(format_: Format) -> Callable[[Raw], Reading]:
    """The reader of a format."""
    module, name = _READERS[format_]
    found: Callable[[Raw], Reading] = getattr(import_module(module), name)
    return found


__all__ = [
    "FORMATS",
    "VERSION",
    "Block",
    "Composed",
    "Format",
    "Raw",
    "Reading",
    "UnreadableError",
    "compose",
    "read",
    "reader",
]
