"""Links that open a source at the quoted passage."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from index import Chunk
from index.lexical import words

# Of a long passage the first and the last words are enough to find it, and keep the link short.
_EDGE_WORDS = 6


def site(url: str | None) -> str:
    """The site of an address, as people name it: "huggingface.co"."""
    return (urlsplit(url or "").hostname or "").removeprefix("www.")


def link(chunk: Chunk, passage: str) -> str | None:
    """Where a passage is read: the page of a PDF, or the place in a web page.

    A text fragment (``#:~:text=``, WICG "URL Fragment Text Directives") makes the browser scroll to
    the words and mark them; one that does not know it, or does not find them, opens the heading.
    """
    if chunk.url is None or chunk.kind not in ("reference", "mine"):
        return chunk.url
    if chunk.page is not None:
        return f"{chunk.url}#page={chunk.page}"
    anchor = quote(chunk.anchor or "")
    fragment = _text_fragment(passage)
    if not (anchor or fragment):
        return chunk.url
    return f"{chunk.url}#{anchor}{fragment}"


def _text_fragment(passage: str) -> str:
    """Empty for code and tables: their words stand in the page in other elements."""
    if passage.startswith(("```", "~~~", "$$")) or " | " in passage or not words(passage):
        return ""
    parts = passage.split()
    if len(parts) <= 2 * _EDGE_WORDS:
        return f":~:text={_encoded(parts)}"
    return f":~:text={_encoded(parts[:_EDGE_WORDS])},{_encoded(parts[-_EDGE_WORDS:])}"


def _encoded(parts: list[str]) -> str:
    """Percent-encoded, with the three characters that the directive's own syntax uses."""
    return quote(" ".join(parts), safe="").replace("-", "%2D")
