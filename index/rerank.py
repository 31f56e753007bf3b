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
        return {row: combined(*candidate) for row, candidate in candidates.items()}


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


# The mean of the 30 best of 3,000 random weightings, by MRR and recall@5 on the 103 dev questions
# over the curriculum and the 80 over the references at once: recall@5 1.000 and 0.975 there
# (docs/log.md, "Reranking with references").
_DENSE, _PROBE, _COVERAGE, _BM25, _FUSED = 0.3, 0.7, 0.65, 0.4, 7.0
# Only topics of the curriculum have names that a question may be near to, and some name is near to
# any question: this evens the odds for the others. Best probe of a question, 10, 50 and 90 %
# quantiles: over references, which no topic names, 0.42, 0.54, 0.69; over the curriculum 0.57,
# 0.70, 0.85.
_NAMELESS = 0.35


def combined(chunk: Chunk, signals: Signals) -> float:
    """The default reranker's score of one candidate."""
    return (
        signals.late
        + _DENSE * signals.dense
        + _PROBE * signals.probe
        + _COVERAGE * signals.coverage
        + _BM25 * min(signals.bm25, 1.5)
        + _FUSED * signals.fused
        + _NAMELESS * (chunk.kind in ("reference", "mine"))
    )
