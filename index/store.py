"""Chroma, in one place: an embedded collection with cosine distance, read and written here only.

Embedded use only: Chroma's Python server has a remote-code-execution hole without a fixed release
(CVE-2026-45829). Vectors are always ours; its default embedding function would download a model.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from corpus.errors import IndexDamaged, TutorError

if TYPE_CHECKING:
    from index.encoder import Vectors

COLLECTION = "chunks"
# Chroma's graph, with which a search is exact and the same in every process. With its defaults
# the 120 nearest of 1,444 chunks held 0.971 of the right ones (for the worst of 277 dev questions
# 0.79), and not the same ones in each process: the rows since the last 1,000 were put into the
# graph anew at each opening. So: 1.000, in the same 2.3 ms; building takes 1.2 s instead of 0.6.
# Of 5,776 rows 0.999 instead of 0.923, in 5 ms instead of 3 (docs/log.md, "Search").
_GRAPH = {
    "max_neighbors": 32,
    "ef_construction": 400,
    "ef_search": 800,
    # Every batch of rows is written into the graph's files: nothing is left to be put in later.
    "batch_size": 2,
    "sync_threshold": 2,
}


@contextmanager
def chroma_errors(mapped: type[TutorError], message: str) -> Iterator[None]:
    """Turn whatever Chroma raises (its own errors, SQLite's, Rust's) into one of ours."""
    try:
        yield
    except TutorError:
        raise
    except Exception as fault:
        raise mapped(message.format(fault=type(fault).__name__)) from fault


def open_client(folder: Path) -> Any:
    """An embedded client on ``folder`` with telemetry off."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False)
    )


def create_collection(client: Any) -> Any:
    """The empty collection of a new index."""
    return client.create_collection(
        COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine", **_GRAPH}}
    )


def add_vectors(
    client: Any,
    collection: Any,
    ids: Sequence[str],
    vectors: Vectors,
    metadata: Sequence[Mapping[str, Any]],
) -> None:
    """Add rows, as many at a time as Chroma takes.

    Args:
        vectors: shape (rows, dim), L2-normalised.
    """
    size = client.get_max_batch_size()
    for at in range(0, len(ids), size):
        collection.add(
            ids=list(ids[at : at + size]),
            embeddings=vectors[at : at + size],
            metadatas=[dict(m) for m in metadata[at : at + size]],
        )


def seal(folder: Path) -> None:
    """Write down the sizes and checksums of the graph's files, when the last vector is in.

    Chroma's native code reads these files unchecked, and a damaged one can end the process
    (SIGSEGV) where an error was due. They do not change by being read; its SQLite file does, and
    checks itself.
    """
    (folder / _SEAL).write_text(json.dumps(_sums(folder)), encoding="utf-8")


def _sums(folder: Path) -> dict[str, list[int]]:
    """[size in bytes, CRC-32] of every file of the graph, by its path in the folder.

    A graph too small to have been written (fewer rows than Chroma's sync threshold, 1,000) has
    files without content, which Chroma writes anew each time that it is opened; only a written one
    has metadata.
    """
    contents = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for metadata in folder.glob("*/index_metadata.pickle")
        for file in sorted(metadata.parent.iterdir())
    }
    return {name: [len(data), zlib.crc32(data)] for name, data in contents.items()}


def _check_seal(folder: Path) -> None:
    """Raise unless the graph's files are as they were sealed."""
    sealed = json.loads((folder / _SEAL).read_text(encoding="utf-8"))
    if _sums(folder) != sealed:
        raise IndexDamaged(_UNREADABLE.format(fault="its graph is damaged"))


_SEAL = "sealed.json"
_UNREADABLE = "the vector store cannot be read ({fault}); run: tutor index build --fresh"


class VectorStore:
    """Nearest chunks by cosine.

    Args:
        folder: a Chroma directory written and sealed by the build.

    Raises:
        IndexDamaged: the directory holds no readable collection.
    """

    def __init__(self, folder: Path) -> None:
        with chroma_errors(IndexDamaged, _UNREADABLE):
            _check_seal(folder)
            self._collection = open_client(folder).get_collection(
                COLLECTION, embedding_function=None
            )

    def nearest(self, vector: Vectors, k: int, where: dict[str, Any] | None) -> dict[str, float]:
        """Cosine by chunk id of at most ``k`` chunks, best first.

        Args:
            vector: shape (dim,), L2-normalised.
            where: Chroma's metadata filter, or None.
        """
        with chroma_errors(IndexDamaged, _UNREADABLE):
            found = self._collection.query(
                query_embeddings=[np.asarray(vector, dtype=np.float32)],
                n_results=k,
                where=where,
                include=["distances"],
            )
        if where is None and len(found["ids"][0]) < min(k, self._count):
            raise IndexDamaged(_UNREADABLE.format(fault="its graph is incomplete"))
        return {
            chunk_id: 1.0 - float(distance)
            for chunk_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)
        }

    def count(self) -> int:
        """Number of chunks."""
        return int(self._collection.count())

    @cached_property
    def _count(self) -> int:
        """The same; a version does not change once it is there."""
        return self.count()
