"""What a page turned out to be: an article, or something that only looks like one.

A server may answer 200 with "page not found", with a form to sign in, with a page that is a
program, or with the shell around another page. None of them belongs in the index.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from rapidfuzz import fuzz

from corpus.library.ledger import State
from corpus.reading.blocks import Reading, UnreadableError

# A real article may be about signing in or be called "404"; a short page is about nothing else.
# The shortest mirrored page with an article has 268 characters, the error pages below 100.
_SHORT = 1_000
# Below this a phrase anywhere tells; up to _SHORT only a title or heading that says nothing else.
_BARE = 200
_NAMES_MISSING = re.compile(
    r"\W*(?:error|http|status)?\W*(?:404|page (?:was )?not found|not found)\b"
    r"(?:\W+(?:error|404|page not found|not found))*\W*(?:[|–—·:-].*)?",
    re.I,
)
_NAMES_SIGN_IN = re.compile(r"\W*(?:log|sign)[ -]?(?:in|on)(?:\W*| to .*|\s*[|–—·-].*)", re.I)
_NAMES_CHECK = re.compile(
    r"\W*(?:robot check|just a moment|attention required|access denied|are you a? ?(?:human|robot))"
    r"\W*(?:[|–—·-].*)?",
    re.I,
)
_MISSING = re.compile(
    r"\b404\b|\bpage (?:was )?not found\b|^\W*not found\b|\b(?:page|document|link)\b[^.]{0,60}"
    r"\b(?:does not|doesn.t|no longer) exist|\bcould ?n.t find (?:the|that|this) page|"
    r"\bpage\b[^.]{0,60}(?:isn.t available|can.t be found)",
    re.I,
)
_SIGN_IN = re.compile(r"^\s*(?:log|sign)[ -]?(?:in|on)\b", re.I)
_PASSWORD = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.I)
_ROBOT = re.compile(
    r"robot check|captcha|are you (?:a )?(?:human|robot)|just a moment|attention required|"
    r"access denied|verify you are human|not a robot",
    re.I,
)
_SHORTENERS = frozenset(
    ["lnkd.in", "a.co", "amzn.to", "bit.ly", "t.co", "goo.gl", "tinyurl.com", "ow.ly", "buff.ly"]
)
_META = re.compile(rb"<meta\b[^>]+http-equiv\s*=\s*[\"']?refresh\b[^>]*>", re.I)
_REFRESH = re.compile(rb"\burl\s*=\s*[\"']?([^\"'>\s]+)", re.I)
_AT_ONCE = re.compile(rb"content\s*=\s*[\"']?\s*[0-9]\s*[;,]", re.I)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
# A page is the cited work if a heading is like the cited title (token set ratio, 0 to 100), or its
# text holds this share of the title's words. Of 82 mirrored pages 0.90 are so recognised, and 0.09
# of the pairs of a title with a page of another site (docs/log.md, "Moved pages").
_SAME_TITLE = 60
_SAME_WORDS = 2 / 3
_WORD = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """State and reason of a page without an article; its text does not belong in the index."""

    state: State
    reason: str


def judge_page(
    data: bytes, address: str, final: str, outcome: Reading | UnreadableError
) -> Verdict | None:
    """What is wrong with a page that a server has sent as if nothing were.

    Args:
        data: its bytes.
        address, final: where it was asked for and where it was found.
        outcome: what the reader made of it.

    Returns:
        None for a page with text of its own.
    """
    found = _disguised(data, outcome)
    if found is not None:
        return found
    host = urlsplit(final or address).hostname or ""
    if host in _SHORTENERS:
        return Verdict("unresolved", "unresolved short link: it ends on a page in between")
    bare = not isinstance(outcome, Reading) or outcome.characters < _BARE
    if bare and (onward := _onward(data)):
        target = urljoin(final or address, onward)
        return Verdict("moved", f"it only leads on to {target}; fetch that")
    return _unreadable(outcome) if isinstance(outcome, UnreadableError) else None


def _onward(data: bytes) -> str:
    """Where ``<meta http-equiv=refresh>`` leads at once; "" if nowhere."""
    for tag in _META.findall(data[:20_000]):
        found = _REFRESH.search(tag)
        if found and _AT_ONCE.search(tag):
            return unescape(found[1].decode("utf-8", "replace")).strip()
    return ""


def _disguised(data: bytes, outcome: Reading | UnreadableError) -> Verdict | None:
    """A short page that is no article: a check for robots, an error page, a form to sign in."""
    if isinstance(outcome, Reading) and outcome.characters >= _SHORT:
        return None
    title = _page_title(data, outcome)
    head = f"{title}\n{_opening(outcome)}"
    names = (title, *_headings(outcome))
    bare = not isinstance(outcome, Reading) or outcome.characters < _BARE
    if any(map(_NAMES_CHECK.fullmatch, names)) or (bare and _ROBOT.search(head)):
        return Verdict("blocked", "a check for robots stands before it")
    if any(map(_NAMES_MISSING.fullmatch, names)) or (bare and _MISSING.search(head)):
        return Verdict("dead", "the server sends a page that says it is not there")
    form = _PASSWORD.search(data) or _SIGN_IN.search(title)
    if _NAMES_SIGN_IN.fullmatch(title) or (bare and form):
        return Verdict("needs an account", "it leads to a form to sign in")
    return None


def _unreadable(fault: UnreadableError) -> Verdict:
    if fault.fault == "empty":
        return Verdict("application without text", "application, no text")
    if fault.fault == "unsupported":
        return Verdict("unsupported", str(fault))
    return Verdict("unreadable", str(fault))


def content_changed(cited_title: str, reading: Reading) -> bool:
    """Whether a moved page no longer names the work that was cited.

    Compares the cited title with the page's title and headings, as words in any order, and its
    words with the whole text: many a title in the list is ours, not the page's own.
    """
    wanted = set(_WORD.findall(cited_title.lower()))
    if not wanted:
        return False
    names = [reading.title, *(b.text for b in reading.blocks if b.kind == "heading")]
    best = max((fuzz.token_set_ratio(cited_title.lower(), n.lower()) for n in names), default=0)
    text = " ".join([reading.title, *(block.text for block in reading.blocks)]).lower()
    held = len(wanted & set(_WORD.findall(text))) / len(wanted)
    return best < _SAME_TITLE and held < _SAME_WORDS


def _page_title(data: bytes, outcome: Reading | UnreadableError) -> str:
    if isinstance(outcome, Reading) and outcome.title:
        return outcome.title
    found = _TITLE.search(data[:100_000])
    return " ".join(found[1].decode("utf-8", "replace").split()) if found else ""


def _headings(outcome: Reading | UnreadableError) -> tuple[str, ...]:
    if not isinstance(outcome, Reading):
        return ()
    return tuple(block.text for block in outcome.blocks[:4] if block.kind == "heading")


def _opening(outcome: Reading | UnreadableError) -> str:
    if not isinstance(outcome, Reading):
        return ""
    return "\n".join(block.text for block in outcome.blocks[:4])[:400]
