"""An HTML tree into blocks, in reading order, with no judgement of what is content.

One pass without recursion: a page may nest as deep as it likes. Used for web pages, for the
chapters of an EPUB and for the HTML in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from corpus.reading.anchors import all_text, anchor_of, is_permalink
from corpus.reading.blocks import Block, BlockKind
from corpus.reading.codeblocks import code_block
from corpus.reading.formulas import formula, is_drawn, split_displays
from corpus.reading.tables import is_data, rows_of
from corpus.reading.visible import plain

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "header", "hgroup", "hr", "html", "label", "legend", "li", "main", "menu", "nav", "ol", "p",
    "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    *HEADINGS,
})  # fmt: skip
# No text of the document: controls, pictures, and what only a program reads.
_MUTE = frozenset({
    "button", "input", "select", "option", "textarea", "svg", "img", "map", "head", "title",
    "script", "style", "template", "noscript", "iframe", "object", "rp", "progress", "meter",
})  # fmt: skip
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
# Nobody titles a section with so much; a page that sets its text in <h3> for looks does, and one
# whose <h1> is never closed. The longest of 693 headings in Rust's documentation has 248
# characters.
_LONGEST_HEADING = 400


@dataclass(slots=True)
class _Page:
    """What has been read so far."""

    blocks: list[Block] = field(default_factory=list)
    line: list[str] = field(default_factory=list)  # inline text since the last block began
    depth: int = 0  # of lists
    item: bool = False  # whether the next text is a list item's first
    heading: etree._Element | None = None

    def end_line(self) -> None:
        """Make a block of the text since the last one."""
        text = "".join(self.line)
        self.line.clear()
        if not text.strip():
            return
        for paragraph in re.split(r"\f{2,}", re.sub(r"\f[ \t\n]*(?=\f)", "\f", text)):
            for is_formula, piece in split_displays(paragraph.replace("\f", " ")):
                if is_formula:
                    self.blocks.append(Block("formula", plain(piece)))
                elif shown := " ".join(plain(piece).split()):
                    self.blocks.append(self._prose(shown))

    def _prose(self, text: str) -> Block:
        if self.heading is not None:
            level = HEADINGS.get(str(self.heading.tag)) or _aria_level(self.heading)
            return Block("heading", text, level=level, anchor=anchor_of(self.heading))
        kind: BlockKind = "item" if self.item else "paragraph"
        self.item = False
        return Block(kind, text, level=max(1, self.depth) if kind == "item" else 0)

    def add(self, block: Block) -> None:
        """Add a block that is no prose; the text before it ends."""
        self.end_line()
        if block.text.strip():
            self.blocks.append(replace(block, text=plain(block.text)))


def blocks_of(root: etree._Element) -> Iterator[Block]:
    """The blocks in an element, its own text included.

    Hidden text should be out already (``corpus.reading.visible.remove_hidden``).
    """
    page = _Page()
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    skipped: etree._Element | None = None  # a subtree that has been dealt with
    for event, element in walk:
        if event == "end":
            if element is skipped:
                skipped = None
            else:
                _leave(page, element)
        elif event == "start":
            if _take(page, element):
                walk.skip_subtree()
                skipped = element
                continue
            _enter(page, element)
            page.line.append(element.text or "")
            continue
        if element is not root:
            page.line.append(element.tail or "")
    page.end_line()
    yield from page.blocks


def _take(page: _Page, element: etree._Element) -> bool:
    """Deal with an element as a whole; False if its children are to be walked."""
    tag = element.tag
    if (found := formula(element)) is not None:
        if found.display:
            page.add(Block("formula", found.tex))
        elif found.tex:
            page.line.append(f"${found.tex}$")
        return True
    if tag in _MUTE or is_drawn(element) or is_permalink(element, within=page.heading):
        return True
    if tag == "sup":
        page.line.append(_raised(element))
        return True
    if tag == "pre":
        page.add(code_block(element))
        return True
    if tag == "table" and is_data(element):
        page.end_line()
        for caption in element.iter("caption"):
            page.add(Block("paragraph", " ".join(all_text(caption).split())))
        page.add(Block("table", "\n".join(rows_of(element))))
        return True
    return False


def _enter(page: _Page, element: etree._Element) -> None:
    tag = str(element.tag)
    if tag == "br":
        page.line.append("\f")  # one is a blank, two end the paragraph
        return
    if not _is_block(element):
        return
    if page.heading is not None:
        page.line.append(" ")  # a heading stays one, whatever stands in it
        return
    page.end_line()
    if tag in _LISTS:
        page.depth += 1
    elif tag == "li":
        page.item = True
    elif (tag in HEADINGS or element.get("role") == "heading") and _is_short(element):
        page.heading = element


def _leave(page: _Page, element: etree._Element) -> None:
    tag = str(element.tag)
    if not _is_block(element):
        return
    if page.heading is not None and element is not page.heading:
        page.line.append(" ")
        return
    page.end_line()
    if tag in _LISTS:
        page.depth -= 1
    elif tag == "li":
        page.item = False
    elif element is page.heading:
        page.heading = None


def _is_block(element: etree._Element) -> bool:
    return element.tag in _BLOCKS or element.get("role") in ("heading", "listitem")


def _is_short(heading: etree._Element) -> bool:
    length = 0
    for part in heading.itertext():
        length += len(part)
        if length > _LONGEST_HEADING:
            return False
    return True


def _aria_level(element: etree._Element) -> int:
    level = element.get("aria-level", "")
    return min(6, int(level)) if level.isdecimal() and level != "0" else 2


def _raised(element: etree._Element) -> str:
    """A raised text: a power keeps its mark, or 10 to the 6 would read 106; a note's sign goes."""
    text = all_text(element).strip()
    if element.find(".//a") is not None and re.fullmatch(r"\[?\d+\]?|[*†‡]", text):
        return ""
    return f"^{text}" if re.fullmatch(r"[-−+]?(?:\d+|[a-zA-Z])", text) else text
