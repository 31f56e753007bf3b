"""Whether a passage says what a sentence says: a trained cross-encoder (``tutor.crossencoder``).

Trained by ``python -m eval.verifier.train`` on pairs written for it (eval/golden/training). It is
loaded only where a model has written something to check.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tutor.crossencoder import CrossEncoder, Floats, softmax

# Of two networks, trained apart; the mean of their probabilities is better than either's.
WEIGHTS = tuple(
    Path(__file__).parent / name for name in ("verifier.safetensors", "verifier-2.safetensors")
)
LABELS = ("supported", "partial", "unsupported")


class Verifier:
    """The mean of the networks.

    Args:
        files: their weights.
        folder: of the encoder that they are made of; None for the bundled one.
    """

    def __init__(self, files: Sequence[Path] = WEIGHTS, folder: Path | None = None) -> None:
        self._read = CrossEncoder(files, folder)

    def __call__(self, sentence: str, passages: Sequence[str]) -> Floats:
        """Probabilities of ``LABELS`` for each passage, shape (passages, 3).

        Raises:
            ModelError: the weights cannot be read.
        """
        if not passages:
            return np.zeros((0, len(LABELS)), np.float32)
        mean: Floats = softmax(self._read([(sentence, p) for p in passages])).mean(axis=0)
        return mean
