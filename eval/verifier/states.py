"""Texts as the network sees them: encoded once, kept in half precision, put into batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from eval.verifier.network import Texts
from index.encoder import Layers, OnnxEncoder, bundled_folder
from tutor.lexicon import load as load_lexicon

_AT_ONCE = 512


class States:
    """Encoded texts by text.

    Args:
        models: folder of the exported encoder.
    """

    def __init__(self, models: Path) -> None:
        self._encoder = OnnxEncoder(bundled_folder(), models)
        self._kept: dict[str, Layers] = {}

    def add(self, texts: Iterable[str]) -> None:
        """Encode what is not there yet."""
        new = sorted(set(texts) - self._kept.keys(), key=len)
        for at in range(0, len(new), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            for text, found in zip(some, self._encoder.encode_layers(some), strict=True):
                half: Any = found.states.astype(np.float16)
                self._kept[text] = Layers(found.ids, found.spans, half)

    def batch(self, pairs: Sequence[tuple[str, str]]) -> tuple[Texts, Texts, Tensor]:
        """Sentences, passages, and which of their tokens are the same, shape (b, n, m).

        Args:
            pairs: of passage and sentence.
        """
        sentences = _texts([(self._kept[s], s, p) for p, s in pairs])
        passages = _texts([(self._kept[p], p, s) for p, s in pairs])
        same = torch.zeros(len(pairs), sentences.mask.shape[1], passages.mask.shape[1])
        for row, (passage, sentence) in enumerate(pairs):
            one, other = self._kept[sentence].ids, self._kept[passage].ids
            same[row, : len(one), : len(other)] = torch.from_numpy(
                (one[:, None] == other[None, :]).astype(np.float32)
            )
        return sentences, passages, same


def _texts(read: Sequence[tuple[Layers, str, str]]) -> Texts:
    """A batch, padded with zeros."""
    lexicon = load_lexicon()
    width = max(len(layers.ids) for layers, _, _ in read)
    depth, _, dimension = read[0][0].states.shape
    states = np.zeros((depth, len(read), width, dimension), np.float32)
    mask = np.zeros((len(read), width), np.float32)
    flags = np.zeros((len(read), width, 4), np.float32)
    for row, (layers, text, other) in enumerate(read):
        length = len(layers.ids)
        states[:, row, :length] = layers.states
        mask[row, :length] = 1
        flags[row, :length] = lexicon.flags(text, other, layers.spans)
    return Texts(torch.from_numpy(states), torch.from_numpy(mask), torch.from_numpy(flags))
