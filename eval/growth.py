"""``python -m eval.growth``: how search and memory grow with the chunks.

The index of the home, its rows repeated 1, 10 and 100 times with noise on the vectors, in a folder
that is removed afterwards. Texts, BM25 and Chroma are real at each size; the token vectors are
those of the original rows, shared, because at 100 times they would fill 25 GB (a search reads those
of its candidates only, so what is not measured is a cold disk).
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.golden import answerable, load
from eval.retrieval import table
from index.database import FILE
from index.encoder import Encoder, load_encoder
from index.lexical import Bm25, terms
from index.search import Index
from index.store import add_vectors, create_collection, open_client, seal
from index.tokens import Int8, TokenStore
from index.version import current_version
from tutor.app import open_index
from tutor.cli import run
from tutor.settings import load_settings

SIZES = (1, 10, 100)
# Of unit vectors: neighbours stay neighbours, and no two are equal (their cosine is about 0.7).
_NOISE = 0.05
_QUESTIONS = 100


class SharedTokens(TokenStore):
    """Token vectors of the original rows for all their repetitions."""

    def raw(self, row: int) -> tuple[Int8, NDArray[np.int32]]:
        """Vectors and spans of the row that this one repeats."""
        return super().raw(row % len(self._ends))


def repeat(original: Path, target: Path, times: int) -> None:
    """Write a version whose rows are those of ``original``, ``times`` times."""
    target.mkdir(parents=True)
    for name in ("catalogue.json", "probes.json", "probes.npy"):
        shutil.copy(original / name, target)
    for name in ("tokens.npy", "token_ends.npy", "token_spans.npy"):
        (target / name).symlink_to(original / name)
    manifest = json.loads((original / "manifest.json").read_text(encoding="utf-8"))
    manifest["chunks"] *= times
    (target / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    _repeat_texts(original, target, times)
    _repeat_words(original, target, times)
    _repeat_vectors(original, target, times)


def _repeat_texts(original: Path, target: Path, times: int) -> None:
    shutil.copy(original / FILE, target)
    with sqlite3.connect(target / FILE) as texts:
        rows = texts.execute("SELECT count(*) FROM chunks").fetchone()[0]
        columns = [row[1] for row in texts.execute("PRAGMA table_info(chunks)")]
        for number in range(1, times):
            values = ", ".join(
                {"row": f"row + {number * rows}", "id": f"id || '~{number}'"}.get(c, f'"{c}"')
                for c in columns
            )
            texts.execute(f"INSERT INTO chunks SELECT {values} FROM chunks WHERE row < {rows}")


def _repeat_words(original: Path, target: Path, times: int) -> None:
    """BM25 over the repeated terms; each text is read once."""
    with sqlite3.connect(original / FILE) as texts:
        found = [
            terms(f"{' '.join(json.loads(path))}\n{text}")
            for path, text in texts.execute("SELECT path, text FROM chunks ORDER BY row")
        ]
    Bm25.build_terms(found * times, Bm25(original / "bm25").vocabulary, target / "bm25")


def _repeat_vectors(original: Path, target: Path, times: int) -> None:
    base = np.load(original / "vectors.npy")
    with sqlite3.connect(original / FILE) as texts:
        known = texts.execute("SELECT id, kind FROM chunks ORDER BY row").fetchall()
    random = np.random.default_rng(0)
    client = open_client(target / "chroma")
    collection = create_collection(client)
    stored = np.lib.format.open_memmap(
        target / "vectors.npy", "w+", np.float32, (len(base) * times, base.shape[1])
    )
    for number in range(times):
        vectors = base + (_NOISE * random.normal(size=base.shape) if number else 0)
        vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
        stored[number * len(base) : (number + 1) * len(base)] = vectors
        suffix = f"~{number}" if number else ""
        add_vectors(
            client, collection, [f"{i}{suffix}" for i, _ in known], vectors,
            [{"kind": kind} for _, kind in known],
        )  # fmt: skip
    seal(target / "chroma")


class _Repeated(Index):
    """An index over a version that shares its token vectors."""

    @property
    def tokens(self) -> TokenStore:
        if not hasattr(self, "_shared"):
            self._shared = SharedTokens(self._folder)
        return self._shared


def measure(folder: Path, encoder: Encoder, questions: Sequence[str]) -> dict[str, float]:
    """Search warm: median and 95th percentile in milliseconds, and peak memory in megabytes."""
    index = _Repeated(folder, encoder)
    for question in questions[:5]:
        index.search(question)
    seconds = []
    for question in questions:
        started = time.perf_counter()
        index.search(question)
        seconds.append(time.perf_counter() - started)
    return {
        "chunks": float(index.texts.rows),
        "p50 ms": float(np.percentile(seconds, 50)) * 1000,
        "p95 ms": float(np.percentile(seconds, 95)) * 1000,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    """Print the table; each size is measured in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    settings = load_settings()
    asked = [q.question for q in [*answerable(load("dev")), *load("dev", "references")]][
        :_QUESTIONS
    ]
    if arguments.folder:
        encoder = load_encoder(settings.embedding_model, settings.models)
        print(json.dumps(measure(arguments.folder, encoder, asked)))
        return
    open_index(settings)
    original = current_version(settings.index)
    rows: dict[str, dict[str, float]] = {}
    for times in arguments.sizes:
        with tempfile.TemporaryDirectory(dir=settings.home) as folder:
            index = Path(folder)
            started = time.perf_counter()
            repeat(original, index / "v-growth-1", times)
            (index / "current").write_text("v-growth-1", encoding="utf-8")
            took = time.perf_counter() - started
            command = [sys.executable, "-m", "eval.growth", "--folder", folder]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            rows[f"{times} times"] = {**json.loads(done.stdout), "built in s": took}
            print(json.dumps(rows[f"{times} times"]), file=sys.stderr, flush=True)
    print(table(rows, "size"))


if __name__ == "__main__":
    run(main)
