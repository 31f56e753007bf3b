"""Where a link reaches a heading of a web page."""

from __future__ import annotations

import re

from lxml import etree

_SIGNS = frozenset({"", "#", "¶", "§", "🔗", "🔗︎", "link", "permalink", "anchor", "\u200b"})
_CLASS = re.compile(
    r"\b(?:anchor|anchorjs-link|headerlink|header-anchor|heading-anchor|hash-link)\b"
)
# Around a heading, these begin with it and may carry the id in its place.
_SECTIONS = frozenset({"section", "div", "article", "header", "dt", "li"})


def all_text(element: etree._Element) -> str:
    """All text inside an element, as it is written."""
    return "".join(str(part) for part in element.itertext())


def is_permalink(element: etree._Element, within: etree._Element | None) -> bool:
    """Whether an element is the sign beside a heading that links to it."""
    if element.tag != "a":
        return False
    if _CLASS.search(element.get("class", "")):
        return element.get("href", "#").startswith("#") and _is_sign(element)
    return within is not None and element.get("href", "").startswith("#") and _is_sign(element)


def _is_sign(element: etree._Element) -> bool:
    return all_text(element).strip().casefold() in _SIGNS


def anchor_of(heading: etree._Element) -> str | None:
    """The id that a link to a heading names; None if there is none.

    Its own, that of a permalink or a mark inside it, that of the section that it opens, or that of
    an empty mark right before or a permalink right after it.
    """
    if own := heading.get("id"):
        return own
    for inner in heading.iterdescendants():
        if found := _named(inner):
            return found
    parent = heading.getparent()
    if parent is not None and parent.tag in _SECTIONS and _opens(parent, heading):
        section = parent.get("id")
        if section:
            return section
    for beside in (heading.getprevious(), heading.getnext()):
        if beside is not None and beside.tag in ("a", "span") and _is_sign(beside):
            return _named(beside)
    return None


def _named(element: etree._Element) -> str | None:
    if not isinstance(element.tag, str):
        return None
    if element.tag == "a":
        href = element.get("href", "")
        if href.startswith("#") and len(href) > 1 and _is_sign(element):
            return href[1:]
        return element.get("id") or element.get("name")
    return element.get("id")


def _opens(section: etree._Element, heading: etree._Element) -> bool:
    """Whether nothing but empty marks stands before the heading."""
    if (section.text or "").strip():
        return False
    for child in section:
        if child is heading:
            return True
        if isinstance(child.tag, str) and all_text(child).strip():
            return False
    return False
