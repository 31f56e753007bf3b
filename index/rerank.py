"""The last stage of a search: late interaction with the encoder's own token vectors, or a model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from corpus.errors import ModelError
from index.records import Chunk, Signals

Candidates = Mapping[int, tuple[Chunk, Signals]]


class Reranker(Protocol):
    """Scores candidates of a search; higher is better, comparable within one search."""

    def scores(self, question: str, candidates: Candidates) -> dict[int, float]:
        """One score by row."""


class LateInteraction:
    """Weighted sum of the stages' signals, late interaction first.

    The weights were fitted on the ``dev`` questions alone (docs/log.md, "Reranking").
    """

    def scores(self, question: str, candidates: Candidates) -> dict[int, float]:
        return {row: combined(signals) for row, (_, signals) in candidates.items()}


class Fused:
    """No reranking: the order of reciprocal rank fusion."""

    def scores(self, question: str, candidates: Candidates) -> dict[int, float]:
        return {row: signals.fused for row, (_, signals) in candidates.items()}


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder, by folder or hub name."""

    def __init__(self, model: str) -> None:
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(model, device="cpu")
        except (OSError, ValueError) as fault:
            raise ModelError(
                f"reranker {model!r} does not load; set reranker to 'late-interaction', 'none', "
                f"or a sentence-transformers cross-encoder"
            ) from fault

    def scores(self, question: str, candidates: Candidates) -> dict[int, float]:
        rows = list(candidates)
        pairs = [(question, f"{c.heading}\n{c.text}") for c, _ in candidates.values()]
        found = self._model.predict(pairs, show_progress_bar=False)
        return dict(zip(rows, (float(score) for score in found), strict=True))


def load_reranker(name: str) -> Reranker:
    """The reranker for a setting: "late-interaction", "none", or a cross-encoder.

    Raises:
        ModelError: the cross-encoder does not load.
    """
    if name == "late-interaction":
        return LateInteraction()
    return Fused() if name == "none" else CrossEncoderReranker(name)


def combined(signals: Signals) -> float:
    """The default reranker's score of one candidate."""
    return (
        signals.late
        + 0.3 * signals.dense
        + 0.3 * signals.probe
        + 0.3 * signals.coverage
        + 4.0 * signals.fused
    )


def standardized(values: Sequence[float]) -> list[float]:
    """Values as distances from their mean in standard deviations; zeros if all are equal."""
    mean = sum(values) / len(values)
    spread = math.sqrt(sum((v - mean) ** 2 for v in values) / len(values))
    return [(v - mean) / spread if spread else 0.0 for v in values]


__all__ = ["Reranker", "combined", "load_reranker", "replace"]
