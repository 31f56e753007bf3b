"""Which sentence answers a question best: a trained cross-encoder beside the linear ranker.

The linear ranker (``tutor.ranking``) knows which words meet; this one has read thousands of
questions with the sentence to begin with (eval/reranker). It reads the
sentences that the linear ranker places first; those behind them are not read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tutor.crossencoder import CrossEncoder, Floats

WEIGHTS = Path(__file__).parent / "reranker.safetensors"
PARAMETERS = Path(__file__).parent / "reranker.json"
# Sentences that are read of a question: the best one is among ten for 0.96 of those for which it is
# among sixteen, which take a third of a second on two cores instead of a quarter.
READ = 10


class SentenceReranker:
    """Scores sentences by how well they answer a question.

    Args:
        file: the network's weights.
    """

    def __init__(self, file: Path = WEIGHTS) -> None:
        self._read = CrossEncoder((file,))

    def __call__(self, question: str, sentences: Sequence[str]) -> Floats:
        """What to add to the linear scores, log odds, shape (sentences,).

        Raises:
            ModelError: the weights cannot be read.
        """
        return self.logits(question, sentences) * weight()

    def logits(self, question: str, sentences: Sequence[str]) -> Floats:
        """What the network says of each sentence, shape (sentences,); differences are log odds."""
        logits: Floats = self._read([(sentence, question) for sentence in sentences])[0, :, 0]
        return logits


@cache
def weight(file: Path = PARAMETERS) -> float:
    """What a logit weighs beside the linear score, as fitted (``eval.reranker.judge``)."""
    return float(json.loads(file.read_text(encoding="utf-8"))["weight"])
