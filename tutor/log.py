"""Conversations, kept in SQLite under the home: for ``-c``, for ``tutor logs``, for the chat."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.errors import UsageError
from tutor.logfile import LogFile, storable
from tutor.logged import Conversation, LoggedTurn, answer_from_json, uncited
from tutor.logrows import append, as_history, check, cut, read_turns
from tutor.records import Answer, Turn

__all__ = ["Conversation", "ConversationLog", "LoggedTurn", "answer_from_json", "uncited"]

_TITLE = 120


class ConversationLog:
    """The log of a home.

    A conversation has an owner: "" is the command line, anything else a learner or a browser of
    the chat. Nobody but its owner can tell it from one that is not there.

    Args:
        file: created with its folder at the first write.
        advice: what errors tell to do when it cannot be written.

    Raises (all methods):
        HomeError: the file is damaged, of a newer tutor, or cannot be written.
    """

    def __init__(self, file: Path, advice: str = "use --no-log, or set TUTOR_HOME") -> None:
        self._file = LogFile(file, "conversation log", advice)

    def start(self, question: str, owner: str = "") -> str:
        """A new conversation named by its first question; returns its id."""
        conversation = uuid.uuid4().hex[:8]
        with self._file.writing() as log:
            log.execute(
                "INSERT INTO conversations (id, title, started, owner) VALUES (?, ?, ?, ?)",
                (conversation, _one_line(question), time.time(), owner),
            )
        return conversation

    def add(
        self,
        conversation: str,
        answer: Answer,
        retrieved: Sequence[dict[str, Any]] = (),
        owner: str = "",
    ) -> int:
        """Append a question with its answer; returns its number, from 1.

        Args:
            retrieved: what was found and not cited (``uncited``).

        Raises:
            UsageError: there is no such conversation (any more).
        """
        with self._file.writing() as log:  # two windows may add to one conversation
            check(log, conversation, owner)
            return append(log, conversation, answer, retrieved)

    def replace(
        self,
        conversation: str,
        number: int,
        answer: Answer,
        retrieved: Sequence[dict[str, Any]] = (),
        owner: str = "",
    ) -> int:
        """Put an answer where a turn stands, and drop all after it, as edit and retry do.

        Returns:
            The number under which it now stands: less than asked for if the turn is gone.

        Raises:
            UsageError: there is no such conversation.
        """
        with self._file.writing() as log:
            check(log, conversation, owner)
            cut(log, conversation, number)
            return append(log, conversation, answer, retrieved)

    def cut(self, conversation: str, number: int, owner: str = "") -> int:
        """Drop a turn and all after it; returns how many.

        Raises:
            UsageError: there is no such conversation.
        """
        with self._file.writing() as log:
            check(log, conversation, owner)
            return cut(log, conversation, number)

    def rename(self, conversation: str, title: str, owner: str = "") -> None:
        """Give a conversation another name, of one line and at most 120 characters.

        Raises:
            UsageError: there is no such conversation, or nothing of the name is left.
        """
        name = _one_line(title)
        if not name:
            raise UsageError("the name of a conversation is empty; type one")
        with self._file.writing() as log:
            check(log, conversation, owner)
            log.execute("UPDATE conversations SET title = ? WHERE id = ?", (name, conversation))

    def delete(self, conversation: str, owner: str = "") -> bool:
        """Delete a conversation with its turns and feedback; False if it is not there."""
        if not self._file.exists():
            return False
        with self._file.writing() as log:
            done = log.execute(
                "DELETE FROM conversations WHERE id = ? AND owner = ?", (conversation, owner)
            )
            return done.rowcount > 0

    def last(self, owner: str = "") -> str | None:
        """Id of the owner's conversation with the latest question."""
        if not self._file.exists():
            return None
        with self._file.reading() as log:
            row = log.execute(
                """SELECT c.id FROM turns t JOIN conversations c ON c.id = t.conversation
                   WHERE c.owner = ? ORDER BY t.asked DESC LIMIT 1""",
                (owner,),
            ).fetchone()
        return str(row[0]) if row else None

    def history(
        self, conversation: str, turns: int = 6, owner: str = "", before: int | None = None
    ) -> list[Turn]:
        """The last ``turns`` questions and answers, oldest first.

        Args:
            before: number of a turn to be asked again: only what stands before it.
        """
        kept = self.turns(conversation, owner)
        return as_history([t for t in kept if before is None or t.number < before][-turns:])

    def turns(self, conversation: str, owner: str = "") -> list[LoggedTurn]:
        """All questions of a conversation with their answers, in order; none if not there."""
        if not self._file.exists():
            return []
        with self._file.reading() as log:
            return read_turns(log, conversation, owner)

    def conversation(self, conversation: str, owner: str = "") -> Conversation | None:
        """One conversation; None if it is not there."""
        found = self._listed("c.id = ?1", (conversation,), owner, 1)
        return found[0] if found else None

    def conversations(
        self, limit: int = 20, owner: str = "", search: str = ""
    ) -> list[Conversation]:
        """The owner's latest conversations, newest first.

        Args:
            search: what title, a question or an answer must hold, in upper or lower case.
        """
        sought = " ".join(search.split()).casefold()
        if not sought:
            return self._listed("TRUE", (), owner, limit)
        # Not LIKE: it takes % and _ for wildcards, and knows upper and lower case of ASCII alone.
        condition = """holds(c.title, ?1) OR EXISTS (
            SELECT 1 FROM turns s WHERE s.conversation = c.id AND
            (holds(s.question, ?1) OR holds(json_extract(s.answer, '$.answer'), ?1)))"""
        return self._listed(condition, (storable(sought),), owner, limit)

    def _listed(
        self, condition: str, values: tuple[str, ...], owner: str, limit: int
    ) -> list[Conversation]:
        """Those that meet a condition, in which ?1 is the first of the values."""
        if not self._file.exists():
            return []
        with self._file.reading() as log:
            log.create_function("holds", 2, _holds, deterministic=True)
            place = len(values) + 1
            rows = log.execute(
                f"""SELECT c.id, c.title, c.started, count(t.number)
                    FROM conversations c LEFT JOIN turns t ON t.conversation = c.id
                    WHERE ({condition}) AND c.owner = ?{place}
                    GROUP BY c.id ORDER BY c.started DESC LIMIT ?{place + 1}""",
                (*values, owner, limit),
            ).fetchall()
        return [Conversation(*row) for row in rows]


def _one_line(title: str) -> str:
    return storable(" ".join(title.split())[:_TITLE])


def _holds(text: Any, sought: str) -> bool:
    return sought in " ".join(str(text).split()).casefold()
