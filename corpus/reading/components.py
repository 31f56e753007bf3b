"""MDX, JSX and template tags out of the prose of a Markdown file, their content left in.

Works on prose only, without code fences; code spans and formulas in it are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import defs

from corpus.reading.roles import spoken

# Longest first line of sight: no tag, formula or code span in the mirror is longer than 2,400
# characters (a quiz of the LLM course); the bound keeps unclosed ones from costing quadratic time.
_REACH = 6_000
_CODE = r"(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\s*\n)){1,1000}?(?<!`)(?P=ticks)(?!`)"
_MATH = (
    r"\$\$[^$]{1,3000}\$\$|\$`[^`\n]{1,500}`\$"
    r"|(?<![\\$\d])\$(?![\s$])(?:[^\n$\\`]|\\.|\n(?!\s*\n)){1,500}?(?<!\s)\$(?!\d)"
)
_ROLE = r"(?:\{(?P<myst>[a-zA-Z][\w:.+-]*)\}|(?<![\w:]):(?P<rst>[a-zA-Z][\w:.+-]*):)`(?P<of>[^`]+)`"
_REFERENCE = r"(?<!!)\[(?!\^)(?P<shown>(?:[^\[\]`\n]|`[^`\n]*`){1,300})\]\[(?P<to>[^\]\n]{0,200})\]"
_TOKEN = re.compile(
    rf"(?P<code>{_CODE})|(?P<math>{_MATH})|(?P<role>{_ROLE})|(?P<reference>{_REFERENCE})"
    r"|\\\\\((?P<tex>(?:(?!\\\\[()])[\s\S]){1,1000})\\\\\)"
    r"|\\\\\[(?P<display>(?:(?!\\\\[\[\]])[\s\S]){1,3000})\\\\\]"
    r"|\[`[~!](?P<named>[^`\n]+)`\]"
    r"|(?P<liquid>\{%[^%]{0,500}%\}|\{[#:/@](?:if|else|each|await|then|html|key)\b[^{}\n]*\})"
    r"|(?P<attributes>\{[:#.][^{}\n=\"']*\}[ \t]*(?=\n|\Z)|(?<=[\])]) ?\{:[^{}\n]*\}"
    r"|(?<=\))\{[^{}\n]*=[^{}\n]*\})"
    r"|(?P<footnote>(?<!!)\[\^[\w-]+\](?P<note>:)?)"
    r"|(?P<tag></?(?P<name>[A-Za-z][\w.-]*(?::[\w.-]+)?)(?=[\s/>]))"
    r"|(?P<fragment></?>)|(?P<brace>\\?\{)"
)
_DEFINED = re.compile(r"^ {0,3}\[([^\]\n]{1,200})\]:", re.MULTILINE)
_MODULE = re.compile(
    r"""(?:import\s*(?:[\w*{][^'"]*?\sfrom\s*)?['"][^'"\n]+['"]|import\s*\{|import\s+\w+\s*=|"""
    r"""export\s+(?:default|const|let|var|function|async|class|\*|\{))"""
)
_IMPORT_LINE = re.compile(r"""^import\s.*?['"][^'"]+['"];?[ \t]*$\n?""", re.MULTILINE)

# Of pictures within the text; lxml knows those of HTML.
_SVG = {"path", "g", "circle", "rect", "line", "polygon", "use", "picture", "defs"}
_HTML = defs.tags | _SVG


def stripped(prose: str, document: str, mdx: bool) -> str:
    """Prose in CommonMark with HTML: components, expressions, template tags, roles resolved.

    Args:
        prose: a stretch without code fences.
        document: the whole file, which says whether a tag is closed or a reference defined.
        mdx: whether braces are expressions and ``import`` a statement.
    """
    prose = _without_modules(prose) if mdx else _IMPORT_LINE.sub(_kept_if_prose, prose)
    return "".join(_pieces(prose, _Known(document, mdx)))


def looks_like_mdx(text: str) -> bool:
    """Whether a file imports components, as MDX does."""
    head = re.sub(r"^(```|~~~).*?^\1", "", text[:20_000], flags=re.DOTALL | re.MULTILINE)
    return bool(re.search(r"^import\s[^\n]*\sfrom\s+['\"][^'\"\n]+['\"];?\s*$", head, re.MULTILINE))


class _Known:
    """What the whole file says about its names."""

    def __init__(self, document: str, mdx: bool) -> None:
        self.mdx = mdx
        self.patience = 2_000_000  # characters looked at for the ends of tags, over the file
        self.closed = {name.lower() for name in re.findall(r"</([A-Za-z][\w.:-]*)", document)}
        self.references = {_label(label) for label in _DEFINED.findall(document)}


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _without_modules(prose: str) -> str:
    """An import or export of MDX reaches to the next blank line."""
    kept = []
    for paragraph in re.split(r"(\n[ \t]*\n)", prose):
        start = paragraph.lstrip("\n")
        if _MODULE.match(start):
            lines = iter(start.split("\n"))
            heading = [line for line in lines if line.startswith("#")]  # forgotten blank line
            paragraph = "\n".join(heading)  # noqa: PLW2901
        kept.append(paragraph)
    return "".join(kept)


def _kept_if_prose(line: re.Match[str]) -> str:
    return "" if " from " in line[0] or line[0].rstrip("; \n").count(" ") == 1 else line[0]


def _pieces(prose: str, known: _Known) -> Iterator[str]:
    at = 0
    while found := _TOKEN.search(prose, at):
        yield prose[at : found.start()]
        at = found.end()
        if found.lastgroup == "tag":
            at, piece = _tag(prose, found, known)
        elif found.lastgroup == "brace":
            at, piece = _expression(prose, found, known)
        else:
            piece = _short(found, known)
        yield piece
    yield prose[at:]


def _short(found: re.Match[str], known: _Known) -> str:  # noqa: PLR0911 - one line a kind
    """What stays of anything but a tag or an expression."""
    match found.lastgroup:
        case "math":
            return found[0].replace("$`", "$").replace("`$", "$")
        case "role":
            return _role(found)
        case "reference":  # to a page elsewhere, which the site's generator finds
            defined = _label(found["to"] or found["shown"]) in known.references
            return found[0] if defined else found["shown"]
        case "tex":
            return f"${found['tex'].strip()}$"
        case "display":
            return f"\n\n$$\n{found['display'].strip()}\n$$\n\n"
        case "named":
            return f"`{found['named']}`"
        case "attributes":
            name = re.match(r"\{#([\w:.-]+)", found[0])
            return f"[[{name[1]}]]" if name else ""
        case "footnote":
            return "\n\n" if found["note"] else ""
        case "liquid":
            return ""
        case "fragment":
            return "" if known.mdx else found[0].replace("<", "&lt;")
    return found[0]


def _role(found: re.Match[str]) -> str:
    text, code = spoken(found["myst"] or found["rst"], found["of"])
    if (found["myst"] or found["rst"]) == "math":
        return f"${text}$"
    return f"`{text}`" if code else text.replace("_", r"\_").replace("*", r"\*")


def _tag(prose: str, found: re.Match[str], known: _Known) -> tuple[int, str]:
    """A tag: of HTML it stays, of a component it goes, a placeholder (<your-key>) is text."""
    name = found["name"]
    end = _end_of_tag(prose, found.end(), known)
    if end < 0:
        return found.end(), found[0].replace("<", "&lt;", 1)
    body = prose[found.end() : end]
    if name.lower() in _HTML and not (known.mdx and name[0].isupper()):
        tag = found[0] + _css_of_jsx(body)
        return end, f"\n\n{tag}\n\n" if re.search(r"\smarkdown\b", body) else tag
    component = (
        name.lower() in known.closed or body.endswith("/>") or "=" in body or found[0][1] == "/"
    )
    if not component:
        return end, "&lt;" + prose[found.start() + 1 : end]
    code = "".join(_code_in(body))
    alone = _alone(prose, found.start(), end)
    return end, code or ("\n" if alone else "")


def _code_in(attributes: str) -> Iterator[str]:
    """Code in a component's attributes: ``<CodeTabs tabs={[PythonBlock(`…`), …]} />``."""
    for block in re.finditer(r"(\w*?)(?:Block)?\(\s*`([^`]*\n[^`]*)`", attributes):
        code = block[2].strip("\n").replace("\\n", "")
        yield f"\n\n~~~{block[1].lower()}\n{code}\n~~~\n\n"


def _alone(prose: str, start: int, end: int) -> bool:
    before = prose[prose.rfind("\n", 0, start) + 1 : start]
    after = prose[end : end + 200].partition("\n")[0]
    return not before.strip() and not after.strip()


def _end_of_tag(prose: str, at: int, known: _Known) -> int:
    """Where a tag ends, strings and braces in it skipped; -1 if it does not end."""
    depth, quote = 0, ""
    for place in range(at, min(len(prose), at + _REACH, at + known.patience)):
        sign = prose[place]
        known.patience -= 1
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`" and (depth or prose[place - 1] in "= \n"):
            quote = sign
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
        elif sign == ">" and depth <= 0:
            return place + 1
        elif not depth and (sign == "<" or prose[place : place + 2] == "\n\n"):
            return -1
    return -1


def _css_of_jsx(attributes: str) -> str:
    """Attributes with ``{…}`` out; ``style={{display: "none"}}`` as CSS, which may hide text."""
    style = re.search(r"\bstyle=\{\{(.*?)\}\}", attributes, re.DOTALL)
    css = ""
    if style:
        pairs = re.findall(r"""(\w+)\s*:\s*["']?([^,"']+)""", style[1])
        rules = ";".join(f"{_kebab(key)}:{value.strip()}" for key, value in pairs)
        css = f' style="{rules}"'
    plain = re.sub(r"""[\w:@.-]+=\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}""", "", attributes)
    return css + plain.replace("className=", "class=")


def _kebab(name: str) -> str:
    return re.sub("([A-Z])", r"-\1", name).lower()


def _expression(prose: str, found: re.Match[str], known: _Known) -> tuple[int, str]:
    """``{…}`` of MDX: gone, unless it is a string."""
    if not known.mdx or found[0].startswith("\\"):
        return found.end(), found[0]
    depth = 0
    reach = min(_REACH, known.patience)
    for place in range(found.start(), min(len(prose), found.start() + reach)):
        known.patience -= 1
        depth += {"{": 1, "}": -1}.get(prose[place], 0)
        if not depth:
            inside = prose[found.end() : place].strip()
            string = re.fullmatch(r"""(["'`])([^"'`]*)\1""", inside)
            return place + 1, string[2] if string else ""
    return found.end(), found[0]
