"""Token vectors of the chunks, kept for late interaction: written once, read as needed.

One int8 a dimension (vectors are unit length, so 127 steps lose less than 0.01 of a cosine):
a 200-token chunk takes 77 kB, and a search touches only its candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexDamaged
from index.encoder import Encoded, Vectors

_SCALE = 127.0
Int8 = NDArray[np.int8]


def quantize(vectors: Vectors) -> Int8:
    """Unit vectors as int8."""
    steps: Int8 = np.clip(np.rint(vectors * _SCALE), -127, 127).astype(np.int8)
    return steps


def write_tokens(folder: Path, rows: Iterable[tuple[Int8, NDArray[np.int32]]]) -> None:
    """Write the token vectors and spans of all rows, one after the other.

    They are streamed: at 100 times today's chunks they would not fit into memory.

    Args:
        rows: for each row the vectors, shape (n, dim), and the spans, shape (n, 2).
    """
    ends: list[int] = []
    with (
        (folder / "tokens.npy").open("wb") as vectors,
        (folder / "token_spans.npy").open("wb") as spans,
    ):
        dimension = 0
        for row_vectors, row_spans in rows:
            if not ends:
                dimension = row_vectors.shape[1]
                _write_header(vectors, np.int8, (0, dimension))
                _write_header(spans, np.int32, (0, 2))
            vectors.write(np.ascontiguousarray(row_vectors, np.int8).tobytes())
            spans.write(np.ascontiguousarray(row_spans, np.int32).tobytes())
            ends.append((ends[-1] if ends else 0) + len(row_vectors))
        # NumPy leaves room in a header for the first axis to grow.
        for stream, dtype, width in ((vectors, np.int8, dimension), (spans, np.int32, 2)):
            stream.seek(0)
            _write_header(stream, dtype, (ends[-1] if ends else 0, width))
    np.save(folder / "token_ends.npy", np.array(ends, dtype=np.int64))


def _write_header(stream: BinaryIO, dtype: type, shape: tuple[int, int]) -> None:
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    header = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, header)


class TokenStore:
    """Token vectors by row, memory-mapped.

    Raises:
        IndexDamaged: a file is missing or no array.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._ends = np.load(folder / "token_ends.npy")
            # Plain views: cutting a slice from a memmap object takes ten times as long.
            self._vectors = np.load(folder / "tokens.npy", mmap_mode="r").view(np.ndarray)
            self._spans = np.load(folder / "token_spans.npy", mmap_mode="r").view(np.ndarray)
        except (OSError, ValueError, EOFError) as fault:
            raise IndexDamaged(
                f"the token vectors cannot be read ({fault}); run: tutor index build --fresh"
            ) from fault

    def raw(self, row: int) -> tuple[Int8, NDArray[np.int32]]:
        """Vectors (n, dim) and spans (n, 2) of a row as stored."""
        left = int(self._ends[row - 1]) if row else 0
        right = int(self._ends[row])
        return self._vectors[left:right], self._spans[left:right]

    def vectors(self, row: int) -> Vectors:
        """Vectors of a row, shape (n, dim), about unit length."""
        return self.raw(row)[0].astype(np.float32) / _SCALE

    def similarities(self, question: Vectors, rows: Iterable[int]) -> list[float]:
        """The mean of ``max_similarity`` for each row, straight from what is stored."""
        return max_similarities(question, [self.raw(row)[0] for row in rows])


def max_similarity(question: Vectors, tokens: Vectors) -> Vectors:
    """For each question token the cosine of its best match.

    Args:
        question: shape (q, dim).
        tokens: shape (n, dim).

    Returns:
        Shape (q,). Its mean is ColBERT's MaxSim (Khattab and Zaharia, arXiv 2004.12832) divided
        by the number of question tokens.
    """
    if not len(question) or not len(tokens):
        return np.zeros(len(question), dtype=np.float32)
    return np.asarray((question @ tokens.T).max(axis=1), dtype=np.float32)


def max_similarities(question: Vectors, texts: Sequence[Int8]) -> list[float]:
    """The mean of ``max_similarity`` for each text, all of them at once.

    Args:
        question: shape (q, dim).
        texts: each of shape (n, dim), as stored.
    """
    found = [0.0] * len(texts)
    filled = [number for number, tokens in enumerate(texts) if len(tokens)]
    if not len(question) or not filled:
        return found
    starts = np.cumsum([0, *(len(texts[number]) for number in filled[:-1])])
    cosines = _products(np.concatenate([texts[number] for number in filled]), question)
    best = np.maximum.reduceat(cosines, starts, axis=0).mean(axis=1) / _SCALE
    for number, mean in zip(filled, best.tolist(), strict=True):
        found[number] = mean
    return found


# Multiplications in one product. OpenBLAS has a kernel for small matrices, up to this many: twice
# as fast as its general one for so few columns, and on one thread. Two threads wait for each other
# by spinning: on a busy machine of two cores a search's products took 5 to 870 ms, on one 5
# (docs/log.md, "Search").
_SMALL = 1_000_000


def _products(tokens: Int8, question: Vectors) -> Vectors:
    """``tokens @ question.T`` in float32, shape (n, q); a block at a time stays in the cache."""
    columns = np.ascontiguousarray(question, np.float32).T
    block = max(1, _SMALL // question.size)
    products = np.empty((len(tokens), len(question)), np.float32)
    floats = np.empty((block, tokens.shape[1]), np.float32)
    for at in range(0, len(tokens), block):
        part = tokens[at : at + block]
        floats[: len(part)] = part
        np.matmul(floats[: len(part)], columns, out=products[at : at + block])
    return products


def encoded_row(encoded: Encoded) -> tuple[Int8, NDArray[np.int32]]:
    """A row for ``write_tokens``."""
    return quantize(encoded.tokens), encoded.spans
