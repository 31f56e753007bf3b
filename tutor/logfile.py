"""The SQLite file of conversations and feedback: its tables, and the one way to open it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from json import JSONDecodeError
from pathlib import Path

from corpus.errors import HomeError

# Statements that lead from each version of the tables to the next; PRAGMA user_version counts.
# The first files had no version: what version 1 adds to them, it adds to an empty file as well.
_STEPS = (
    (
        """CREATE TABLE IF NOT EXISTS conversations (
            id TEXT PRIMARY KEY, title TEXT NOT NULL, started REAL NOT NULL
        )""",
        """CREATE TABLE IF NOT EXISTS turns (
            conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            number INTEGER NOT NULL, asked REAL NOT NULL,
            question TEXT NOT NULL, answer TEXT NOT NULL,
            PRIMARY KEY (conversation, number)
        )""",
        "ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE turns ADD COLUMN retrieved TEXT NOT NULL DEFAULT '[]'",
        "CREATE INDEX conversations_of ON conversations (owner, started)",
        # It holds its own copy of what was judged; turn is NULL once that has been replaced.
        """CREATE TABLE feedback (
            id INTEGER PRIMARY KEY,
            conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            turn INTEGER, question TEXT NOT NULL, answer TEXT NOT NULL, retrieved TEXT NOT NULL,
            history TEXT NOT NULL, verdict TEXT NOT NULL, reason TEXT, note TEXT NOT NULL,
            given REAL NOT NULL,
            UNIQUE (conversation, turn)
        )""",
    ),
)
VERSION = len(_STEPS)
# Most that a process waits for another one's write, in seconds.
_PATIENCE = 10.0


class LogFile:
    """The file, opened anew for every use: threads and processes may share it.

    Args:
        file: created with its folder at the first write.
        name: as errors call it.
        advice: what to do when it cannot be written.
    """

    def __init__(self, file: Path, name: str, advice: str) -> None:
        self._file, self._name, self._advice = file, name, advice

    def exists(self) -> bool:
        """Whether anything has been written yet."""
        return self._file.exists()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with.

        Raises:
            HomeError: damaged, of a newer tutor, or not readable.
        """
        advice = "move the file away, or set TUTOR_HOME"
        with self._explained("read", advice), self._connected() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that no other writer disturbs; kept if all goes well.

        Raises:
            HomeError: as ``reading``; or the disk is full, or another process writes too long.
        """
        with self._explained("write", self._advice):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._connected() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        # isolation_level None: transactions begin where we say so, and nowhere else.
        opened = sqlite3.connect(self._file, timeout=_PATIENCE, isolation_level=None)
        with closing(opened) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            # What a learner deletes is overwritten, not left in free pages of the file.
            connection.execute("PRAGMA secure_delete = ON")
            if self._version(connection) < VERSION:
                self._migrate(connection)
            yield connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            # Another process may have done it while this one waited.
            for number in range(self._version(connection), VERSION):
                for statement in _STEPS[number]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")

    def _version(self, connection: sqlite3.Connection) -> int:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise HomeError(
                f"the {self._name} {self._file} was written by a newer tutor (version {version}, "
                f"this one knows {VERSION}); update the tutor, or set TUTOR_HOME"
            )
        return int(version)

    @contextmanager
    def _explained(self, doing: str, advice: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, JSONDecodeError, UnicodeError) as fault:
            raise HomeError(
                f"cannot {doing} the {self._name} {self._file} ({fault}); {advice}"
            ) from fault


def storable(text: str) -> str:
    """A text as SQLite takes it: half a surrogate pair, as a browser may send, becomes a "?"."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
