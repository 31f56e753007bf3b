"""Ways of having a small model put evidence into words; each yields the sentences of one draft."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.sentences import split_sentences
from tutor.check import Check
from tutor.drafting import plain_sentence
from tutor.llama import LlamaEngine
from tutor.prompts import SYSTEM, write_messages

from . import grammar

_TOKENS = 220
_WARMTH = 0.7
_DRAFTS = 4
_TRIES = 3
_SHORT = 25  # words

SHORTEN = "Say this sentence in fewer words. Keep its words and add nothing.\n\n{sentence}"


@dataclass(frozen=True, slots=True)
class Task:
    """What a draft is written from.

    Attributes:
        evidence: prose sentences after the opening, in reading order.
    """

    question: str
    evidence: Sequence[str]


Variant = Callable[[LlamaEngine, Check, Task], Iterable[str]]


def free(count: int) -> Variant:
    """The first ``count`` sentences rewritten as a paragraph."""

    def draft(engine: LlamaEngine, check: Check, task: Task) -> Iterator[str]:
        yield from _written(engine, task.question, task.evidence[:count])

    return draft


def short_evidence(engine: LlamaEngine, check: Check, task: Task) -> Iterator[str]:
    """Three sentences, none over 25 words, each at its shortest."""
    cut = [min(grammar.shortenings(s), key=len) for s in task.evidence]
    yield from _written(engine, task.question, [s for s in cut if len(s.split()) <= _SHORT][:3])


def best_of_drafts(engine: LlamaEngine, check: Check, task: Task) -> Sequence[str]:
    """Of four drafts the one with most words that hold."""
    evidence = task.evidence[:3]
    drafts = [
        list(_written(engine, task.question, evidence, _WARMTH, seed)) for seed in range(_DRAFTS)
    ]
    return max(drafts, key=lambda draft: _holding(check, draft, task.evidence))


def sentence_wise(engine: LlamaEngine, check: Check, task: Task) -> Iterator[str]:
    """Each of three sentences said in fewer words; tried again, warmer, while the check refuses."""
    for sentence in task.evidence[:3]:
        for number in range(_TRIES):
            said = " ".join(_shorter(engine, sentence, _WARMTH * bool(number), number))
            verdict = check(said, [sentence])
            if verdict.support == "supported" and verdict.certain and len(said) < len(sentence):
                yield said
                break


def held(make: Callable[[Sequence[str]], str], count: int = 3) -> Variant:
    """Three sentences under a grammar made of them."""

    def draft(engine: LlamaEngine, check: Check, task: Task) -> Iterator[str]:
        evidence = task.evidence[:count]
        if evidence:
            pieces = engine.stream(
                write_messages(task.question, evidence),
                max_tokens=2 * _TOKENS,
                grammar=make(evidence),
            )
            yield from split_sentences("".join(pieces))

    return draft


VARIANTS: dict[str, Variant] = {
    "one sentence, free": free(1),
    "two sentences, free": free(2),
    "three sentences, free": free(3),
    "five sentences, free": free(5),
    "three short ones, free": short_evidence,
    "best of four drafts": best_of_drafts,
    "sentence-wise, three tries": sentence_wise,
    "grammar: any order": held(grammar.in_any_order),
    "grammar: shortened": held(grammar.shortened),
    "grammar: shortened and joined": held(grammar.joined),
}


def _written(
    engine: LlamaEngine,
    question: str,
    evidence: Sequence[str],
    temperature: float = 0.0,
    seed: int | None = None,
) -> Iterator[str]:
    if evidence:
        pieces = engine.stream(
            write_messages(question, evidence),
            max_tokens=_TOKENS,
            temperature=temperature,
            seed=seed,
        )
        yield from _plain("".join(pieces))


def _shorter(engine: LlamaEngine, sentence: str, temperature: float, seed: int) -> Iterator[str]:
    asked = [("system", SYSTEM), ("user", SHORTEN.format(sentence=sentence))]
    pieces = engine.stream(asked, max_tokens=_TOKENS // 2, temperature=temperature, seed=seed)
    yield from _plain("".join(pieces))


def _plain(text: str) -> list[str]:
    return [plain_sentence(sentence) for sentence in split_sentences(text)]


def _holding(check: Check, draft: Sequence[str], evidence: Sequence[str]) -> int:
    """Words of the sentences that the check is certain of."""
    verdicts = [(sentence, check(sentence, evidence)) for sentence in draft]
    return sum(len(s.split()) for s, v in verdicts if v.support == "supported" and v.certain)
