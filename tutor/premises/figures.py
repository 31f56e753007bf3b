"""Another figure of the same: "16-bit adapters", of adapters that are said to have 4 bits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.lexical import stem
from tutor.evidence import Evidence
from tutor.mentions import Mention
from tutor.premises.claims import normal
from tutor.premises.clauses import about, segments_of, share_of, without_name
from tutor.premises.statement import Denial, Statement, normal_words

_NUMBERS = re.findall(r"\S+", "one two three four five six seven eight nine ten eleven twelve")
_NUMBER = rf"(?P<number>\d+|{'|'.join(_NUMBERS)})"
COUNT = re.compile(
    rf"\b{_NUMBER} (?:\w+ )?(?P<what>stages?|steps?|phases?|parts|stations|lines|kinds|types|"
    r"families|components)\b",
    re.I,
)
YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def counted(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same parts of the same thing, in another number."""
    asked = COUNT.search(question)
    if asked is None:
        return
    told = [
        (count, evidence)
        for evidence in sentences
        if about(evidence.text, mentions)
        for count in COUNT.finditer(evidence.text)
        if stem(count["what"].lower()) == stem(asked["what"].lower())
    ]
    if told and not any(_number(count) == _number(asked) for count, _ in told):
        yield told[0][1]


def _number(count: re.Match[str]) -> int:
    said = count["number"].lower()
    return int(said) if said.isdigit() else _NUMBERS.index(said) + 1


def is_figure(word: str) -> bool:
    """Whether a normal word is a number: another rule holds those against each other."""
    return word.isdigit() or word in _FIGURE_WORDS


_FIGURE_WORDS = frozenset(map(normal, _NUMBERS))
_FIGURE = re.compile(
    rf"(?<![\w.$-])(?P<low>-?\d[\d.,]*|(?:{'|'.join(_NUMBERS[1:])})\b)"
    r"(?: and (?P<high>-?\d[\d.]*))?"
    r"(?: (?P<scale>thousand|million|billion|trillion))?(?:[ -](?P<of>[a-z-]+(?: [a-z-]+){0,3}))?",
    re.I,
)
_NOUN_ENDS = re.compile(r"\b(?:for|in|of|on|per|to|with|from|by|at|and|that|each)\b")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number, or two as a range, of something: 8 heads, 4-bit precision."""

    value: tuple[str, ...]
    of: tuple[str, ...]

    def differs(self, other: _Figure) -> bool:
        return self.value != other.value


def _figures(text: str) -> list[_Figure]:
    """The figures of a text, years apart."""
    found = (m for m in _FIGURE.finditer(text) if not YEAR.fullmatch(m["low"].rstrip(".,")))
    return [
        _Figure(
            (_plain(m["low"]), (m["high"] or "").rstrip("."), m["scale"] or ""), _noun_behind(m)
        )
        for m in found
    ]


def _plain(number: str) -> str:
    word = number.lower()
    return str(_NUMBERS.index(word) + 1) if word in _NUMBERS else word.replace(",", "").rstrip(".")


def _noun_behind(figure: re.Match[str]) -> tuple[str, ...]:
    """Normal words of the noun behind a figure; of a range the words before it are compared."""
    if figure["high"]:
        return ()
    return normal_words(_NOUN_ENDS.split(figure["of"] or "")[0])


# Share of the other words that a segment with another figure must hold: "trains the adapters in
# 16 bits" of "quantizes the adapters to 4 bits".
_OWN = 0.5


def figured(said: Statement, clauses: Sequence[tuple[Evidence, str]]) -> list[Denial]:
    """Another figure of the same of the subject, if none says the one stated."""
    asked = _figures(said.text)
    if len(asked) != 1 or not (asked[0].of or asked[0].value[1]):
        return []
    noun = asked[0].of[-1:]
    beside = _beside_figure(said)
    own = said.counts - set(normal_words(" ".join(v for v in asked[0].value if v))) - set(noun)
    told = [
        (share_of(own, without_name(segment, said)) if own else 1.0, figure, evidence)
        for evidence, clause in clauses
        for segment in (segments_of(clause) if noun else [clause])
        for figure in _figures(segment)
        if beside <= set(normal_words(segment))
        if set(noun) <= set(figure.of) and bool(figure.value[1]) == bool(asked[0].value[1])
    ]
    same = max((share for share, figure, _ in told if not figure.differs(asked[0])), default=-1.0)
    return [
        (1.0 + share, evidence)
        for share, figure, evidence in told
        if figure.differs(asked[0]) and share > same and share >= _OWN
    ]


def _beside_figure(said: Statement) -> set[str]:
    """The last word before the figure that says something: "adapters", of "adapters to 4 bits"."""
    before = normal_words(_FIGURE.split(said.text)[0])
    return set([word for word in before if word in said.counts][-1:])
