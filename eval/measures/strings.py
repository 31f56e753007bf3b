"""RAGAS's string measures of an answer against its reference answer.

Told apart on dev (109 answers, each against its own reference and against another question's), by
the area under the ROC curve, 0.5 for chance:

    chrF 0.953 · ROUGE-L 0.948 (``rouge``) · BLEU 0.804 · Jaro-Winkler 0.690 · Levenshtein 0.645

chrF is kept because it says something, Levenshtein because it is RAGAS's plain string similarity
and stands in other people's tables; it measures length more than content. Left out: BLEU, of which
RAGAS scores only the first sentence of an answer against all sentences of the reference (it hands
them to sacrebleu as so many references of one segment); Jaro-Winkler, for names, not sentences;
exact match and string presence, which were 0 for every answer.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from eval.measures.measure import Measure
from eval.measures.ragas_sync import ragas, run_sync
from eval.measures.wording import wordings
from eval.records import Record


def _chrf(record: Record) -> float | None:
    return _scored("CHRFScore", record)


def _similarity(record: Record) -> float | None:
    return _scored("NonLLMStringSimilarity", record)


def _scored(name: str, record: Record) -> float | None:
    texts = wordings(record)
    if texts is None:
        return None
    reference, told = texts
    return float(run_sync(_metric(name).ascore(reference=reference, response=told)).value)


@cache
def _metric(name: str) -> Any:
    return getattr(ragas("ragas.metrics.collections"), name)()


CHRF = Measure(
    name="chrF",
    group="answer",
    definition="F-measure, recall counting twice, of the character n-grams up to 6 of answer and "
    "reference answer; answered questions only.",
    source="RAGAS 0.4, CHRFScore by sacrebleu (docs.ragas.io); Popović 2015, ACL W15-3049",
    score=_chrf,
)
STRING_SIMILARITY = Measure(
    name="string similarity",
    group="answer",
    definition="1 - Levenshtein distance / length of the longer of answer and reference answer; "
    "answered questions only.",
    source="RAGAS 0.4, NonLLMStringSimilarity by rapidfuzz (docs.ragas.io); Levenshtein 1966",
    score=_similarity,
)
