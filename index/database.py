"""The text side of an index version: documents and chunks in one SQLite file.

Row i of ``chunks`` is row i of BM25 and of the token vectors. The documents' texts are kept as
they were indexed, so that a quotation can be checked without the original file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus import Document
from corpus.errors import IndexDamaged
from index.records import Chunk

FILE = "texts.sqlite"
_SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, title TEXT, kind TEXT, station INTEGER, line TEXT, url TEXT,
    urls TEXT, sha256 TEXT, text TEXT
);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY, id TEXT UNIQUE, document_id TEXT, title TEXT, start INTEGER,
    "end" INTEGER, path TEXT, kind TEXT, topic TEXT, station INTEGER, line TEXT, url TEXT,
    sentences TEXT, leads INTEGER, text TEXT, urls TEXT, anchor TEXT, page INTEGER
);
CREATE TABLE stations (document_id TEXT, station INTEGER, PRIMARY KEY (document_id, station));
CREATE INDEX chunks_by_topic ON chunks (topic);
CREATE INDEX chunks_by_document ON chunks (document_id);
"""
_FIELDS = (
    "id", "document_id", "title", "text", "start", "end", "path", "kind", "topic", "station",
    "line", "url", "sentences", "leads", "urls", "anchor", "page",
)  # fmt: skip
_COLUMNS = ", ".join(f'"{name}"' for name in ("row", *_FIELDS))
# Chunks kept once they are read, 2 kB each: reading the 70 or so of a question took 1.3 ms.
_KEPT = 2000


def write_database(
    folder: Path, documents: Iterable[tuple[Document, str]], chunks: Sequence[Chunk]
) -> None:
    """Write the file of a new version.

    Args:
        documents: each with its digest.
        chunks: in the order of their rows.
    """
    connection = sqlite3.connect(folder / FILE)
    with connection:
        connection.executescript(_SCHEMA)
        connection.executemany(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    d.id, d.title, d.kind, d.station, d.line, d.url, json.dumps(d.urls), digest,
                    d.text,
                )
                for d, digest in documents
            ),
        )  # fmt: skip
        connection.executemany(
            "INSERT INTO stations VALUES (?, ?)",
            ((d.id, station) for d, _ in documents for station in stations_of(d)),
        )
        connection.executemany(
            f"INSERT INTO chunks ({_COLUMNS}) VALUES ({_marks(('row', *_FIELDS))})",
            (
                (
                    row, c.id, c.document_id, c.title, c.text, c.start, c.end,
                    json.dumps(c.path), c.kind, c.topic, c.station, c.line, c.url,
                    json.dumps(c.sentences), c.leads, json.dumps(c.urls), c.anchor, c.page,
                )
                for row, c in enumerate(chunks)
            ),
        )  # fmt: skip
    connection.close()


def stations_of(document: Document) -> tuple[int, ...]:
    """All stations that a document belongs to."""
    own = () if document.station is None else (document.station,)
    return tuple(dict.fromkeys((*own, *document.stations)))


_LISTING = """
SELECT d.id, d.title, d.kind, d.station, d.url, d.urls, d.sha256, length(d.text),
    (SELECT count(*) FROM chunks c WHERE c.document_id = d.id)
FROM documents d ORDER BY d.rowid
"""


@contextmanager
def _readable() -> Iterator[None]:
    """A table that is not as it should be means damage, or another version of the tutor."""
    try:
        yield
    except sqlite3.Error as fault:
        raise IndexDamaged(
            f"the index's texts cannot be read ({fault}); run: tutor index build"
        ) from fault


class Database:
    """Read access to the texts of one index version.

    Raises:
        IndexDamaged: the file is missing or no database.
    """

    def __init__(self, folder: Path) -> None:
        file = folder / FILE
        self._kept: dict[int, Chunk] = {}
        try:
            self._connection = sqlite3.connect(
                f"file:{file}?mode=ro", uri=True, check_same_thread=False
            )
            self.rows = int(str(self._one("SELECT count(*) FROM chunks", ())))
        except sqlite3.Error as fault:
            raise IndexDamaged(
                f"the index's texts cannot be read ({fault}); run: tutor index build --fresh"
            ) from fault

    def chunks(self, rows: Iterable[int]) -> dict[int, Chunk]:
        """Chunks by row, in the order of the rows; those read last are kept."""
        wanted = set(rows)
        found = {row: kept for row in wanted if (kept := self._kept.get(row))}
        missing = list(wanted.difference(found))
        if missing:
            read = dict(self._chunks(f"row IN ({_marks(missing)})", missing))
            if len(self._kept) + len(read) > _KEPT:
                self._kept = {}
            self._kept |= read
            found |= read
        return {row: found[row] for row in sorted(found)}

    def rows_of(self, ids: Iterable[str]) -> dict[str, int]:
        """Row by chunk id."""
        wanted = list(ids)
        found = self._connection.execute(
            f"SELECT id, row FROM chunks WHERE id IN ({_marks(wanted)})", wanted
        )
        return dict(found.fetchall())

    def every_chunk(self) -> Iterator[tuple[int, Chunk]]:
        """Row and chunk of the whole index, in order."""
        yield from self._chunks("TRUE", [])

    def rows_about(self, kinds: Sequence[str], stations: Sequence[int] = ()) -> list[int]:
        """Rows of the chunks of these kinds of documents, of the stations if any are given."""
        values: list[object] = list(kinds)
        query = f"SELECT row FROM chunks WHERE kind IN ({_marks(values)})"
        if stations:
            filed = f"SELECT document_id FROM stations WHERE station IN ({_marks(stations)})"
            query += f" AND document_id IN ({filed})"
            values = [*values, *stations]
        found = self._connection.execute(query, values)
        return [row for (row,) in found]

    def topic(self, key: str) -> dict[int, Chunk]:
        """All chunks of a topic by row, in the order of the text."""
        return dict(self._chunks("topic = ?", [key]))

    def opening_rows(self, topics: Sequence[str]) -> dict[str, int]:
        """The first row of each topic that has chunks."""
        found = self._connection.execute(
            f"SELECT topic, min(row) FROM chunks WHERE topic IN ({_marks(topics)}) GROUP BY topic",
            list(topics),
        )
        return dict(found.fetchall())

    def document_chunks(self, document_id: str) -> dict[int, Chunk]:
        """All chunks of a document by row, in the order of the text."""
        return dict(self._chunks("document_id = ?", [document_id]))

    def text(self, document_id: str) -> str:
        """The whole text of a document as it was indexed.

        Raises:
            KeyError: no such document.
        """
        text = self._one("SELECT text FROM documents WHERE id = ?", (document_id,))
        if text is None:
            raise KeyError(document_id)
        return str(text)

    def documents(self) -> list[dict[str, Any]]:
        """Id, title, kind, station, url, urls, sha256, characters and chunks of every document."""
        columns = (
            "id", "title", "kind", "station", "url", "urls", "sha256", "characters", "chunks",
        )  # fmt: skip
        with _readable():
            found = self._connection.execute(_LISTING).fetchall()
        rows = (dict(zip(columns, row, strict=True)) for row in found)
        return [{**row, "urls": json.loads(row["urls"])} for row in rows]

    def _chunks(self, where: str, values: Sequence[object]) -> Iterable[tuple[int, Chunk]]:
        for row in self._connection.execute(
            f"SELECT {_COLUMNS} FROM chunks WHERE {where} ORDER BY row", list(values)
        ):
            number, *fields = row
            yield number, _chunk(dict(zip(_FIELDS, fields, strict=True)))

    def _one(self, query: str, values: Sequence[object]) -> object:
        row = self._connection.execute(query, list(values)).fetchone()
        return row[0] if row else None


def _chunk(fields: dict[str, Any]) -> Chunk:
    spans = json.loads(fields.pop("sentences"))
    return Chunk(
        **{
            **fields,
            "path": tuple(json.loads(fields["path"])),
            "urls": tuple(json.loads(fields["urls"])),
            "sentences": tuple((left, right) for left, right in spans),
            "leads": bool(fields["leads"]),
        }
    )


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
