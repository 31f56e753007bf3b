"""reStructuredText by docutils: its tree into blocks, Sphinx's additions resolved.

docutils does not know Sphinx's roles and directives, and registering them is global. It keeps what
it does not know, though: an unknown role as a "problematic" node with its source, an unknown
directive as a message with its source in a literal block. Both are read from there.
Nothing is included, fetched or run: file insertion and raw content are off.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from corpus.reading.blocks import Block, BlockKind, Raw, Reading, UnreadableError
from corpus.reading.decode import decode
from corpus.reading.plaintext import read_text
from corpus.reading.roles import spoken
from corpus.reading.visible import plain

if TYPE_CHECKING:
    from docutils import nodes

# Directives whose content is code, and those whose content is for the site's generator.
_CODE = {
    "code", "code-block", "sourcecode", "parsed-literal", "prompt", "code-tab", "jupyter-execute",
    "ipython", "testcode", "doctest", "code-cell", "mermaid", "graphviz", "argparse", "click",
}  # fmt: skip
_SILENT = re.compile(
    r"(?:toctree|auto\w*|include|literalinclude|currentmodule|module|index|contents|image|raw|meta"
    r"|highlight|only|ifconfig|bibliography|role|default-role|button-\w+|youtube|video|iframe)\Z"
)
_UNKNOWN = re.compile(r"Unknown directive type|Error in \"[\w:.+-]+\" directive")
_MISPLACED = re.compile(r"^(?:Title level inconsistent|Unexpected section title)")
_DIRECTIVE = re.compile(r"^\.\. +(?:\|[^|]*\| *)?([\w:+.-]+?) *::[ \t]*(.*)$", re.MULTILINE)
_OPTION = re.compile(r"^\s*:[\w -]+:(\s|$)")
_ROLE = re.compile(r":([\w:.+-]+):`([^`]*)`|`([^`]*)`:([\w:.+-]+):")
_DEPTH = 8  # directives within directives; Sphinx pages of the mirror have 3
# docutils takes 2 s for 1 MB of paragraphs, but 5 s for 20,000 items and half a minute for a
# paragraph of 80,000 roles. The longest file of the mirror has 200 lines.
_LONGEST = 1_000_000
_MOST_LINES = 20_000
_LONGEST_PARAGRAPH = 20_000
_MOST_SIGNS = 4_000
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 6,
    "syntax_highlight": "none",
    "line_length_limit": _LONGEST,
}
_LANGUAGES = {"default": "", "none": "", "text": "", "py": "python", "python3": "python"}


def read_rst(raw: Raw) -> Reading:
    """Read reStructuredText.

    Raises:
        UnreadableError: there is no text in it ("empty"), or it is nested too deeply ("damaged").
    """
    whole = decode(raw.data, raw.charset)
    text = "\n".join(whole[:_LONGEST].split("\n")[:_MOST_LINES])
    if any(_tangled(paragraph) for paragraph in re.split(r"\n\s*\n", text)):
        return replace(read_text(raw), format="rst")
    try:
        blocks = _blocks(text, depth=0, level=0, languages=[""])
    except RecursionError as error:
        raise UnreadableError(
            "damaged", "the reStructuredText is nested too deeply: save it as plain text"
        ) from error
    if not blocks:
        raise UnreadableError("empty", "the reStructuredText has no text: choose another file")
    title = next((block.text for block in blocks if block.kind == "heading"), "")
    return Reading("rst", title, tuple(blocks), truncated=len(text) < len(whole))


def _tangled(paragraph: str) -> bool:
    """Data or an attack: its marks would cost docutils minutes, and mean nothing."""
    if len(paragraph) <= _LONGEST_PARAGRAPH:
        return False
    return sum(paragraph.count(sign) for sign in "`*_|") > _MOST_SIGNS


def _blocks(text: str, depth: int, level: int, languages: list[str]) -> list[Block]:
    walk = _Walk(depth, level, languages)
    tree = _parsed(text)
    walk.substitutions = {name: walk.inline(node) for name, node in tree.substitution_defs.items()}
    walk.children(tree, item=0)
    return walk.blocks


def _parsed(text: str) -> nodes.document:
    """The tree as parsed, before docutils' transforms: messages and substitutions still in it."""
    from docutils.parsers.rst import Parser
    from docutils.utils import new_document

    document = new_document("", copy(_settings()))
    Parser().parse(_tamed(text), document)
    return document


@cache
def _settings() -> Any:
    import io

    from docutils.frontend import get_default_settings
    from docutils.parsers.rst import Parser

    settings = get_default_settings(Parser)
    for name, value in _SETTINGS.items():
        setattr(settings, name, value)
    settings.warning_stream = io.StringIO()
    return settings


def _tamed(text: str) -> str:
    """Directives out that change docutils itself, for all documents after this one."""
    return re.sub(r"^(\s*)\.\. (?:default-)?role::.*$", r"\1..", text, flags=re.MULTILINE)


class _Walk:
    """The blocks of a tree, in reading order."""

    def __init__(self, depth: int, level: int, languages: list[str]) -> None:
        self.depth, self.level, self.languages = depth, level, languages
        self.blocks: list[Block] = []
        self.substitutions: dict[str, str] = {}
        self.first = False  # the next paragraph is the first of an item

    def children(self, node: nodes.Node, item: int) -> None:
        for child in node.children:
            self.visit(child, item)

    def visit(self, node: nodes.Node, item: int) -> None:
        """Make blocks of a node.

        Args:
            item: how many lists are around it.
        """
        method = getattr(self, f"_{type(node).__name__}", None)
        if method:
            method(node, item)
        elif type(node).__name__ not in _NO_BLOCKS:
            self.children(node, item)

    def add(self, kind: BlockKind, text: str, **more: object) -> None:
        text = plain(text)
        if kind not in ("code", "formula", "table"):
            text = " ".join(text.split())
        if text.strip():
            self.blocks.append(Block(kind, text, **more))  # type: ignore[arg-type]

    def _section(self, node: nodes.Element, item: int) -> None:
        self.level += 1
        anchor = next(iter(node["ids"]), None)
        for child in node.children:
            if type(child).__name__ == "title":
                level = min(self.level, 6)
                self.add("heading", self.inline(child), level=level, anchor=anchor)
            else:
                self.visit(child, item)
        self.level -= 1

    def _paragraph(self, node: nodes.Element, item: int) -> None:
        text = self.inline(node)
        if self.first:
            self.add("item", text, level=item)
            self.first = False
        else:
            self.add("paragraph", text)

    def _list(self, node: nodes.Element, item: int) -> None:
        for child in node.children:
            self.first = True
            self.children(child, item + 1)
        self.first = False

    _bullet_list = _enumerated_list = _list

    def _term(self, node: nodes.Element, item: int) -> None:
        self.add("paragraph", self.inline(node))

    _rubric = _attribution = _caption = _title = _subtitle = _line = _option_string = _term

    def _literal_block(self, node: nodes.Element, item: int) -> None:
        named = [name for name in node["classes"] if name != "code"]
        language = named[0] if named else self.languages[0]
        text = node.astext().rstrip()
        if not named and text.lstrip().startswith(">>>"):
            language = "python"
        self.add("code", text, language=_LANGUAGES.get(language.lower(), language.lower()))

    _doctest_block = _literal_block

    def _math_block(self, node: nodes.Element, item: int) -> None:
        self.add("formula", node.astext().strip())

    def _table(self, node: nodes.Element, item: int) -> None:
        from docutils import nodes

        for title in node.findall(nodes.title):
            self.add("paragraph", self.inline(title))
        rows = [
            " | ".join(" ".join(self.inline(entry).split()) for entry in row.findall(nodes.entry))
            for row in node.findall(nodes.row)
        ]
        self.add("table", "\n".join(row.rstrip(" |") for row in rows if row.strip(" |")))

    def _field_list(self, node: nodes.Element, item: int) -> None:
        """``:orphan:`` and its kin at the head of a page are for Sphinx."""
        if self.blocks:
            for field in node.children:
                self.add("paragraph", ": ".join(self.inline(part) for part in field.children))

    def _system_message(self, node: nodes.Element, item: int) -> None:
        """A directive that docutils does not know, or whose arguments it does not like."""
        children = node.children
        if children and _MISPLACED.search(children[0].astext()):
            self.add(
                "heading",
                children[-1].astext().strip("\n").partition("\n")[0],
                level=self.level or 1,
            )
            return
        if not (children and _UNKNOWN.search(children[0].astext())) or len(children) < 2:
            return
        source = children[-1].astext()
        head = _DIRECTIVE.match(source)
        if head and self.depth < _DEPTH:
            self._directive(head[1].lower(), head[2].strip(), source.partition("\n")[2], item)

    def _directive(self, name: str, argument: str, rest: str, item: int) -> None:
        lines = rest.split("\n")
        while lines and (not lines[0].strip() or _OPTION.match(lines[0])):
            lines.pop(0)
        body = dedent("\n".join(lines)).strip("\n")
        local = name.rpartition(":")[2]
        if local == "highlight":
            self.languages[0] = argument
        if _SILENT.match(local):
            return
        if local in _CODE:
            language = argument.split(maxsplit=1)[0].lower() if argument else self.languages[0]
            self.add("code", body, language=_LANGUAGES.get(language, language))
            return
        if local == "math":
            self.add("formula", body or argument)
            return
        if ":" in name and name != local:  # an object: py:function:: name(arguments)
            self.add("paragraph", argument)
        elif argument:
            body = f"{argument}\n\n{body}"
        if body.strip():
            self.blocks += _blocks(body, self.depth + 1, self.level, self.languages)

    def inline(self, node: nodes.Node) -> str:
        """Running text: roles spoken, formulas between dollars, pictures and notes left out."""
        name = type(node).__name__
        if name == "Text":
            return str(node.astext())
        if name == "problematic":
            return _ROLE.sub(_said, node.astext())
        if name == "math":
            return f"${node.astext()}$"
        if name == "substitution_reference":
            return self.substitutions.get(node.astext(), "")
        if name in _NO_INLINE:
            return ""
        parts = [self.inline(child) for child in node.children]
        return (" " if name in _PARTED else "").join(parts)


_NO_INLINE = {"image", "footnote_reference", "system_message", "raw", "target", "comment"}
_PARTED = {"entry", "field_body", "list_item", "bullet_list", "enumerated_list", "line_block"}
_NO_BLOCKS = {
    "comment", "target", "image", "raw", "pending", "transition", "substitution_definition", "meta",
    "docinfo", "decoration", "label", "colspec", "Text",
}  # fmt: skip


def _said(role: re.Match[str]) -> str:
    return spoken(role[1] or role[4], role[2] if role[2] is not None else role[3])[0]
