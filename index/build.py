"""Building the index: incremental over documents, atomic over versions."""

from __future__ import annotations

import importlib
import json
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from corpus import Curriculum, Document, Station
from corpus.errors import HomeError, SearchIndexError
from index import chunker, database, tokens, version
from index.encoder import Encoder, Vectors
from index.lexical import Bm25
from index.lock import build_lock
from index.records import Chunk

Report = Callable[[str, int, int], None]
_Row = tuple[Vectors, tokens.Int8, "np.ndarray[tuple[int, ...], np.dtype[np.int32]]"]


def build_index(
    folder: Path,
    curriculum: Curriculum,
    encoder: Encoder,
    documents: Sequence[Document] = (),
    *,
    corpus_digest: str = "",
    fresh: bool = False,
    report: Report = lambda stage, done, total: None,
) -> version.Manifest:
    """Bring the index up to date, and return the manifest of the version that answers now.

    An unchanged corpus returns at once; of a changed one only the changed documents are encoded.

    Args:
        folder: the index folder of the home.
        documents: to index besides the curriculum's own.
        corpus_digest: of the curriculum's files, kept in the manifest.
        fresh: encode everything again, whatever is there.
        report: called with a stage, and how much of how much is done.

    Raises:
        IndexLocked: another process is building.
        HomeError: the folder cannot be written, or the disk is full.
    """
    everything = [*curriculum.documents, *documents]
    digests = {d.id: version.document_digest(d) for d in everything}
    stamp = version.fingerprint(digests, encoder.name, encoder.dimension)
    with build_lock(folder):
        old = None if fresh else _readable(folder)
        if old and (old.fingerprint, old.corpus) == (stamp, corpus_digest):
            return old
        started = time.perf_counter()
        building = version.start_version(folder)
        try:
            memory = _Memory(folder, old, digests, encoder, report)
            chunks = _fill(building, curriculum, everything, digests, encoder, memory)
            manifest = version.Manifest(
                fingerprint=stamp,
                corpus=corpus_digest,
                layout=version.LAYOUT,
                chunker=chunker.VERSION,
                model=encoder.name,
                dimension=encoder.dimension,
                chunks=len(chunks),
                documents=digests,
                built=time.strftime("%Y-%m-%dT%H:%M:%S"),
                seconds=round(time.perf_counter() - started, 2),
            )
            version.finish_version(folder, building, manifest)
        except (OSError, sqlite3.Error) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise HomeError(
                f"cannot write the index ({reason}); free space or set TUTOR_HOME"
            ) from fault
        finally:
            shutil.rmtree(building, ignore_errors=True)  # renamed by now if all went well
        return manifest


def embedding_text(chunk: Chunk) -> str:
    """What the encoder reads of a chunk: its headings, then its text."""
    return f"{chunk.heading}\n{chunk.text}"


def lexical_text(chunk: Chunk, hidden: dict[str, tuple[str, ...]]) -> str:
    """What BM25 reads of a chunk: headings, text, and the names under which it is asked for."""
    names = " ".join(hidden.get(chunk.topic or "", ()))
    return f"{chunk.heading}\n{chunk.text}\n{names}"


class _Memory:
    """Vectors by chunk: from the previous version where the document is unchanged, else encoded."""

    def __init__(
        self,
        folder: Path,
        old: version.Manifest | None,
        digests: dict[str, str],
        encoder: Encoder,
        report: Report,
    ) -> None:
        self.rows: dict[str, _Row] = {}
        self._phrases: dict[str, Vectors] = {}
        self._encoder, self._report = encoder, report
        if old and (old.model, old.chunker, old.layout) == (
            encoder.name, chunker.VERSION, version.LAYOUT,
        ):  # fmt: skip
            same = {d for d, digest in old.documents.items() if digests.get(d) == digest}
            try:
                self._recall_phrases(version.current_version(folder))
                self._recall(version.current_version(folder), same)
            except (SearchIndexError, OSError, ValueError, EOFError):
                self.rows, self._phrases = {}, {}  # damaged: everything is encoded anew

    def _recall(self, previous: Path, documents: set[str]) -> None:
        vectors = np.load(previous / "vectors.npy", mmap_mode="r")
        store, texts = tokens.TokenStore(previous), database.Database(previous)
        for document_id in documents:
            for row, chunk in texts.document_chunks(document_id).items():
                self.rows[chunk.id] = (np.array(vectors[row]), *store.raw(row))

    def _recall_phrases(self, previous: Path) -> None:
        probes = json.loads((previous / "probes.json").read_text(encoding="utf-8"))
        vectors = np.load(previous / "probes.npy")
        self._phrases = {phrase: vectors[i] for i, (_, phrase) in enumerate(probes)}

    def embed_phrases(self, phrases: Sequence[str]) -> Vectors:
        """Vectors for phrases, shape (phrases, dim); the new ones are encoded."""
        new = [phrase for phrase in dict.fromkeys(phrases) if phrase not in self._phrases]
        done = 0
        self._report("reading names", 0, len(new))

        def progress(count: int) -> None:
            nonlocal done
            done += count
            self._report("reading names", done, len(new))

        for phrase, one in zip(new, self._encoder.encode(new, progress), strict=True):
            self._phrases[phrase] = one.vector
        return np.stack([self._phrases[phrase] for phrase in phrases])

    def embed(self, chunks: Sequence[Chunk]) -> list[list[float]]:
        """Vectors for chunks in order; the new ones are encoded."""
        new = [chunk for chunk in chunks if chunk.id not in self.rows]
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            done += count
            self._report("encoding", done, len(new))

        self._report("encoding", 0, len(new))
        encoded = self._encoder.encode([embedding_text(chunk) for chunk in new], progress)
        for chunk, one in zip(new, encoded, strict=True):
            self.rows[chunk.id] = (one.vector, *tokens.encoded_row(one))
        return [self.rows[chunk.id][0].tolist() for chunk in chunks]


def _fill(
    building: Path,
    curriculum: Curriculum,
    documents: Sequence[Document],
    digests: dict[str, str],
    encoder: Encoder,
    memory: _Memory,
) -> list[Chunk]:
    """Write all files of a version; the manifest is left to the end."""
    # LlamaIndex and Chroma take seconds to import: meanwhile the encoder, which needs no Python,
    # reads the names of the topics.
    importing = threading.Thread(target=importlib.import_module, args=("index.ingest",))
    importing.start()
    _write_probes(building, curriculum, memory)
    importing.join()
    from index.ingest import ingest

    chunks = ingest(documents, encoder.count_tokens, memory.embed, building / "chroma")
    rows = [memory.rows[chunk.id] for chunk in chunks]
    np.save(building / "vectors.npy", np.stack([vector for vector, _, _ in rows]))
    tokens.write_tokens(building, [(vectors, spans) for _, vectors, spans in rows])
    database.write_database(building, [(d, digests[d.id]) for d in documents], chunks)
    hidden = {t.key: (*t.names, *t.asked_as) for s in _stops(curriculum) for t in s.topics}
    Bm25.build((lexical_text(chunk, hidden) for chunk in chunks), building / "bm25")
    (building / "catalogue.json").write_text(
        json.dumps(
            {
                "stations": [asdict(s) for s in curriculum.stations],
                "companions": [asdict(s) for s in curriculum.companions],
                "references": [asdict(r) for r in curriculum.references],
            },
            ensure_ascii=False,
        ),
        encoding="utf-8",
    )
    return chunks


def _write_probes(building: Path, curriculum: Curriculum, memory: _Memory) -> None:
    """Vectors of every title, name and everyday wording of every topic."""
    probes = [
        (topic.key, phrase)
        for stop in _stops(curriculum)
        for topic in stop.topics
        for phrase in (topic.title, *topic.names, *topic.asked_as)
    ]
    np.save(building / "probes.npy", memory.embed_phrases([phrase for _, phrase in probes]))
    (building / "probes.json").write_text(json.dumps(probes), encoding="utf-8")


def _stops(curriculum: Curriculum) -> list[Station]:
    return [*curriculum.stations, *curriculum.companions]


def _readable(folder: Path) -> version.Manifest | None:
    """The current manifest, or None where there is none or it is damaged: then build anew."""
    try:
        return version.read_manifest(version.current_version(folder))
    except SearchIndexError:
        return None
