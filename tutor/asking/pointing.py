"""Words that point at several things named before: both, they, these, which, one or the other.

Put right for each in the way that its grammar asks for, so that what comes out is a question
about all of them: "When do I use which?" becomes "When do I use BLEU and when ROUGE?".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

# Nouns that stand for whatever was named.
_KIND = (
    r"(?:methods?|metrics?|approach(?:es)?|techniques?|algorithms?|options?|variants?|concepts?|"
    r"things?|ones?|ideas?|terms?|attacks?|schemes?)"
)
_VERB = (
    r"(?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|needs?|gives?|runs?|"
    r"works?|costs?|takes?|uses?|fits?|performs?|suits?|handles?|makes?|saves?|scales?|requires?|"
    r"to)"
)
_OF_THEM = r"of (?:them|these|those|the (?:two|three)|both)"
# "Which is easier to run?", but not "Which is the largest planet?" or "Which format is best?".
_WHICH = re.compile(
    rf"(?:^|(?<=\W))which(?: (?:one|of the two|method|approach|technique|option|variant))?"
    rf"(?= {_VERB}\b)(?!.*\bor\b)"
    r"(?!.*\bthe (?:\w+est|most \w+|least \w+|best|worst) "
    r"(?!one\b|for\b|to\b|in\b|on\b|of\b|at\b|when\b|if\b|with\b)\w+)",
    re.I,
)
_USE_WHICH = re.compile(
    rf"^(?P<lead>\W*(?:and |but )?)(?P<wh>when|where|why|how|in which cases?|for what)"
    rf"(?P<rest> .+?) which(?: one| {_KIND})?\W*$",
    re.I,
)
_ONE_OR_OTHER = re.compile(
    r"\b(?:the )?one (?P<tie>or|over|rather than|instead of|versus|vs\.?|and|from|with|against)"
    r" the other\b",
    re.I,
)
_WHICH_OF = re.compile(rf"\bwhich (?:ones? )?{_OF_THEM}", re.I)
_EACH = re.compile(
    rf"\beach (?:one )?{_OF_THEM}\b|\beach one\b|\beach(?=\W*$)"
    # "When does each matter?", but not "Does each idea sit in one neuron?".
    r"|(?<=\bdoes )each(?= (?:matter|work|do|cost|need|take|use|help|mean|have|fit|suit|make)\b)",
    re.I,
)
_EITHER = re.compile(rf"\beither(?: one)?(?: {_OF_THEM})?\b(?!.*\bor\b)", re.I)
_BOTH = re.compile(
    rf"\b(?:(?:(?:they|them|these|those) )?both"
    rf"(?: {_OF_THEM}|(?: the| these| those)? {_KIND})?(?!\W+\w+ and\b| of\b"
    r"| (?!is\b|has\b|does\b|was\b)\w+s\b)"
    # But not "the two stages".
    rf"|(?:these|those|the) (?:two|three)(?: {_KIND}|(?!-| (?!is\b|has\b|does\b|was\b)\w+s\b)))\b",
    re.I,
)
_THEY = re.compile(rf"\b(?:they|them|(?:these|those)(?: {_KIND})?)\b", re.I)
# What says that they are several, where "they" may also stand for one: "an agent … they".
_SEVERAL = re.compile(
    r"\b(?:both|the two|each|either|differ\w*|compar\w*|between|in common|which of)\b",
    re.I,
)


def asks_which(question: str) -> bool:
    """Whether it asks for one of several that it does not name."""
    return bool(_WHICH.search(question) or _USE_WHICH.match(question))


def where_several(question: str) -> int | None:
    """Where it begins to speak of several things that it does not name, if beyond doubt it does."""
    patterns = (_WHICH, _ONE_OR_OTHER, _WHICH_OF, _EACH, _EITHER, _BOTH)
    found = [match.start() for p in patterns if (match := p.search(question))]
    if use := _USE_WHICH.match(question):
        found.append(use.end("rest"))
    if (they := _THEY.search(question)) and _SEVERAL.search(question):
        found.append(they.start())
    return min(found, default=None)


def points_at_several(question: str) -> bool:
    """Whether it speaks of several things that it does not name, beyond doubt."""
    return where_several(question) is not None


def may_point_at_several(question: str) -> bool:
    """Whether it may: "they" is said of one thing as well."""
    return points_at_several(question) or bool(_THEY.search(question))


def name_several(question: str, subjects: Sequence[str]) -> str | None:
    """The question with the subjects where it points at them.

    Args:
        subjects: two or more, in the order in which they were named.

    Returns:
        None if it points at nothing.
    """
    if use := _USE_WHICH.match(question):
        wh = use["wh"].lower()
        told = _joined([subjects[0], *(f"{wh} {s}" for s in subjects[1:])], "and")
        return f"{use['lead']}{use['wh']}{use['rest']} {told}?"
    for pattern, put in _PUTS:
        if found := pattern.search(question):
            return question[: found.start()] + put(found, subjects) + question[found.end() :]
    if _WHICH.search(question):
        return f"{question.rstrip(' ?.!')}, {_joined(subjects, 'or')}?"
    return None


_Put = Callable[["re.Match[str]", Sequence[str]], str]
_PUTS: tuple[tuple[re.Pattern[str], _Put], ...] = (
    (_ONE_OR_OTHER, lambda found, names: f" {found['tie']} ".join(names[:2])),
    (_WHICH_OF, lambda found, names: f"{found[0].split()[0]} of {_joined(names, 'and')}"),
    (_EACH, lambda _, names: f"each of {_joined(names, 'and')}"),
    (_EITHER, lambda _, names: f"either {_joined(names, 'or')}"),
    (_BOTH, lambda _, names: _joined(names, "and")),
    (_THEY, lambda _, names: _joined(names, "and")),
)


def _joined(names: Sequence[str], tie: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {tie} {last}"
