"""Clauses that deny what a question states of their subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from tutor.evidence import Evidence
from tutor.mentions import Mention
from tutor.premises.claims import contrary, read_claim
from tutor.premises.classes import of_another_class
from tutor.premises.clauses import (
    REST,
    clauses_of,
    opens_with,
    segments_of,
    share_of,
    without_name,
)
from tutor.premises.contrast import contrasted
from tutor.premises.costs import costly
from tutor.premises.figures import figured
from tutor.premises.negation import negated
from tutor.premises.statement import Denial, Statement, normal_words, read_statement

# "How does …?" takes less for granted than "Why …?": a contrast proves too little then.
_PLAINLY = re.compile(r"\W*(?:\w+\W+)?(?:why|since|given|because|if|as)\b", re.I)
_SIGNED = re.compile(r"(?<![\w-])-?\d[\d.,]*\b")


# With the shares asked for here and in the modules of the rules, 0 of 46 true premises are denied
# that were written when all was set, 0 of 686 wordings of topics, and 0 of 200 sentences and 1 of
# 400 paraphrases of the curriculum.
def denied(
    question: str, mentions: Sequence[Mention], sentences: Sequence[Evidence]
) -> Iterator[Evidence]:
    """Clauses that deny what a question states of their subject, the surest first.

    They say the opposite, another figure or another class, say "no" to it, keep it for something
    else ("…, whereas …"), or call a saving a cost. None is given if another clause states it as
    fully.
    """
    said = read_statement(question, mentions, sentences)
    if said is None or not said.rest:
        return
    clauses = [(e, c) for e in sentences for c in clauses_of(e.text) if opens_with(c, said)]
    found = [denial for e, c in clauses if (denial := _denial(e, c, said))]
    if _PLAINLY.match(question):
        found += [(weight, e) for e in sentences if (weight := contrasted(e.text, said))]
    found += [*of_another_class(said, sentences), *costly(said, clauses)]
    support = max((_support(clause, said) for _, clause in clauses), default=0.0)
    found = [denial for denial in found if denial[0] > support]
    found += figured(said, clauses)
    yield from (evidence for _, evidence in sorted(found, key=lambda denial: -denial[0]))


def _support(clause: str, said: Statement) -> float:
    """How much of a statement a clause says just so, 0..1."""
    figures = set(_SIGNED.findall(said.text)) <= set(_SIGNED.findall(clause))
    alike = read_claim(clause).denied == said.denied and not contrary(said.text, clause)
    return share_of(said.counts, without_name(clause, said)) if figures and alike else 0.0


def _denial(evidence: Evidence, clause: str, said: Statement) -> Denial | None:
    shares = [_opposed(evidence.text, clause, said)]
    shares += [] if said.denied else [negated(clause, said)]
    best = max(shares)
    return (best, evidence) if best else None


def _opposed(sentence: str, clause: str, said: Statement) -> float:
    """How much of the statement a clause says, one word of it turned into its opposite."""
    pairs = contrary(said.text, clause)
    turned = {one for one, _ in pairs}
    if len(turned) != 1 or turned & said.things or read_claim(clause).denied != said.denied:
        return 0.0
    own = [c for c in clauses_of(sentence) if c != clause and opens_with(c, said)]
    if any(turned & set(normal_words(c)) for c in own):
        return 0.0  # "Dropout is active in training, whereas dropout is switched off in inference"
    held = without_name(clause, said)
    others = said.counts - turned
    if others and not _beside(clause, {other for _, other in pairs}, others, said):
        return 0.0  # "stores 4-bit weights plus small trainable adapters", of frozen weights
    if others:
        return (
            share_of(said.counts | turned, held | turned) if share_of(others, held) >= REST else 0.0
        )
    # "K-means is an unsupervised algorithm": the opposite follows the name.
    opening = normal_words(clause)[: 2 + max(map(len, said.names))]
    return float(any(other in opening for _, other in pairs))


def _beside(clause: str, words: Set[str], others: Set[str], said: Statement) -> bool:
    """Whether words stand in one segment with the subject or with something else stated."""
    names: set[str] = set().union(*said.names)
    parts = [set(normal_words(segment)) for segment in segments_of(clause)]
    return any(words & part and (names | others) & part for part in parts)
