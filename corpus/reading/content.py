"""Which part of a web page is its text, and what in it belongs to the site.

First the element that the page itself names (``<article>``, ``<main>``, the content classes of the
common generators); else the smallest one that holds nearly all text outside of links. Then
navigation, banners, sidebars, tables of contents and the like are taken out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from corpus.reading.visible import drop

# Tags and roles that hold no text of the page wherever they stand.
_FRAME_TAGS = frozenset({"nav", "menu", "dialog", "button", "select", "svg"})
_FRAME_ROLES = frozenset({
    "navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar",
    "toolbar", "doc-toc",
})  # fmt: skip
_NAMES = (
    "toc|table-?of-?contents|page-?toc|sidebar|side-?nav|side-?bar|breadcrumbs?|pagination|pager|paginator"
    "|prev-?next|page-?navigation|nav-?(?:page|footer|links?|bar|menu)|navbar|navbox|navigation|topbar|menu"
    "|cookies?|consent|gdpr|newsletter|subscribe|subscription|signup|social|share|sharing|share-?buttons?"
    "|related-?(?:posts?|articles?|content)|recommended|comments?|comment-?list|respond|disqus_thread"
    "|advert|advertisement|ads?|promo|sponsors?|edit-?(?:this-?)?page|edit-?link|md-source-file"
    "|md-content__button|skip-?(?:link|to-?content|nav)|skiptocontent|back-?to-?top|feedback|helpful"
    "|copy-?(?:button|btn)|copybtn|clipboard-?copy|rst-footer-buttons|mw-editsection|catlinks|printfooter"
    "|mw-jump-link|noprint|footer|page-?footer|site-?footer|site-?header|masthead|reading-?time"
    "|linenos|author-?bio|tags-?links|post-?(?:tags|nav|footer|share)|announcement|announcebar"
)
_FRAME_NAME = re.compile(
    rf"(?:theme-doc-|theme-|doc-|md-|wy-|quarto-|js-|site-|page-|post-|entry-|global-|main-|bd-)?"
    rf"(?:{_NAMES})(?:--?\w+|__\w+|-(?:wrapper|container|inner|list|widget|box|bar|area|block))?"
)
# An id is often the slug of a heading ("search", "feedback"): only these are believed.
_FRAME_ID = re.compile(
    r"toc|table-of-contents|sidebar|breadcrumbs?|navbar|nav|navigation|menu|footer|comments"
    r"|disqus_thread|cookie[\w-]*|mw-navigation|TOC|quarto-margin-sidebar|searchbox"
)
_CONTENT_IDS = frozenset({"content", "main-content", "mw-content-text", "bodyContent"})
_CONTENT_CLASSES = frozenset({
    "markdown-body", "post-content", "entry-content", "article-content", "rst-content",
})  # fmt: skip
_NOTE = re.compile(
    r"note|tip|warn|callout|admonition|important|definition|info|hint|alert|footnote"
)


class _Size(NamedTuple):
    """Characters in an element: all of them, and those in links."""

    text: int
    linked: int

    @property
    def prose(self) -> int:
        return self.text - self.linked


def content_of(tree: etree._Element) -> etree._Element:
    """The element that holds the page's text, with what belongs to the site taken out, in place.

    Hidden text should be out already (``corpus.reading.visible.remove_hidden``).
    """
    body = tree.find("body")
    root = tree if body is None else body
    sizes = _sizes(root)
    content = _named(root, sizes)
    if content is None:
        _remove_frame(root, sizes, whole_page=True)
        return _narrowed(root, _sizes(root))
    _remove_frame(content, sizes, whole_page=content is root)
    return content


def _sizes(root: etree._Element) -> dict[etree._Element, _Size]:
    sizes: dict[etree._Element, _Size] = {}
    open_: list[list[int]] = []
    links = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            links += element.tag == "a"
            open_.append([_length(element.text), 0])
            if links:
                open_[-1][1] = open_[-1][0]
            continue
        links -= element.tag == "a"
        text, linked = open_.pop()
        sizes[element] = _Size(text, linked)
        if open_:
            tail = _length(element.tail)
            open_[-1][0] += text + tail
            open_[-1][1] += linked + (tail if links else 0)
    return sizes


def _length(text: str | None) -> int:
    return len(text.strip()) if text else 0


def _named(root: etree._Element, sizes: dict[etree._Element, _Size]) -> etree._Element | None:
    """The element that the page names as its content, if it holds a good part of the prose."""
    whole = sizes[root].prose
    for rank, found in enumerate(_candidates(root)):
        largest = max(found, key=lambda element: sizes[element].prose, default=None)
        if largest is None:
            continue
        together = sum(sizes[element].prose for element in found)
        # Several articles of like size are a list of posts: what holds them all comes next.
        alone = rank > 0 or sizes[largest].prose >= 0.6 * together
        if alone and sizes[largest].prose >= max(1, 0.25 * whole):
            return largest
    return None


def _candidates(root: etree._Element) -> Iterator[list[etree._Element]]:
    """Elements that may be the content, the likeliest kind first: articles, then <main>, …"""
    yield list(root.iter("article"))
    yield list(root.iter("main"))
    marked = [element for element in root.iter("div", "section", "td") if element.keys()]
    yield [element for element in marked if element.get("role") == "main"]
    yield [element for element in marked if element.get("itemprop") == "articleBody"]
    yield [element for element in marked if element.get("id") in _CONTENT_IDS]
    yield [
        element
        for element in marked
        if not _CONTENT_CLASSES.isdisjoint(element.get("class", "").split())
    ]


def _narrowed(root: etree._Element, sizes: dict[etree._Element, _Size]) -> etree._Element:
    """Down to the smallest container that holds nearly all prose."""
    while True:
        inner = [child for child in root if child.tag in ("div", "section", "center", "td", "tr",
                                                          "table", "tbody", "form")]  # fmt: skip
        largest = max(inner, key=lambda child: sizes[child].prose, default=None)
        if largest is None or sizes[largest].prose < 0.95 * max(1, sizes[root].prose):
            return root
        root = largest


def _remove_frame(
    root: etree._Element, sizes: dict[etree._Element, _Size], whole_page: bool
) -> None:
    """Take out what belongs to the site."""
    gone: list[etree._Element] = []
    walk = etree.iterwalk(root, events=("start",))
    most = 0.5 * sizes[root].prose  # a name that takes half of the text does not mean what it says
    for _, element in walk:
        if element is root:
            continue
        size = sizes[element]
        if _is_frame(element, size, whole_page) and size.prose <= most:
            gone.append(element)
            walk.skip_subtree()
    for element in gone:
        drop(element)


def _is_frame(element: etree._Element, size: _Size, whole_page: bool) -> bool:
    tag = str(element.tag)
    if tag in _FRAME_TAGS or element.get("role") in _FRAME_ROLES or _framed_by_name(element):
        return True
    if tag in ("ul", "ol"):
        return _is_contents(element, size)
    if tag == "form":
        return size.text < 200  # some sites wrap the whole page in one
    if tag == "footer":
        return not _inside(element, "blockquote")
    if tag == "header":
        return whole_page and element.find(".//h1") is None
    return tag == "aside" and _is_aside(element, size, whole_page)


def _is_aside(element: etree._Element, size: _Size, whole_page: bool) -> bool:
    """Whether an ``<aside>`` leads elsewhere; in an article it may be a note of its author."""
    noted = _NOTE.search(element.get("class", ""))
    return not noted and (whole_page or size.linked > 0.4 * size.text)


# What may bear a frame's name: "toc-backref" is also the link that is a heading's whole text.
_FRAMED_TAGS = frozenset({
    "aside", "center", "details", "div", "dl", "figure", "footer", "form", "header", "li", "ol",
    "p", "section", "table", "td", "ul",
})  # fmt: skip


def _framed_by_name(element: etree._Element) -> bool:
    tag, classes = str(element.tag), element.get("class", "").lower().split()
    if tag == "span":
        return "mw-editsection" in classes
    if tag not in _FRAMED_TAGS:
        return False
    if any(_FRAME_NAME.fullmatch(name) for name in classes):
        return True
    if tag == "section" or "section" in classes:
        return False
    return bool(_FRAME_ID.fullmatch(element.get("id", "")))


def _is_contents(element: etree._Element, size: _Size) -> bool:
    """Whether a list only leads to places on the same page."""
    if size.linked < 0.9 * size.text:
        return False
    links = element.findall(".//a")
    return len(links) >= 3 and all(link.get("href", "").startswith("#") for link in links)


def _inside(element: etree._Element, tag: str) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == tag
