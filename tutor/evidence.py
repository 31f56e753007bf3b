"""The sentences an answer is made of: chosen from the hits, best first, then put in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index import Chunk, Hit, Span
from index.lexical import terms
from index.search import CURRICULUM, Found, Index
from tutor.injection import asks_about_injection, suspicious
from tutor.intent import LIMITS_HEADING, Kind, asks_for_limits, matching
from tutor.levels import Level, fit


@dataclass(frozen=True, slots=True)
class Evidence:
    """One sentence of one chunk.

    Attributes:
        text: verbatim.
        span: code points of the document's text.
        score: how well it fits the question; comparable within one question.
        late: cosine of the question's tokens with the sentence's, averaged.
    """

    text: str
    chunk: Chunk
    span: Span
    score: float
    late: float = 0.0


# Fitted by random search for fact recall with five and six sentences on the dev questions, then
# rounded: 0.95 and 0.96 there, against 0.91 and 0.92 with the first weights by hand
# (docs/log.md, "Evidence sentences").
_LATE, _CHUNK, _OPENS_TOPIC = 1.4, 0.5, 0.6
# Found by reading answers to questions of our own, not by fitting: limits are asked for and told
# apart from the rest; a part of a topic has a sentence that says what it is; a sentence that ends
# in a colon needs the block behind it.
_LIMITS, _ASKED_FOR, _ENDS_OPEN = 0.6, 0.6, 1.0
# What falls this far behind the best sentence only fills up: without it 5.4 instead of 6 sentences
# hold the same dev facts (0.944); with 0.8 they hold 0.928.
_FALLS_OFF = 1.0
# With 0.5 for blocks all of ten requests for code get some, of which three did before; dev fact
# recall stays at 0.942.
_ASKED_CODE = 0.5
_HEADING, _ENUMERATES, _CONTRAST, _CODE = 0.3, 0.2, 0.3, -0.6
# Curriculum and sources both answer: the side of the best hit leads. With 0.3 the dev answers over
# the curriculum hold 0.925 of the facts and those over the references 0.662; without, 0.912 and
# 0.681; with 0.15, 0.912 and 0.656 (docs/log.md).
_LEAD = 0.3
# Two sentences that share this much of their words say the same: one is enough.
_REPEATS = 0.7

_LISTS = re.compile(
    r": |\b(two|three|four|five|six|seven|eight|nine|ten|several|common|main|popular|widely)\b[^.]*"
    r"\b(are|is)\b[^.]*,[^.]*\band\b|,[^.,]*,[^.]*,? and "
)
_CONTRASTS = re.compile(r"\b(whereas|while|unlike|in contrast|compared (with|to)|than)\b", re.I)
# What a sentence looks like that answers why or how, and how much that counts beside the
# match with the question. Read by eye on the dev questions: with a smaller lead, or without regard
# to the form, half of the changes are for the worse (docs/log.md, "The answering sentence first").
_ANSWERS: dict[Kind, re.Pattern[str]] = {
    "why": re.compile(r"\b(because|so that|since|in order to|therefore|needs?)\b", re.I),
    "how": re.compile(r"\b(steps|by \w+ing|works?)\b|: ", re.I),
}
_DENIES = re.compile(r"\b(no|not|never|neither|without|misconception)\b", re.I)
_FORM, _CLEARLY = 0.1, 0.05
_REASON = re.compile(r"\b(?:because|so that|since)\b")
# What a question asks for, without the words that ask.
_DEFINED: tuple[Kind, ...] = ("definition", "other")
_ASKED = re.compile(
    r"^\W*(?:what(?:'s| is| are| does)|define|explain|describe|tell me (?:about|what))?\s*"
    r"(?:an? |the )?(?P<name>[\w .+/'-]{2,60}?)"
    r"(?: (?:mean|is|are|to me|please|in (?:simple|plain) (?:words|terms)))?\W*$",
    re.I,
)
_ASKS_CODE = re.compile(r"\b(code|snippet|python|script|implement\w*)\b", re.I)
_WANTS_CODE = re.compile(
    r"\b(code|snippet|python|script|example|implement\w*|formula|equation)\b", re.I
)


def is_block(text: str) -> bool:
    """Whether a sentence is a piece of code or a displayed formula."""
    return text.startswith(("```", "$$"))


def choose_evidence(
    index: Index,
    found: Found,
    kind: Kind,
    count: int,
    sides: Sequence[str] = (),
    level: Level = "practitioner",
) -> list[Evidence]:
    """The ``count`` best sentences of the hits, in the order in which they read well.

    Args:
        kind: sections written for this kind of question weigh more.
        sides: keys of topics that the answer must define: both sides of a comparison.
        level: whom the sentences should suit.

    Returns:
        The sentence that answers first; then grouped by topic in the order of the best sentence,
        in the order of the text within one.
    """
    says = _definition_of(found.query.text) if kind in _DEFINED else None
    scored = [e for hit in found.hits for e in _sentences(index, found, hit, kind, level, says)]
    chosen = [_definition(index, key, found.hits[0].score) for key in sides]
    ranked = sorted(scored, key=lambda e: -e.score)
    falls_off = _FALLS_OFF + (_ASKED_FOR if says else 0.0)
    for evidence in ranked:
        if len(chosen) >= count or evidence.score < ranked[0].score - falls_off:
            break
        if not any(_repeats(evidence.text, other.text) for other in chosen):
            chosen.append(evidence)
    return answer_first(in_reading_order(chosen), kind, found.query.text, says)


def _definition(index: Index, topic: str, score: float) -> Evidence:
    """The sentence that opens a topic."""
    chunk = next(iter(index.texts.topic(topic).values()))
    return Evidence(chunk.sentence(chunk.sentences[0]), chunk, chunk.sentences[0], score)


def _repeats(one: str, other: str) -> bool:
    """Whether two sentences share most of their words (Jaccard similarity of their stems)."""
    a, b = set(terms(one)), set(terms(other))
    return bool(a | b) and len(a & b) / len(a | b) >= _REPEATS


def in_reading_order(chosen: Sequence[Evidence]) -> list[Evidence]:
    """By topic, the one with the best sentence first, then as the text has them."""
    best: dict[str, float] = {}
    for e in chosen:
        best[_topic(e)] = max(e.score, best.get(_topic(e), e.score))
    return sorted(chosen, key=lambda e: (-best[_topic(e)], _topic(e), e.chunk.document_id, e.span))


def _topic(evidence: Evidence) -> str:
    return evidence.chunk.topic or evidence.chunk.id


def answer_first(
    ordered: Sequence[Evidence], kind: Kind, question: str, says: re.Pattern[str] | None = None
) -> list[Evidence]:
    """The sentence that meets the question best to the front, the others as they are.

    What opens a topic says what it is. That is the answer to "What is …?", and to a comparison the
    ground that it stands on. Asked for a part of a topic, for limits, or why, how and which, a
    learner wants that told first, from the topic that leads.
    """
    if not ordered:
        return []
    lead = _lead(ordered, kind, question, says)
    return [lead, *(e for e in ordered if e is not lead)]


def _lead(
    ordered: Sequence[Evidence], kind: Kind, question: str, says: re.Pattern[str] | None
) -> Evidence:
    """What to say first."""
    prose = [e for e in ordered if _topic(e) == _topic(ordered[0]) and not is_block(e.text)]
    if asks_for_limits(question):
        against = [e for e in prose if LIMITS_HEADING.search(e.chunk.path[-1])]
        return max(against, key=lambda e: e.score, default=ordered[0])
    if says:
        return next((e for e in prose if says.match(e.text)), ordered[0])
    form = _ANSWERS.get(kind)
    # "… has no activation function, because …" is no answer to "Why … activation functions?".
    prose = [e for e in prose if not _DENIES.search(_REASON.split(e.text)[0])]
    if form is None or not prose:
        return ordered[0]
    fits = {e.span: e.late + _FORM * bool(form.search(e.text)) for e in prose}
    best = max(prose, key=lambda e: fits[e.span])
    clearly = fits[best.span] - fits.get(ordered[0].span, 0.0) >= _CLEARLY
    return best if clearly else ordered[0]


def _definition_of(question: str) -> re.Pattern[str] | None:
    """What a sentence begins with that says what the very thing is that a question asks for."""
    asked = _ASKED.match(question)
    if asked is None:
        return None
    name = re.escape(asked["name"].strip())
    return re.compile(
        rf"(?:an? |the )?{name}s?(?: \([^)]*\))?(?:, [^,]+,)? (?:is|are|means?|measures?)\b", re.I
    )


def _sentences(
    index: Index,
    found: Found,
    hit: Hit,
    kind: Kind,
    level: Level,
    says: re.Pattern[str] | None,
) -> list[Evidence]:
    best = found.hits[0]
    follows = _side(hit) != _side(best)
    matches = index.sentence_matches(found.query, hit.row, hit.chunk)
    left_out = gives_orders(hit.chunk, found.query.text)
    limits = asks_for_limits(found.query.text)
    heading = hit.chunk.path[-1]
    fits = bool(LIMITS_HEADING.search(heading)) if limits else matching([heading], kind)[0]
    sentences = []
    for position, (span, match) in enumerate(zip(hit.chunk.sentences, matches, strict=True)):
        if left_out[position]:
            continue
        text = hit.chunk.sentence(span)
        late = float(match.mean()) if len(match) else 0.0
        opens = hit.chunk.leads and position == 0 and hit.chunk.topic == best.chunk.topic
        score = (
            _LATE * late
            + _CHUNK * (hit.score - best.score)
            + _OPENS_TOPIC * (opens and not limits)
            + (_LIMITS if limits else _HEADING) * fits
            + _ENUMERATES * bool(_LISTS.search(text))
            + _CONTRAST * (kind == "comparison" and bool(_CONTRASTS.search(text)))
            - _LEAD * follows
            + _code(text, found.query.text)
            + _ASKED_FOR * bool(says and says.match(text))
            - _ENDS_OPEN * text.endswith(":")
            + fit(text, level, index.encoder.knows)
        )
        sentences.append(Evidence(text, hit.chunk, span, score, late))
    return sentences


def _code(text: str, question: str) -> float:
    """What a block of code counts for, asked for or not."""
    if not text.startswith("```"):
        return 0.0
    if _ASKS_CODE.search(question):
        return _ASKED_CODE
    return 0.0 if _WANTS_CODE.search(question) else _CODE


def _side(hit: Hit) -> bool:
    """Whether a hit is the curriculum's."""
    return hit.chunk.kind in CURRICULUM


def gives_orders(chunk: Chunk, question: str) -> Sequence[bool]:
    """For each sentence of a chunk, whether it gives orders to a model; ours give none."""
    if chunk.kind not in ("reference", "mine") or asks_about_injection(question):
        return [False] * len(chunk.sentences)
    return suspicious(chunk)
