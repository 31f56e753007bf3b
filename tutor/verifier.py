"""Whether a passage says what a sentence says, estimated from how their words meet.

A small network over the token vectors of the bundled encoder, at three depths. Every word of the
sentence is compared with the words of the passage that it meets, and every word of the passage with
those of the sentence; what does not meet, or meets in another order, speaks against support. After
Parikh et al., "A Decomposable Attention Model for Natural Language Inference" (arXiv 1606.01933),
with a Transformer layer over the comparisons so that their order and neighbours count.

The weights are fitted by ``python -m eval.verifier.train`` on pairs written for it
(eval/golden/training), and read here with NumPy: 25 pairs a second need no other runtime.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.encoder import Layers, Vectors
from tutor.lexicon import Flags
from tutor.lexicon import load as load_lexicon

WEIGHTS = Path(__file__).parent / "verifier.safetensors"
LABELS = ("supported", "partial", "unsupported")
# Positions that the network has learnt: as many as the encoder reads.
MAX_POSITIONS = 256
_HEADS = 4
# Steps between the places that two neighbouring words meet, beyond which they are simply far apart.
_FAR = 10.0
_PLACE = 60.0  # brings places in a passage to about 0..1
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Text:
    """A text with what the encoder makes of it."""

    text: str
    layers: Layers


Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Verifier:
    """The fitted network.

    Args:
        weights: by name, as ``eval.verifier.network.Network`` has them.
    """

    weights: Weights

    def __call__(self, sentence: Text, passage: Text) -> Vectors:
        """Probabilities of ``LABELS``, shape (3,)."""
        one, other = sentence.layers, passage.layers
        flags = load_lexicon().flags
        same = (one.ids[:, None] == other.ids[None, :]).astype(np.float32)
        near = self._read(
            one.states, other.states, same, flags(sentence.text, passage.text, one.spans)
        )
        far = self._read(
            other.states, one.states, same.T, flags(passage.text, sentence.text, other.spans)
        )
        hidden = _gelu(self._linear("out.1", np.concatenate([near, far])))
        return _softmax(self._linear("out.4", hidden))

    def _read(self, own: Vectors, other: Vectors, same: Vectors, flags: Flags) -> Vectors:
        """One text against the other, shape (2 * width,)."""
        states = self._compare(own, other, same, flags)
        states = states + self.weights["position.weight"][: len(states)]
        states = states + self._attend(self._norm("layer.norm1", states))
        inner = np.maximum(self._linear("layer.linear1", self._norm("layer.norm2", states)), 0)
        states = states + self._linear("layer.linear2", inner)
        return np.concatenate([states.mean(axis=0), states.max(axis=0)])

    def _compare(self, own: Vectors, other: Vectors, same: Vectors, flags: Flags) -> Vectors:
        """Each word with what it meets, shape (n, width)."""
        cosines = _unit(own) @ _unit(other).transpose(0, 2, 1)
        mine, theirs = _stacked(own), _stacked(other)
        weight = self.weights["temperature"]
        drawn = self._project("query", mine) @ self._project("query", theirs).T
        meets = _softmax(
            weight[0] * cosines[2] + weight[1] * cosines[1] + weight[2] * same + 0.05 * drawn
        )
        here = self._linear("value", mine)
        there = meets @ self._linear("value", theirs)
        place = meets @ np.arange(len(theirs), dtype=np.float32)
        steps = np.clip(np.diff(place), -_FAR, _FAR) / _FAR
        features = [
            *cosines.max(axis=2),
            same.max(axis=1),
            np.concatenate([[0.0], steps]),
            np.concatenate([steps, [0.0]]),
            -(meets * np.log(meets + 1e-9)).sum(axis=1),
            place / _PLACE,
            *flags.T,
        ]
        compared = [here, there, np.abs(here - there), here * there, np.stack(features, axis=1)]
        return self._linear("compare", np.concatenate(compared, axis=1).astype(np.float32))

    def _attend(self, states: Vectors) -> Vectors:
        """Self-attention over the words of a text."""
        name = "layer.self_attn"
        packed = states @ self.weights[f"{name}.in_proj_weight"].T
        packed = packed + self.weights[f"{name}.in_proj_bias"]
        width = states.shape[1] // _HEADS
        query, key, value = (
            part.reshape(len(states), _HEADS, width).transpose(1, 0, 2)
            for part in np.split(packed, 3, axis=1)
        )
        drawn = _softmax(query @ key.transpose(0, 2, 1) / math.sqrt(width)) @ value
        return self._linear(f"{name}.out_proj", drawn.transpose(1, 0, 2).reshape(states.shape))

    def _linear(self, name: str, states: Vectors) -> Vectors:
        found: Vectors = states @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]
        return found

    def _project(self, name: str, states: Vectors) -> Vectors:
        found: Vectors = states @ self.weights[f"{name}.weight"].T
        return found

    def _norm(self, name: str, states: Vectors) -> Vectors:
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return _normed(states) * weight + bias


def load(file: Path = WEIGHTS) -> Verifier:
    """The fitted network."""
    from safetensors.numpy import load_file

    return Verifier({name: array.astype(np.float32) for name, array in load_file(file).items()})


def _stacked(states: Vectors) -> Vectors:
    """The middle and the last layer side by side, each word's normalised, shape (n, 2 * dim)."""
    return _normed(np.concatenate([states[1], states[2]], axis=1))


def _unit(states: Vectors) -> Vectors:
    found: Vectors = states / np.maximum(np.linalg.norm(states, axis=-1, keepdims=True), 1e-12)
    return found


def _normed(states: Vectors) -> Vectors:
    centred = states - states.mean(axis=-1, keepdims=True)
    found: Vectors = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
    return found


def _softmax(scores: Vectors) -> Vectors:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Vectors = raised / raised.sum(axis=-1, keepdims=True)
    return found


def _gelu(states: Vectors) -> Vectors:
    halves = np.array([math.erf(x / math.sqrt(2)) for x in states.tolist()], dtype=np.float32)
    found: Vectors = (states * (1 + halves) / 2).astype(np.float32)
    return found
