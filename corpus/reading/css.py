"""Which styles hide text: inline ones and the page's own rules, as far as hiding goes.

No cascade of a browser: simple selectors (``p``, ``.name``, ``#id``, ``p.name``), the properties
that hide, and the colours of text and background, which are inherited.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from corpus.reading.colours import colour, melts

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True, slots=True)
class Look:
    """How the text right in an element looks.

    Attributes:
        gone: the element is not seen, nor anything in it.
        sized, visible: False if the text has no size, or is invisible; its children may differ.
        colour, background: as written; a background nobody set is taken for white.
        unseen: the text right in the element is not seen.
    """

    gone: bool = False
    sized: bool = True
    visible: bool = True
    colour: str = ""
    background: str = "white"
    unseen: bool = False


_NUMBER = re.compile(r"-?\d*\.?\d+")
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*((?:[^;()]|\([^()]*\))*)")
_SELECTOR = re.compile(r"([a-z][\w-]*|\*)?((?:[.#][\w-]+)*)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Rules in these are for everybody; those for print or small screens are not.
_TRANSPARENT_AT = re.compile(r"@(?:layer|supports|media\s+(?:screen|all)\s*$)", re.IGNORECASE)

# Of one class, with others beside it: every element of that class is held against each.
_MOST_RULES = 100

Style = dict[str, str]


def style(written: str) -> Style:
    """Declarations by property, lower case; an important one is not overruled."""
    found: Style = {}
    important: Style = {}
    for match in _DECLARATION.finditer(_COMMENT.sub(" ", written).lower()):
        value = match[2].strip()
        if value.endswith("important") and "!" in value:
            important[match[1]] = value[: value.rindex("!")].strip()
        else:
            found[match[1]] = value
    return found | important


@dataclass(slots=True)
class Sheet:
    """The rules of a page's own ``<style>`` blocks, by their simple selector."""

    rules: dict[str, dict[frozenset[str], Style]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, tree: etree._Element) -> Sheet:
        """The sheet of a page."""
        sheet = cls()
        for element in tree.iter("style"):
            if element.get("media", "all").strip() in ("", "all", "screen"):
                sheet._add(element.text or "")
        return sheet

    def _add(self, text: str) -> None:
        for selectors, body in _rules(_COMMENT.sub(" ", text)):
            declared = {k: v for k, v in style(body).items() if k in _LOOKED_AT}
            for selector in selectors.split(",") if declared else ():
                match = _SELECTOR.fullmatch(selector.strip())
                if match and match[0]:
                    names = frozenset(re.findall(r"[.#][\w-]+", match[2]))
                    key = max(names, default=match[1])
                    needed = names | ({match[1]} if match[1] not in (None, "*") else set())
                    under = self.rules[key]
                    if needed in under or len(under) < _MOST_RULES:
                        under[needed] = under.get(needed, {}) | declared

    def look(self, element: etree._Element, parent: Look) -> Look:
        """How an element looks inside a parent that looks so."""
        declared: Style = {}
        if not self.rules and not element.keys():
            return parent
        if self.rules:
            names = {f".{name}" for name in element.get("class", "").split()}
            names |= {str(element.tag)} | (
                {f"#{element.get('id')}"} if element.get("id") else set()
            )
            for name in ("*", *sorted(names, key=_specificity)):
                for needed, rule in self.rules.get(name, {}).items():
                    if needed <= names:
                        declared |= rule
        for attribute, name in (("color", "color"), ("text", "color"), ("bgcolor", "background")):
            if attribute in element.attrib:
                declared[name] = element.get(attribute, "").strip().lower()
        if "style" in element.attrib:
            declared |= style(element.get("style", ""))
        if not declared:
            return parent
        return _look(declared, parent, root=element.tag in ("html", "body"))


def _specificity(name: str) -> int:
    return {".": 1, "#": 2}.get(name[0], 0)


def _rules(text: str) -> Iterator[tuple[str, str]]:
    """Selector and body of each rule that stands for all; linear in the text."""
    start, skipped = 0, 0  # depth of blocks that do not count
    selector = ""
    for match in re.finditer(r"[{};]", text):
        part = text[start : match.start()].strip()
        if match[0] == "{":
            if skipped or (part.startswith("@") and not _TRANSPARENT_AT.match(part)):
                skipped += 1
            else:
                selector = "" if part.startswith("@") else part
        elif match[0] == "}":
            if skipped:
                skipped -= 1
            elif selector:
                yield selector, part
                selector = ""
        elif selector or skipped:
            continue  # between two declarations
        start = match.end()


def _look(declared: Style, parent: Look, root: bool) -> Look:
    visibility = declared.get("visibility", "visible" if parent.visible else "hidden")
    size = declared.get("font-size")
    background = declared.get("background-color") or declared.get("background")
    if background is not None:
        paint = colour(background)
        if (paint is not None and paint[3] == 0) or background in ("none", "inherit", "initial"):
            background = None
    text = declared.get("-webkit-text-fill-color") or declared.get("color")
    if text in ("inherit", "currentcolor"):
        text = None
    if "text" in (declared.get("background-clip"), declared.get("-webkit-background-clip")):
        text = ""  # a gradient shines through the letters
    look = replace(
        parent,
        sized=parent.sized if size is None or size.endswith("%") else not _tiny(size),
        # A page that shows itself by script starts out hidden.
        visible=root or visibility not in ("hidden", "collapse"),
        colour=parent.colour if text is None else text,
        background=background or parent.background,
    )
    unseen = not look.sized or not look.visible or melts(look.colour, look.background)
    return replace(look, unseen=unseen, gone=not root and _gone(declared))


_LOOKED_AT = frozenset({
    "display", "visibility", "opacity", "font-size", "color", "background", "background-color",
    "background-clip", "-webkit-background-clip", "-webkit-text-fill-color", "position", "left",
    "right", "top", "bottom", "text-indent", "margin-left", "margin-top", "clip", "clip-path",
    "transform", "width", "height", "max-width", "max-height", "overflow", "overflow-x",
    "overflow-y", "content-visibility",
})  # fmt: skip


def _gone(declared: Style) -> bool:
    get = declared.get
    return (
        get("display") == "none"
        or get("content-visibility") == "hidden"
        or _value(get("opacity", "1"), 1) < 0.05
        or bool(_SHRUNK.search(get("transform", "")))
        or bool(_CLIPPED.search(get("clip", "") + get("clip-path", "")))
        or _off_screen(declared)
        or _no_box(declared)
    )


_SHRUNK = re.compile(r"scale[xy3d]*\(0\s*[,)]|translate\w*\([^)]*-\d{3,}")
_CLIPPED = re.compile(
    r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)|inset\((?:50|100)%|circle\(0|polygon\(0 0, ?0 0"
)


def _off_screen(declared: Style) -> bool:
    sides = ["text-indent", "margin-left", "margin-top"]
    if declared.get("position") in ("absolute", "fixed", "relative"):
        sides += ["left", "right", "top", "bottom"]
    return any(_far(declared.get(side, "")) for side in sides)


def _no_box(declared: Style) -> bool:
    """Whether a box has no room and shows nothing of what overflows it."""
    overflows = (declared.get(name, "") for name in ("overflow", "overflow-x", "overflow-y"))
    sides = ("width", "height", "max-width", "max-height")
    return any(value in ("hidden", "clip") for value in overflows) and any(
        side in declared and _tiny(declared[side]) for side in sides
    )


def _far(length: str) -> bool:
    """Whether a length leads off the screen: -500px, -50em, -100% and further."""
    limit = -500.0 if length.endswith(("px", "pt")) else -50.0
    if length.endswith(("%", "vw", "vh")):
        limit = -100.0
    return _value(length, 0) <= limit


def _tiny(length: str) -> bool:
    """Whether a length is nothing: up to one pixel, or a tenth of a letter."""
    number = _value(length, 100)
    return number <= (0.1 if length.endswith(("em", "%", "vw", "vh")) else 1)


def _value(length: str, otherwise: float) -> float:
    match = _NUMBER.match(length)
    return float(match[0]) if match else otherwise
