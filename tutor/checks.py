"""The check that the settings name: the bundled one, an entailment model, or both together.

The bundled check lets what is quoted or shortened pass by rules (``tutor.check``), and asks a small
cross-encoder about the rest (``tutor.verifier``). An entailment model of the settings takes the
place of the cross-encoder, or of all but the rules on markup.

Such a model reads, in turn: each passage by itself, the two that together have most words in
common with the sentence, and all of them. It reads no more once one of these supports the sentence.
What it is not trusted with is told in ``tutor.additions``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from index.lexical import terms, words
from tutor.additions import added, added_markup, straight
from tutor.check import Check, Verdict, check_sentence
from tutor.gaps import stems
from tutor.lexicon import load as load_lexicon
from tutor.verifier import Verifier

if TYPE_CHECKING:
    from tutor.settings import Settings

Entails = Callable[[str, Sequence[str]], Sequence[float]]
"""Probability that each passage supports a sentence, 0..1."""

Group = tuple[int, ...]
"""Positions of passages that are read together, in order."""


def open_check(settings: Settings) -> Check:
    """The check of the settings.

    Raises:
        ModelError: the entailment model is not here. One that cannot be used is told when it is
            first asked.
    """
    if not settings.entailment_model:
        return BundledCheck()
    from tutor.entailment import Entailment

    model = Entailment(settings.entailment_model, settings.models)
    beside = check_sentence if settings.entailment == "beside" else None
    return EntailmentCheck(model.scores, settings.entailment_threshold, beside)


# On the 180 pairs of dev, read as the tutor reads them: the two shares found right are highest
# together (docs/log.md, "The check, continued"). The evidence is read in one piece: a sentence that
# each of two passages supports by itself at 0.4 is often supported by neither (the best of the
# pieces: 0.77 balanced; the whole: 0.85). Rules on figures and names do not decide here, where they
# refuse 4 of the 60 supported ones and catch nothing that the networks do not.
SUPPORTED = 0.45
# So many passages are read in one piece, the nearest by their words: the networks learnt on such.
_PIECE = 3
# What a learner may be shown of a model's words: also without a new figure or name, in the
# passage's order, with its words for who does what to whom, in whole sentences, with nearly all
# words the passage's. Of 420 pairs held out of the training, all hard, 3 of the 263 that are not
# supported passed with 0.8 of the words and any such small words, all with exchanged roles or an
# antonym in another's place; with these rules none of the three does.
CERTAIN, NEARLY_ALL = 0.675, 0.85


class BundledCheck:
    """Rules, and on what they do not let pass a cross-encoder, loaded when first asked."""

    def __call__(self, sentence: str, passages: Sequence[str]) -> Verdict:
        """As ``tutor.check.check_sentence``.

        Raises:
            ModelError: the cross-encoder's weights cannot be read.
        """
        verdict = check_sentence(sentence, passages)
        if verdict.support == "supported" or not passages or not any(map(str.isalpha, sentence)):
            return verdict
        piece = _piece(sentence, passages)
        texts = [passages[i] for i in piece]
        read = self._verifier(sentence, [" ".join(texts), *texts])
        supported, partial, not_at_all = (float(p) for p in read[0])
        if supported < SUPPORTED:
            reason = verdict.reason or f"it is supported at {supported:.2f}"
            return Verdict("partial" if partial > not_at_all else "unsupported", piece, reason)
        used = self._used(sentence, piece, texts, [float(p[0]) for p in read[1:]])
        told = " ".join(passages[i] for i in used)
        return Verdict(
            "supported", used, "", supported >= CERTAIN and _may_be_shown(sentence, told)
        )

    def _used(
        self, sentence: str, piece: Group, texts: Sequence[str], alone: Sequence[float]
    ) -> Group:
        """The nearest passage that supports the sentence by itself; all of them if none does."""
        enough = [n for n, score in enumerate(alone) if score >= SUPPORTED]
        if not enough:
            return piece
        return (piece[max(enough, key=lambda n: _shared(sentence, texts[n]))],)

    @cached_property
    def _verifier(self) -> Verifier:
        return Verifier()


def _piece(sentence: str, passages: Sequence[str]) -> Group:
    """The passages that share most words with the sentence, in their order."""
    order = sorted(range(len(passages)), key=lambda i: -_shared(sentence, passages[i]))
    return tuple(sorted(order[:_PIECE]))


def _may_be_shown(sentence: str, passage: str) -> bool:
    """Whether the rules let a learner see what the networks find supported."""
    return (
        added(sentence, passage) is None
        and bool(_WHOLE.search(sentence))
        and _covered(sentence, passage) >= NEARLY_ALL
        and _in_order(sentence, passage)
        and _relating(sentence) == _relating(passage)
    )


# "Limits the window" and "is limited by the window" differ by such a word only.
_RELATION = re.compile(r"\b(?:by|from|to|with|than|into|of)\b", re.I)


def _relating(text: str) -> Counter[str]:
    return Counter(match.lower() for match in _RELATION.findall(text))


_WHOLE = re.compile(r"[.!?][\"')\]]*$")


def _covered(sentence: str, passage: str) -> float:
    """Share of the sentence's content words that the passage holds, or holds an equal of, 0..1."""
    here, there = set(terms(sentence)), set(terms(passage))
    equals = load_lexicon().equals
    for word in words(passage):
        there.update(term for equal in equals.get(word, ()) for term in terms(equal))
    return len(here & there) / len(here) if here else 0.0


def _in_order(sentence: str, passage: str) -> bool:
    """Whether the words that both have once stand in the same order.

    "A needs more than B" and "B needs more than A" have the same words, and to the cross-encoder
    nearly the same meaning.
    """
    here, there = terms(sentence), terms(passage)
    mine, theirs = Counter(here), Counter(there)
    places = [there.index(word) for word in here if mine[word] == theirs[word] == 1]
    return places == sorted(places)


@dataclass(frozen=True, slots=True)
class EntailmentCheck:
    """A check that an entailment model decides. Quotations pass without being read.

    Attributes:
        threshold: least probability of support.
        beside: a check, where the model stands beside one: figures, names and identifiers that the
            passage lacks are then refused whatever the model says, and that check tells "partial"
            from "unsupported". None leaves all but markup to the model.
        certain: least probability at which the verdict is certain.
    """

    entails: Entails
    threshold: float = 0.5
    beside: Check | None = None
    certain: float = 0.0

    def __call__(self, sentence: str, passages: Sequence[str]) -> Verdict:
        """As ``tutor.check.check_sentence``.

        Raises:
            ModelError: the model cannot be used.
        """
        if not any(c.isalpha() for c in sentence):
            return Verdict("unsupported", (), "it has no words")
        plain = straight(sentence)
        for position, passage in enumerate(passages):
            if straight(passage) == plain:
                return Verdict("supported", (position,))
        found, best = self._support(sentence, passages)
        if found:
            return Verdict("supported", found, certain=best >= self.certain)
        return self._refused(sentence, passages, best)

    def _support(self, sentence: str, passages: Sequence[str]) -> tuple[Group, float]:
        """The passages that support the sentence, none if none do, and the best probability."""
        best = 0.0
        for groups in _attempts(sentence, passages):
            scored = self._scored(sentence, passages, groups)
            best = max([best, *scored.values()])
            holding = [group for group, score in scored.items() if score >= self.threshold]
            if holding:
                # Such probabilities crowd near 1: the words tell which passage it was made from.
                nearest = max(
                    holding, key=lambda group: _shared(sentence, _together(passages, group))
                )
                return self._needed(sentence, passages, nearest), best
        return (), best

    def _scored(
        self, sentence: str, passages: Sequence[str], groups: Sequence[Group]
    ) -> dict[Group, float]:
        """The model's probabilities; groups that the rules refuse are not read."""
        texts = {group: _together(passages, group) for group in groups}
        free = {g: text for g, text in texts.items() if self._fault(sentence, text) is None}
        if not free:
            return {}
        return dict(zip(free, self.entails(sentence, list(free.values())), strict=True))

    def _fault(self, sentence: str, passage: str) -> str | None:
        return (added if self.beside else added_markup)(sentence, passage)

    def _needed(self, sentence: str, passages: Sequence[str], group: Group) -> Group:
        """The passages of a group without which the others do not support the sentence.

        All of them where those alone would not: a citation too many is better than one too few.
        """
        if len(group) < _PAIR + 1:
            return group  # each of a pair is: neither supported the sentence by itself
        without = {one: tuple(p for p in group if p != one) for one in group}
        scored = self._scored(sentence, passages, list(without.values()))
        needed = tuple(
            one for one, rest in without.items() if scored.get(rest, 0.0) < self.threshold
        )
        alone = self._scored(sentence, passages, [needed]) if needed else {}
        return needed if alone.get(needed, 0.0) >= self.threshold else group

    def _refused(self, sentence: str, passages: Sequence[str], best: float) -> Verdict:
        if not passages:
            return Verdict("unsupported", (), "no passage")
        nearest = max(range(len(passages)), key=lambda i: _shared(sentence, passages[i]))
        fault = self._fault(sentence, passages[nearest])
        reason = fault or f"it is supported at {best:.2f}, less than {self.threshold:.2f}"
        bundled = self.beside(sentence, passages).support if self.beside else "unsupported"
        return Verdict("unsupported" if bundled == "unsupported" else "partial", (nearest,), reason)


_PAIR = 2


def _attempts(sentence: str, passages: Sequence[str]) -> Iterator[list[Group]]:
    """What may support a sentence, in the order in which it is read."""
    everything = tuple(range(len(passages)))
    yield [(one,) for one in everything]
    if len(passages) > _PAIR:
        pairs = combinations(everything, _PAIR)
        yield [max(pairs, key=lambda pair: _shared(sentence, _together(passages, pair)))]
    if len(passages) >= _PAIR:
        yield [everything]


def _shared(sentence: str, passage: str) -> int:
    """Number of words that both have."""
    return len(stems(sentence) & stems(passage))


def _together(passages: Sequence[str], group: Group) -> str:
    return " ".join(passages[one] for one in group)
