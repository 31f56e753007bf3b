"""A small cross-encoder: reads two texts together and scores them.

The layers of all-MiniLM-L6-v2, trained on, read both texts as BERT reads a pair (Devlin et al.,
arXiv 1810.04805). To the vector of each token the lexicon adds what a small encoder does not know:
that a word is the opposite of one of the other text, or its equal; that it denies; that a figure is
new; and whether the other text holds the token at all.

The table of token vectors is the encoder's own; the trained layers are kept in int8 and run by
NumPy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.encoder import bundled_folder
from tutor.lexicon import load as load_lexicon

# Tokens of either text that are read.
MAX_TOKENS = 256
# Of each token: the four flags of the lexicon, whether the other text holds it, whether not.
FLAGS = 6
_HEADS = 12
_EPSILON = 1e-12
# Pairs read together: more take longer, for they are padded to the longest and leave the cache.
_BATCH = 4

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


class Pairs:
    """Makes token ids and flags of pairs of texts."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    def __call__(self, one: str, other: str) -> tuple[Ids, Ids, Floats]:
        """Ids, types (0 in the first, 1 in the second) and flags of one pair.

        Returns:
            Shapes (n,), (n,) and (n, FLAGS).
        """
        first, second = self._tokenizer.encode(one), self._tokenizer.encode(other)
        flags = load_lexicon().flags
        mine = _flags(first, second, flags(one, other, _spans(first)))
        theirs = _flags(second, first, flags(other, one, _spans(second)))
        ids = np.array([*first.ids, *second.ids[1:]], dtype=np.int64)  # the second without [CLS]
        types = np.repeat(np.array([0, 1], np.int64), [len(first.ids), len(second.ids) - 1])
        return ids, types, np.concatenate([mine, theirs[1:]])


def batch(pairs: Sequence[tuple[Ids, Ids, Floats]]) -> tuple[Ids, Ids, Floats, Floats]:
    """Ids, types, flags and mask, padded with zeros: (b, n), (b, n), (b, n, FLAGS), (b, n)."""
    width = max(len(ids) for ids, _, _ in pairs)
    ids, types = (np.zeros((len(pairs), width), np.int64) for _ in range(2))
    flags = np.zeros((len(pairs), width, FLAGS), np.float32)
    mask = np.zeros((len(pairs), width), np.float32)
    for row, (own, kind, marked) in enumerate(pairs):
        length = len(own)
        ids[row, :length], types[row, :length], flags[row, :length] = own, kind, marked
        mask[row, :length] = 1
    return ids, types, flags, mask


def _spans(encoding: Any) -> NDArray[np.int32]:
    return np.array(encoding.offsets, dtype=np.int32).reshape(-1, 2)


def _flags(encoding: Any, other: Any, marked: Floats) -> Floats:
    held = set(other.ids)
    shared = np.array([[token in held, token not in held] for token in encoding.ids], np.float32)
    return np.concatenate([marked, shared], axis=1)


class CrossEncoder:
    """One or more trained networks that read the same pairs.

    Args:
        files: their weights.
        folder: of the encoder that they are made of; None for the bundled one.
    """

    def __init__(self, files: Sequence[Path], folder: Path | None = None) -> None:
        self._files, self._folder = files, folder or bundled_folder()

    def __call__(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Logits of each network for each pair, shape (networks, pairs, outputs).

        Raises:
            ModelError: the weights cannot be read.
        """
        read = [self._pairs(one, other) for one, other in pairs]
        # Those of a length together: less is padded.
        order = sorted(range(len(read)), key=lambda row: len(read[row][0]))
        found = [
            self._logits(*batch([read[row] for row in order[at : at + _BATCH]]))
            for at in range(0, len(read), _BATCH)
        ]
        if not found:
            return np.zeros((len(self._files), 0, 1), np.float32)
        logits: Floats = np.concatenate(found, axis=1)[:, np.argsort(order)]
        return logits

    @cached_property
    def _pairs(self) -> Pairs:
        return Pairs(self._folder)

    @cached_property
    def _networks(self) -> list[Network]:
        return [Network(load(file)) for file in self._files]

    def _logits(self, ids: Ids, types: Ids, flags: Floats, mask: Floats) -> Floats:
        words = _table(self._folder)[ids]
        return np.stack([network(words, types, flags, mask) for network in self._networks])


class Network:
    """One network. Shapes: b pairs, n tokens."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._weights = weights

    def __call__(self, words: Floats, types: Ids, flags: Floats, mask: Floats) -> Floats:
        """Logits, shape (b, outputs).

        Args:
            words: vectors of the tokens alone, shape (b, n, dim).
        """
        weights = self._weights
        states = words + flags @ weights["flag.weight"].T
        states = (
            states + weights["position.weight"][: words.shape[1]] + weights["type.weight"][types]
        )
        states = self._norm("norm", states)
        barred = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(_layers(weights)):
            name = f"layers.{layer}"
            states = self._norm(f"{name}.norm1", states + self._attend(name, states, barred))
            inner = _gelu(self._linear(f"{name}.up", states))
            states = self._norm(f"{name}.norm2", states + self._linear(f"{name}.down", inner))
        own = (mask * (types == 0))[:, :, None]
        pooled = np.concatenate([states[:, 0], (states * own).sum(1) / own.sum(1)], axis=1)
        return self._linear("score", _gelu(self._linear("hidden", pooled)))

    def _attend(self, name: str, states: Floats, barred: Floats) -> Floats:
        size, length, width = states.shape
        query, key, value = (
            self._linear(f"{name}.{part}", states)
            .reshape(size, length, _HEADS, width // _HEADS)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        drawn = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(width // _HEADS))
        mixed = softmax(drawn + barred) @ value
        return self._linear(f"{name}.out", mixed.transpose(0, 2, 1, 3).reshape(states.shape))

    def _linear(self, name: str, states: Floats) -> Floats:
        found: Floats = states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return found

    def _norm(self, name: str, states: Floats) -> Floats:
        centred = states - states.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
        found: Floats = scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return found


_WORDS = "embeddings.word_embeddings.weight"
_SCALE = ".scale"


@cache
def _table(folder: Path) -> Floats:
    """Vectors of the tokens, shape (tokens, dim)."""
    from safetensors import safe_open

    with safe_open(folder / "model.safetensors", framework="numpy") as held:
        table: Floats = held.get_tensor(_WORDS)
    return table


def load(file: Path) -> dict[str, Floats]:
    """Weights by name; matrices are kept in int8 with a scale for each row.

    Raises:
        ModelError: the file is not there, or holds none.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        kept = load_file(file)
    except (OSError, SafetensorError) as fault:
        raise ModelError(
            f"the weights in {file.name} cannot be read ({type(fault).__name__}); "
            "reinstall the tutor"
        ) from fault
    return {
        name: array.astype(np.float32) * kept.get(name + _SCALE, np.float32(1)).astype(np.float32)
        for name, array in kept.items()
        if not name.endswith(_SCALE)
    }


def packed(weights: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Weights as they are kept: matrices of the layers as int8, the rest as float16."""
    kept: dict[str, NDArray[Any]] = {}
    for name, array in weights.items():
        if not name.startswith("layers.") or array.ndim == 1:
            kept[name] = array.astype(np.float16)
            continue
        scale = np.abs(array).max(axis=1, keepdims=True) / 127
        kept[name] = np.rint(array / scale).astype(np.int8)
        kept[name + _SCALE] = scale.astype(np.float16)
    return kept


def _layers(weights: Mapping[str, Floats]) -> int:
    return len({name.split(".")[1] for name in weights if name.startswith("layers.")})


def softmax(scores: Floats) -> Floats:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    found: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return found


# Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.28: error of erf below 3e-7.
_ERF = (0.0000430638, 0.0002765672, 0.0001520143, 0.0092705272, 0.0422820123, 0.0705230784)


def _gelu(states: Floats) -> Floats:
    """x Φ(x). In place: half of the time would go into new arrays."""
    x = np.minimum(np.abs(states), 6)  # beyond, erf is 1 and the power overflows
    x *= np.float32(math.sqrt(0.5))
    power = np.full_like(x, _ERF[0])
    for coefficient in _ERF[1:]:
        power *= x
        power += np.float32(coefficient)
    power *= x
    power += 1
    for _ in range(4):
        np.square(power, out=power)
    np.divide(1, power, out=power)  # 1 - erf(|x|)
    half = np.abs(states, out=x)
    half *= power
    # x Φ(x) is max(x, 0) less half of |x| (1 - erf(|x|)).
    half *= np.float32(-0.5)
    half += np.maximum(states, 0)
    return half
