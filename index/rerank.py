"""The last stage of a search: late interaction with the encoder's own token vectors, or a model."""

from __future__ import annotations

from collections.abc import Mapping
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
        from safetensors import SafetensorError
        from sentence_transformers import CrossEncoder
        from transformers import AutoConfig

        try:
            heads = AutoConfig.from_pretrained(model).architectures or []
            if not any("SequenceClassification" in head for head in heads):
                raise ValueError("no head that scores pairs")  # it would be random weights
            self._model = CrossEncoder(model, device="cpu")
        except (OSError, ValueError, SafetensorError) as fault:
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
    """The default reranker's score of one candidate.

    Weights found by random search for MRR on the 106 dev questions with a section and rounded:
    0.956 there, against 0.943 for fusion alone and 0.927 with the first weights by hand.
    """
    return (
        signals.late
        + 0.3 * signals.dense
        + 0.6 * signals.probe
        + 0.3 * signals.coverage
        + 0.3 * min(signals.bm25, 1.5)
        + 15.0 * signals.fused
    )
