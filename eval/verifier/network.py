"""The cross-encoder of ``tutor.crossencoder`` in torch, to be trained.

Shapes: b pairs, n tokens.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from tutor.crossencoder import FLAGS

_WIDTH, _HIDDEN = 384, 256
_DROPOUT = 0.1


class Network(nn.Module):  # type: ignore[misc]  # torch has no types for it
    """Scores of pairs of texts.

    Args:
        folder: of the encoder whose layers are trained on.
        outputs: scores of a pair.
    """

    def __init__(self, folder: Path, outputs: int) -> None:
        from transformers import AutoModel

        super().__init__()
        # Eager attention: on a CPU its backward pass takes a third of the time of the fused one.
        self.encoder = AutoModel.from_pretrained(
            str(folder), add_pooling_layer=False, attn_implementation="eager"
        )
        for module in self.encoder.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # drawing its random numbers takes longer than all the rest
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
        self.flag = nn.Linear(FLAGS, _WIDTH, bias=False)
        nn.init.normal_(self.flag.weight, std=0.02)
        self.head = nn.Sequential(
            nn.Dropout(_DROPOUT), nn.Linear(2 * _WIDTH, _HIDDEN), nn.GELU(),
            nn.Dropout(_DROPOUT), nn.Linear(_HIDDEN, outputs),
        )  # fmt: skip

    def forward(self, ids: Tensor, types: Tensor, flags: Tensor, mask: Tensor) -> Tensor:
        """Logits, shape (b, outputs).

        Args:
            ids, types, mask: shape (b, n); flags: shape (b, n, FLAGS).
        """
        words = self.encoder.embeddings.word_embeddings(ids) + self.flag(flags)
        states = self.encoder(
            inputs_embeds=words, token_type_ids=types, attention_mask=mask.long()
        ).last_hidden_state
        own = (mask * (types == 0)).unsqueeze(-1).to(states.dtype)
        pooled = torch.cat([states[:, 0], (states * own).sum(1) / own.sum(1)], -1)
        logits: Tensor = self.head(pooled).float()
        return logits

    def named_weights(self) -> dict[str, NDArray[np.float32]]:
        """The weights by the names that ``tutor.crossencoder`` knows."""
        found = {
            _renamed(name): tensor.detach().float().numpy()
            for name, tensor in self.state_dict().items()
        }
        return {name: array for name, array in found.items() if name}


_NAMES = {
    "encoder.embeddings.position_embeddings": "position",
    "encoder.embeddings.token_type_embeddings": "type",
    "encoder.embeddings.LayerNorm": "norm",
    "encoder.encoder.layer": "layers",
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "out",
    "attention.output.LayerNorm": "norm1",
    "intermediate.dense": "up",
    "output.dense": "down",
    "output.LayerNorm": "norm2",
    "head.1": "hidden",
    "head.4": "score",
}


def _renamed(name: str) -> str:
    """The name without transformers' words; empty for what is not kept."""
    if "word_embeddings" in name or "position_ids" in name or "token_type_ids" in name:
        return ""
    for old, new in _NAMES.items():
        name = name.replace(old, new)
    return name
