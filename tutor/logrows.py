"""The rows of the log: turns read, appended and dropped within a transaction."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from corpus.errors import UsageError
from tutor.logfile import storable
from tutor.logged import LoggedTurn
from tutor.records import Answer, Turn


def read_turns(log: sqlite3.Connection, conversation: str, owner: str) -> list[LoggedTurn]:
    """The turns of a conversation, in order; none if it is not the owner's."""
    rows = log.execute(
        """SELECT t.number, t.asked, t.question, t.answer, t.retrieved
           FROM turns t JOIN conversations c ON c.id = t.conversation
           WHERE c.id = ? AND c.owner = ? ORDER BY t.number""",
        (conversation, owner),
    )
    return [
        LoggedTurn(number, asked, question, json.loads(answer), json.loads(retrieved))
        for number, asked, question, answer, retrieved in rows
    ]


def as_history(turns: Sequence[LoggedTurn]) -> list[Turn]:
    """Turns as messages of a conversation, each question as it stands alone."""
    history: list[Turn] = []
    for turn in turns:
        asked = turn.answer.get("standalone_question") or turn.question
        history += [Turn("user", asked), Turn("assistant", turn.answer["answer"])]
    return history


def as_text(kept: Any) -> str:
    """JSON as the file keeps it."""
    return storable(json.dumps(kept, ensure_ascii=False))


def check(log: sqlite3.Connection, conversation: str, owner: str) -> None:
    """Refuse what is not there, or is another's.

    Raises:
        UsageError: there is no such conversation.
    """
    row = log.execute(
        "SELECT 1 FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)
    ).fetchone()
    if row is None:
        raise UsageError(f"there is no conversation {conversation!r} (any more); start a new one")


def append(
    log: sqlite3.Connection, conversation: str, answer: Answer, retrieved: Sequence[dict[str, Any]]
) -> int:
    """Add a turn at the end; returns its number."""
    (last,) = log.execute(
        "SELECT coalesce(max(number), 0) FROM turns WHERE conversation = ?", (conversation,)
    ).fetchone()
    log.execute(
        """INSERT INTO turns (conversation, number, asked, question, answer, retrieved)
           VALUES (?, ?, ?, ?, ?, ?)""",
        (
            conversation, last + 1, time.time(), storable(answer.question),
            as_text(answer.as_json()), as_text(list(retrieved)),
        ),
    )  # fmt: skip
    return int(last) + 1


def cut(log: sqlite3.Connection, conversation: str, number: int) -> int:
    """Drop a turn and all after it; returns how many."""
    # Feedback stays: what was found wrong is worth as much after a better answer.
    log.execute(
        "UPDATE feedback SET turn = NULL WHERE conversation = ? AND turn >= ?",
        (conversation, number),
    )
    done = log.execute(
        "DELETE FROM turns WHERE conversation = ? AND number >= ?", (conversation, number)
    )
    return done.rowcount
