"""The network of ``tutor.verifier`` in torch, to be fitted. Shapes: b pairs, n and m words."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, normalize

from tutor.verifier import _FAR, _HEADS, _PLACE, LABELS, MAX_POSITIONS

_STATES, _LAYERS = 384, 3
# Same, two steps, spread, place; and the flags of the lexicon.
_FEATURES = 5 + 4
_DROPOUT = 0.2


@dataclass(frozen=True, slots=True)
class Texts:
    """A batch of texts: states (3, b, n, 384), mask (b, n), flags (b, n, 4)."""

    states: Tensor
    mask: Tensor
    flags: Tensor


class Network(nn.Module):  # type: ignore[misc]  # torch has no types for it
    """Scores of the labels for pairs of texts.

    Args:
        width: of a comparison; compared: of a word's projection.
    """

    def __init__(self, width: int = 128, compared: int = 64) -> None:
        super().__init__()
        self.query = nn.Linear(2 * _STATES, compared, bias=False)
        self.value = nn.Linear(2 * _STATES, compared)
        self.temperature = nn.Parameter(torch.tensor([8.0, 4.0, 2.0]))
        self.compare = nn.Linear(4 * compared + _LAYERS + _FEATURES, width)
        self.position = nn.Embedding(MAX_POSITIONS, width)
        self.layer = nn.TransformerEncoderLayer(
            width, _HEADS, 2 * width, dropout=0.1, batch_first=True, norm_first=True
        )
        drop = nn.Dropout(_DROPOUT)
        self.out = nn.Sequential(
            drop, nn.Linear(4 * width, 64), nn.GELU(), drop, nn.Linear(64, len(LABELS))
        )
        self.drop = nn.Dropout(_DROPOUT)

    def forward(self, sentence: Texts, passage: Texts, same: Tensor) -> Tensor:
        """Logits, shape (b, 3).

        Args:
            same: whether two tokens are one word, shape (b, n, m).
        """
        near = self._read(sentence, passage, same)
        far = self._read(passage, sentence, same.transpose(1, 2))
        logits: Tensor = self.out(torch.cat([near, far], -1))
        return logits

    def _read(self, own: Texts, other: Texts, same: Tensor) -> Tensor:
        states = self._compare(own, other, same)
        states = states + self.position(torch.arange(states.shape[1])).unsqueeze(0)
        states = self.layer(states, src_key_padding_mask=own.mask == 0)
        mask = own.mask.unsqueeze(-1)
        mean = (states * mask).sum(1) / mask.sum(1)
        return torch.cat([mean, states.masked_fill(mask == 0, -1e9).max(1).values], -1)

    def _compare(self, own: Texts, other: Texts, same: Tensor) -> Tensor:
        absent = other.mask[:, None] == 0
        cosines = normalize(own.states, dim=-1) @ normalize(other.states, dim=-1).transpose(2, 3)
        mine, theirs = self._stacked(own.states), self._stacked(other.states)
        drawn = self.query(mine) @ self.query(theirs).transpose(1, 2)
        weight = self.temperature
        meets = weight[0] * cosines[2] + weight[1] * cosines[1] + weight[2] * same + 0.05 * drawn
        meets = meets.masked_fill(absent, -1e9).softmax(-1)
        here = self.value(mine)
        there = meets @ self.value(theirs)
        place = meets @ torch.arange(meets.shape[-1], dtype=torch.float32)
        # Steps into the padding are none.
        steps = (torch.diff(place, dim=1).clamp(-_FAR, _FAR) / _FAR) * own.mask[:, 1:]
        none = torch.zeros_like(place[:, :1])
        features = [
            *cosines.masked_fill(absent, -1).max(-1).values,
            (same * other.mask[:, None]).max(-1).values,
            torch.cat([none, steps], 1),
            torch.cat([steps, none], 1),
            -(meets * (meets + 1e-9).log()).sum(-1),
            place / _PLACE,
            *own.flags.unbind(-1),
        ]
        compared = [here, there, (here - there).abs(), here * there, torch.stack(features, -1)]
        found: Tensor = self.compare(torch.cat(compared, -1))
        return found

    def _stacked(self, states: Tensor) -> Tensor:
        both = torch.cat([states[1], states[2]], -1)
        found: Tensor = self.drop(layer_norm(both, (2 * _STATES,)))
        return found
