"""The ledger: what is known of every reference and every document of the learner's own.

One SQLite file under the home, written entry by entry: a kill loses at most the page under way.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from corpus.errors import CorpusError, HomeError

Origin = Literal["reference", "mine"]
State = Literal[
    "not fetched", "fetched", "unchanged", "moved", "added",
    "dead", "too large", "blocked", "disallowed", "needs an account", "video",
    "application without text", "unsupported", "timed out",
    "unreachable", "refused", "redirect loop", "unresolved", "unreadable",
]  # fmt: skip
# Worth another try at the next run; the others are asked again only when that is wanted.
TEMPORARY: frozenset[State] = frozenset({"not fetched", "timed out", "unreachable"})
FILE = "ledger.sqlite"


@dataclass(frozen=True, slots=True)
class Entry:
    """One source.

    Attributes:
        address: canonical web address without fragment, or the path of a file; unique.
        asked: every form under which it was asked for, fragments included.
        state, reason: how it stands, and in a few words why.
        title: of the document, or the file's name.
        station: that the learner has filed it under.
        final: where redirects have led; "" if nowhere else.
        content_type, charset: as the server named them.
        etag, last_modified: validators for the next request; "" without.
        sha256: of the raw bytes kept; "" if none are.
        size: of them, in bytes.
        fetched, checked: when the bytes came, and when the server was last asked (UTC, ISO 8601).
        archived: whether they came from the archive because the page itself is gone.
        format, reader, text: what the reader took it for, the reader's version, and the SHA-256
            of the text that it found ("" if it has not been read, or cannot be).
        characters: of that text.
        judged: whether the state is what a reader made of the page, and not the server's word.
        previous: SHA-256 of the bytes before these, until these have been read and judged.
        note: what to know of the reading; also says that it was cut.
    """

    address: str
    origin: Origin = "reference"
    state: State = "not fetched"
    reason: str = ""
    title: str = ""
    station: int | None = None
    asked: tuple[str, ...] = ()
    final: str = ""
    content_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    size: int = 0
    fetched: str = ""
    checked: str = ""
    archived: bool = False
    format: str = ""
    reader: int = 0
    text: str = ""
    characters: int = 0
    note: str = ""
    judged: bool = False
    previous: str = ""

    @property
    def readable(self) -> bool:
        """Whether it has text to index."""
        return bool(self.text)

    def named(self, *forms: str) -> Entry:
        """The same, asked for under these forms as well."""
        return replace(self, asked=tuple(dict.fromkeys((*self.asked, *forms))))


_COLUMNS = tuple(field.name for field in fields(Entry))
# For columns that an older ledger did not have.
_DEFAULTS = {f.name: f.default for f in fields(Entry) if f.default is not MISSING}
_DEFAULTS["asked"] = "[]"


def sources_digest(folder: Path) -> str:
    """The digest of the ledger in a folder, if there is one."""
    if not (folder / FILE).exists():
        return ""
    ledger = Ledger(folder)
    try:
        return ledger.digest()
    finally:
        ledger.close()


def now() -> str:
    """The time as the ledger keeps it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Ledger:
    """All entries, by address.

    Raises:
        HomeError: the folder cannot be written.
        CorpusError: the file is no ledger.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise HomeError(f"cannot write {folder} ({fault.strerror}); set TUTOR_HOME") from fault
        with self._faults():
            self._connection = sqlite3.connect(self.file, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            columns = ", ".join(
                f'"{name}"{" PRIMARY KEY" if name == "address" else ""}' for name in _COLUMNS
            )
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS sources ({columns})")
            self._connection.execute(
                "CREATE TABLE IF NOT EXISTS robots (origin PRIMARY KEY, status, text, time)"
            )
            found = [row[1] for row in self._connection.execute("PRAGMA table_info(sources)")]
            if set(found) - set(_COLUMNS):
                raise CorpusError(
                    f"{self.file} is of another version; move it away and fetch anew: "
                    f"tutor sources fetch --all"
                )
            for name in [name for name in _COLUMNS if name not in found]:  # of an older version
                self._connection.execute(f'ALTER TABLE sources ADD COLUMN "{name}"')

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as fault:  # locked, read-only, disk full
            raise HomeError(
                f"cannot use {self.file} ({fault}); free space, or wait for the other process"
            ) from fault
        except sqlite3.DatabaseError as fault:
            raise CorpusError(
                f"{self.file} is damaged ({fault}); move it away and fetch anew: "
                f"tutor sources fetch --all"
            ) from fault

    def get(self, address: str) -> Entry | None:
        """The entry of an address."""
        found = self._select("WHERE address = ?", (address,))
        return found[0] if found else None

    def entries(self, origin: Origin | None = None) -> list[Entry]:
        """All entries in the order in which they came."""
        if origin is None:
            return self._select("ORDER BY rowid", ())
        return self._select("WHERE origin = ? ORDER BY rowid", (origin,))

    def put(self, entry: Entry) -> None:
        """Keep an entry, in place of an older one of the same address; on disk when it returns."""
        values = [_stored(getattr(entry, name)) for name in _COLUMNS]
        columns = ", ".join(f'"{name}"' for name in _COLUMNS)
        updates = ", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMNS[1:])
        with self._faults():
            self._connection.execute(
                f"INSERT INTO sources ({columns}) VALUES ({', '.join('?' * len(_COLUMNS))}) "
                f"ON CONFLICT (address) DO UPDATE SET {updates}",
                values,
            )

    def remove(self, address: str) -> None:
        """Forget an address."""
        with self._faults():
            self._connection.execute("DELETE FROM sources WHERE address = ?", (address,))

    def robots(self, origin: str) -> tuple[int, str, float] | None:
        """Status, text and time (seconds since 1970) of a robots.txt seen before."""
        with self._faults():
            row = self._connection.execute(
                "SELECT status, text, time FROM robots WHERE origin = ?", (origin,)
            ).fetchone()
        return row if row is None else (int(row[0]), str(row[1]), float(row[2]))

    def put_robots(self, origin: str, status: int, text: str, seen: float) -> None:
        """Keep a robots.txt."""
        with self._faults():
            self._connection.execute(
                "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)", (origin, status, text, seen)
            )

    def digest(self) -> str:
        """Sixteen hexadecimal digits that change with what there is to index; "" for nothing."""
        parts = [
            (e.address, e.origin, e.text, e.title, e.station, e.asked)
            for e in self.entries()
            if e.readable
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16] if parts else ""

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _select(self, where: str, values: tuple[str, ...]) -> list[Entry]:
        columns = ", ".join(f'"{name}"' for name in _COLUMNS)
        with self._faults():
            rows = self._connection.execute(f"SELECT {columns} FROM sources {where}", values)
            return [_entry(dict(zip(_COLUMNS, row, strict=True))) for row in rows]


def _stored(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, tuple) else value


def _entry(row: dict[str, Any]) -> Entry:
    row = {name: _DEFAULTS.get(name) if value is None else value for name, value in row.items()}
    return Entry(
        **{
            **row,
            "asked": tuple(json.loads(row["asked"])),
            "archived": bool(row["archived"]),
            "judged": bool(row["judged"]),
        }
    )
