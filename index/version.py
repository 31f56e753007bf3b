"""Versions of the index on disk: one is current, a build writes beside it and switches at the end.

index/
  current                 name of the version that answers
  lock, lock.json         held while building
  v-<fingerprint>-<n>/    manifest.json, texts.sqlite, chroma/, bm25/, *.npy, catalogue.json
  building-<x>/         a build under way, or what a killed one left behind
  unfinished/           texts that a killed build had encoded: the next one goes on from there
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus import Document
from corpus.errors import HomeError, IndexDamaged, IndexMissing
from index import chunker

# The layout of a version's files: raise it whenever an older version could not be read.
LAYOUT = 5
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index was built from; two equal fingerprints answer alike.

    Attributes:
        corpus: digest of the curriculum's files.
        sources: digest of the references and own documents.
        documents: digest by document id.
    """

    fingerprint: str
    corpus: str
    layout: int
    chunker: int
    model: str
    dimension: int
    chunks: int
    documents: dict[str, str]
    built: str
    seconds: float
    sources: str = ""


def document_digest(document: Document) -> str:
    """SHA-256 of all that the index keeps of a document."""
    parts = (
        document.id, document.title, document.text, document.kind, document.station,
        document.line, document.url, document.urls, document.stations, document.sections,
        sorted(document.hidden.items()),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def fingerprint(documents: Mapping[str, str], model: str, dimension: int) -> str:
    """Sixteen hexadecimal digits over corpus, chunker, layout, model and dimension."""
    stamp = (sorted(documents.items()), LAYOUT, chunker.VERSION, model, dimension)
    return hashlib.sha256(repr(stamp).encode()).hexdigest()[:16]


def current_version(index: Path) -> Path:
    """Folder of the version that answers.

    Raises:
        IndexMissing: nothing has been built.
        IndexDamaged: the pointer leads nowhere.
    """
    if not (index / "current").exists():
        raise IndexMissing("there is no index yet; run: tutor index build")
    name = _pointer(index)
    folder = index / name
    if not name or not (folder / MANIFEST).exists():
        raise IndexDamaged("the index is half-written; run: tutor index build")
    return folder


def read_manifest(version: Path) -> Manifest:
    """The manifest of a version.

    Raises:
        IndexDamaged: it cannot be read.
    """
    try:
        return Manifest(**json.loads((version / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as fault:
        raise IndexDamaged(
            f"the index's manifest cannot be read ({type(fault).__name__}); "
            f"run: tutor index build --fresh"
        ) from fault


def start_version(index: Path) -> Path:
    """An empty folder to build in; leftovers of killed builds are removed (hold the lock)."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        for leftover in index.glob("building-*"):
            shutil.rmtree(leftover)
        # A name of its own each time: Chroma caches its clients by folder within a process.
        folder = Path(tempfile.mkdtemp(prefix="building-", dir=index))
    except OSError as fault:
        raise HomeError(f"cannot write {index} ({fault.strerror}); set TUTOR_HOME") from fault
    return folder


def finish_version(index: Path, building: Path, manifest: Manifest) -> Path:
    """Make a finished build the current version, and drop all but its predecessor.

    The predecessor stays: another process may be reading it.
    """
    predecessor = _pointer(index)
    _write_durably(building / MANIFEST, json.dumps(asdict(manifest), indent=1))
    number = 1 + max((_number(v) for v in index.glob("v-*")), default=0)
    version = index / f"v-{manifest.fingerprint}-{number}"
    building.rename(version)
    _write_durably(index / "current.new", version.name)
    (index / "current.new").replace(index / "current")
    for old in index.glob("v-*"):
        if old.name not in (version.name, predecessor):
            shutil.rmtree(old, ignore_errors=True)
    return version


def _number(version: Path) -> int:
    return int(version.name.rsplit("-", 1)[-1])


def _pointer(index: Path) -> str:
    """The name of the current version; empty if there is none, or the pointer is damaged."""
    try:
        return (index / "current").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _write_durably(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
