"""Formulas of strangers, for gradio's KaTeX (0.16, ``trust`` off) to set, or shown as they are.

With ``trust`` off KaTeX shows ``\\href``, ``\\includegraphics`` and the ``\\html…`` commands in red
and does nothing of what they ask (https://katex.org/docs/security). They are not even handed over,
nor is what defines commands, writes to the browser's log, or takes more room than a formula needs.
"""

from __future__ import annotations

import re

from ui.text.characters import cleaned
from ui.text.escape import formula_source, preformatted

_COMMANDS = (
    r"href|url|includegraphics|html\w*|class|cssId|style|require|input|include|write\w*|"
    r"[egx]?def|let|futurelet|global|long|(?:re)?newcommand|providecommand|csname|catcode|"
    r"message|errmessage|show|rule|raisebox"
)
_REFUSED = re.compile(
    rf"\\(?:{_COMMANDS})(?![A-Za-z])"
    # A length of ten units and more, or a negative one: "\hspace{99em}", "\\[99em]", "\kern-1em".
    r"|\\(?:m?kern|[hm]skip|[hmv]space|above)\*?\s*\{?\s*(?:-|\+?\s*\d\d)"
    r"|\\\\\*?\s*\[\s*(?:-|\+?\s*\d\d)"
    r"|\\genfrac(?:\{[^{}]*\}){2}\{\s*\d\d"
    r"|</?[A-Za-z][^<>]*>|<!--|<\?"
)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_LONGEST = 2000
# KaTeX knows no other way to write it that holds no dollar sign.
_DOLLAR = r"\char36 "


def formula(tex: str, display: bool = False) -> str:
    """HTML of a formula: for KaTeX to set, or its source as code.

    Args:
        tex: without its dollar signs.
        display: on a line of its own.
    """
    fence = "$$" if display else "$"
    source = _COMMENT.sub("", cleaned(tex))
    if not settable(source):
        shown = preformatted(cleaned(f"{fence}{tex}{fence}"))
        return f'<code class="formula">{shown}</code>'
    name = "formula display" if display else "formula"
    inside = formula_source(source.replace(r"\$", _DOLLAR))
    return f'<span class="{name}">{fence}{inside}{fence}</span>'


def settable(tex: str) -> bool:
    """Whether a formula holds only what a formula needs."""
    bare = tex.replace(r"\$", "")
    within = tex.strip() and len(tex) <= _LONGEST and "$" not in bare
    return bool(within) and not _REFUSED.search(bare)
