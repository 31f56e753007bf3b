"""HTML in the reading-quality table: the gold of the mirror's pages, and the readers tried.

The gold is the visible text of the element that holds a site's content, chosen by hand per site,
without what is named in ``leave``. It shares no code with the readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus.reading.blocks import Block, Raw, Reading
from corpus.reading.html import read_html
from eval.reading.protocol import Candidate, Entry, Gold

if TYPE_CHECKING:
    from lxml.html import HtmlElement


@dataclass(frozen=True, slots=True)
class Site:
    """Where a site keeps its content, as XPath.

    Attributes:
        content: the element with the text of the page.
        leave: elements in it that are none of its text.
    """

    content: str
    leave: tuple[str, ...] = ()


_NEVER = ("//script", "//style", "//template", "//noscript", "//svg", "//button", "//comment()")
_PERMALINK = "//a[contains(@class, 'headerlink') or contains(@class, 'anchor')]"
SITES: Mapping[str, Site] = {
    "outlines-dev.github.io": Site(
        "//article[contains(@class, 'md-content__inner')]",
        (
            "//aside[contains(@class, 'md-source-file')]",
            "//a[contains(@class, 'md-content__button')]",
        ),
    ),
    "ukgovernmentbeis.github.io": Site("//main[@id='quarto-document-content']", ("//nav",)),
    "llm.mlc.ai": Site(
        "//div[@role='main']",
        ("//*[contains(@class, 'local') and contains(@class, 'contents')]", "//nav"),
    ),
    "www.sbert.net": Site("//body"),
}
# A site's frame, wherever it stands.
_FRAME = (
    "//nav", "//header[not(ancestor::main or ancestor::article)]", "//aside", "//footer",
    "//*[@role='navigation' or @role='contentinfo' or @role='search' or @role='banner']",
    "//*[contains(@class, 'md-sidebar')]",
    "//*[contains(@class, 'local') and contains(@class, 'contents')]",
)  # fmt: skip
_LINES = frozenset({
    "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "pre", "table", "section", "article",
    "header", "footer", "nav", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "br", "blockquote",
    "main", "figure", "figcaption", "details", "summary", "label", "body", "form", "hr", "thead",
    "tbody",
})  # fmt: skip


def gold(entry: Entry) -> Gold | None:
    """Text, headings and frame of a page; None for the redirects without text."""
    tree = _tree(entry.raw)
    site = SITES[urlsplit(entry.url).netloc]
    found = tree.xpath(site.content)
    frame = [line for path in _FRAME for element in tree.xpath(path) for line in _lines(element)]
    for path in (*_NEVER, _PERMALINK, *site.leave):
        for element in tree.xpath(path):
            if element.getparent() is not None:
                element.drop_tree()
    lines = [line for element in found[:1] for line in _lines(element)]
    if not lines:
        return None
    headings = tree.xpath(f"({site.content})[1]//*[self::h1 or self::h2 or self::h3 or self::h4]")
    return Gold(
        text="\n".join(lines),
        headings=tuple(text for h in headings if (text := " ".join(h.text_content().split()))),
        boilerplate=tuple(sorted(set(frame))),
    )


def _tree(raw: Raw) -> HtmlElement:
    from lxml import html

    return html.document_fromstring(raw.data, parser=html.HTMLParser(encoding="utf-8"))


def _lines(element: HtmlElement) -> list[str]:
    """Text with a line for each block, row and line of code."""
    parts: list[str] = []

    def written(text: str | None, code: bool) -> str:
        return (text or "") if code else re.sub(r"\s+", " ", text or "")

    def walk(at: HtmlElement, code: bool = False) -> None:
        if not isinstance(at.tag, str) or at.tag in ("script", "style", "svg", "template"):
            return
        breaks = at.tag in _LINES
        code = code or at.tag == "pre"
        parts.append("\n" * breaks + written(at.text, code))
        for child in at:
            walk(child, code)
            parts.append(written(child.tail, code))
        parts.append(" " if at.tag in ("td", "th") else "\n" * breaks)

    walk(element)
    lines = ("".join(parts)).split("\n")
    return [text for line in lines if (text := " ".join(line.split()))]


def _from_text(extract: Callable[[str], str | None]) -> Candidate:
    """A reader that gives plain text only: a paragraph a line."""

    def read(raw: Raw) -> Reading:
        text = extract(raw.data.decode("utf-8", "replace")) or ""
        lines = (line.strip() for line in text.split("\n"))
        return Reading("html", "", tuple(Block("paragraph", line) for line in lines if line))

    return read


def _trafilatura_markdown(page: str) -> str | None:
    from trafilatura import extract

    found: str | None = extract(
        page,
        output_format="markdown",
        include_tables=True,
        include_comments=False,
        favor_recall=True,
    )
    return found


def _trafilatura(raw: Raw) -> Reading:
    """Its Markdown output; headings by their marks."""
    text = _trafilatura_markdown(raw.data.decode("utf-8", "replace")) or ""
    blocks = []
    for line in text.split("\n"):
        if match := re.match(r"(#{1,6}) (.*)", line):
            blocks.append(Block("heading", match[2], level=len(match[1])))
        elif line.strip(" |-"):
            blocks.append(Block("paragraph", line))
    return Reading("html", "", tuple(blocks))


def _resiliparse(page: str) -> str:
    library = import_module("resiliparse.extract.html2text")
    return str(library.extract_plain_text(page, main_content=True, alt_texts=False))


def _inscriptis(page: str) -> str:
    return str(import_module("inscriptis").get_text(page))


def _html_text(page: str) -> str:
    return str(import_module("html_text").extract_text(page))


def _readability(raw: Raw) -> Reading:
    """Its content element, walked by our own walk."""
    from lxml import html

    library = import_module("readability")
    summary = library.Document(raw.data.decode("utf-8", "replace")).summary()
    return _walked(html.document_fromstring(summary))


def _plain_walk(raw: Raw) -> Reading:
    """The first <article>, <main> or <body>, nothing taken out."""
    tree = _tree(raw)
    found = tree.xpath("//article") or tree.xpath("//main") or [tree]
    return _walked(found[0])


def _trafilatura_walk(raw: Raw) -> Reading:
    """The smallest element that holds nine tenths of trafilatura's text, walked by our own walk."""
    tree = _tree(raw)
    text = _trafilatura_markdown(raw.data.decode("utf-8", "replace")) or ""
    words = set(re.findall(r"\w{4,}", text))
    at = tree
    while True:
        inner = [
            child
            for child in at
            if isinstance(child.tag, str)
            and len(words & set(re.findall(r"\w{4,}", child.text_content()))) >= 0.9 * len(words)
        ]
        if not inner or not words:
            return _walked(at)
        at = inner[0]


def _walked(element: HtmlElement) -> Reading:
    from corpus.reading.visible import remove_hidden
    from corpus.reading.walk import blocks_of

    remove_hidden(element)
    return Reading("html", "", tuple(blocks_of(element)))


CANDIDATES: Mapping[str, Mapping[str, Candidate]] = {
    "html": {
        "ours": read_html,
        "trafilatura": _trafilatura,
        "trafilatura's element, our walk": _trafilatura_walk,
        "readability-lxml, our walk": _readability,
        "<article>/<main>, our walk": _plain_walk,
        "resiliparse": _from_text(_resiliparse),
        "inscriptis": _from_text(_inscriptis),
        "html-text": _from_text(_html_text),
    }
}
