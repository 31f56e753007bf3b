"""Rendered Markdown, an HTML tree, into blocks.

For trees of our own making, with whatever HTML the author put into the Markdown. A page of the web,
which has to be found among its navigation first, is ``corpus.reading.html``'s.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from corpus.reading.blocks import Block, BlockKind
from corpus.reading.visible import plain

# Marks within running text, private use that ``plain`` would take out of an author's own text.
_LINK, _LOCAL, _END_LINK, _CODE, _END_CODE = "\ue000\ue001\ue002\ue003\ue004"
_MARKS = re.compile("[\ue000-\ue004]")
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "html", "li",
    "main", "nav", "ol", "p", "section", "summary", "ul",
}  # fmt: skip
_NO_TEXT = {
    "svg", "img", "picture", "video", "audio", "iframe", "object", "select", "button", "input",
    "title", "head", "nav",
}  # fmt: skip
_HEADING = re.compile(r"h[1-6]\Z")
_EXPLICIT = re.compile(r"\s*\[\[([\w:.-]+)\]\]\s*$")
_ALERT = re.compile(r"^\[!\w+\]\s*|^\[[ xX]\] ")
# "**Note:**text" and "**注意**文" are no emphasis to CommonMark (6.2), and are meant as one.
_STARS = re.compile(r"(\*\*\*?|__)(?=[^\s*_])([^\ue003\ue004*]{1,300}?)(?<=[^\s*_])\1")
_WHOLE_LINK = re.compile("[\ue000\ue001][^\ue002]*\ue002")
_BETWEEN_LINKS = re.compile(r"[\s|•·/,;:\-–—»›>&\[\]().]*")
_LANGUAGES = {"py": "python", "python3": "python", "ipython3": "python", "ipython": "python"}


def slug(heading: str, taken: dict[str, int]) -> str:
    """The anchor that GitHub gives a heading: lower case, no signs, hyphens for blanks.

    Args:
        taken: how often each was given in this document; a second "usage" becomes "usage-1".
    """
    base = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    count = taken.get(base, 0)
    taken[base] = count + 1
    return f"{base}-{count}" if count else base


def blocks(tree: etree._Element, taken: dict[str, int]) -> list[Block]:
    """The blocks of a tree without hidden elements (``visible.remove_hidden``).

    Args:
        taken: anchors given before, see ``slug``.
    """
    walk = _Walk(taken)
    events = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in events:
        if event == "start":
            if walk.enter(element):
                events.skip_subtree()
        elif event == "end":
            walk.leave(element)
        if event != "start" and element is not tree:
            walk.text(element.tail)
    walk.flush()
    return walk.blocks


@dataclass(slots=True)
class _Walk:
    """Where a walk over the tree stands: text gathered and not yet a block."""

    taken: dict[str, int]
    blocks: list[Block] = field(default_factory=list)
    gathered: list[str] = field(default_factory=list)
    lists: int = 0  # how many are open
    item: bool = False  # an item is open that has no text yet
    cells: int = 0  # tables open
    rows: list[list[str]] = field(default_factory=list)
    heading: bool = False  # inside a heading, where a <p> is no paragraph

    def text(self, text: str | None) -> None:
        if text:
            self.gathered.append(_MARKS.sub("", text) if max(text) >= "\ue000" else text)

    def enter(self, element: etree._Element) -> bool:
        """Whether the element has been dealt with: nothing in it is looked at any more."""
        tag = str(element.tag)
        if tag in _NO_TEXT:
            return True
        if tag == "pre" and not self.cells:
            self.flush()
            self._code(element)
            return True
        if element.get("class", "").startswith("math "):
            self._formula(element)
            return True
        self._open(tag, element)
        self.text(element.text)
        return False

    def _open(self, tag: str, element: etree._Element) -> None:
        if tag == "table":
            if not self.cells:
                self.flush()
            self.cells += 1
        elif self.cells:
            self._open_in_table(tag)
        elif self.heading:
            self.gathered.append(" " if tag in _BLOCKS else "")
        elif _HEADING.match(tag):
            self.flush()
            self.heading = True
        elif tag in _BLOCKS:
            self.flush()
            self.lists += tag in ("ul", "ol")
            self.item = self.item or tag == "li"
        if tag == "a" and "href" in element.attrib:
            self.gathered.append(_LOCAL if element.get("href", "").startswith("#") else _LINK)
        elif tag == "code":
            self.gathered.append(_CODE)
        elif tag == "br":
            self.gathered.append("\n\0")

    def _open_in_table(self, tag: str) -> None:
        if self.cells > 1:
            self.gathered.append(" ")
        elif tag == "tr":
            self.rows.append([])
            self.gathered.clear()
        elif tag in ("td", "th"):
            self.gathered.clear()
        elif tag in _BLOCKS or _HEADING.match(tag):
            self.gathered.append(" ")

    def leave(self, element: etree._Element) -> None:
        tag = str(element.tag)
        if tag == "a" and "href" in element.attrib:
            self.gathered.append(_END_LINK)
        elif tag == "code":
            self.gathered.append(_END_CODE)
        elif tag == "table":
            self.cells -= 1
            if not self.cells:
                self._table()
        elif self.cells:
            self._leave_in_table(tag)
        elif _HEADING.match(tag):
            self.heading = False
            self._heading(int(tag[1]))
        elif tag in _BLOCKS and not self.heading:
            self.flush()
            self.lists -= tag in ("ul", "ol")
            self.item = self.item and tag != "li"

    def _leave_in_table(self, tag: str) -> None:
        if tag in ("td", "th") and self.cells == 1:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(_line(self.taken_text()))
        elif tag == "caption":
            self.flush()

    def taken_text(self) -> str:
        """What has been gathered, which is empty then."""
        text = "".join(self.gathered)
        self.gathered.clear()
        return text

    def flush(self) -> None:
        """Make what has been gathered a paragraph or an item; two <br> part paragraphs."""
        for part in re.split(r"\n\0\s*\n\0", self.taken_text()):
            text = _line(part)
            if not text or _navigation(part, self.item):
                continue
            kind: BlockKind = "item" if self.item else "paragraph"
            self.blocks.append(Block(kind, text, level=max(1, self.lists) if self.item else 0))
            self.item = False

    def _heading(self, level: int) -> None:
        gathered = self.taken_text()
        text = "" if _navigation(gathered, item=True) else _line(gathered)
        explicit = _EXPLICIT.search(text)
        if explicit:
            text = text[: explicit.start()]
        if text:
            given = slug(text, self.taken)
            anchor = explicit[1] if explicit else given
            self.blocks.append(Block("heading", text, level=level, anchor=anchor or None))

    def _code(self, element: etree._Element) -> None:
        text = plain(_all_text(element).strip("\n").rstrip())
        named = " ".join([element.get("class", ""), *(c.get("class", "") for c in element)])
        language = re.search(r"\b(?:language|lang|highlight-source)-([\w+#-]+)", named)
        name = language[1].lower() if language else element.get("lang", "").lower()
        if not text.strip():
            return
        kind: BlockKind = "formula" if name == "math" else "code"
        self.blocks.append(
            Block(kind, text, language="" if kind == "formula" else _LANGUAGES.get(name, name))
        )

    def _formula(self, element: etree._Element) -> None:
        """TeX between dollars within a line, a block of its own where it is displayed."""
        tex = plain(_all_text(element).strip())
        if not tex:
            return
        if element.tag == "div" and not self.cells:
            before = self.item
            self.flush()
            self.item = self.item and not before  # the item has begun, with a formula
            self.blocks.append(Block("formula", tex))
        else:
            self.gathered.append(f"{_CODE}${' '.join(tex.split())}${_END_CODE}")

    def _table(self) -> None:
        rows = [_row(cells) for cells in self.rows]
        rows = [row for row in rows if row.strip(" |")]
        single = all(len(cells) <= 1 for cells in self.rows)
        self.rows.clear()
        self.gathered.clear()
        if single:  # a table for its frame
            self.blocks.extend(Block("paragraph", row) for row in rows)
        elif rows:
            self.blocks.append(Block("table", "\n".join(rows)))


def _row(cells: list[str]) -> str:
    return " | ".join(cells).rstrip(" |") if any(cells) else ""


def _line(text: str) -> str:
    """Running text on one line, marks out."""
    if "**" in text or "__" in text:
        text = _STARS.sub(r"\2", text)
    text = _MARKS.sub("", text.replace("\0", " "))
    return _ALERT.sub("", " ".join(plain(text).split()))


def _navigation(text: str, item: bool) -> bool:
    """Whether a text is links to other places only: a table of contents, a row of the site's.

    In the mirror: lines as "Docs | Blog | Discord" and "English | 中文" at the head of READMEs, and
    tables of contents. An item or a heading that is one link outwards is content: lists of papers
    are made of them.
    """
    links = _WHOLE_LINK.findall(text)
    if not links:
        return False
    between = _WHOLE_LINK.sub("", text)
    rest = _BETWEEN_LINKS.sub("", between)
    if all(link.startswith(_LOCAL) for link in links):
        return not rest
    short = sum(map(len, links)) / len(links) <= 32
    parted = bool(re.search(r"[|•·/]", between)) or (len(links) > 1 and not rest)
    alone = len(links) > 1 and not rest
    return short and parted and len(rest) <= 12 and (alone or not item)


def _all_text(element: etree._Element) -> str:
    return "".join(str(text) for text in element.itertext())
