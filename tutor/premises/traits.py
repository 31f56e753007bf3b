"""What the text says of the same subject the other way round.

An opposite word, a part that the subject does without, or weights that stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tutor.evidence import Evidence
from tutor.mentions import Mention
from tutor.premises.claims import Claim, opposed, read_claim
from tutor.premises.clauses import REST, about
from tutor.premises.statement import EMPTY, said_of

# "DPO needs neither a reward model nor a value model": it does without what the question gives it.
_NEEDS = re.compile(r"\b(?:need|require|use|train|have|has|must|how (?:large|big))\w*\b", re.I)
_AVOIDS = re.compile(
    r"\b(?:avoid|without|replac|remov|skip|instead|no|not|free|rid|less|drop|unlike|differ|\w+n't|"
    r"compar|versus|vs|while|whereas)\w*\b",
    re.I,
)


def lacking(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The subject is said to do without what the question says it needs."""
    if len(mentions) < 2 or not _NEEDS.search(question) or _AVOIDS.search(question):
        return
    for subject in mentions:
        for part in mentions:
            lacks = re.compile(
                rf"\b(?:without|neither|needs? no|(?:does|do) not (?:need|use|train|require)) "
                rf"(?:(?:an?|the|any|separate|explicit|trained|first|"
                rf"training) )*{re.escape(part.words)}",
                re.I,
            )
            for evidence in sentences if part is not subject else ():
                for clause in _CLAUSES.split(evidence.text):
                    named = subject.words.lower() in clause.lower()
                    if named and lacks.search(clause):
                        yield evidence


_CLAUSES = re.compile(r"(?:, | )(?:whereas|while|but|although|because|so that)\b|; |: ", re.I)


def opposite(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """A clause with the premise's subject and words, and the opposite of one of them."""
    subject = mentions[0]
    name = set(read_claim(subject.words).words)
    asked, rest = said_of(subject, question)
    if any(_says(evidence.text, name, rest - EMPTY, asked) for evidence in sentences):
        return
    for evidence in sentences:
        if not name <= set(read_claim(evidence.text).words):
            continue
        for clause in _CLAUSES.split(evidence.text):
            told = read_claim(clause)
            pairs = opposed(rest, told.words)
            others = rest - {one for one, _ in pairs} - EMPTY
            shared = others & set(told.words)
            if len(pairs) != 1 or told.denied != asked.denied:
                continue
            close = len(shared) / len(others) >= REST if others else _opens(clause, name, pairs)
            if close and name <= set(told.words):
                yield evidence


def _says(text: str, name: set[str], rest: set[str], asked: Claim) -> bool:
    """Whether a clause about the subject says just what the question takes for granted."""
    told = [read_claim(clause) for clause in _CLAUSES.split(text)]
    return any(
        set(list(claim.words)[: len(name)]) == name
        and rest <= set(claim.words)
        and claim.denied == asked.denied
        for claim in told
    )


def _opens(clause: str, name: set[str], pairs: set[tuple[str, str]]) -> bool:
    """ "An activation function is a non-linear function …": the opposite at the very beginning."""
    opening = set(read_claim(clause[:_DEFINES]).words)
    begins = set(list(read_claim(clause).words)[: len(name)])
    return begins == name and any(other in opening for _, other in pairs)


_DEFINES = 70
# "Prompt engineering changes the weights", where they are said to stay as they are.
_CHANGES = re.compile(
    r"\b(?:chang|updat|retrain|modif|adjust)\w*\b[^?]*\b(?:weights?|parameters?|model|llm|"
    r"network)\b"
    r"|\b(?:train|fine-tun)\w*\b[^?]*\b(?:all|base|original|pre-?trained)\b[^?]*\b(?:weights?|"
    r"parameters?)\b|\bin(?:side)? the (?:model(?:'s)? )?(?:weights|parameters)\b",
    re.I,
)
_STAYS = re.compile(
    r"\b(?:weights?|parameters?|model)(?: \w+){0,4} (?:unchanged|frozen)\b|\bfreez\w+\b"
    r"|\bwithout (?:any )?(?:changing|updating|retraining|training|fine-tuning|changes to)\b"
    r"|\b(?:do|does|is|are) not (?:change|update|retrain|changed|updated|retrained)\b"
    r"|\bunchanged\b|\bno (?:weight updates?|weights? (?:is|are) (?:updated|changed))\b",
    re.I,
)
_IN_PART = re.compile(
    r"\b(?:few|fewer|small|some|only|less|little|tiny|part|fraction|low-rank|adapters?|not|no|"
    r"without|never|hardly|unchanged|instead|rather|\w+n't)\b|%",
    re.I,
)


def unchanged(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """What the question has change is said to stay as it is."""
    if not _CHANGES.search(question) or _IN_PART.search(question):
        return
    for evidence in sentences:
        for clause in _CLAUSES.split(evidence.text):
            said = _STAYS.search(clause)
            if said and about(clause, mentions[:1]) and "reference" not in clause:
                yield evidence
