"""Hints instead of answers: a question that leads to the answer, and the passage to read.

Made by code from the evidence, so that nothing is said that no passage says; what the learner is
to find is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tutor.asking import Kind
from tutor.evidence import Evidence
from tutor.gaps import GAP, Gapped, Weigh, stems, with_gaps, with_items_left_out

_CAUSE = re.compile(r"\b(?:because|since|so that|in order to)\b")
_WHEREAS = re.compile(r",? whereas ")
_ASKS_CODE = re.compile(r"\b(?:code|snippet|python|script|implement\w*|program)\b", re.I)
_ASKS_FORMULA = re.compile(
    r"\b(?:formulas?|formulae|equations?|math\w*|calculated?|computed?)\b", re.I
)
_FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
_FENCE = re.compile(r"^```(\w*)\n(.*?)\n?```$", re.S)


_SAID = (
    "read before you compare, find for each side what is missing, belongs in the gap, the reason"
)


@dataclass(frozen=True, slots=True)
class Hint:
    """What a learner is told instead of the answer.

    Attributes:
        question: leading question in Markdown.
        hidden: what it leaves out: the words to find.
        read: whole passages to read, the best first.
    """

    question: str
    hidden: tuple[str, ...]
    read: tuple[Evidence, ...]

    @property
    def where(self) -> str:
        """The passages as people find them: "Read: Supervised Fine-Tuning > LoRA (station 7)"."""
        return "Read: " + "; ".join(dict.fromkeys(map(_place, self.read)))


def hint(
    question: str, kind: Kind, evidence: Sequence[Evidence], weigh: Weigh = len
) -> Hint | None:
    """A leading question about the evidence.

    Args:
        kind: of the question.
        evidence: sentences that answer it, in the order of the answer.
        weigh: how informative a stem is (``Bm25.idf``); its length without.

    Returns:
        None for a look-up, and without evidence: a link is no exercise.
    """
    if not evidence or kind == "lookup":
        return None
    asked = _Asked(question, weigh)
    best = sorted(evidence, key=lambda e: -e.score)
    made = _of_block(question, best) or _of_formula(question, best)
    if made is None and kind == "comparison":
        made = asked.comparison(best)
    if made is None and kind in ("list", "how", "path", "other"):
        made = asked.enumeration(evidence)
    if made is None and kind == "why":
        made = asked.cause(best)
    return made or asked.gap(_openings_first(best)) or _open(best[0])


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the learner asked, and how informative words are."""

    question: str
    weigh: Weigh

    def shown(self, item: Evidence) -> set[str]:
        """Stems that the learner sees: of the question, the place to read, and what we say."""
        return stems(f"{self.question} {_place(item)} {_SAID}")

    def concerns(self, item: Evidence) -> bool:
        """Whether a sentence names what is asked about."""
        return bool(stems(self.question) & stems(item.text))

    def gap(self, evidence: Sequence[Evidence]) -> Hint | None:
        """Key words of the first sentence that has any."""
        for item in filter(self.concerns, evidence):
            if _is_prose(item) and (made := with_gaps(item.text, self.shown(item), self.weigh)):
                gaps = "gap" if len(made.hidden) == 1 else "gaps"
                return _hint(f"“{made.text}” What belongs in the {gaps}?", [made], [item])
        return None

    def enumeration(self, evidence: Sequence[Evidence]) -> Hint | None:
        """How many there are, and the first: of the list that is most nearly what is asked for."""
        main = evidence[0].chunk.topic
        for item in sorted(
            evidence, key=lambda e: (e.chunk.topic == main, self.nearness(e), e.score), reverse=True
        ):
            made = with_items_left_out(item.text) if _is_prose(item) else None
            if made and not _leaks(made, _place(item)):
                count = len(made.hidden)
                ask = f"Which {_NUMBERS.get(count, str(count))} are missing?"
                return _hint(f"“{made.text}” {ask}", [made], [item])
        return None

    def nearness(self, item: Evidence) -> float:
        """Share of the question's words in what a sentence says it enumerates, 0..1."""
        head = stems(re.split(r": | are | include", item.text)[0])
        return len(head & stems(self.question)) / max(1, len(head))

    def cause(self, evidence: Sequence[Evidence]) -> Hint | None:
        """A reason with its key words left out."""
        for item in evidence:
            cause = _CAUSE.search(item.text) if _is_prose(item) else None
            if cause is None:
                continue
            made = with_gaps(item.text, self.shown(item), self.weigh, start=cause.end())
            if made:
                return _hint(f"“{made.text}” What is the reason?", [made], [item])
        return None

    def comparison(self, evidence: Sequence[Evidence]) -> Hint | None:
        """A question for each side of the sentence that contrasts most of what is asked about."""
        for item in sorted(evidence, key=self.contrasted, reverse=True):
            parts = _WHEREAS.split(item.text) if _is_prose(item) else []
            if len(parts) != 2 or not self.contrasted(item):
                continue
            shown = self.shown(item)
            made = [
                with_gaps(part.rstrip("."), shown | stems(other), self.weigh, 1)
                for part, other in (parts, parts[::-1])
            ]
            sides = [side for side in made if side]
            if len(sides) == 2:
                lines = "\n".join(f"- “{side.text}”" for side in sides)
                return _hint(
                    f"Before you compare, find for each side what is missing:\n\n{lines}",
                    sides,
                    [item],
                )
        return None

    def contrasted(self, item: Evidence) -> int:
        """How many words of the question stand in one of two statements but not in the other."""
        parts = [stems(part) & stems(self.question) for part in _WHEREAS.split(item.text)]
        return min(len(parts[0] - parts[1]), len(parts[1] - parts[0])) if len(parts) == 2 else 0


def _openings_first(evidence: Sequence[Evidence]) -> list[Evidence]:
    """What defines a topic before the rest."""
    return sorted(evidence, key=lambda e: not (e.chunk.leads and e.span == e.chunk.sentences[0]))


def _of_block(question: str, evidence: Sequence[Evidence]) -> Hint | None:
    """The first line of the code that is asked for."""
    blocks = (
        [e for e in evidence if e.text.startswith("```")] if _ASKS_CODE.search(question) else []
    )
    for item in blocks:
        found = _FENCE.match(item.text)
        lines = found[2].splitlines() if found else []
        if found and len(lines) > 1:
            language = f" of {found[1].capitalize()}" if found[1] else ""
            asked = (
                f"The passage holds {len(lines)} lines{language} that begin like this:\n\n"
                f"```{found[1]}\n{lines[0]}\n```\n\nWhat do the other lines have to do?"
            )
            return Hint(asked, tuple(lines[1:]), (_passage(item),))
    return None


def _of_formula(question: str, evidence: Sequence[Evidence]) -> Hint | None:
    """The left side of the formula that is asked for."""
    for item in evidence if _ASKS_FORMULA.search(question) else ():
        formula = max(_FORMULA.findall(item.text), key=len, default="")
        left, equals, _ = formula.partition("=")
        if not equals or left.count("{") != left.count("}") or item.text.startswith("```"):
            continue
        mark = "$$" if formula.startswith("$$") else "$"
        text = item.text.replace(formula, f"{left.rstrip()} = \\ldots{mark}")
        return _hint(f"“{text}” What stands on the right side?", [Gapped(text, (formula,))], [item])
    return None


def _open(item: Evidence) -> Hint:
    """What is left where nothing can be left out."""
    return _hint("What does this passage say that answers your question?", [], [item])


def _hint(question: str, made: Sequence[Gapped], items: Sequence[Evidence]) -> Hint:
    hidden = tuple(word for gapped in made for word in gapped.hidden)
    return Hint(question, hidden, tuple(map(_passage, items)))


def _passage(item: Evidence) -> Evidence:
    """The whole passage that a sentence stands in."""
    chunk = item.chunk
    return Evidence(chunk.text, chunk, (chunk.start, chunk.end), item.score, item.late)


def _place(item: Evidence) -> str:
    chunk = item.chunk
    station = f" (station {chunk.station})" if chunk.station else ""
    return f"{chunk.section_at(item.span[0]) or chunk.title}{station}"


def _is_prose(item: Evidence) -> bool:
    return not item.text.startswith(("```", "$$", "#"))


def _leaks(made: Gapped, place: str) -> bool:
    """Whether what is left out can be read elsewhere."""
    seen = stems(f"{made.text.replace(GAP, ' ')} {place}")
    return any(not stems(item) - seen for item in made.hidden)


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}
