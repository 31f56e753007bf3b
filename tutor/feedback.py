"""What learners say of answers: thumbs with a reason and a note, kept beside the conversations."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from corpus.errors import UsageError
from tutor.logfile import LogFile, storable
from tutor.logged import LoggedTurn
from tutor.logrows import as_history, as_text, read_turns
from tutor.records import Turn

__all__ = ["NOTE", "REASONS", "Feedback", "FeedbackStore", "Reason", "Verdict"]

Verdict = Literal["up", "down"]
Reason = Literal[
    "wrong", "not-supported", "incomplete", "unclear", "should-have-declined", "other"
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
NOTE = 2000
# As many turns as a question is asked with (ConversationLog.history).
_EARLIER = 6
_ROW = """f.id, c.owner, f.conversation, f.turn, f.question, f.answer, f.retrieved, f.history,
          f.verdict, f.reason, f.note, f.given
          FROM feedback f JOIN conversations c ON c.id = f.conversation"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a learner said of an answer, with a copy of what it was said of.

    Attributes:
        turn: number of the turn in its conversation; None once that has been asked again.
        answer: as ``Answer.as_json``, citations included.
        retrieved: what was found and not cited (``LoggedTurn.retrieved``).
        history: the messages before the question, oldest first.
        reason: of a thumb down; None if none was given.
        note: "" if none was written.
        given: seconds since the epoch.
    """

    id: int
    owner: str
    conversation: str
    turn: int | None
    question: str
    answer: dict[str, Any]
    retrieved: list[dict[str, Any]]
    history: list[Turn]
    verdict: Verdict
    reason: Reason | None
    note: str
    given: float


class FeedbackStore:
    """The feedback of a home; it stands in the file of the conversations and goes with them.

    Args:
        file: of the conversation log (``Settings.log``).

    Raises (all methods):
        HomeError: the file is damaged, of a newer tutor, or cannot be written.
    """

    def __init__(self, file: Path) -> None:
        self._file = LogFile(file, "feedback in", "free some space on the disk, or set TUTOR_HOME")

    def give(
        self,
        owner: str,
        conversation: str,
        turn: int,
        verdict: Verdict,
        reason: Reason | None = None,
        note: str = "",
    ) -> None:
        """Keep what a learner says of an answer, instead of what was said of it before.

        Raises:
            UsageError: the learner has no such answer, there is no such verdict or reason, a thumb
                up has a reason, or the note is longer than 2000 characters.
        """
        kept = note.strip()
        _check(verdict, reason, kept)
        with self._file.writing() as log:
            turns = [t for t in read_turns(log, conversation, owner) if t.number <= turn]
            if not turns or turns[-1].number != turn:
                raise UsageError("the answer is not there (any more); reload the page")
            _forget(log, conversation, turn)
            copied = _copied(turns)
            log.execute(
                """INSERT INTO feedback (conversation, turn, question, answer, retrieved, history,
                   verdict, reason, note, given) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (conversation, turn, *copied, verdict, reason, storable(kept), time.time()),
            )

    def withdraw(self, owner: str, conversation: str, turn: int) -> bool:
        """Take back what was said of an answer; False if nothing was."""
        if not self._file.exists():
            return False
        with self._file.writing() as log:
            own = "SELECT 1 FROM conversations WHERE id = ? AND owner = ?"
            if log.execute(own, (conversation, owner)).fetchone() is None:
                return False
            return _forget(log, conversation, turn)

    def of(self, owner: str, conversation: str) -> dict[int, Feedback]:
        """What stands about the turns of a conversation, by their numbers."""
        given = self._select("c.owner = ? AND c.id = ? AND f.turn NOTNULL", owner, conversation)
        return {each.turn: each for each in given if each.turn is not None}

    def all(self) -> list[Feedback]:
        """All feedback of all learners, in the order in which it was given."""
        return self._select("TRUE")

    def _select(self, condition: str, *values: str) -> list[Feedback]:
        if not self._file.exists():
            return []
        with self._file.reading() as log:
            rows = log.execute(f"SELECT {_ROW} WHERE {condition} ORDER BY f.given, f.id", values)
            return [_feedback(row) for row in rows]


def _check(verdict: str, reason: str | None, note: str) -> None:
    if verdict not in get_args(Verdict):
        raise UsageError(f"there is no verdict {verdict!r}; there are: up, down")
    if reason is not None and reason not in REASONS:
        raise UsageError(f"there is no reason {reason!r}; there are: {', '.join(REASONS)}")
    if verdict == "up" and reason is not None:
        raise UsageError("a reason goes with a thumb down; leave it out")
    if len(note) > NOTE:
        raise UsageError(
            f"the note has {len(note)} characters, at most {NOTE} are kept; shorten it"
        )


def _copied(turns: list[LoggedTurn]) -> tuple[str, ...]:
    """Question, answer, rest of the passages and history of the last of some turns."""
    *earlier, judged = turns
    history = [asdict(message) for message in as_history(earlier[-_EARLIER:])]
    return (
        judged.question, as_text(judged.answer), as_text(judged.retrieved), as_text(history),
    )  # fmt: skip


def _forget(log: sqlite3.Connection, conversation: str, turn: int) -> bool:
    done = log.execute(
        "DELETE FROM feedback WHERE conversation = ? AND turn = ?", (conversation, turn)
    )
    return done.rowcount > 0


def _feedback(row: tuple[Any, ...]) -> Feedback:
    id_, owner, conversation, turn, question, answer, retrieved, history, *said = row
    verdict, reason, note, given = said
    return Feedback(
        id_, owner, conversation, turn, question, json.loads(answer), json.loads(retrieved),
        [Turn(**message) for message in json.loads(history)], verdict, reason, note, given,
    )  # fmt: skip
