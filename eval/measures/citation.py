"""Citation recall and precision in ALCE's sense.

Source: Gao, Yen, Yu and Chen, "Enabling Large Language Models to Generate Text with Citations",
EMNLP 2023 (arXiv 2305.14627), section 4; princeton-nlp/ALCE, eval.py, ``compute_autoais``.

- A sentence is recalled if it has citations and the passages that it cites, taken together, support
  it. A sentence without a citation, or with a number that no entry has, is not.
- A citation is precise if its sentence is recalled and the citation is not irrelevant: its passage
  supports the sentence alone, or the other cited passages do not without it.

As in ALCE the figure of an answer is the mean over its sentences (recall) or over its citations
(precision), and the figure of a run is the mean over its answers; an answer without any citation
has precision 0. Where we differ: all citations of a sentence are read, ALCE's code reads the
first three; and citations beside a forged one count as imprecise, as the paper's definition has
it, whereas the code leaves them out of the count. Our passages have no title.

ALCE's judge of support is a T5 of 11 billion parameters. Here it is a parameter; with the tutor's
own check the figures show that nothing gets past it, not that it is right: for that see
``eval.agreement``, and ``eval.measures.quoted_spans`` for a second opinion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean

from eval.measures.measure import Measure
from eval.records import Record, Reply, Said
from index.sentences import split_sentences
from tutor.check import Check, check_sentence

Supports = Callable[[str, Sequence[str]], bool]
"""Whether passages, taken together, support a sentence; no passages support none."""

_ALCE = "ALCE: Gao et al. 2023 (arXiv 2305.14627)"


def by_check(check: Check = check_sentence) -> Supports:
    """The support that a check of the tutor's finds.

    The check compares a sentence with sentences. A quotation of the tutor's is one; those of other
    systems are offered whole and in their sentences.
    """

    def supports(sentence: str, passages: Sequence[str]) -> bool:
        parts = [part for passage in passages for part in (passage, *split_sentences(passage))]
        return check(sentence, list(dict.fromkeys(parts))).support == "supported"

    return supports


def said(reply: Reply) -> list[Said]:
    """The sentences of an answer; none if it was declined.

    Those of a system that lists none are split from its text, and cite nothing.
    """
    if not reply.told.strip():
        return []
    return reply.sentences or [Said(text=text) for text in split_sentences(reply.told)]


def cited(reply: Reply, sentence: Said) -> list[str | None]:
    """The quotation behind each citation of a sentence; None for a number without an entry."""
    quotes = {citation.n: citation.quote for citation in reply.citations}
    return [quotes.get(n) for n in sentence.citations]


def citation_recall(supports: Supports) -> Measure:
    """Share of the sentences that their citations support."""

    def score(record: Record) -> float | None:
        reply = record.reply
        if reply is None or not said(reply):
            return None
        return fmean(_recalled(s.text, cited(reply, s), supports) for s in said(reply))

    return Measure(
        "citation recall",
        "citation",
        "Share of the answer's sentences that the passages they cite support, taken together; a "
        "sentence without a citation counts as not supported.",
        _ALCE,
        score,
    )


def citation_precision(supports: Supports) -> Measure:
    """Share of the citations that support their sentences and are not needless."""

    def score(record: Record) -> float | None:
        reply = record.reply
        if reply is None or not said(reply):
            return None
        precise = [p for s in said(reply) for p in _precise(s.text, cited(reply, s), supports)]
        return fmean(precise) if precise else 0.0

    return Measure(
        "citation precision",
        "citation",
        "Share of the answer's citations whose sentence is supported and that support it alone or "
        "are needed for it; 0 without any citation.",
        _ALCE,
        score,
    )


def _recalled(sentence: str, quotes: Sequence[str | None], supports: Supports) -> bool:
    passages = [quote for quote in quotes if quote is not None]
    return bool(quotes) and len(passages) == len(quotes) and supports(sentence, passages)


def _precise(sentence: str, quotes: Sequence[str | None], supports: Supports) -> list[bool]:
    """For each citation of a sentence whether it is precise."""
    if not _recalled(sentence, quotes, supports):
        return [False] * len(quotes)
    passages = [quote for quote in quotes if quote is not None]
    return [
        supports(sentence, [passage])
        or not supports(sentence, passages[:place] + passages[place + 1 :])
        for place, passage in enumerate(passages)
    ]
