"""TeX of the formulas in a web page, whatever drew them.

MathML with a TeX annotation (KaTeX, Wikipedia, LaTeXML), MathML alone (MathJax 3), the scripts of
MathJax 2. TeX that stands in the text between its delimiters is seen by ``split_displays``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from lxml import etree

_TEX = ("application/x-tex", "text/x-tex", "application/x-latex", "latex", "tex")
_COMMAND = re.compile(r"\\[A-Za-z]+\*?|\\.")
_STYLE = re.compile(r"^\{?\\(?:displaystyle|textstyle)\s*")
# Pictures of a formula that also stands beside them in a form that can be read.
_DRAWN = frozenset({
    "katex-html", "MathJax", "MathJax_Preview", "MathJax_SVG", "MathJax_CHTML",
    "mwe-math-fallback-image-inline", "mwe-math-fallback-image-display",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formula:
    """TeX without delimiters; a displayed formula stands on lines of its own."""

    tex: str
    display: bool


def is_drawn(element: etree._Element) -> bool:
    """Whether an element only draws a formula that stands beside it."""
    return not _DRAWN.isdisjoint(element.get("class", "").split())


def formula(element: etree._Element) -> Formula | None:
    """The formula that an element is; None if it is none.

    TeX in an annotation is not seen by a person: it counts only if its letters are those of the
    formula beside it. Else anything could be planted there.
    """
    if element.tag == "math":
        shown = _shown(element)
        tex = next((tex for tex in _annotations(element) if _agree(tex, shown)), None) or shown
        return Formula(_bare(tex), element.get("display") == "block" or _in_display(element))
    kind = element.get("type", "") if element.tag == "script" else ""
    if kind.startswith("math/tex"):
        return Formula(_bare(element.text or ""), "display" in kind)
    return None


def _annotations(math: etree._Element) -> list[str]:
    written = [
        annotation.text
        for annotation in math.iter("annotation")
        if annotation.get("encoding", "").lower() in _TEX
    ]
    return [tex for tex in (*written, math.get("alttext")) if tex]


def _shown(math: etree._Element) -> str:
    """MathML on one line: the text of its leaves, with indices as in TeX."""
    parts: list[str] = []
    for event, element in etree.iterwalk(math, events=("start", "end")):
        if event == "start":
            if element.tag in ("annotation", "annotation-xml"):
                continue
            if _index_of(element):
                parts.append(_index_of(element) + "{")
            if element.tag == "mfrac":
                parts.append(r"\frac")
            elif element.tag == "msqrt":
                parts.append(r"\sqrt{")
            if _of_fraction(element):
                parts.append("{")
            if not len(element):
                parts.append(_spaced(element))
        elif _index_of(element) or _of_fraction(element) or element.tag == "msqrt":
            parts.append("}")
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def _spaced(leaf: etree._Element) -> str:
    text = (leaf.text or "").strip()
    return f" {text} " if leaf.tag == "mo" and len(text) == 1 and text in "=+−<>≤≥∈→×" else text


def _of_fraction(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.tag == "mfrac"


def _index_of(element: etree._Element) -> str:
    """ "_" or "^" for the index of a letter; "" for all else."""
    parent = element.getparent()
    if parent is None or parent.tag not in _INDICES:
        return ""
    place = sum(1 for _ in islice(element.itersiblings(preceding=True), 3))
    marks = _INDICES[parent.tag]
    return marks[place - 1] if 1 <= place <= len(marks) else ""


_INDICES = {"msub": "_", "msup": "^", "msubsup": "_^", "munder": "_", "mover": "^",
            "munderover": "_^"}  # fmt: skip


def _agree(tex: str, shown: str) -> bool:
    """Whether nearly all letters of the TeX, commands aside, are seen in the formula."""
    written = _letters(
        _COMMAND.sub(" ", re.sub(r"\\(?:begin|end)\{[^}]*\}(?:\{[^}]*\})?", "", tex))
    )
    # Arguments that draw nothing (colours, spacing) are a small part of a formula; a planted
    # sentence of 20 letters is not.
    unseen = sum((written - _letters(shown)).values())
    return unseen <= max(6, 0.2 * sum(written.values()))


def _letters(text: str) -> Counter[str]:
    import unicodedata

    plain = unicodedata.normalize("NFKD", text)
    return Counter(letter for letter in plain.casefold() if letter.isascii() and letter.isalnum())


def _bare(tex: str) -> str:
    """TeX without the wrapping that only sets its size."""
    tex = tex.strip()
    if match := _STYLE.match(tex):
        inner = tex[match.end() :]
        tex = inner[:-1] if match[0].startswith("{") and inner.endswith("}") else inner
    return tex.strip()


def _in_display(math: etree._Element) -> bool:
    for ancestor in math.iterancestors():
        names = {name.lower() for name in ancestor.get("class", "").split()}
        if "katex-display" in names or ancestor.get("display") == "true":
            return True
        if ancestor.tag not in ("span", "mjx-container", "mjx-assistive-mml", "semantics"):
            return False
    return False


_OPENING = re.compile(
    r"\$\$|\\\[|\\begin\{((?:equation|align|aligned|gather|multline|eqnarray|split|cases|array"
    r"|alignat|flalign|[bpvV]?matrix)\*?)\}"
)
_LONGEST = 10_000  # characters of a formula; bounds the search for its end
_INLINE = re.compile(r"\\\(((?:(?!\\[()]).){1,1000})\\\)", re.DOTALL)


def split_displays(text: str) -> list[tuple[bool, str]]:
    """Text cut at its displayed formulas: pieces, each with whether it is one (then bare TeX)."""
    if "$$" not in text and "\\" not in text:
        return [(False, text)]
    pieces: list[tuple[bool, str]] = []
    at = 0
    for opening in _OPENING.finditer(text):
        if opening.start() < at:
            continue
        closing = _closing(opening)
        end = text.find(closing, opening.end(), opening.end() + _LONGEST)
        tex = text[opening.end() : end].strip()
        if end < 0 or not tex:
            continue
        pieces.append((False, text[at : opening.start()]))
        at = end + len(closing)
        pieces.append((True, text[opening.start() : at] if opening[1] else tex))
    pieces.append((False, text[at:]))
    return [(shown, piece if shown else _INLINE.sub(_dollars, piece)) for shown, piece in pieces]


def _closing(opening: re.Match[str]) -> str:
    if opening[1]:
        return rf"\end{{{opening[1]}}}"
    return "$$" if opening[0] == "$$" else r"\]"


def _dollars(match: re.Match[str]) -> str:
    return f"${match[1].strip()}$"
