"""Sentences that say of the same thing something else than a question takes for granted.

Each rule asks for the same subject and for one plain difference: an opposite word, another number,
year or maker, a part that the subject does without, or a trait of its counterpart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.lexical import stem
from tutor.claims import Claim, normal, opposed, read_claim
from tutor.evidence import Evidence
from tutor.mentions import Mention

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
# Share of the other words of the premise that the opposite sentence must hold.
_REST = 0.6


def opposite(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """A clause with the premise's subject and words, and the opposite of one of them."""
    subject = mentions[0]
    name = set(read_claim(subject.words).words)
    asked, rest = _said_of(subject, question)
    if any(_says(evidence.text, name, rest - _EMPTY, asked) for evidence in sentences):
        return
    for evidence in sentences:
        if not name <= set(read_claim(evidence.text).words):
            continue
        for clause in _CLAUSES.split(evidence.text):
            told = read_claim(clause)
            pairs = opposed(rest, told.words)
            others = rest - {one for one, _ in pairs} - _EMPTY
            shared = others & set(told.words)
            if len(pairs) != 1 or told.denied != asked.denied:
                continue
            close = len(shared) / len(others) >= _REST if others else _opens(clause, name, pairs)
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


# What a premise and its denial may say or leave out.
_EMPTY = frozenset(map(normal, ("need", "must", "use", "model", "llm", "function", "allowed")))


def _said_of(subject: Mention, question: str) -> tuple[Claim, set[str]]:
    """The claim of a question, and its words without those of its subject."""
    asked = read_claim(f"{question[: subject.start]} {question[subject.end :]}")
    return asked, set(asked.words) - set(read_claim(subject.words).words)


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
    r"without|never|unchanged|instead|rather|\w+n't)\b|%",
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
            if said and _about(clause, mentions[:1]) and "reference" not in clause:
                yield evidence


_CONTRAST = re.compile(r",? whereas |, while |; |, and (?=the |an? )|, but ")


def exchanged(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """What is said of one thing in contrast to another, asked of the other one.

    "Why does a cross-encoder embed them apart?", where "a bi-encoder embeds them apart, whereas a
    cross-encoder reads them together".
    """
    subject = mentions[0]
    asked, rest = _said_of(subject, question)
    rest -= _EMPTY
    name = set(read_claim(subject.words).words)
    if len(rest) < _ENOUGH:
        return
    for evidence in sentences:
        clauses = _CONTRAST.split(evidence.text)
        if len(clauses) != _ENOUGH:
            continue
        for other, own in (clauses, clauses[::-1]):
            theirs, ours = read_claim(other), read_claim(own)
            if not name <= set(ours.words) or name <= set(theirs.words):
                continue
            whose = next(iter(theirs.words), None)
            if whose in rest or theirs.denied != asked.denied or opposed(rest, theirs.words):
                continue
            alike, unlike = (len(rest & set(c.words)) / len(rest) for c in (theirs, ours))
            if alike >= _ALIKE and unlike <= _UNLIKE:
                yield evidence


_ENOUGH = 2
_ALIKE, _UNLIKE = 0.75, 0.4


_NUMBERS = re.findall(r"\S+", "one two three four five six seven eight nine ten eleven twelve")
_NUMBER = rf"(?P<number>\d+|{'|'.join(_NUMBERS)})"
COUNT = re.compile(
    rf"\b{_NUMBER} (?:\w+ )?(?P<what>stages?|steps?|phases?|parts|stations|lines|kinds|types|"
    r"families|components)\b",
    re.I,
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ORIGIN = re.compile(
    r"\b(?:invent|introduc|creat|develop|propos|publish|releas|present|describ)(?:e[ds]?|ed|s|"
    r"es)?\b"
    r"|\b(?:wrote|written|built)\b",
    re.I,
)
_OWNER = re.compile(r"\b(?:did|at|by|from|of) (?P<owner>[A-Z][\w.&-]+(?: [A-Z][\w.&-]+)*)")


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
        if _about(evidence.text, mentions)
        for count in COUNT.finditer(evidence.text)
        if stem(count["what"].lower()) == stem(asked["what"].lower())
    ]
    if told and not any(_number(count) == _number(asked) for count, _ in told):
        yield told[0][1]


def _number(count: re.Match[str]) -> int:
    said = count["number"].lower()
    return int(said) if said.isdigit() else _NUMBERS.index(said) + 1


def dated(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same origin, in another year."""
    asked = set(_YEAR.findall(question))
    if not asked or not _ORIGIN.search(question):
        return
    told = [e for e in _origins(mentions, sentences) if _YEAR.search(e.text)]
    if told and not any(asked & set(_YEAR.findall(e.text)) for e in sentences):
        yield told[0]


def credited(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """The same origin, of somebody else."""
    owner = _OWNER.search(question)
    if owner is None or not _ORIGIN.search(question):
        return
    if any(m.start < owner.end("owner") and owner.start("owner") < m.end for m in mentions):
        return
    told = [e for e in _origins(mentions, sentences) if _OWNER.search(e.text)]
    name = set(read_claim(mentions[0].words).words)
    own = [e.text for e in sentences if name <= set(read_claim(e.text).words)]
    if told and not any(owner["owner"] in text for text in own):
        yield told[0]


def _origins(mentions: Sequence[Mention], sentences: Sequence[Evidence]) -> list[Evidence]:
    return [e for e in sentences if _ORIGIN.search(e.text) and _about(e.text, mentions[:1])]


def _about(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether a sentence opens with what the question names."""
    opening = set(read_claim(text[:_SUBJECT]).words)
    return not mentions or any(set(read_claim(m.words).words) <= opening for m in mentions)


# A subject stands within so many characters of a sentence's beginning.
_SUBJECT = 60
