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
            self._vectors = np.load(folder / "tokens.npy", mmap_mode="r")
            self._spans = np.load(folder / "token_spans.npy", mmap_mode="r")
        except (OSError, ValueError, EOFError) as fault:
            raise IndexDamaged(
                f"the token vectors cannot be read ({fault}); run: tutor index build --fresh"
            ) from fault

    def raw(self, row: int) -> tuple[Int8, NDArray[np.int32]]:
        """Vectors (n, dim) and spans (n, 2) of a row as stored."""
        left = int(self._ends[row - 1]) if row else 0
        right = int(self._ends[row])
        return np.asarray(self._vectors[left:right]), np.asarray(self._spans[left:right])

    def vectors(self, row: int) -> Vectors:
        """Vectors of a row, shape (n, dim), about unit length."""
        return self.raw(row)[0].astype(np.float32) / _SCALE


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


def max_similarities(question: Vectors, texts: Sequence[Vectors]) -> list[float]:
    """The mean of ``max_similarity`` for each text; one product of matrices for all of them.

    Args:
        question: shape (q, dim).
        texts: each of shape (n, dim).
    """
    found = [0.0] * len(texts)
    filled = [number for number, tokens in enumerate(texts) if len(tokens)]
    if not len(question) or not filled:
        return found
    starts = np.cumsum([0, *(len(texts[number]) for number in filled[:-1])])
    cosines = question @ np.concatenate([texts[number] for number in filled]).T
    best = np.maximum.reduceat(cosines, starts, axis=1).mean(axis=0)
    for number, mean in zip(filled, best, strict=True):
        found[number] = float(mean)
    return found


def encoded_row(encoded: Encoded) -> tuple[Int8, NDArray[np.int32]]:
    """A row for ``write_tokens``."""
    return quantize(encoded.tokens), encoded.spans
