"""Conversations, kept in SQLite under the home: for ``-c``, for ``tutor logs``, for the chat."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import HomeError
from tutor.records import Answer, Turn

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, started REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, asked REAL NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation of the log.

    Attributes:
        title: its first question.
        started: seconds since the epoch.
        turns: how many questions it holds.
    """

    id: str
    title: str
    started: float
    turns: int


class ConversationLog:
    """The log of a home.

    Args:
        file: created with its folder at the first write.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def start(self, question: str) -> str:
        """A new conversation named by its first question; returns its id."""
        conversation = uuid.uuid4().hex[:8]
        with self._open() as log:
            log.execute(
                "INSERT INTO conversations VALUES (?, ?, ?)",
                (conversation, question[:120], time.time()),
            )
        return conversation

    def add(self, conversation: str, answer: Answer) -> None:
        """Append a question with its answer."""
        with self._open() as log:
            log.execute("BEGIN IMMEDIATE")  # two windows may add to one conversation
            (number,) = log.execute(
                "SELECT count(*) FROM turns WHERE conversation = ?", (conversation,)
            ).fetchone()
            log.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?)",
                (
                    conversation, number + 1, time.time(), answer.question,
                    json.dumps(answer.as_json(), ensure_ascii=False),
                ),
            )  # fmt: skip

    def last(self) -> str | None:
        """Id of the conversation with the latest question."""
        if not self._file.exists():
            return None
        with self._open() as log:
            row = log.execute(
                "SELECT conversation FROM turns ORDER BY asked DESC LIMIT 1"
            ).fetchone()
        return str(row[0]) if row else None

    def history(self, conversation: str, turns: int = 6) -> list[Turn]:
        """The last ``turns`` questions and answers, oldest first."""
        history: list[Turn] = []
        for question, answer in self.turns(conversation)[-turns:]:
            history.append(Turn("user", answer.get("standalone_question") or question))
            history.append(Turn("assistant", answer["answer"]))
        return history

    def turns(self, conversation: str) -> list[tuple[str, dict[str, Any]]]:
        """All questions of a conversation with their answers as JSON objects, in order."""
        if not self._file.exists():
            return []
        with self._open() as log:
            rows = log.execute(
                "SELECT question, answer FROM turns WHERE conversation = ? ORDER BY number",
                (conversation,),
            ).fetchall()
        return [(question, json.loads(answer)) for question, answer in rows]

    def conversations(self, limit: int = 20) -> list[Conversation]:
        """The latest conversations, newest first."""
        if not self._file.exists():
            return []
        with self._open() as log:
            rows = log.execute(
                """SELECT c.id, c.title, c.started, count(t.number)
                   FROM conversations c LEFT JOIN turns t ON t.conversation = c.id
                   GROUP BY c.id ORDER BY c.started DESC LIMIT ?""",
                (limit,),
            ).fetchall()
        return [Conversation(*row) for row in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection with the schema in place; commits at the end, waits for other writers."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=10)
            try:
                connection.executescript(_SCHEMA)
                with connection:
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as fault:
            raise HomeError(
                f"cannot write the conversation log {self._file} ({fault}); use --no-log, or set "
                f"TUTOR_HOME"
            ) from fault
