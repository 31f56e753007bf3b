"""How well a sentence answers a question: a linear ranker over signals that can be read.

Fitted by ``python -m eval.ranking`` on questions that were written with the sentence that answers
each (eval/golden/training/answers.jsonl), and judged on others by other writers; both figures
stand beside the weights in ``ranking.json``. What a sentence is about, late interaction tells; what
it does (gives a reason, a figure, a remedy), its form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import Hit, Span
from index.encoder import Vectors
from index.lexical import terms
from index.search import Index, Query
from tutor.asking import LIMITS_HEADING, Kind, asks_for_limits, matching, read_intent

PARAMETERS = Path(__file__).parent / "ranking.json"


def _any(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.I)


# What a question asks for beyond its kind, and the form of a sentence that gives it.
_FORMS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "figure": (
        _any(r"how (?:many|much|long|large|big|small|fast|often|deep)|"
             r"what (?:size|share|percentage|number|dimension)"),
        re.compile(r"\d"),
    ),
    "year": (
        _any(r"when (?:was|were|did|is)|(?:what|which) year|since when"),
        re.compile(r"\b(?:19|20)\d\d\b"),
    ),
    "maker": (
        _any(r"who|whose|which (?:company|team|lab|authors?|researchers?|organi[sz]ation)|"
             r"invented|introduced|created by|comes? from"),
        re.compile(r"\bet al\b|\bby (?:the )?[A-Z]\w+|\bintroduced|\bpublished|\breleased|"
                   r"\bdeveloped|\bproposed"),
    ),
    "whether": (
        re.compile(r"^\W*(?:so |and |but |ok |hi |hello )*(?:is|are|do|does|did|can|could|should|"
                   r"will|would|has|have|must|may)\b", re.I),
        _any("misconception"),
    ),
    "remedy": (
        _any(r"my|i get|i have|our|prevent|avoid|how (?:can|do|could|should) (?:i|we|you|one) "
             r"(?:stop|fix|reduce|keep|improve|solve|handle|deal)"),
        _any(r"can be (?:reduced|avoided|improved|solved|prevented)|helps?|should|remed\w+|"
             r"avoid\w*|use|reduce[sd]?|improve[sd]?|fix\w*|lower\w*|recommended"),
    ),
    "use": (
        _any(r"when (?:should|do|would|to|is it|does)|use(?:d|ful)? (?:for|case)|what .* for|"
             r"where is|good for"),
        _any("used (?:for|to|in)|suits?|suited|useful|when|applications?|choose|chosen|typical"),
    ),
}  # fmt: skip
_LIMITING = _any(
    r"limit\w*|problems?|weakness\w*|drawbacks?|costs?|disadvantage\w*|fails?|worse|slow\w*|"
    r"cannot|risk\w*|wrong"
)
_LISTS = re.compile(
    r": |\b(two|three|four|five|six|seven|eight|nine|ten|several|common|main|popular|widely)\b[^.]*"
    r"\b(are|is)\b[^.]*,[^.]*\band\b|,[^.,]*,[^.,]*,? and "
)
# The form that suits a kind of question.
_KINDS: dict[Kind, tuple[str, re.Pattern[str]]] = {
    "why": (
        "reason",
        _any(r"because|so that|since|in order to|therefore|thereby|needs?|as a result|leads? to|"
             r"causes?|avoids?|prevents?"),
    ),
    "how": ("way", re.compile(r"\b(?:steps|by \w+ing|works?|first|then|uses?|each)\b|: ", re.I)),
    "list": ("list", _LISTS),
    "comparison": (
        "contrast", _any(r"whereas|while|unlike|in contrast|compared (?:with|to)|than"),
    ),
}  # fmt: skip
_STEPS = _any("steps")
_MISCONCEPTION = _any("misconception")
_READING = _any(
    "(?:article|post|talk|video|course|blog|tutorial|book|lecture|playlist|roadmap|reading list|"
    "introduction)s?"
)
# "LoRA is a method …", and not "LoRA is used when …".
_SAYS_WHAT = (
    r"(?:is|are)(?! (?:\w+ed|popular|common\w*|often|useful|usual\w*|typical\w*|widely|mostly|"
    r"mainly|also|available|important|not|built|known|made|meant|needed|found)\b)"
    r"|means?|measures?|refers?"
)
_WITHIN = re.compile(r" (?:in|within|inside|for) ", re.I)
# Questions for what something is, and what they ask for without the words that ask.
DEFINED: tuple[Kind, ...] = ("definition", "other")
_ASKED = re.compile(
    r"^\W*(?:what(?:'s| is| are| does)|define|explain|describe|tell me (?:about|what))?\s*"
    r"(?:an? |the )?(?P<name>[\w .+/'-]{2,60}?)"
    r"(?: (?:mean|is|are|to me|please|in (?:simple|plain) (?:words|terms)))?\W*$",
    re.I,
)

NAMES = (
    "late", "focus", "rarest", "least", "precise", "chunk", "opens", "opens_named", "heading",
    "limits_heading", "defines", *(name for name, _ in _KINDS.values()), "steps", *_FORMS,
    "misconception", "reading", "limiting", "colon", "code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the ranker reads it.

    Attributes:
        words: weight of each content word, and which of the question's tokens it is made of.
        forms: names of the forms that a sentence should have.
        defines: what a definition of the very thing asked for begins with.
    """

    query: Query
    kind: Kind
    limits: bool
    words: tuple[tuple[float, NDArray[np.int64]], ...]
    forms: frozenset[str]
    defines: re.Pattern[str] | None


def read(query: Query, kind: Kind | None = None) -> Asked:
    """What a question asks for.

    Args:
        kind: as it was read before; None to read it.
    """
    text, kind = query.text, kind or read_intent(query.text)
    forms = {name for name, (asks, _) in _FORMS.items() if asks.search(text)}
    defines = definition_of(text) if kind in DEFINED else None
    words = tuple(_words(query))
    return Asked(query, kind, asks_for_limits(text), words, frozenset(forms), defines)


def definition_of(question: str) -> re.Pattern[str] | None:
    """What a sentence begins with that says what the very thing is that a question asks for."""
    asked = _ASKED.match(question)
    if asked is None:
        return None
    # "orchestrator in a RAG app" is asked for as "orchestrator".
    name = re.escape(_WITHIN.split(asked["name"].strip())[0])
    between = r"(?: \([^)]*\))?(?:, [^,]+,| of [\w -]{3,30}?)?"
    return re.compile(rf"(?:an? |the )?{name}s?{between} (?:{_SAYS_WHAT})\b", re.I)


def _words(query: Query) -> Iterator[tuple[float, NDArray[np.int64]]]:
    text, spans = query.text, query.encoded.spans
    for match in re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", text):
        weight = max((query.weights.get(term, 0.0) for term in terms(match[0])), default=0.0)
        inside = (spans[:, 0] >= match.start()) & (spans[:, 1] <= match.end())
        if weight and inside.any():
            yield weight, np.flatnonzero(inside)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence of a hit with its signals.

    Attributes:
        values: by the names of ``NAMES``, shape (names,).
    """

    hit: Hit
    span: Span
    text: str
    values: NDArray[np.float32]

    @property
    def score(self) -> float:
        """How well it answers: log odds against other sentences of the same question."""
        return float(self.values @ weights())

    def value(self, name: str) -> float:
        """One of its signals."""
        return float(self.values[NAMES.index(name)])


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the hits of one question, each once: the gate asks, and then the answer."""

    index: Index
    asked: Asked
    _read: dict[int, list[Ranked]] = field(default_factory=dict)

    def sentences(self, hit: Hit) -> list[Ranked]:
        """The sentences of a hit, in order."""
        if hit.row not in self._read:
            self._read[hit.row] = signals(self.index, self.asked, hit)
        return self._read[hit.row]

    def best(self, hits: Iterable[Hit]) -> Ranked | None:
        """The sentence that answers best; None where there is none."""
        every = [ranked for hit in hits for ranked in self.sentences(hit)]
        return max(every, key=lambda ranked: ranked.score, default=None)


def signals(index: Index, asked: Asked, hit: Hit) -> list[Ranked]:
    """The sentences of a hit, in order."""
    chunk = hit.chunk
    heading = chunk.path[-1]
    suits = (
        bool(LIMITS_HEADING.search(heading)) if asked.limits else matching([heading], asked.kind)[0]
    )
    shared = {
        "chunk": hit.score,
        "heading": suits and not asked.limits,
        "limits_heading": suits and asked.limits,
    }
    meetings = index.sentence_similarities(asked.query, hit.row, chunk)
    found = []
    for position, (span, meets) in enumerate(zip(chunk.sentences, meetings, strict=True)):
        text = chunk.sentence(span)
        opens = chunk.leads and position == 0
        values = {
            **shared,
            **_meaning(asked, meets),
            **_form(asked, text),
            "opens": opens,
            "opens_named": opens and asked.defines is not None,
        }
        row = np.array([values.get(name, 0.0) for name in NAMES], dtype=np.float32)
        found.append(Ranked(hit, span, text, row))
    return found


def _meaning(asked: Asked, meets: Vectors) -> dict[str, float]:
    """How the words of question and sentence meet.

    Args:
        meets: cosines of the question's tokens with the sentence's, shape (q, n).

    Returns:
        late: best match of a question token, averaged; focus: the same, weighed by idf; rarest,
        least: of the rarest word, and of the word that is met least; precise: best match of a
        sentence token, averaged.
    """
    if not meets.size:
        return {"late": 0.0}
    best = meets.max(axis=1)
    words = [(weight, float(best[tokens].mean())) for weight, tokens in asked.words]
    total = sum(weight for weight, _ in words)
    return {
        "late": float(best.mean()),
        "focus": sum(w * m for w, m in words) / total if total else 0.0,
        "rarest": max(words, default=(0.0, 0.0), key=lambda word: word[0])[1],
        "least": min((m for _, m in words), default=0.0),
        "precise": float(meets.max(axis=0).mean()),
    }


def _form(asked: Asked, text: str) -> dict[str, float]:
    """What a sentence does that the question asks for, and what it does unasked."""
    name, pattern = _KINDS.get(asked.kind, ("", None))
    return {
        **({name: bool(pattern.search(text))} if pattern else {}),
        **{form: bool(_FORMS[form][1].search(text)) for form in asked.forms},
        "steps": asked.kind == "how" and bool(_STEPS.search(text)),
        "defines": bool(asked.defines and asked.defines.match(text)),
        "misconception": bool(_MISCONCEPTION.search(text)),
        "reading": bool(_READING.search(text)),
        "limiting": asked.limits and bool(_LIMITING.search(text)),
        "colon": text.endswith(":"),
        "code": text.startswith("```"),
    }


@cache
def weights(file: Path = PARAMETERS) -> NDArray[np.float32]:
    """The fitted weights, shape (names,); differences of scores are log odds."""
    fitted: Mapping[str, float] = json.loads(file.read_text(encoding="utf-8"))["weights"]
    return np.array([fitted[name] for name in NAMES], dtype=np.float32)
