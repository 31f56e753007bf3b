"""Quoted-spans alignment of RAGAS: a second opinion on citations, by plain search of text.

Source: RAGAS 0.4, ``ragas.metrics.collections.QuotedSpansAlignment``: the share of the spans in
quotation marks that stand word for word in the sources, after lower-casing and collapsing white
space; spans of fewer than three words are ignored, and an answer without a span gets 1.

The tutor quotes without quotation marks, and RAGAS pools all sources of an answer. So RAGAS is
asked once for each sentence: the response is the sentence in quotation marks, less its end mark,
and the sources are what this sentence cites. The figure of an answer is the mean over its
sentences. What RAGAS takes for a quotation mark (apostrophes and backquotes too, which would cut a
sentence at "model's") is taken out of both sides. Sentences of fewer than three words are left
out; an answer with no other sentence has no figure, instead of RAGAS's 1.

It knows nothing of meaning, and is strict where the tutor's check allows more: a sentence that
drops an article or a bracket, or joins two passages, does not stand in them word for word. And it
is lax where the check is not: a condition that was cut off at a comma goes unnoticed.
"""

from __future__ import annotations

from functools import lru_cache
from statistics import mean
from typing import Any

from eval.measures.citation import cited, said
from eval.measures.measure import Measure
from eval.measures.ragas_sync import ragas, run_sync
from eval.records import Record, Reply

MIN_WORDS = 3
_MARKS = dict.fromkeys(map(ord, "\"“”„‟'‘’`´"))
_ENDS = " .!?…:;,"


def _score(record: Record) -> float | None:
    if record.reply is None:
        return None
    asked = _asked(record.reply)
    return mean(run_sync(_aligned(asked))) if asked else None


def _asked(reply: Reply) -> list[tuple[str, list[str]]]:
    """Response and sources for each sentence that is long enough."""
    pairs = [
        (_plain(sentence.text).rstrip(_ENDS), [_plain(q) for q in cited(reply, sentence) if q])
        for sentence in said(reply)
    ]
    return [(f'"{span}"', sources) for span, sources in pairs if len(span.split()) >= MIN_WORDS]


def _plain(text: str) -> str:
    """One line without quotation marks."""
    return " ".join(text.translate(_MARKS).split())


async def _aligned(asked: list[tuple[str, list[str]]]) -> list[float]:
    metric = _metric()
    return [(await metric.ascore(response, sources)).value for response, sources in asked]


@lru_cache(maxsize=1)
def _metric() -> Any:
    library = ragas("ragas.metrics.collections.quoted_spans")
    return library.QuotedSpansAlignment(min_span_words=MIN_WORDS)


QUOTED_SPANS = Measure(
    "quoted spans",
    "citation",
    "Share of the answer's sentences that stand word for word in what they cite.",
    "RAGAS QuotedSpansAlignment, asked sentence by sentence",
    _score,
    costly=True,  # seconds to load RAGAS
)
