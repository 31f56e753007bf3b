"""Markdown of strangers as HTML of a few harmless elements.

Written out token by token: what is not named here has no way into the page. Each block is one line
between empty lines, which gradio's Markdown parser passes on as it is, and draws anew only when it
has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ui.text.characters import cleaned, one_line
from ui.text.escape import address, attribute, escaped, opening_link, preformatted
from ui.text.formulas import formula
from ui.text.stretches import Piece, Stretches, Wrap, beside, pieces

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LANGUAGE = re.compile(r"[A-Za-z0-9+#_-]{1,20}")
_ADDRESS = 80
# Elements that tokens of these types open and close.
_BLOCKS = {
    "paragraph": "p", "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote",
    "thead": "thead", "tbody": "tbody", "tr": "tr",
}  # fmt: skip
_INLINE = {"em": "em", "strong": "strong", "s": "s"}


def markdown(text: str, copy: str = "") -> str:
    """HTML of Markdown that anybody may have written.

    Args:
        copy: label of the button that copies a block of code; none without.
    """
    return marked_up(cleaned(text), copy=copy)


def marked_up(
    source: str, wraps: Sequence[Wrap] = (), marks: Sequence[str] = (), copy: str = ""
) -> str:
    """HTML of Markdown in which our own signs stand.

    Args:
        source: cleaned but for the signs (``ui.text.stretches``).
        wraps, marks: for each stretch, and for each place of marks.

    Returns:
        Without any Markdown if a sign would be lost in it (in an address, say).
    """
    page = _Page(Stretches(wraps, marks), copy)
    html = page.written(_parser().parse(source))
    if page.stretches.complete:
        return html
    return _Page(Stretches(wraps, marks), copy).written(_paragraphs().parse(source))


@dataclass(frozen=True, slots=True)
class _Page:
    stretches: Stretches
    copy: str

    def written(self, tokens: Iterable[Token]) -> str:
        """Blocks with empty lines between them."""
        blocks: list[str] = []
        line = ""
        for token in tokens:
            line += self._block(token)
            if token.level == 0 and token.nesting <= 0:
                blocks.append(line)
                line = ""
        return "\n\n".join(block for block in blocks if block)

    def _block(self, token: Token) -> str:
        if token.type == "inline":
            return self.stretches.line(_inline(token.children or []))
        if token.type in ("fence", "code_block"):
            return self._code(token)
        if token.type == "math_block":
            return f'<div class="formula-block">{self.stretches.line(_formula(token, True))}</div>'
        if token.hidden:  # the paragraph of a tight list item
            return "" if token.nesting > 0 else " "
        return _tag(token)

    def _code(self, token: Token) -> str:
        language = _LANGUAGE.match(token.info)
        named = f' class="language-{language.group().lower()}"' if language else ""
        text = self.stretches.line(pieces(token.content.rstrip("\n"), preformatted))
        return (
            f'<div class="code_wrap">{self._button()}'
            f'<pre tabindex="0"><code{named}>{text}</code></pre></div>'
        )

    def _button(self) -> str:
        """The button that gradio's own listener knows: its second child shows that it is done."""
        if not self.copy:
            return ""
        label = attribute(self.copy)
        return (
            f'<button type="button" class="copy_code_button" title="{label}">'
            '<span class="copy-text"></span><span class="check"></span></button>'
        )


def _inline(tokens: Iterable[Token]) -> Iterator[Piece]:
    ends: list[str] = []
    for token in tokens:
        kind = _kind(token)
        if kind in _INLINE:
            yield Piece("open" if token.nesting > 0 else "close", _written(_INLINE[kind], token))
        elif kind == "link":
            yield from _link(token, ends)
        elif kind.startswith("math_inline"):
            yield from _formula(token, kind == "math_inline_double")
        elif kind == "code_inline":
            yield Piece("open", "<code>")
            yield from pieces(token.content, preformatted)
            yield Piece("close", "</code>")
        elif kind == "image":
            yield from pieces(_image(token), escaped)
        elif kind == "hardbreak":
            yield Piece("leaf", "<br>")
        else:
            yield from pieces("\n" if kind == "softbreak" else token.content, escaped)


def _link(token: Token, ends: list[str]) -> Iterator[Piece]:
    """A link out of the page; what may not be one stays the text that it was."""
    if token.nesting < 0:
        end = ends.pop()
        yield from [Piece("close", end)] if end == _LINK_END else pieces(end, escaped)
        return
    given = str(token.attrGet("href") or "")
    if href := address(given):
        ends.append(_LINK_END)
        yield Piece("open", opening_link(href))
    elif token.markup == "autolink":  # its text is its address
        ends.append("")
    else:
        ends.append(f"]({one_line(given, _ADDRESS)})")
        yield Piece("leaf", "[")


_LINK_END = "</a>"


def _image(token: Token) -> str:
    """Its alternative text and its address; nothing is loaded."""
    source = one_line(str(token.attrGet("src") or ""), _ADDRESS)
    return f"{token.content} ({source})" if token.content else source


def _formula(token: Token, display: bool) -> Iterator[Piece]:
    return beside(token.content, lambda tex: formula(tex, display))


def _kind(token: Token) -> str:
    return token.type.removesuffix("_open").removesuffix("_close")


def _written(name: str, token: Token, attributes: str = "") -> str:
    """A start tag or an end tag, as the token is."""
    return f"<{name}{attributes}>" if token.nesting > 0 else f"</{name}>"


def _tag(token: Token) -> str:
    """The start or end tag of a block."""
    kind, opens = _kind(token), token.nesting > 0
    if kind == "heading":  # the outline is the page's own
        return '<p class="heading"><strong>' if opens else "</strong></p>"
    if kind == "hr":
        return "<hr>"
    if kind == "table":
        return '<div class="table_wrap" tabindex="0"><table>' if opens else "</table></div>"
    if kind in ("th", "td"):
        return _written(kind, token, _of_cell(kind, token))
    if kind == "ordered_list":
        start = token.attrGet("start")
        return _written("ol", token, f' start="{int(start)}"' if start else "")
    return _written(_BLOCKS[kind], token) if kind in _BLOCKS else ""


def _of_cell(kind: str, token: Token) -> str:
    aligned = re.search(r"center|right", str(token.attrGet("style") or ""))
    scope = ' scope="col"' if kind == "th" else ""
    return f'{scope} class="{aligned.group()}"' if aligned else scope


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    """CommonMark with tables and formulas, without HTML and without definitions of links.

    Addresses are judged where they are written, not here.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath.index import math_block_dollar

    from ui.text.dollars import dollars

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.disable(["reference", "html_block", "html_inline"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    parser.inline.ruler.before("escape", "math_inline", dollars)
    parser.block.ruler.before("fence", "math_block", math_block_dollar(allow_labels=False))
    return parser


@lru_cache(maxsize=1)
def _paragraphs() -> MarkdownIt:
    """Paragraphs of plain text."""
    from markdown_it import MarkdownIt

    return MarkdownIt("zero")
