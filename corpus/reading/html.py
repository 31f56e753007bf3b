"""Web pages: their text with its structure, without the site around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from corpus.reading.anchors import all_text
from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.decode import decode
from corpus.reading.visible import plain

if TYPE_CHECKING:
    from lxml import etree

EMPTY = "no text in the page: it may need scripts or lead elsewhere; open it in a browser"

# Lines of a site's frame that stand in the text without a mark of their own.
_FRAME_LINES = (
    "edit (?:this page|on github|page)(?: on github)?", "view (?:page )?source",
    "report (?:a )?bug", "improve this (?:page|doc)", "(?:skip|jump) to (?:main )?content",
    "(?:back|return) to top",
    "cop(?:y|ied!?)(?: code| link| page| to clipboard)?", "share(?: this)?", "(?:← ?)?previous",
    "next(?: ?→)?", "on this page", "in this article", "(?:table of )?contents", "subscribe",
    r"was this (?:page|article) helpful\??", r"\d+ min read", "sign (?:in|up)", "log ?in", "menu",
    "advertisement", r"loading(?:…|\.{3})", "open in (?:colab|app)", "follow", "listen", "search",
    "toggle [a-z ]{3,30}",
)  # fmt: skip
_FRAME_LINE = re.compile("|".join(_FRAME_LINES), re.IGNORECASE)


def read_html(raw: Raw) -> Reading:
    """Read a web page.

    Raises:
        UnreadableError: there is no text in it ("empty").
    """
    from corpus.reading.content import content_of
    from corpus.reading.tree import parse
    from corpus.reading.visible import remove_hidden
    from corpus.reading.walk import blocks_of

    tree, cut = parse(decode(raw.data, raw.charset, markup=True))
    if tree is None:
        raise UnreadableError("empty", EMPTY)
    titles = _titles(tree)
    remove_hidden(tree)
    blocks = tuple(without_frame_lines(blocks_of(content_of(tree))))
    if not blocks:
        raise UnreadableError("empty", EMPTY)
    return Reading(
        "html", _title(titles, _shown(_meta(tree, "og:site_name")), blocks), blocks, truncated=cut
    )


def without_frame_lines(blocks: Iterable[Block]) -> Iterable[Block]:
    """Blocks but for those that are a button or a link of the site's frame."""
    for block in blocks:
        is_prose = block.kind in ("heading", "paragraph", "item")
        if not (is_prose and _FRAME_LINE.fullmatch(block.text)):
            yield block


def _titles(tree: etree._Element) -> list[str]:
    """What the page calls itself, best first."""
    of_page = [all_text(title) for title in tree.iter("title") if title.getparent() is not None]
    return [text for name in (_meta(tree, "og:title"), *of_page[:1]) if (text := _shown(name))]


def _meta(tree: etree._Element, name: str) -> str:
    found = (m.get("content", "") for m in tree.iter("meta") if m.get("property") == name)
    return next(found, "")


def _shown(text: str) -> str:
    return " ".join(plain(text).split())


_DIVIDER = re.compile(r"\s+[|–—·•«»:/-]+\s+|\s*\|\s*")


def _title(titles: list[str], site: str, blocks: tuple[Block, ...]) -> str:
    """The page's name without its site's.

    The part that is also a heading of the first level; else what stands before the last divider.
    """
    first = [block.text for block in blocks if block.kind == "heading" and block.level == 1]
    for title in titles:
        parts = [part for part in _DIVIDER.split(title) if part and part != site]
        for heading in first:
            if heading in (title, *parts):
                return heading
    if not titles:
        headings = [block.text for block in blocks if block.kind == "heading"]
        return next(iter(first or headings), "")
    title = titles[0]
    if site and title.endswith(site):
        return title[: -len(site)].rstrip(" |–—·•«»:/-") or title
    dividers = list(_DIVIDER.finditer(title))
    # A site's name is short: the last part of "Attention: a survey - from 2014 until now" is none.
    if dividers and len(title[dividers[-1].end() :].split()) <= 4:
        return title[: dividers[-1].start()] or title
    return title
