"""Search: dense, BM25 and probes, fused by reciprocal rank, reranked by late interaction."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus import Reference, Station, Topic
from corpus.errors import IndexDamaged
from index import version
from index.database import Database
from index.encoder import Encoded, Encoder, Vectors
from index.fusion import reciprocal_rank_fusion
from index.lexical import Bm25, mend_spelling, stem, terms
from index.records import Chunk, Hit, Signals
from index.rerank import LateInteraction, Reranker
from index.store import VectorStore
from index.tokens import TokenStore

# How many chunks each first stage hands on, and how many the reranker sees. Of the dev questions
# over references a right page is among the first five for 0.962 with 40 and 40, for 0.974 with 60
# and 60, and for no more with 60 and 100 ("Reranking with references"
# in docs/log.md).
FIRST_STAGE = 60
RERANKED = 60

# Of each first stage, rows of the curriculum that are candidates in any case: the gate sees them
# however much has been added. Beside 146 pages it changes no figure of dev (0, 5, 10 the same).
_GUARANTEED = 10
# All that a search may return.
CANDIDATES = RERANKED + 2 * _GUARANTEED
# Cards answer look-ups, and would crowd out everything else.
SEARCHED = ("curriculum", "map", "reference", "mine")
CURRICULUM = ("curriculum", "map")
# Up to so many rows all vectors are compared: exact, and twice as fast at 11,600 rows as Chroma's
# graph with a filter (docs/log.md, "Growth").
_EXACT = 20_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The curriculum's structure as it was indexed: no files are read to answer."""

    stations: tuple[Station, ...]
    companions: tuple[Station, ...]
    references: tuple[Reference, ...]

    def stop(self, topic_key: str) -> Station | None:
        """The station or companion of a topic key."""
        file_id = topic_key.split("/", maxsplit=1)[0]
        return next((s for s in (*self.stations, *self.companions) if s.id == file_id), None)

    def number(self, topic_key: str) -> int | None:
        """The station number to send a learner of this topic to."""
        stop = self.stop(topic_key)
        return (stop.number or stop.near) if stop else None


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search.

    Attributes:
        kinds: of documents.
        stations: only documents of these; none for all.
    """

    kinds: tuple[str, ...] = SEARCHED
    stations: tuple[int, ...] = ()


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the search reads it.

    Attributes:
        text: with spelling mended.
        encoded: its vectors.
        weights: idf by stem of its content words; a word that the corpus does not hold weighs
            as much as the rarest.
    """

    text: str
    encoded: Encoded
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search returns.

    Attributes:
        timings_ms: by stage: "encode", "first", "rerank".
    """

    query: Query
    hits: tuple[Hit, ...]
    timings_ms: dict[str, float] = field(default_factory=dict)


class Index:
    """One version of the index, open for questions.

    Args:
        folder: the index folder of the home.
        encoder: must be the model that built it (``check`` says so).
        reranker: late interaction by default.

    Raises:
        IndexMissing, IndexDamaged: there is nothing to open.
    """

    def __init__(self, folder: Path, encoder: Encoder, reranker: Reranker | None = None) -> None:
        self._root, self._folder = folder, version.current_version(folder)
        self.manifest = version.read_manifest(self._folder)
        self.encoder = encoder
        self._reranker = reranker or LateInteraction()
        self._scopes: dict[Scope, NDArray[np.bool_]] = {}
        self.texts = Database(self._folder)
        if self.texts.rows != self.manifest.chunks:
            raise IndexDamaged("the index is half-written; run: tutor index build --fresh")

    def renewed(self) -> Index:
        """The version that is current now, with the same models. Raises what opening raises."""
        return Index(self._root, self.encoder, self._reranker)

    @cached_property
    def store(self) -> VectorStore:
        """Chroma's side of the index."""
        return VectorStore(self._folder / "chroma")

    @cached_property
    def bm25(self) -> Bm25:
        """The lexical side of the index."""
        with _damage("the lexical index"):
            return Bm25(self._folder / "bm25")

    @cached_property
    def tokens(self) -> TokenStore:
        """The token vectors of all chunks."""
        return TokenStore(self._folder)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Stations, companions and references."""
        with _damage("the catalogue"):
            data = json.loads((self._folder / "catalogue.json").read_text(encoding="utf-8"))
            return Catalogue(
                tuple(_station(s) for s in data["stations"]),
                tuple(_station(s) for s in data["companions"]),
                tuple(_reference(r) for r in data["references"]),
            )

    @cached_property
    def _probes(self) -> tuple[Vectors, list[str], list[int]]:
        """Vectors of all names, the topics in order, and where the names of each begin."""
        with _damage("the names of the topics"):
            probes = json.loads((self._folder / "probes.json").read_text(encoding="utf-8"))
            keys = [key for key, _ in probes]
            starts = [n for n, key in enumerate(keys) if n == 0 or key != keys[n - 1]]
            return np.load(self._folder / "probes.npy"), [keys[n] for n in starts], starts

    def mended(self, text: str) -> str:
        """A question with its spelling mended against the words of the corpus."""
        bm25 = self.bm25
        return mend_spelling(
            text, bm25.vocabulary, self.encoder.knows, lambda word: len(bm25.holding(stem(word)))
        )

    def query(self, text: str) -> Query:
        """Read a question: mend its spelling, encode it, weigh its words."""
        mended = self.mended(text)
        encoded = self.encoder.encode([mended])[0]
        rarest = self.bm25.rarest()
        weights = {s: self.bm25.idf(s) or rarest for s in terms(mended)}
        return Query(mended, encoded, weights)

    def search(self, text: str, k: int = 10, scope: Scope = EVERYWHERE) -> Found:
        """The ``k`` best chunks for a question."""
        started = time.perf_counter()
        query = self.query(text)
        encoded = time.perf_counter()
        candidates = self._candidates(query, scope)
        first = time.perf_counter()
        scores = self._reranker.scores(query.text, candidates)
        best = sorted(scores, key=lambda row: -scores[row])[:k]
        hits = tuple(
            Hit(rank, row, candidates[row][0], scores[row], candidates[row][1])
            for rank, row in enumerate(best, 1)
        )
        done = time.perf_counter()
        return Found(
            query,
            hits,
            {
                "encode": 1000 * (encoded - started),
                "first": 1000 * (first - encoded),
                "rerank": 1000 * (done - first),
            },
        )

    def rankings(self, text: str, k: int, scope: Scope = EVERYWHERE) -> dict[str, list[Chunk]]:
        """The first ``k`` chunks after each stage, to measure what the stage contributes.

        Returns:
            By "bm25", "dense", "fused" (with the names of topics) and "reranked".
        """
        query = self.query(text)
        candidates = self._candidates(query, scope)
        scores = self._reranker.scores(query.text, candidates)
        fused = sorted(candidates, key=lambda row: -candidates[row][1].fused)
        allowed = self._allowed(scope)
        orders = {
            "bm25": self._by_words(self.bm25.scores(query.text), allowed, k),
            "dense": list(self._nearest(query, scope, allowed, k)),
            "fused": fused,
            "reranked": sorted(scores, key=lambda row: -scores[row]),
        }
        chunks = self.texts.chunks({row for rows in orders.values() for row in rows})
        return {stage: [chunks[row] for row in rows][:k] for stage, rows in orders.items()}

    def _candidates(self, query: Query, scope: Scope) -> dict[int, tuple[Chunk, Signals]]:
        """The fused first stages, with every signal filled in."""
        allowed = self._allowed(scope)
        dense = self._nearest(query, scope, allowed, FIRST_STAGE)
        lexical = self.bm25.scores(query.text)
        by_words = self._by_words(lexical, allowed, FIRST_STAGE)
        covered = self._coverage(query)
        probes = self._probe_scores(query)
        by_probe = [row for row in self._leading_rows(probes) if allowed[row]]
        fused = reciprocal_rank_fusion([list(dense), by_words, by_probe])
        kept = list(dict.fromkeys([*list(fused)[:RERANKED], *self._of_curriculum(query, lexical)]))
        kept = [row for row in kept if allowed[row]]
        chunks = self.texts.chunks(kept)
        dense = {**self._cosines(query, [row for row in kept if row not in dense]), **dense}
        late = self.tokens.similarities(query.encoded.tokens, kept)
        return {
            row: (
                chunks[row],
                Signals(
                    dense=dense[row],
                    bm25=float(lexical[row]) / (sum(query.weights.values()) or 1.0),
                    probe=probes.get(chunks[row].topic or "", 0.0),
                    fused=fused.get(row, 0.0),
                    late=matched,
                    coverage=float(covered[row]),
                ),
            )
            for row, matched in zip(kept, late, strict=True)
        }

    def _of_curriculum(self, query: Query, lexical: NDArray[np.float32]) -> list[int]:
        """The curriculum's best rows by vector and by words.

        However much a learner adds, whether the curriculum answers is seen from its own passages.
        """
        scope = Scope(CURRICULUM)
        allowed = self._allowed(scope)
        nearest = self._nearest(query, scope, allowed, _GUARANTEED)
        return [*nearest, *self._by_words(lexical, allowed, _GUARANTEED)]

    def _allowed(self, scope: Scope) -> NDArray[np.bool_]:
        """Whether each row is in scope, shape (rows,)."""
        if scope not in self._scopes:
            mask = np.zeros(self.texts.rows, dtype=np.bool_)
            mask[self.texts.rows_about(scope.kinds, scope.stations)] = True
            self._scopes[scope] = mask
        return self._scopes[scope]

    def _nearest(
        self, query: Query, scope: Scope, allowed: NDArray[np.bool_], k: int
    ) -> dict[int, float]:
        """Cosine by row of the ``k`` nearest chunks in scope, best first."""
        rows = np.flatnonzero(allowed)
        if scope != EVERYWHERE and len(rows) <= _EXACT:
            cosines = self._vectors[rows] @ query.encoded.vector
            best = np.argsort(-cosines, kind="stable")[:k]
            return {int(rows[i]): float(cosines[i]) for i in best}
        if scope != EVERYWHERE:
            where = {"kind": {"$in": list(scope.kinds)}}
            return self._in_scope(self.store.nearest(query.encoded.vector, k, where), allowed, k)
        # Cards are few: to leave them out afterwards is many times faster than Chroma's filter.
        wanted = 2 * k
        while True:
            found = self.store.nearest(query.encoded.vector, min(wanted, self.texts.rows), None)
            nearest = self._in_scope(found, allowed, k)
            if len(nearest) >= min(k, len(rows)) or wanted >= self.texts.rows:
                return nearest
            wanted *= 4

    def _in_scope(
        self, found: Mapping[str, float], allowed: NDArray[np.bool_], k: int
    ) -> dict[int, float]:
        """The first ``k`` of what the store has found that are in scope, by row."""
        row_of = self.texts.rows_of(found)
        nearest = ((row_of[chunk_id], cosine) for chunk_id, cosine in found.items())
        return dict(islice(((row, c) for row, c in nearest if allowed[row]), k))

    @staticmethod
    def _by_words(lexical: NDArray[np.float32], allowed: NDArray[np.bool_], k: int) -> list[int]:
        """The ``k`` best rows in scope by BM25, best first."""
        rows = np.flatnonzero(allowed & (lexical > 0))
        if len(rows) > k:
            rows = rows[np.argpartition(-lexical[rows], k)[:k]]
        return [int(row) for row in rows[np.lexsort((rows, -lexical[rows]))]]

    def weight(self, term: str, kinds: Sequence[str]) -> tuple[float, bool]:
        """The idf of a stem among the chunks of some kinds, and whether any of them holds it.

        A stem that none holds weighs as much as the rarest.
        """
        allowed = self._allowed(Scope(tuple(kinds)))
        rows = int(allowed.sum())
        holding = int(allowed[self.bm25.holding(term)].sum())
        return math.log(1 + rows / max(1, holding)), holding > 0

    def _coverage(self, query: Query) -> NDArray[np.float32]:
        """Share of the weight of the question's words that each row holds, shape (rows,)."""
        covered = np.zeros(self.texts.rows, dtype=np.float32)
        for word, weight in query.weights.items():
            covered[self.bm25.holding(word)] += weight
        covered /= sum(query.weights.values()) or 1.0
        return np.minimum(covered, 1.0)  # rounding takes it above

    def cosine(self, query: Query, row: int) -> float:
        """Cosine of a question and a chunk."""
        return float(self._vectors[row] @ query.encoded.vector)

    def _cosines(self, query: Query, rows: Sequence[int]) -> dict[int, float]:
        """Cosine of a question and each of some chunks, by row."""
        cosines = self._vectors[list(rows)] @ query.encoded.vector
        return dict(zip(rows, cosines.tolist(), strict=True))

    def sentence_matches(self, query: Query, row: int, chunk: Chunk) -> list[Vectors]:
        """For each sentence of a chunk, how well it meets each token of the question.

        Returns:
            One array a sentence, shape (question tokens,), cosines; zeros for a sentence that
            lies beyond what the encoder reads.
        """
        tokens = len(query.encoded.tokens)
        return [
            meets.max(axis=1) if meets.size else np.zeros(tokens, dtype=np.float32)
            for meets in self.sentence_similarities(query, row, chunk)
        ]

    def sentence_similarities(self, query: Query, row: int, chunk: Chunk) -> list[Vectors]:
        """For each sentence of a chunk, how its tokens meet the question's.

        Returns:
            One array a sentence, shape (question tokens, sentence tokens), cosines; of no column
            for a sentence that lies beyond what the encoder reads.
        """
        meets = query.encoded.tokens @ self.tokens.vectors(row).T
        spans = self.tokens.raw(row)[1]
        shift = chunk.start - len(chunk.heading) - 1
        return [
            meets[:, (spans[:, 0] >= left - shift) & (spans[:, 1] <= right - shift)]
            for left, right in chunk.sentences
        ]

    @cached_property
    def _vectors(self) -> Vectors:
        with _damage("the vectors"):
            vectors: Vectors = np.load(self._folder / "vectors.npy", mmap_mode="r")
            return vectors.view(np.ndarray)

    def _probe_scores(self, query: Query) -> dict[str, float]:
        """Best cosine of the question with any name of a topic, by topic."""
        vectors, keys, starts = self._probes
        best = np.maximum.reduceat(vectors @ query.encoded.vector, starts)
        return dict(zip(keys, best.tolist(), strict=True))

    def _leading_rows(self, probes: Mapping[str, float], topics: int = 5) -> list[int]:
        """Opening chunks of the topics whose names are nearest."""
        best = sorted(probes, key=lambda key: -probes[key])[:topics]
        opening = self.texts.opening_rows(best)
        return [opening[key] for key in best if key in opening]


@contextmanager
def _damage(what: str) -> Iterator[None]:
    """Whatever goes wrong while a file of the index is read means that the index is damaged."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, EOFError) as fault:
        raise IndexDamaged(f"{what} cannot be read; run: tutor index build --fresh") from fault


def coverage(weights: Mapping[str, float], text: str) -> float:
    """Share of the weight of the question's words that a text holds, 0..1."""
    total = sum(weights.values())
    if not total:
        return 0.0
    held = set(terms(text))
    return sum(weight for word, weight in weights.items() if word in held) / total


def _station(data: dict[str, object]) -> Station:
    fields = dict(data)
    topics = tuple(_topic(t) for t in _dicts(fields.pop("topics")))
    prerequisites = tuple(str(p) for p in _items(fields.pop("prerequisites")))
    return Station(**fields, topics=topics, prerequisites=prerequisites)  # type: ignore[arg-type]


def _topic(data: dict[str, object]) -> Topic:
    return Topic(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})  # type: ignore[arg-type]


def _reference(data: dict[str, object]) -> Reference:
    return Reference(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})  # type: ignore[arg-type]


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> Iterable[dict[str, object]]:
    return [item for item in _items(value) if isinstance(item, dict)]


__all__ = ["Catalogue", "Found", "Index", "Query", "Scope", "coverage", "stem"]
