r"""Markup that would do harm if an answer were shown as it is: what no answer needs.

The learner's page escapes what it shows; this looks at the answer itself, for it also goes to
scripts and to other pages. It knows Markdown and HTML as text only, and errs on the side of alarm:
code is searched as well, since who shows an answer may not see where its code ends. What a
backslash or an entity disarms (``\<script>``, ``&lt;script>``) is harmless.

Sources: OWASP, "Cross Site Scripting Prevention Cheat Sheet" and "XSS Filter Evasion Cheat Sheet"
(tags, handlers, schemes and their disguises); OWASP Top 10 for LLM applications 2025, LLM05
"Improper Output Handling" (remote images carry data out); Boucher and Anderson, "Trojan Source",
2021 (arXiv 2111.00169; bidirectional controls).
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

_DISARMED = re.compile(r"\\(?:\\|[<\[\]!])")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_TAG = re.compile(
    r"</?(?:script|iframe|frame|object|embed|applet|form|input|button|meta|link|base|style|svg|"
    r"math|template|noscript|video|audio|img|image|portal)\b",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"<[a-z][^>]*?[\s/\"']on[a-z]+\s*=", re.IGNORECASE)
_TARGET = re.compile(
    r"\]\(\s*<?([^)>]*)"  # [text](target), ![image](target)
    r"|^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?(\S+)"  # [name]: target
    r"|<([a-z][a-z0-9+.&#;-]*:[^>\n]*)>"  # <target>
    r"|\b(?:href|src|srcset|action|formaction|data|poster|background)\s*=\s*[\"']?([^\"'>]*)",
    re.IGNORECASE | re.MULTILINE,
)
_SCHEME = re.compile(r"(?:javascript|vbscript|data|blob|file):", re.IGNORECASE)
# Also by a name that stands for the address; "![1][2]" is an exclamation mark before two markers.
_REMOTE_IMAGE = re.compile(
    r"!\[[^\]]*\](?:\(\s*<?\s*(?:https?:)?//|\[(?!\d+\])[^\]]+\])", re.IGNORECASE
)
# All others of these classes are unseen: controls, zero-width and bidirectional characters, tags,
# private use, single surrogates.
_WHITE_SPACE = frozenset("\n\r\t")
_UNSEEN = frozenset(("Cc", "Cf", "Co", "Cs"))


def dangers(text: str) -> list[str]:
    """What is dangerous in an answer, each kind once: "tag", "handler", "link", …; or nothing."""
    armed = _DISARMED.sub(" ", text)
    found = {
        "tag": bool(_TAG.search(armed)),
        "handler": bool(_HANDLER.search(armed)),
        "link": any(_SCHEME.match(target) for target in _targets(armed)),
        "remote image": bool(_REMOTE_IMAGE.search(armed)),
        "hidden character": any(map(_hidden, text)),
    }
    return [name for name, there in found.items() if there]


def _targets(text: str) -> list[str]:
    """Where links lead, as a browser reads it: escapes resolved, white space taken out."""
    written = (match[match.lastindex or 0] for match in _TARGET.finditer(text))
    plain = (unescape(_ESCAPE.sub(r"\1", target)) for target in written)
    return ["".join(c for c in t if not (c.isspace() or _hidden(c))) for t in plain]


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN and character not in _WHITE_SPACE
