"""Dialects of Markdown into CommonMark with GFM tables, HTML and ``$`` formulas.

What the sites of the curriculum's references are written in: MDX (Nextra, Docusaurus, Hugging
Face), MyST and Sphinx, MkDocs, Jekyll, Quarto and d2lbook. Their additions are taken out and their
content left in. Where a page has the same thing for several frameworks, PyTorch's is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from corpus.reading.bounds import bounded
from corpus.reading.components import stripped

_FENCE = re.compile(
    r"^((?:[ \t>]{0,200}(?:[-*+]|\d+[.)]))?[ \t>]{0,200})(`{3,}|~{3,})(?!.*`\s*$)[ \t]*(.*)$"
)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]")
_FRONT_MATTER = re.compile(r"\A(---|\+\+\+)[ \t]*\n((?:.*\n){0,300}?)(?:\1|\.\.\.)[ \t]*(?:\n|\Z)")
_TITLE = re.compile(r"""^title\s*[:=]\s*(["']?)(.+?)\1\s*$""", re.MULTILINE)
_ADMONITION = re.compile(
    r"""^([ \t]*)(?:!!!|\?\?\?\+?|===[!+]?)[ \t]+(?:[\w -]*?)(?:"([^"]*)")?[ \t]*$"""
)
_COLONS = re.compile(r"^[ \t>]*:{3,}[ \t]*(\{?\.?[\w:. -]*\}?)[ \t]*(.*?)$")
_LIQUID_CODE = re.compile(r"^\s*\{%-?\s*(end)?highlight\s*([\w+-]*).*%\}\s*$")
# Lines that only a site's generator reads: snippets to include, targets, generated reference.
_GENERATED = re.compile(
    r"^\s*(?:--8<--.*|\{!.*!\}|\([\w.:-]+\)=|\[\[(?:autodoc|open-in-colab)[^\]]*\]\].*"
    r"|\[TOC\]|\$(?:code|demo)_\w+|\[\[toc\]\]|\[\]\(\)(?:\{[^}]*\})?)\s*$",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    r"^\s*(?::begin_tab:`(?P<tab>[^`]*)`|\{#if fw === '(?P<fw>\w+)'\})\s*$"
    r"|^\s*(?P<other>\{:else\})\s*$|^\s*(?P<end>:end_tab:|\{/if\})\s*$"
)
_CODE_VARIANT = re.compile(r"^\s*(?:%%tab|#\s*@tab)\s+(.+)$")
# d2lbook's marks for slides: [**shown there too**], (~~shown there only~~).
_SLIDES = re.compile(
    r"[(\[]~~(?:(?!~~)[\s\S]){0,500}~~[)\]]"
    r"|[(\[]\*\*(?=\S)(?P<both>(?:(?!\*\*|\n\s*\n)[\s\S]){1,1500}(?<=\S)\*?)\*\*[)\]]"
)
# MyST: content that is prose, and that which has no text of its own; any other is code
# (```{code-block}, Quarto's ```{python}, ```{lmql}).
_PROSE_DIRECTIVES = re.compile(
    r"(?:note|tip|hint|warning|important|caution|danger|attention|error|seealso|admonition|topic"
    r"|sidebar|margin|dropdown|card\S*|grid\S*|tabs?|tab-set|tab-item|figure|epigraph|pull-quote"
    r"|list-table|table|div|container|panels|glossary|exercise\S*|solution\S*|prf|proof|theorem"
    r"|definition|example|remark|version\w+|deprecated|todo|rubric|centered|button-\w+)\Z"
)
_EMPTY_DIRECTIVES = {
    "toctree", "include", "literalinclude", "image", "eval-rst", "contents", "raw", "bibliography",
    "index", "tableofcontents",
}  # fmt: skip
_CODE_DIRECTIVES = {"code-block", "code", "sourcecode", "code-cell"}


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    code: bool = False


def front_matter(text: str) -> tuple[str, str]:
    """Cut the metadata at the head of a file.

    Returns:
        The title that it gives, "" without one; and the text after it.
    """
    head = _FRONT_MATTER.match(text)
    if not head or not re.search(r"^[\w-]+\s*[:=]", head[2], re.MULTILINE):
        return "", text
    title = _TITLE.search(head[2])
    return title[2].strip() if title else "", text[head.end() :]


def to_commonmark(text: str, mdx: bool) -> str:
    """The text without what only its own generator understands; front matter already cut."""
    lines = _fences(_undented(text.split("\n")), mdx)
    slides = "%%tab" in text or "#@tab" in text or ":begin_tab:" in text
    written = []
    for code, run in groupby(_one_variant(lines), key=lambda line: line.code):
        prose = "\n".join(line.text for line in run)
        if not code:
            prose = _SLIDES.sub(lambda mark: mark["both"] or "", prose) if slides else prose
            prose = bounded(stripped(prose, text, mdx))
        written.append(prose)
    return "\n".join(written)


def _undented(lines: Iterable[str]) -> Iterator[str]:
    """MkDocs' ``!!! note "Title"`` and ``=== "Tab"``: their content moved left by four."""
    open_: list[int] = []  # the indent of each one around
    fence = ""
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if not fence:
            while open_ and line.strip() and indent < open_[-1] + 4:
                open_.pop()
        body = line[min(indent, 4 * len(open_)) :] if open_ else line
        fence = _fence_after(fence, body)
        note = None if fence else _ADMONITION.match(body)
        if note and len(open_) < 20:
            open_.append(indent)
            yield from ("", f"{note[1]}{note[2] or ''}", "")
        else:
            yield body


def _fence_mark(line: str) -> re.Match[str] | None:
    return _FENCE.match(line) if "```" in line or "~~~" in line else None


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line; "" if none."""
    mark = _fence_mark(line)
    if not fence:
        return mark[2] if mark else ""
    closes = mark and mark[2].startswith(fence) and not mark[3].strip()
    return "" if closes else fence


def _fences(source: Iterable[str], mdx: bool) -> Iterator[_Line]:
    """Lines, those of code marked; comments gone; the fences of MyST's directives resolved."""
    lines = [_liquid_fence(line) for line in source]
    at, after_blank, in_list = 0, True, False
    last_end = max((n for n, line in enumerate(lines) if "-->" in line), default=-1)
    while at < len(lines):
        line = lines[at]
        mark = _fence_mark(line)
        comment = at <= last_end and line.lstrip().startswith("<!--")
        if mark:
            end = _end_of_fence(lines, at, mark)
            yield from _fenced(lines[at:end], mark)
            at = end
        elif comment:
            at, rest = _after_comment(lines, at)
            yield _Line(rest)
        else:
            indented = line.startswith(("    ", "\t")) and after_blank and not (mdx or in_list)
            yield from [_Line(line, code=True)] if indented else _prose(line)
            at += 1
            after_blank = not line.strip() or indented
            in_list = bool(_ITEM.match(line)) or (
                in_list and (not line.strip() or line[0] in " \t")
            )
            continue
        after_blank = False


def _liquid_fence(line: str) -> str:
    mark = _LIQUID_CODE.match(line)
    return line if not mark else "```" if mark[1] else f"```{mark[2]}"


def _prose(line: str) -> Iterator[_Line]:
    colons = _COLONS.match(line)
    if colons:
        yield _Line("")
        if colons[2] and not colons[2].startswith(("{", ":", "options")):
            yield from (_Line(colons[2].strip("[]")), _Line(""))
    elif _GENERATED.match(line):
        yield _Line("")
    else:
        yield _Line(line)


def _after_comment(lines: list[str], at: int) -> tuple[int, str]:
    """The line after a comment that has an end, and what stands behind that."""
    while "-->" not in lines[at]:
        at += 1
    return at + 1, lines[at].partition("-->")[2]


def _end_of_fence(lines: list[str], at: int, mark: re.Match[str]) -> int:
    """One line past the fence that closes, or past the end."""
    for number in range(at + 1, len(lines)):
        other = _fence_mark(lines[number])
        if not other:
            continue
        if other[2].startswith(mark[2]) and not other[3].strip():
            return number + 1
        if mark[3].startswith("{toctree") and other[3].startswith("{"):  # a forgotten end
            return number
    return len(lines)


def _fenced(lines: list[str], mark: re.Match[str]) -> Iterator[_Line]:
    info = mark[3].strip()
    if info.startswith("{="):  # Pandoc: raw, for one format of output
        return
    directive = re.match(r"\{([\w:-]+)\}\s*(.*)", info)
    if not directive:
        yield from _code(lines, mark, info)
        return
    name, argument = directive[1].rpartition(":")[2], directive[2]
    closed = len(lines) > 1 and _fence_mark(lines[-1])
    body = _content(lines[1:-1] if closed else lines[1:])
    yield _Line("")
    if name in _EMPTY_DIRECTIVES:
        if not closed:
            yield from (_Line(line) for line in body)
    elif name == "math":
        yield from (_Line(line, code=True) for line in ("$$", *body, "$$", ""))
    elif _PROSE_DIRECTIVES.match(name):
        argument = "" if name in ("figure", "list-table") else argument
        yield from (_Line(line) for line in (argument, "", *body, ""))
    else:
        language = argument if name in _CODE_DIRECTIVES else name
        yield from (_Line(line, code=True) for line in (f"{mark[2]}{language}", *body, mark[2]))


def _code(lines: list[str], mark: re.Match[str], info: str) -> Iterator[_Line]:
    """A fence of code, unless d2lbook says that it is for another framework than PyTorch."""
    first = lines[1] if len(lines) > 1 else ""
    tab = _CODE_VARIANT.match(first)
    if "d2lbook.tab" in first or (tab and not re.search(r"pytorch|all", tab[1])):
        yield _Line("")
        return
    language = re.match(r"\{?\.?([\w+#-]*)", info)
    yield _Line(f"{mark[1]}{mark[2]}{language[1] if language else ''}", code=True)
    yield from (_Line(line, code=True) for line in lines[2 if tab else 1 :])


def _content(lines: list[str]) -> list[str]:
    """Of a directive: without its options (``:class: dropdown``)."""
    start = 0
    if lines and lines[0].strip() == "---":
        start = next((n for n, line in enumerate(lines[1:], 2) if line.strip() == "---"), 0)
    while start < len(lines) and re.match(r"^\s*:[\w-]+:(\s|$)", lines[start]):
        start += 1
    return lines[start:]


def _one_variant(lines: Iterable[_Line]) -> Iterator[_Line]:
    """PyTorch's of the tabs of d2lbook and of Hugging Face's course."""
    shown = [True]
    for line in lines:
        mark = None if line.code else _VARIANT.match(line.text)
        if not mark:
            if shown[-1]:
                yield line
        elif mark["end"]:
            shown = shown[:-1] or [True]
            yield _Line("")
        elif mark["other"]:
            if len(shown) > 1:
                shown[-1] = not shown[-1]
        else:
            names = mark["fw"] or mark["tab"]
            shown.append(names == "pt" or "pytorch" in names or "all" in names)
            yield _Line("")
