"""What a person sees of a document: no invisible characters, no mojibake, no hidden elements.

Text that is there for machines only may carry instructions to a model; it never reaches the
index. ``plain`` works on characters, ``remove_hidden`` on an HTML tree.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lxml import etree

from corpus.reading.css import Look, Sheet

if TYPE_CHECKING:
    from ftfy import TextFixerConfig

_EMOJI = "\u203c-\u3299\U0001f000-\U0001faff"
_JOINING = "\u0600-\u08ff\u0900-\u0dff"  # Arabic and Indic letters, which a joiner shapes
# Unicode's Cf and its other characters without a glyph (Default_Ignorable_Code_Point), private use
# (icon fonts), noncharacters. What Arabic numbers and Egyptian quarters are written with is seen.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ufdd0-\ufdef"
    "\ue000-\uf8ff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\U000f0000-\U0010ffff]"
    f"|(?<![{_JOINING}{_EMOJI}\ufe0f])[\u200c\u200d]|(?<![{_EMOJI}\u00a9\u00ae0-9#*])\ufe0f"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# ASCII without controls needs no repair: most blocks take this way.
_CLEAN = re.compile("[\t\n\x20-\x7e]*")


def plain(text: str) -> str:
    """The text as a person reads it, normalised to NFC.

    Invisible characters go, control characters and special spaces become blanks, ligatures their
    letters; mojibake is repaired (ftfy, https://ftfy.readthedocs.io/). Line breaks, tabs and
    quotation marks stay.
    """
    if _CLEAN.fullmatch(text):
        return text
    import ftfy

    if _SURROGATE.search(text):  # pairs become one character, halves go
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    # First the repair: a soft hyphen may be half of an "í" read wrongly.
    text = ftfy.fix_text(text, _repairs())
    text = _INVISIBLE.sub("", text)
    return _BLANK.sub(" ", _CONTROL.sub(" ", text))


@cache
def _repairs() -> TextFixerConfig:
    import ftfy

    return ftfy.TextFixerConfig(
        unescape_html=False,  # "&lt;" in a text on HTML is meant
        uncurl_quotes=False,
        fix_character_width=False,  # full-width punctuation is how Chinese is written
        remove_control_chars=False,  # they would go without leaving a blank
        normalization="NFC",
    )


# Never seen, whatever the styles say.
_NEVER_SHOWN = frozenset({
    "script", "style", "template", "noscript", "noframes", "iframe", "object", "canvas", "audio",
    "video", "datalist",
})  # fmt: skip
# How the common style sheets (Bootstrap, Tailwind, WordPress) call hidden text: theirs are outside
# the page. With "md:block" or "d-lg-flex" beside it, it is seen on wide screens.
_HIDING_CLASSES = frozenset({
    "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only",
    "assistive-text", "d-none", "hidden",
})  # fmt: skip
_SHOWN_WIDE = re.compile(r"\b(?:sm|md|lg|xl|2xl)[:-](?:block|flex|grid|inline|table|contents)\S*")
_PERMALINK = re.compile(r"\b(?:anchor|anchorjs-link|headerlink|header-anchor|heading-anchor)\b")
# Formulas keep their TeX in places that are hidden on purpose (corpus.reading.formulas).
_FORMULA_CLASSES = re.compile(r"\b(?:katex-mathml|MJX_Assistive_MathML|mwe-math-mathml\S*)")


def remove_hidden(tree: etree._Element) -> None:
    """Take out of a tree, in place, all that a person does not see.

    Comments, scripts, templates; elements hidden by attribute, by a well-known class, by inline
    style or by the page's own ``<style>`` rules with simple selectors; text in the colour of its
    background or without size. External style sheets and scripts are not known. What stands in a
    permalink of a heading goes, the link itself stays: it may carry the anchor.
    """
    sheet = Sheet.of(tree)
    panels = _panels(tree)
    gone: list[etree._Element] = []
    looks: list[Look] = [Look()]
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event in ("comment", "pi"):
            gone.append(element)
        elif event == "end":
            looks.pop()
        else:
            look = looks[-1]
            if not _of_formula(element) and element.get("id") not in panels:
                look = sheet.look(element, look)
                if element.tag in _NEVER_SHOWN or look.gone or _hidden_by_name(element):
                    gone.append(element)
                    walk.skip_subtree()
                elif look.unseen:
                    _blank(element)
                elif _is_permalink(element):
                    element.text = None
                    gone.extend(element)
            looks.append(look)
    for element in gone:
        drop(element)


def _panels(tree: etree._Element) -> frozenset[str | None]:
    """Ids of the panels that a tab on the page opens: hidden until somebody clicks on it.

    sphinx-tabs hides two thirds of one of the mirror's pages so.
    """
    return frozenset(
        tab.get("aria-controls")
        for tab in tree.iter("a", "button", "li")
        if tab.get("role") == "tab" and tab.get("aria-controls") and "hidden" not in tab.attrib
        if any(str(part).strip() for part in tab.itertext())
    )


def _of_formula(element: etree._Element) -> bool:
    if element.tag in ("math", "mjx-assistive-mml"):
        return True
    if not element.keys():
        return False
    if element.tag == "script":
        return element.get("type", "").startswith("math/tex")
    return bool(_FORMULA_CLASSES.search(element.get("class", "")))


def _hidden_by_name(element: etree._Element) -> bool:
    if element.tag == "dialog":
        return element.get("open") is None
    if not element.keys():
        return False
    if element.get("hidden") is not None:
        return True
    names = element.get("class", "")
    return not _HIDING_CLASSES.isdisjoint(names.split()) and not _SHOWN_WIDE.search(names)


def _is_permalink(element: etree._Element) -> bool:
    return element.tag == "a" and bool(_PERMALINK.search(element.get("class", "")))


def _blank(element: etree._Element) -> None:
    """Take the text that stands right in an element; its children may have a look of their own."""
    element.text = None
    for child in element:
        child.tail = None


def drop(element: etree._Element) -> None:
    """Remove an element, but not the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.tail:
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
