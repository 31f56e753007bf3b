"""Encoded texts on disk while a build is under way: a killed build encodes nothing twice.

Append only. The journal names what is complete: a record is written after its data, and what
follows the last whole record is cut off when the store is opened again. The journal holds

    sha256 of the text (32 bytes) · number of its tokens (8 bytes, little endian)

and row i of it is row i of ``vectors`` (float32) and the i-th run of ``tokens`` and ``spans``.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.encoder import Encoded, Vectors
from index.tokens import Int8, encoded_row

_FILES = ("vectors", "tokens", "spans", "journal")
_RECORD = 40


class Row(NamedTuple):
    """One text: its vector (dim,), its tokens (n, dim) as int8, and their spans (n, 2)."""

    vector: Vectors
    tokens: Int8
    spans: NDArray[np.int32]


def text_digest(text: str) -> bytes:
    """What a text is known by."""
    return hashlib.sha256(text.encode()).digest()


class EncodedStore:
    """What a build has encoded so far.

    Args:
        folder: its own; made if need be.
        stamp: of the encoder. What another one has left is thrown away.
        dimension: length of the vectors.
    """

    def __init__(self, folder: Path, stamp: str, dimension: int) -> None:
        self._folder, self._dimension = folder, dimension
        self._places: dict[bytes, tuple[int, int, int]] = {}  # row, first token, tokens
        self._rows = self._tokens = 0
        mark = folder / "stamp"
        if not mark.exists() or mark.read_text(encoding="utf-8") != stamp:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            mark.write_text(stamp, encoding="utf-8")
        self._recover()
        self._streams = {name: (folder / name).open("ab") for name in _FILES}

    def _recover(self) -> None:
        """Read the journal as far as the other files bear it out, and cut off the rest."""
        sizes = {n: f.stat().st_size if (f := self._folder / n).exists() else 0 for n in _FILES}
        journal = (self._folder / "journal").read_bytes() if sizes["journal"] else b""
        for at in range(0, len(journal) - _RECORD + 1, _RECORD):
            count = int.from_bytes(journal[at + 32 : at + _RECORD], "little")
            ends = self._sizes(self._rows + 1, self._tokens + count)
            if any(sizes[name] < end for name, end in ends.items()):
                break
            self._note(journal[at : at + 32], count)
        for name, end in self._sizes(self._rows, self._tokens).items():
            if sizes[name] > end:
                with (self._folder / name).open("r+b") as stream:
                    stream.truncate(end)

    def _sizes(self, rows: int, tokens: int) -> dict[str, int]:
        """Bytes of each file that holds so many rows and tokens."""
        dim = self._dimension
        return {
            "vectors": 4 * dim * rows,
            "tokens": dim * tokens,
            "spans": 8 * tokens,
            "journal": _RECORD * rows,
        }

    def _note(self, digest: bytes, count: int) -> None:
        self._places[digest] = (self._rows, self._tokens, count)
        self._rows += 1
        self._tokens += count

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._places

    def __len__(self) -> int:
        return self._rows

    def add(self, items: Iterable[tuple[bytes, Encoded]]) -> None:
        """Keep encoded texts; they survive a kill once this has returned."""
        for digest, encoded in items:
            tokens, spans = encoded_row(encoded)
            self._streams["vectors"].write(encoded.vector.astype("<f4").tobytes())
            self._streams["tokens"].write(tokens.tobytes())
            self._streams["spans"].write(spans.astype("<i4").tobytes())
            self._streams["journal"].write(digest + len(tokens).to_bytes(8, "little"))
            self._note(digest, len(tokens))
        for stream in self._streams.values():  # the journal is the last of them
            stream.flush()

    def row(self, digest: bytes) -> Row:
        """A text as it was kept.

        Raises:
            KeyError: it was not.
        """
        row, first, count = self._places[digest]
        dim = self._dimension
        vector = self._read("vectors", 4 * dim * row, 4 * dim)
        tokens = self._read("tokens", dim * first, dim * count)
        spans = self._read("spans", 8 * first, 8 * count)
        return Row(
            np.frombuffer(vector, "<f4"),
            np.frombuffer(tokens, np.int8).reshape(-1, dim),
            np.frombuffer(spans, "<i4").reshape(-1, 2),
        )

    def _read(self, name: str, start: int, size: int) -> bytes:
        with (self._folder / name).open("rb") as stream:
            stream.seek(start)
            return stream.read(size)

    def close(self) -> None:
        """Close the files; what was added stays."""
        for stream in self._streams.values():
            stream.close()

    def remove(self) -> None:
        """Close and throw away."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)
