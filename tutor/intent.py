"""What kind of question it is, read from its words: it decides where the answer is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["definition", "comparison", "why", "how", "list", "lookup", "path", "other"]

_PATH = re.compile(
    r"\b(stations?|stops?|prerequisites?|prereqs?|metro ?map|the map|learning (path|order)|roadmap)\b"
    r"|\b(foundational|scientist|engineer|metro|which|what|three|these|map's) (lines?|paths?)\b"
    r"|\b(learn|know|study|understand)\b[^?.]*\b(first|before|beforehand)\b"
    r"|\b(before|after) (i |you |we )?(start|begin|learn|study|tackl|div|mov|get into|go on)\w*"
    r"|\bwhat (comes|should come|do i (learn|do|study)|next)\b[^?]*\b(next|after|before)\b"
    r"|\bin (which|what) order\b|\bwhere (do|should|can) i (start|begin)\b"
    r"|\b(before|after)\b[^?.]*\border\b"
    r"|\bhow (do|can|would) (i|you|one|someone|somebody) become\b|\b(become|becoming) an?\b",
    re.I,
)
# "line" and "stop" have other meanings: these make them the map's.
_NOT_PATH = re.compile(r"\b(early[- ]stopping|stop (sequence|token|word)s?|command[- ]lines?)\b", re.I)
_LOOKUP = re.compile(
    r"\b(books?|videos?|youtube|papers?|courses?|articles?|blog( ?posts?)?|posts?|tutorials?|"
    r"repos?|repositor(y|ies)|github|links?|urls?|documentation|resources?|references?|"
    r"podcasts?|lectures?|playlists?|slides|handbook|(a|any|the|good) (talk|guide))\b",
    re.I,
)
_LOOKUP_ASK = re.compile(
    r"\b(which|what|any|recommend\w*|suggest\w*|where|who|is there|are there|find|show|got|give|"
    r"good|best|need|want|looking for|point me|list|link)\b",
    re.I,
)
_WHO = re.compile(
    r"\bwho('s| is| are)? ?(wrote|writes|written|made|makes|explains?|teaches|taught|gives?|gave|"
    r"authored|the author|created|recorded|talks?)\b|\bwhose\b|\bwhere (can|could|do|should) i "
    r"(read|watch|find|see|get)\b|\b(read|watch) (more |up )?(on|about)\b",
    re.I,
)
_COMPARE = re.compile(
    r"\b(differences?|different(ly)? (from|than|to)|differ|differs|compar\w*|same as|versus|vs\.?|distinguish\w*|distinction|contrast|"
    r"better than|rather than|instead of|as opposed to|similarit\w*|trade-?offs? between)\b"
    r"|\bor\b[^?]*\bwhich\b|\bwhich\b[^?]*\b(or|better)\b|\bhow (do|does|is|are) .{2,60}\brelate",
    re.I,
)
_LIST = re.compile(
    r"^\s*(list|name|enumerate|give me (a|the) list)\b"
    r"|\b(which|what)( are| kinds?| types?| sorts?)? (are|the|kinds?|types?|sorts?|of)\b[^?]*\b"
    r"(are|exist|there|types|kinds|techniques|methods|steps|stages|parts|components|ways|"
    r"metrics|tools|libraries|frameworks|examples|models|algorithms|strategies|options|risks|"
    r"attacks|benchmarks|databases)\b"
    r"|\bhow many\b|\bwhat are (the|some|all)\b|\b(types|kinds|sorts) of\b|\bname (the|some|a few|two|three|"
    r"four|five)\b|\bwhich (\w+ ){0,3}(algorithms|models|methods|techniques|tools|libraries|frameworks|"
    r"metrics|benchmarks|databases|steps|stages|parts|functions|functions|parameters|attacks)\b",
    re.I,
)
_WHY = re.compile(r"\bwhy\b|\bhow come\b|\bwhat('s| is) the (point|purpose|reason|use|benefit)|\bwhat for\b"
                  r"|\b(advantages?|benefits?|reasons?)\b", re.I)  # fmt: skip
_HOW = re.compile(r"\bhow\b|\bsteps?\b|\bwhat happens\b|\bworks?\b", re.I)
_DEFINITION = re.compile(
    r"^\W*(so |ok |okay |please |hey |hi |hello )*(what('s|s| is| are| was| does| exactly| do)|define|"
    r"definition|explain|describe|tell me (about|what)|who|can you (explain|define)|"
    r"could you (explain|define)|meaning)\b",
    re.I,
)
_SIDES = (
    re.compile(r"\b(?:between|compare|comparing)\s+(.+?)\s+(?:and|with|to|vs\.?|versus|or)\s+(.+)", re.I),
    re.compile(r"(.+?)\s+(?:vs\.?|versus)\s+(.+)", re.I),
    re.compile(r"\b(?:do|does|is|are|did)\s+(.+?)\s+(?:differ(?:ent)?|distinct)\s+(?:from|to|than)\s+(.+)", re.I),
    re.compile(r"\b(?:is|are|use|choose|prefer)\s+(.+?)\s+(?:better than|rather than|instead of|as opposed to)\s+(.+)", re.I),
    re.compile(r"\b(?:how (?:do|does|is|are))\s+(.+?)\s+relate[sd]?\s+to\s+(.+)", re.I),
    re.compile(r"(.+?)\s+or\s+(.+)", re.I),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intent:
    """How a question is read.

    Attributes:
        kind: decides where the answer is looked for and how long it is.
        sides: for a comparison, the two things compared, as the question names them.
    """

    kind: Kind
    sides: tuple[str, ...] = ()


def read_intent(question: str) -> Intent:
    """The kind of a question. Rules, tried in order from the most specific words."""
    if _PATH.search(question) and not _NOT_PATH.search(question) and not _is_lookup(question):
        return Intent("path")
    if _is_lookup(question):
        return Intent("lookup")
    if _COMPARE.search(question):
        return Intent("comparison", _sides(question))
    if _WHY.search(question):
        return Intent("why")
    if _LIST.search(question):
        return Intent("list")
    if _HOW.search(question):
        return Intent("how")
    return Intent("definition" if _DEFINITION.search(question) else "other")


def _is_lookup(question: str) -> bool:
    if _WHO.search(question):
        return True
    return bool(_LOOKUP.search(question) and _LOOKUP_ASK.search(question))


def _sides(question: str) -> tuple[str, ...]:
    for pattern in _SIDES:
        found = pattern.search(question.strip().rstrip("?!. "))
        if found:
            return tuple(_bare(side) for side in found.groups())
    return ()


_OPENING = re.compile(
    r"^.*?\b(?:is|are|use|choose|does|do|the|a|an|of|in|between|difference|compare)\s+(?=\S)", re.I
)


def _bare(side: str) -> str:
    words = re.split(r"[,;:?]| when | for | in | if ", side)[0]
    return re.sub(r"^(?:the|a|an|is|are|what|whats|what's)\s+", "", words.strip(), flags=re.I)


def matching(headings: Iterable[str], kind: Kind) -> Sequence[bool]:
    """For each heading, whether its section is written for this kind of question."""
    pattern = _HEADINGS.get(kind)
    return [bool(pattern and pattern.search(heading)) for heading in headings]


_HEADINGS: dict[str, re.Pattern[str]] = {
    "comparison": re.compile(r"\bdiffers?\b|\bversus\b|\bcompar", re.I),
    "why": re.compile(r"\bwhy\b|\bwhen\b|\badvantages?\b|\bbenefits?\b|\bmatters?\b", re.I),
    "how": re.compile(r"\bhow\b(?!.*\bdiffer)|\bsteps?\b|\bworks?\b", re.I),
    "list": re.compile(r"\bkinds?\b|\btypes?\b|\bparts?\b|\bwhich\b|\bmethods?\b|\btools?\b", re.I),
}
