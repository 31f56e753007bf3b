"""Markdown, reStructuredText and notebooks for the reading-quality table.

The gold is made from the source by rough expressions and by none of the readers: what stands
outside of markup, the headings by their marks, and as boilerplate the lines that are markup only
(badges, front matter, imports, tags of components).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from corpus.reading import reader
from corpus.reading.blocks import Block, Raw, Reading
from corpus.reading.decode import decode
from eval.reading.protocol import Candidate, Entry, Gold

_FRONT_MATTER = re.compile(r"\A---\n[\s\S]*?\n---\n")
_FENCED = re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^[ \t>]*\1[ \t]*$", re.MULTILINE)
_OTHER_FRAMEWORK = re.compile(
    r"^```[^\n]*\n(?:%%tab|#@tab) (?![^\n]*(?:pytorch|all))[\s\S]*?^```$"
    r"|^```[^\n]*\n%load_ext d2lbook[\s\S]*?^```$"
    r"|^:begin_tab:`(?![^`]*pytorch)[\s\S]*?^:end_tab:$"
    r"|^\{:else\}[\s\S]*?^\{/if\}$|^\{#if fw === 'tf'\}[\s\S]*?^\{/if\}$",
    re.MULTILINE,
)
# In this order: what one leaves behind the next may take.
_MARKUP: tuple[tuple[str, str], ...] = (
    (r"<!--[\s\S]*?-->", " "),
    (r"<(script|style)\b[\s\S]*?</\1>", " "),
    (r"^(?:import|export) [^\n]*(?:['\"];?|=)[ \t]*$", ""),
    (r"^\[\[(?:autodoc|open-in-colab)[^\n]*$", ""),
    (r"\[\[[\w-]+\]\]|\{#[\w-]+\}|\[\^[\w-]+\]:?", ""),
    (r"!\[[^\]]*\]\([^)]*\)", ""),
    (r"</?[A-Za-z][\w.-]*(?:\s+[^<>{}]*|\s*\{[^<>]*|\s[^<>]*?\}[^<>]*)?/?>", " "),
    (r"<[A-Z]\w*\b[\s\S]*?/>", " "),
    (r":(?:label|eqlabel|width|height):`[^`]*`", ""),
    (r"\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)", r"\1"),
    (r"\[([^\[\]]+)\]\[[^\]]*\]", r"\1"),
    (r"^\[[^\]]+\]: [^\n]*$", ""),
    (r"^[ \t]*\|?[ \t:|-]*-{2,}[ \t:|-]*$", ""),
    (r"^[ \t]*(?::::|!!!|\?\?\?)[^\n]*$|^\{[#:/@%][^\n]*\}$|^:(?:begin|end)_tab:[^\n]*$", ""),
    (r":(?:numref|cite|citet|eqref|ref|mod):(?=`)|&[a-z]+;", " "),
    (r"[*`#>|~\\]|__|(?<!\w)_(?=\w)|(?<=\w)_(?!\w)", " "),
)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_BOILERPLATE = re.compile(
    r"^(?:import .* from .*|\s*</?[A-Z]\w*[^<>]*>|\s*\[?!\[[^\]]*\]\([^)]*\).*)$", re.MULTILINE
)


def gold(entry: Entry) -> Gold | None:
    """What a page in one of the three formats holds."""
    text = decode(entry.raw.data)
    if entry.kind == "rst":
        return _rst(text)
    return _notebook(text) if entry.kind == "notebook" else _markdown(text)


def _markdown(source: str) -> Gold:
    head = _FRONT_MATTER.match(source)
    body = _OTHER_FRAMEWORK.sub("", source[head.end() if head else 0 :])
    code = [match[2] for match in _FENCED.finditer(body) if "toctree" not in match[0][:20]]
    prose = _FENCED.sub("", body)
    headings = tuple(text for text in map(_unmarked, _HEADING.findall(prose)) if text)
    code = [re.sub(r"^(?:%%tab|#@tab) .*$", "", part, flags=re.MULTILINE) for part in code]
    boilerplate = [match[0] for match in _BOILERPLATE.finditer(prose)]
    boilerplate += head[0].split("\n") if head else []
    return Gold("\n".join([_unmarked(prose), *code]), headings, tuple(boilerplate))


def _unmarked(prose: str) -> str:
    for pattern, instead in _MARKUP:
        prose = re.sub(pattern, instead, prose, flags=re.MULTILINE)
    return prose.strip()


def _notebook(text: str) -> Gold:
    texts: list[str] = []
    headings: list[str] = []
    boilerplate: list[str] = []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            part = _markdown(source)
            texts.append(part.text)
            headings += part.headings
            boilerplate += part.boilerplate
        elif cell["cell_type"] == "code":
            texts.append(source)
        for output in cell.get("outputs", ()):
            boilerplate += "".join(output.get("text", ())).split("\n")
    return Gold("\n".join(texts), tuple(headings), tuple(boilerplate))


_UNDERLINED = re.compile(r"^(\S[^\n]*)\n([=\-~^\"'#*])\2{2,}$", re.MULTILINE)
_RST: tuple[tuple[str, str], ...] = (
    (r"^[ \t]*\.\. (?:toctree|auto\w+|image|raw|currentmodule)::.*\n(?:[ \t]+.*\n|\s*\n)*", ""),
    (r"^[ \t]*\.\. _[^\n]*$|^[ \t]+:[\w-]+:[^\n]*$", ""),
    (r"^[ \t]*\.\. (?:code(?:-block)?|tab|sidebar|admonition|math)::", ""),
    (r"^[ \t]*\.\. [\w-]+::", ""),
    (r":[\w:-]+:`([^`<]*)(?:<[^`>]*>)?`", r"\1"),
    (r"`([^`<]*?)\s*<[^`>]*>`__?", r"\1"),
    (r"^([=\-~^\"'#*])\1{2,}$", ""),
    (r"[*`|]", " "),
)  # fmt: skip


def _rst(source: str) -> Gold:
    headings = tuple(match[1] for match in _UNDERLINED.finditer(source))
    options = re.findall(r"^[ \t]+:[\w-]+:[^\n]*$|^\.\. [\w-]+::[ \t]*$", source, re.MULTILINE)
    text = source
    for pattern, instead in _RST:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return Gold(text, headings, tuple(options))


def _as_it_is(raw: Raw) -> Reading:
    return _lines(decode(raw.data))


def _lines(text: str) -> Reading:
    """A line a block; headings by their marks, as any reader would see them."""
    heading = re.compile(r"#{1,6} (.*)")
    blocks = (
        Block("heading", found[1], level=1) if (found := heading.match(line)) else
        Block("paragraph", line)
        for line in text.split("\n") if line.strip()
    )  # fmt: skip
    return Reading("text", "", tuple(blocks))


def _of_html(page: str) -> Reading:
    from lxml import html

    blocks: list[Block] = []
    tree = html.fromstring(f"<div>{page}</div>")
    for element in tree.iter("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "pre", "td", "th"):
        text = "".join(str(part) for part in element.itertext())
        if element.tag[0] == "h":
            blocks.append(Block("heading", " ".join(text.split()), level=int(element.tag[1])))
        elif (parent := element.getparent()) is None or parent.tag != "li":
            blocks.append(Block("paragraph", text))
    return Reading("markdown", "", tuple(blocks))


def _python_markdown(raw: Raw) -> Reading:
    markdown = import_module("markdown")
    return _of_html(markdown.markdown(decode(raw.data), extensions=["extra", "meta"]))


def _mistletoe(raw: Raw) -> Reading:
    mistletoe = import_module("mistletoe")
    return _of_html(str(mistletoe.markdown(decode(raw.data))))


def _markdown_it(raw: Raw) -> Reading:
    from markdown_it import MarkdownIt

    return _of_html(MarkdownIt("gfm-like", {"linkify": False}).render(decode(raw.data)))


def _docutils(raw: Raw) -> Reading:
    """docutils as it comes: what it does not know is a message in the text."""
    from docutils import nodes
    from docutils.core import publish_doctree

    settings: dict[str, Any] = {
        "report_level": 5, "halt_level": 6, "file_insertion_enabled": False, "raw_enabled": False,
    }  # fmt: skip
    tree = publish_doctree(decode(raw.data), settings_overrides=settings)
    wanted = (nodes.title, nodes.paragraph, nodes.literal_block, nodes.term)
    blocks = (
        Block("heading", node.astext(), level=1)
        if isinstance(node, nodes.title)
        else Block("paragraph", node.astext())
        for node in tree.findall(lambda node: isinstance(node, wanted))
    )
    return Reading("rst", "", tuple(blocks))


def _nbformat(raw: Raw) -> Reading:
    """nbformat, and the cells as they are."""
    import nbformat

    book = nbformat.reads(decode(raw.data), as_version=4)
    return _lines("\n".join(cell.source for cell in book.cells))


def _nbconvert(raw: Raw) -> Reading:
    import nbformat

    exporter = import_module("nbconvert").MarkdownExporter()
    book = nbformat.reads(decode(raw.data), as_version=4)
    return _lines(exporter.from_notebook_node(book)[0])


CANDIDATES: Mapping[str, Mapping[str, Candidate]] = {
    "markdown": {
        "ours (markdown-it-py, dialects, lxml)": reader("markdown"),
        "markdown-it-py + lxml": _markdown_it,
        "mistletoe + lxml": _mistletoe,
        "Markdown + lxml": _python_markdown,
        "text as it is": _as_it_is,
    },
    "rst": {
        "ours (docutils, Sphinx resolved)": reader("rst"),
        "docutils": _docutils,
        "text as it is": _as_it_is,
    },
    "notebook": {
        "ours (JSON)": reader("notebook"),
        "nbformat": _nbformat,
        "nbconvert": _nbconvert,
        "text as it is": _as_it_is,
    },
}
FORMATS = tuple(CANDIDATES)
