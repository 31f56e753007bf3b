"""What kind of question it is, read from its words: it decides where the answer is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

Kind = Literal["definition", "comparison", "why", "how", "list", "lookup", "path", "other"]

_PATH = re.compile(
    r"\b(stations?|prerequisites?|prereqs?|metro ?map|the map|roadmap)\b"
    # "stop" as a noun: one stops overfitting, too.
    r"|\b(?:next|last|first|previous|companion|metro|which|these|those|all|every|each|the|my) "
    r"stops?\b"
    r"|\b(?:this|that|what) stop\b|\bstop (?:number )?\d"
    r"|\b(?:learning|study) (?:path|order|plan|roadmap)\b|\b(?:can|could|may|should) i (?:skip|"
    r"leave out)\b"
    r"|\b(foundational|scientist|engineer|metro|which|what|three|these|map's) (lines?|paths?)\b"
    r"|(?<!\bit )\b(learn|know|study|understand)\b[^?.]*\b(first|before|beforehand)\b"
    r"|\b(before|after) (i |you |we )?(start|begin|learn|study|tackl|div|mov|get into|go on)\w*"
    r"|\bwhat (comes|should come|do i (learn|do|study)|next)\b[^?]*\b(next|after|before)\b"
    r"|\bin (which|what) order\b|\bwhere (do|should|can) i (start|begin|learn|study)\b"
    r"|\b(before|after)\b[^?.]*\border\b|\bdo i need\b[^?.]*\bbefore\b"
    r"|\b(my|the|a|shortest|best|quickest) (route|path) (to|for|from|through)\b|\bmy (route|path)\b"
    r"|\bhow (do|can|would) (i|you|one|someone|somebody) become\b|\b(become|becoming) an?\b"
    r"|\bwant to be an?\b"
    # "What next?", "I finished RAG, what now?", "Where do I go from here?"
    r"|\bwhat(?:'s| is| comes)? next\b|\b(?:what|where) now\b|\bwhere next\b"
    r"|\bwhere (?:to|(?:do|should|can|could|would) (?:i|we|you)) (?:go|continue|head|proceed)\b"
    r"|\bwhat (?:should|do|can|could|to) (?:i |we |you )?(?:learn|study|take|tackle)\b"
    r"[^?.]*\bafter\b"
    r"|\b(?:which|what) (?:topics?|subjects?) (?:comes?|follows?)\b|\bnext steps? (?:after|once)\b"
    # "path to agents", "how do I get to agents", "Can I learn DPO without knowing RLHF?"
    r"|^\W*(?:route|path|way) to\b|\bshortest way (?:to|from)\b"
    r"|\bhow (?:do|can|could|would) (?:i|we|you|one) (?:get|go|come) to\b"
    r"|\b(?:learn|study|understand|start|take|do)\b[^?.]*\bwithout (?:first )?"
    r"(?:knowing|learning|studying|understanding|having|doing|taking|finishing)\b"
    r"|\bneed to (?:know|learn|understand|study) (?:for|to|in order)\b"
    r"|(?<!why )\bdo i (?:really |have to )?(?:need|know)(?: to know)? (?:the |any |some |much )*"
    r"(?:maths?|mathematics|python|programming|coding|statistics|calculus|linear algebra|"
    r"neural net\w*|machine learning|deep learning)\b"
    r"|\b(?:which|what) (?:topics?|subjects?) (?:is|are) (?:in|at|on|part of|covered|taught)\b"
    r"|\b(?:sequence|order) of (?:the )?(?:topics?|subjects?)\b|\btable of contents\b"
    r"|\bwhat (?:leads up to|comes (?:right |directly |just )?(?:before|after))\b"
    r"|\b(?:overview|syllabus|outline) of the (?:curriculum|course|programme|program)\b",
    re.I,
)
# "line" and "stop" have other meanings: these make them the map's.
_NOT_PATH = re.compile(
    r"\b(early[- ]stopping|stop (sequence|token|word)s?|command[- ]lines?)\b", re.I
)
# "post-training", "of course", "reference model" and "compute resources" ask for nothing to read.
_LOOKUP = re.compile(
    r"\b(books?|videos?|youtube|papers?|(?<!of )courses?|articles?|blog( ?posts?)?|tutorials?|"
    r"posts?(?!-)|repos?|repositor(y|ies)|github|links?|urls?|documentation|"
    r"references?(?! (model|answer|text|solution|polic))|learning (resources?|materials?)|"
    r"resources? (for|on|about|to)|podcasts?|lectures?|playlists?|slides|handbook|"
    # Documents of one's own are to be asked about, not looked up.
    r"(?<!my )(?<!our )(?<!your )(?<!own )(?<!internal )(?<!company )(?<!these )docs|"
    r"(?<!open[- ])sources (?:are there )?(?:for|on|about)|"
    r"(?:something|anything|stuff) to (?:read|watch)|"
    r"(?:anything|something) by|(?:recommend|suggest)\w* (?:me )?(?:something|anything)|"
    r"(a|any|the|good) (talk|guide))\b",
    re.I,
)
_LOOKUP_ASK = re.compile(
    r"\b(which|what|any|recommend\w*|suggest\w*|where|who|is there|are there|find|show|got|give|"
    r"good|best|need|want|looking for|point me|list|link|on|about|for|by|of)\b",
    re.I,
)
# "dpo paper", "python book": a kind of reference behind its subject, and nothing else.
_LOOKUP_BARE = re.compile(
    r"^\W*(?:[\w.+-]+\s+){1,4}(?:books?|videos?|papers?|courses?|tutorials?|blog ?posts?|articles?|"
    r"docs|documentation|repos?|repository|github|playlist|lectures?|slides)\W*$",
    re.I,
)
_VERB = re.compile(
    r"\b(is|are|was|were|do|does|did|can|could|should|will|would|has|have|how|why|what|when|vs|"
    r"versus|and|or|than|to|from)\b",
    re.I,
)
_WHO = re.compile(
    r"\bwho('s| is| are)? ?(wrote|writes|written|made|makes|explains?|teaches|taught|gives?|gave|"
    r"authored|the author|created|recorded|talks?)\b|\bwhose\b|\bwhere (can|could|do|should) i "
    r"(read|watch|find|see|get)\b|\b(read|watch) (more |up )?(on|about)\b"
    r"|\bwhat (?:can|could|do|should) (?:i|we) (?:read|watch)\b"
    r"|\bwhat (?:did|has|does|have) [\w. -]{2,40}? (?:make|made|write|written|record|recorded|"
    r"publish|published|teach|taught)\b(?!\W*(?:it|the model|a model)\b)|\bcites? (?:any|some)\w*",
    re.I,
)
_COMPARE = re.compile(
    r"\b(differences?|different(ly)? (from|than|to)|differ|differs|compar\w*|"
    r"same as|versus|vs\.?|distinguish\w*|distinction|contrast|"
    r"better than|rather than|instead of|as opposed to|similarities|similarity (?:between|of|to)|"
    r"trade-?offs? between)\b"
    r"|\bor\b[^?]*\bwhich\b|\bwhich\b[^?]*\b(or|better)\b|\bhow (do|does|is|are) .{2,60}\brelate",
    re.I,
)
_LIST = re.compile(
    r"^\s*(list|name|enumerate|give me (a|the) list)\b"
    r"|\b(which|what)( are| kinds?| types?| sorts?)? (are|the|kinds?|types?|sorts?|of)\b[^?]*\b"
    r"(are|exist|there|types|kinds|techniques|methods|steps|stages|parts|components|ways|"
    r"metrics|tools|libraries|frameworks|examples|models|algorithms|strategies|options|risks|"
    r"attacks|benchmarks|databases)\b"
    r"|\bhow many\b|\bwhat are (the|some|all)\b|\b(types|kinds|sorts) of\b"
    r"|\bname (the|some|a few|two|three|four|five)\b"
    r"|\bwhich (\w+ ){0,3}(algorithms|models|methods|techniques|tools|libraries|frameworks|metrics|"
    r"benchmarks|databases|steps|stages|parts|functions|parameters|attacks|settings|measures)\b"
    # "vector db list", "What decoding strategies exist?", "types of parallelism", "rlhf stages"
    r"|\blist\W*$|\b(?:which|what) (?:[\w-]+ ){1,4}(?:exist|(?:is|are) there)\b"
    r"|^\W*(?:[\w-]+ ){1,3}(?:types|kinds|stages|steps|techniques|methods|strategies|variants|"
    r"components|parts|libraries|frameworks|tools|metrics|databases|formats|algorithms)\W*$",
    re.I,
)
_WHY = re.compile(
    r"\bwhy\b|\bhow come\b|\bwhat('s| is) the (point|purpose|reason|use|benefit)|\bwhat for\b"
    r"|\b(advantages?|benefits?|reasons?)\b",
    re.I,
)
_HOW = re.compile(r"\bhow\b|\bsteps?\b|\bwhat happens\b|\bworks?\b", re.I)
_DEFINITION = re.compile(
    r"^\W*(so |ok |okay |please |hey |hi |hello )*(wh?at('s|s| is| are| was| does| exactly| do)|"
    r"define|definition|explain|describe|tell me (about|what)|who|can you (explain|define)|"
    r"could you (explain|define)|meaning)\b",
    re.I,
)


def read_intent(question: str) -> Kind:
    """The kind of a question, by rules tried in order from the most specific words."""
    lookup = _is_lookup(question)
    rules: tuple[tuple[Kind, bool], ...] = (
        ("path", bool(_PATH.search(question)) and not _NOT_PATH.search(question) and not lookup),
        ("lookup", lookup),
        ("comparison", bool(_COMPARE.search(question))),
        ("why", bool(_WHY.search(question))),
        ("list", bool(_LIST.search(question))),
        ("how", bool(_HOW.search(question))),
        ("definition", bool(_DEFINITION.search(question))),
    )
    return next((kind for kind, holds in rules if holds), "other")


def _is_lookup(question: str) -> bool:
    if _WHO.search(question):
        return True
    if _LOOKUP_BARE.search(question) and not _VERB.search(question):
        return True
    return bool(_LOOKUP.search(question) and _LOOKUP_ASK.search(question))


def matching(headings: Iterable[str], kind: Kind) -> Sequence[bool]:
    """For each heading, whether its section is written for this kind of question."""
    pattern = _HEADINGS.get(kind)
    return [bool(pattern and pattern.search(heading)) for heading in headings]


def asks_for_limits(question: str) -> bool:
    """Whether a question wants to know what speaks against something."""
    return bool(_LIMITS.search(question))


# What a section on that is headed.
LIMITS_HEADING = re.compile(
    r"\bgoes? wrong\b|\blimit|\btrade-?offs?\b|\bweakness|\bpitfalls?\b|\brisks?\b|\bcosts?\b"
    r"|\bproblems?\b|\bdrawbacks?\b",
    re.I,
)
_LIMITS = re.compile(
    r"\b(?:limits|limitations?|drawbacks?|disadvantages?|downsides?|cons|weakness(?:es)?|"
    r"shortcomings?|pitfalls?|caveats?)\b|\bproblems? (?:of|with|does|do)\b|\bgoes? wrong\b"
    r"|\bspeaks? against\b|\bwhen (?:should i |should you |do i |to )?not\b"
    # "Why not just use it everywhere?", "Why shouldn't I rerank all documents?"
    r"|(?!.*\binstead of\b)\bwhy not (?=\w)"
    r"|\bwhy (?:shouldn'?t|wouldn'?t|don'?t|should not|not) (?:i|we|you|one|people|everyone|"
    r"everybody)\b|\bwhy should(?:n'?t)? (?:i|we|you|one) not\b",
    re.I,
)


_HEADINGS: dict[str, re.Pattern[str]] = {
    "comparison": re.compile(r"\bdiffers?\b|\bversus\b|\bcompar", re.I),
    "why": re.compile(r"\bwhy\b|\bwhen\b|\badvantages?\b|\bbenefits?\b|\bmatters?\b", re.I),
    "how": re.compile(r"\bhow\b(?!.*\bdiffer)|\bsteps?\b|\bworks?\b", re.I),
    "list": re.compile(r"\b(kinds?|types?|parts?|which|methods?|tools?|examples?)\b", re.I),
}
