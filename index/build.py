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
from index.encoded import EncodedStore, Row, text_digest
from index.encoder import Encoder, Vectors
from index.lexical import Bm25
from index.lock import build_lock
from index.records import Chunk

Report = Callable[[str, int, int], None]
# What a killed build leaves for the next one, unless that is a fresh one.
UNFINISHED = "unfinished"
# Chunks encoded between two looks at the disk: at most so many are lost by a kill.
_WINDOW = 64


def build_index(
    folder: Path,
    curriculum: Curriculum,
    encoder: Encoder,
    documents: Sequence[Document] = (),
    *,
    corpus_digest: str = "",
    sources_digest: str = "",
    fresh: bool = False,
    report: Report = lambda stage, done, total: None,
) -> version.Manifest:
    """Bring the index up to date, and return the manifest of the version that answers now.

    An unchanged corpus returns at once; of a changed one only the changed documents are encoded.

    Args:
        folder: the index folder of the home.
        documents: to index besides the curriculum's own.
        corpus_digest, sources_digest: of the curriculum's files, and of the documents besides;
            kept in the manifest.
        fresh: encode everything again, whatever a version or a killed build has left.
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
        known = old and (old.fingerprint, old.corpus, old.sources)
        if old and known == (stamp, corpus_digest, sources_digest):
            return old
        started = time.perf_counter()
        building = version.start_version(folder)
        try:
            if fresh and (folder / UNFINISHED).exists():
                shutil.rmtree(folder / UNFINISHED)
            memory = _Memory(folder, old, encoder, report)
            try:
                chunks = _fill(building, curriculum, everything, digests, encoder, memory)
            finally:
                memory.close()
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
                sources=sources_digest,
            )
            version.finish_version(folder, building, manifest)
            memory.forget()
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
    """Encoded texts: from the previous version, from a build that was killed, or encoded now.

    A text is known by its digest, so that a changed document encodes only its changed chunks.
    """

    def __init__(
        self, folder: Path, old: version.Manifest | None, encoder: Encoder, report: Report
    ) -> None:
        self._phrases: dict[str, Vectors] = {}
        self._encoder, self._report = encoder, report
        self._old: dict[bytes, int] = {}
        self._previous: _Previous | None = None
        if old and (old.model, old.layout) == (encoder.name, version.LAYOUT):
            try:
                previous = _Previous(version.current_version(folder))
                self._old, self._previous = previous.rows, previous
                self._recall_phrases(previous.folder)
            except (SearchIndexError, OSError, ValueError, EOFError):
                self._old, self._phrases = {}, {}  # damaged: everything is encoded anew
        stamp = f"{encoder.name} {encoder.dimension} {version.LAYOUT}"
        self._store = EncodedStore(folder / UNFINISHED, stamp, encoder.dimension)

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

    def embed(self, chunks: Sequence[Chunk]) -> None:
        """Encode those of the chunks that are not known, and keep them at once."""
        texts = {text_digest(text): text for text in map(embedding_text, chunks)}
        new = [d for d in texts if d not in self._old and d not in self._store]
        # Of one length a run: the shorter ones are not padded to the longest of all.
        new.sort(key=lambda digest: -len(texts[digest]))
        self._report("encoding", 0, len(new))
        for at in range(0, len(new), _WINDOW):
            window = new[at : at + _WINDOW]
            encoded = self._encoder.encode([texts[digest] for digest in window])
            self._store.add(zip(window, encoded, strict=True))
            self._report("encoding", at + len(window), len(new))

    def row(self, chunk: Chunk) -> Row:
        """A chunk as it was encoded."""
        digest = text_digest(embedding_text(chunk))
        if self._previous and digest in self._old:
            return self._previous.row(self._old[digest])
        return self._store.row(digest)

    def vectors(self, chunks: Sequence[Chunk]) -> list[list[float]]:
        """Vectors of chunks, in order."""
        return [self.row(chunk).vector.tolist() for chunk in chunks]

    def close(self) -> None:
        """Leave what was encoded for the next build."""
        self._store.close()

    def forget(self) -> None:
        """Drop what was encoded: it stands in a version now."""
        self._store.remove()


class _Previous:
    """The rows of the version that answers now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._tokens = tokens.TokenStore(folder)
        chunks = database.Database(folder).every_chunk()
        self.rows = {text_digest(embedding_text(chunk)): row for row, chunk in chunks}

    def row(self, row: int) -> Row:
        return Row(np.array(self._vectors[row]), *self._tokens.raw(row))


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

    chunks = ingest(
        documents, encoder.count_tokens, memory.embed, memory.vectors, building / "chroma"
    )
    np.save(building / "vectors.npy", np.stack([memory.row(chunk).vector for chunk in chunks]))
    tokens.write_tokens(building, (memory.row(chunk)[1:] for chunk in chunks))
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
