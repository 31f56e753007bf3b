"""Text into an HTML tree, however broken the markup is."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

# What XHTML begins with; the HTML parser takes entities declared there for text.
_PROLOGUE = re.compile(
    r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?:<!doctype[^\[>]*(?:\[[^\]]{0,10000}\]\s*)?>)?", re.IGNORECASE
)
# libxml2 stops reading at 2,048 levels, and what follows is lost. Containers without attributes
# say nothing, so that below this depth they are left out.
_DEEPEST = 1000
_BARE_TAG = re.compile(
    r"<(/?)(div|span|font|b|i|em|strong|blockquote|center|p|ul|ol|li|dl|dd)\b([^<>]*)>",
    re.IGNORECASE,
)


# 4 MB with 600,000 tags take 9 s and 320 MB; as many line breaks as fit into 4 MB (a million) took
# 42 s and 600 MB.
_MOST_TAGS = 500_000
# libxml2 compares each attribute with all before it: 100,000 of them took four minutes.
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{50000,}>")
_MOST_ATTRIBUTES = 5000


def parse(text: str) -> tuple[etree._Element | None, bool]:
    """Parse a page.

    Nothing is loaded: no DTD, no entity, no address.

    Returns:
        Its root, None if there is nothing in it; and whether part of the page was lost, because
        it has too many tags or they nest too deep.
    """
    text, cut = _bounded(_PROLOGUE.sub("", text.replace("\0", ""), count=1))
    tree, too_deep = _parse(text)
    if too_deep:
        tree, too_deep = _parse(_flattened(text))
    return tree, cut or too_deep


def _bounded(text: str) -> tuple[str, bool]:
    text = _LONG_TAG.sub(_fewer_attributes, text)
    if text.count("<") <= _MOST_TAGS:
        return text, False
    *_, last = islice(re.finditer("<", text), _MOST_TAGS)
    return text[: last.start()], True


def _fewer_attributes(tag: re.Match[str]) -> str:
    """The tag; one with too many attributes counts as hidden: who knows what was among them."""
    if tag[0].count("=") <= _MOST_ATTRIBUTES:
        return tag[0]
    name = re.match(r"<\w+", tag[0])
    return f"{name[0]} hidden>" if name else ""


def _parse(text: str) -> tuple[etree._Element | None, bool]:
    # Not lxml.html's parser: its element classes take a third more time.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing but comments or blanks
        return None, False
    too_deep = any("depth" in str(entry.message).lower() for entry in parser.error_log)
    return tree, too_deep


def _flattened(text: str) -> str:
    """The page without its deepest bare containers."""
    opened: list[tuple[str, bool]] = []  # tag, and whether it was left out

    def keep(match: re.Match[str]) -> str:
        tag = match[2].lower()
        if not match[1]:
            left_out = len(opened) >= _DEEPEST and not match[3].strip(" /")
            opened.append((tag, left_out))
            return " " if left_out else match[0]
        if opened and opened[-1][0] == tag:
            return " " if opened.pop()[1] else match[0]
        return match[0]

    return _BARE_TAG.sub(keep, text)
