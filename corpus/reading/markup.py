"""Markdown and MDX: blocks by way of CommonMark, https://spec.commonmark.org/0.31.2/.

A file goes three steps: its dialect into CommonMark (``dialects``), that into HTML by
markdown-it-py, and the HTML, with what the author wrote in HTML himself, into blocks
(``rendered``). So a table is a table whether it was written with bars or with ``<td>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.decode import decode
from corpus.reading.visible import plain, remove_hidden

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

# 1 MB takes 3 s, 50,000 list items 4 s; the longest file of the mirror has 75 kB and 1,100 lines.
_LONGEST = 2_000_000
_MOST_LINES = 50_000
_HTML_HEADING = re.compile(r"<(h[1-6])\b[^<>]*>(?:(?!<h[1-6]\b)[\s\S]){0,1000}?</\1>")
_P = re.compile(r"</?(?:p|div|center)\b[^<>]*>")
_DATA = re.compile(r"data:[\w/+.-]{1,50};base64,[A-Za-z0-9+/=%\s]*?(?=[)\"'>]|\Z)")  # pictures


def read_markdown(raw: Raw) -> Reading:
    """Read Markdown or MDX.

    Raises:
        UnreadableError: there is no text in it ("empty").
    """
    from corpus.reading.dialects import front_matter

    title, text = front_matter(decode(raw.data, raw.charset))
    read = "\n".join(text[:_LONGEST].split("\n")[:_MOST_LINES])
    blocks = markdown_blocks(read, mdx=raw.name.lower().endswith(".mdx"))
    if not blocks:
        raise UnreadableError("empty", "the Markdown file has no text: choose another one")
    title = plain(title).strip() or title_of(blocks)
    return Reading("markdown", title, tuple(blocks), truncated=len(read) < len(text))


def title_of(blocks: list[Block]) -> str:
    """The first heading of level 1; else one that stands before all else; "" without either."""
    headings = [block for block in blocks if block.kind == "heading"]
    first = next((block for block in headings if block.level == 1), None)
    if first is None and headings and blocks[0] is headings[0]:
        first = headings[0]
    return first.text if first else ""


def markdown_blocks(
    text: str, mdx: bool = False, taken: dict[str, int] | None = None
) -> list[Block]:
    """The blocks of Markdown without front matter.

    Args:
        mdx: whether it is known to be MDX; files that import components are taken as such anyway.
        taken: anchors given before in the same document; see ``rendered.slug``.
    """
    from lxml import html

    from corpus.reading.components import looks_like_mdx
    from corpus.reading.dialects import to_commonmark
    from corpus.reading.rendered import blocks

    mdx = mdx or looks_like_mdx(text)
    text = to_commonmark(_DATA.sub("", text), mdx)
    rendered = _renderer(mdx).render(text.replace("\0", " "))
    if not rendered.strip():
        return []
    # libxml2 ends a heading at a <p> in it, which GitHub's READMEs are fond of.
    rendered = _HTML_HEADING.sub(lambda heading: _P.sub(" ", heading[0]), rendered)
    tree = html.document_fromstring(f"<html><body>{rendered}</body></html>", parser=_parser())
    remove_hidden(tree)
    return blocks(tree, {} if taken is None else taken)


def _parser() -> Any:
    from lxml import html

    return html.HTMLParser(encoding="utf-8", huge_tree=True)


@cache
def _renderer(mdx: bool) -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    markdown = MarkdownIt("commonmark", {"html": True, "maxNesting": 60})
    markdown.enable(["table", "strikethrough"])
    markdown.disable("code" if mdx else [])  # MDX has no indented code: JSX is indented
    # "costs $5 to $10" is no formula.
    markdown.use(
        dollarmath_plugin,
        allow_space=False,
        allow_digits=False,
        double_inline=True,
        label_renderer=lambda label: "",
    )
    markdown.use(amsmath_plugin)
    markdown.add_render_rule("code_block", _indented)
    return markdown


def _indented(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Indented code; but HTML indented for its looks, below a blank line, is meant as HTML."""
    content = tokens[index].content
    if re.match(r"\s*</?(?:a|img|p|div|h\d|br|picture|source|table|tr|td|span|b)\b[^<]*>", content):
        return content
    return f"<pre><code>{escape(content)}</code></pre>\n"
