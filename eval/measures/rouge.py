"""ROUGE-L through RAGAS: how much of the wording of answer and reference answer is in common.

The F-measure is the usual figure. It falls with the length of an answer (rank correlation -0.51 on
109 answers of dev, which are five times as long as their references); the recall falls less (-0.20)
and tells more of the facts held (0.35 against 0.29), so both are here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from eval.measures.measure import Measure
from eval.measures.ragas_sync import ragas, run_sync
from eval.measures.wording import wordings
from eval.records import Record

Mode = Literal["fmeasure", "recall"]
_NAMES: dict[Mode, str] = {"fmeasure": "ROUGE-L", "recall": "ROUGE-L recall"}
_FIGURES: dict[Mode, str] = {
    "fmeasure": "Length of the longest common subsequence of stemmed words of answer and reference "
    "answer, as F-measure of its shares in both",
    "recall": "Length of the longest common subsequence of stemmed words of answer and reference "
    "answer, as its share in the reference answer",
}


def rouge(mode: Mode = "fmeasure") -> Measure:
    """ROUGE-L over stemmed words."""

    def score(record: Record) -> float | None:
        texts = wordings(record)
        if texts is None:
            return None
        reference, told = texts
        return float(run_sync(_metric(mode).ascore(reference=reference, response=told)).value)

    return Measure(
        name=_NAMES[mode],
        group="answer",
        definition=f"{_FIGURES[mode]}; answered questions only.",
        source="RAGAS 0.4, RougeScore (docs.ragas.io); Lin 2004, ACL W04-1013",
        score=score,
    )


@cache
def _metric(mode: Mode) -> Any:
    return ragas("ragas.metrics.collections").RougeScore(rouge_type="rougeL", mode=mode)
