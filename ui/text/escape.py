"""Text and addresses written into HTML, so that every reader of that HTML takes them as text.

Three readers stand one after the other behind a message: gradio's Markdown parser (marked), which
takes each line of ours for a block of raw HTML; its sanitizer; and KaTeX, which looks for ``$`` in
what is left. gradio also takes whatever stands between two ``$`` of a message out of it before it
parses. So a ``$`` that opens no formula is written as a character reference, in an element of its
own, where KaTeX finds no second one.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from ui.text.characters import cleaned, one_line

_REFERENCES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "`": "&#96;",
}  # fmt: skip
_SPECIAL = re.compile(r"[&<>\"'`]")
# gradio's own sign for a formula that it has taken out: %%%LATEX_BLOCK_0%%%.
_PLACEHOLDER = "%%%"
_HOST = re.compile(r"[\w.-]+|[0-9a-f:]*:[0-9a-f:.]*", re.A)
_MAIL = re.compile(r"mailto:[^\s@?#&\"<>]+@[\w.-]+", re.A)
# Addresses as long as this are no addresses for people.
_LONGEST = 2000
_HOVER = 300


def escaped(text: str) -> str:
    """Text between tags; line breaks become spaces, so that it stays one line of HTML."""
    line = _references(text).replace("\n", " ").replace("\t", " ")
    return line.replace("$", "<span>&#36;</span>")


def attribute(text: str) -> str:
    """Text between the quotes of an attribute."""
    return _references(cleaned(text)).replace("\n", "&#10;").replace("$", "&#36;")


def preformatted(text: str) -> str:
    """Text between ``<pre>`` and ``</pre>``, without a line break of HTML's own.

    KaTeX leaves code alone, so its ``$`` needs no element around it.
    """
    whole = _references(text).replace("\n", "&#10;").replace("\t", "&#9;")
    return whole.replace("$", "&#36;")


def formula_source(text: str) -> str:
    """The inside of a formula that KaTeX is to set; it holds no ``$`` of its own."""
    return _references(" ".join(text.split()))


def _references(text: str) -> str:
    whole = _SPECIAL.sub(lambda match: _REFERENCES[match.group()], text)
    return whole.replace(_PLACEHOLDER, "&#37;%%")


def address(url: str | None) -> str | None:
    """An address that a learner may be sent to, in ASCII; else None.

    Only http, https and mailto, without a user name ("https://bank.example@evil.example"), without
    parameters of a mail, and nothing that was hidden in it.
    """
    from markdown_it.common.normalize_url import normalizeLink

    if not url or len(url) > _LONGEST or cleaned(url) != url or re.search(r"[\s\\]", url):
        return None
    if _MAIL.fullmatch(url):
        return url
    normal = normalizeLink(url)
    return normal if normal.isascii() and _is_web(normal) else None


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = "" if "@" in parts.netloc or parts.port == 0 else parts.hostname
    except ValueError:  # "http://[", a port that is no number
        return False
    return parts.scheme in ("http", "https") and bool(_HOST.fullmatch(host or ""))


def opening_link(href: str) -> str:
    """The start tag of a link out of the page; ``href`` as ``address`` returns it."""
    return (
        f'<a href="{attribute(href)}" title="{attribute(one_line(href, _HOVER))}" '
        f'rel="noopener noreferrer nofollow" target="_blank">'
    )
