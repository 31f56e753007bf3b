"""RAGAS's semantic similarity: whether an answer means what the reference answer does."""

from __future__ import annotations

from functools import cache
from typing import Any

from eval.measures.measure import Measure
from eval.measures.ragas_embeddings import ragas_embeddings
from eval.measures.ragas_sync import ragas, run_sync
from eval.measures.wording import wordings
from eval.records import Record
from index.encoder import Encoder


def semantic_similarity(encoder: Encoder) -> Measure:
    """Semantic similarity by an embedding model, which reads ``encoder.max_tokens`` of a text."""

    @cache
    def metric() -> Any:
        made = ragas("ragas.metrics.collections").SemanticSimilarity
        return made(embeddings=ragas_embeddings(encoder))

    def score(record: Record) -> float | None:
        texts = wordings(record)
        if texts is None:
            return None
        reference, told = texts
        return float(run_sync(metric().ascore(reference=reference, response=told)).value)

    return Measure(
        name="semantic similarity",
        group="answer",
        definition="Cosine, -1..1, of the vectors of answer and reference answer; answered "
        "questions only.",
        source="RAGAS 0.4, SemanticSimilarity (docs.ragas.io); Risch et al. 2021, arXiv 2108.06130",
        score=score,
        costly=True,
    )
