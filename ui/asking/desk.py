"""One worker answers, one question at a time; who asks waits in a fair line.

The tutor is not thread-safe (the index, llama.cpp), so it belongs to this thread alone::

    page, endpoint, MCP ──ask(owner, job)──► line by owner ──► worker ──events──► who asked
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from corpus.errors import TutorError
from tutor.answer import Tutor
from ui.asking.line import Line
from ui.asking.question import Asked, Job, Place, Question, ReaderGone

__all__ = ["Asked", "Desk", "DeskClosed", "DeskFull", "Job", "Place", "ReaderGone", "State"]

T = TypeVar("T")

# How many of the last answers tell how long one takes.
_RECENT = 20
# Before there was any: an answer of the bundled model on two cores (docs/log.md).
_GUESSED_SECONDS = 3.0


class DeskFull(TutorError):
    """Too many wait.

    Attributes:
        retry_after: seconds until there should be room, at least 1.
    """

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class DeskClosed(TutorError):
    """The tutor is shutting down."""

    def __init__(self) -> None:
        super().__init__("the tutor is shutting down; ask again when it is back")


@dataclass(frozen=True, slots=True)
class State:
    """What the desk has done and has to do.

    Attributes:
        waiting, working: questions in line, and under way (0 or 1).
        answered, failed, stopped: that ended, that raised an error, that their asker gave up.
        mean_seconds: of the last answers; 0 before the first.
        alive: whether the worker can take questions.
    """

    waiting: int
    working: int
    answered: int
    failed: int
    stopped: int
    mean_seconds: float
    alive: bool


class Desk:
    """The worker and its line.

    Args:
        tutor: used by the worker alone from now on.
        waiting: most questions in line; one owner may have half of them.
        patience: seconds that the worker waits for a reader who has stopped reading.
    """

    def __init__(self, tutor: Tutor, waiting: int, patience: float = 10.0) -> None:
        self._tutor, self._most, self._patience = tutor, waiting, patience
        self._line: Line[Question[Any]] = Line()
        self._working: Question[Any] | None = None
        self._changed = threading.Condition()  # guards all of this, and the questions
        self._closed = False
        self._seconds: deque[float] = deque(maxlen=_RECENT)
        self._answered = self._failed = self._stopped = 0
        self._worker = threading.Thread(target=self._work, name="tutor-desk", daemon=True)
        self._worker.start()

    def ask(self, owner: str, job: Job[T]) -> Asked[T]:
        """Put a job in line.

        Args:
            owner: who asks: owners take turns, each one's jobs are done in order.
            job: given the tutor, iterates over events (never None); runs in the worker's thread.

        Returns:
            An iterator over ``Place`` while others are before it, then over the job's events. It
            raises what the job raises. Close it to leave the line or to stop the job.

        Raises:
            DeskFull: too many wait, or too many of this owner's.
            DeskClosed: the tutor is shutting down.
        """
        question = Question(owner, job, self._changed)
        with self._changed:
            self._check_room(owner)
            self._line.join(owner, question)
            self._changed.notify_all()
        return Asked(question, partial(self._place, question), partial(self._leave, question))

    @property
    def tutor(self) -> Tutor:
        """The tutor, to read its manifest and catalogue; all else is for jobs."""
        return self._tutor

    def replace(self, tutor: Tutor) -> None:
        """Answer with another tutor from the next question on: the index has been built anew."""
        self._tutor = tutor

    def state(self) -> State:
        """How things stand now."""
        with self._changed:
            self._forget_left()
            return State(
                waiting=len(self._line),
                working=int(self._working is not None),
                answered=self._answered,
                failed=self._failed,
                stopped=self._stopped,
                mean_seconds=round(self._mean(), 2) if self._seconds else 0.0,
                alive=self._worker.is_alive() and not self._closed,
            )

    def close(self, timeout: float = 15.0) -> bool:
        """Take no more, stop at the next event, and let go of who waits.

        Returns:
            Whether the worker has ended, so that the tutor may be closed; a job without events may
            outlast ``timeout`` seconds.
        """
        with self._changed:
            self._closed = True
            if self._working is not None:
                self._working.fail(DeskClosed())
            for question in self._line.clear():
                question.fail(DeskClosed())
                question.end()
            self._changed.notify_all()
        self._worker.join(timeout)
        return not self._worker.is_alive()

    def _check_room(self, owner: str) -> None:
        if self._closed:
            raise DeskClosed
        self._forget_left()
        own, everybody = self._line.count(owner), len(self._line)
        if everybody >= self._most:
            who = f"{everybody} questions are waiting already"
        elif own >= max(1, self._most // 2):
            who = f"{own} of your questions are waiting already"
        else:
            return
        seconds = max(1, math.ceil(self._mean()))
        raise DeskFull(f"{who}; try again in about {seconds} s", seconds)

    def _mean(self) -> float:
        return sum(self._seconds) / len(self._seconds) if self._seconds else _GUESSED_SECONDS

    def _place(self, question: Question[Any]) -> int | None:
        """Place in line; None for what is under way or is taken in a moment."""
        if self._working is None or self._working is question:
            return None
        return self._line.place(question)

    def _leave(self, question: Question[Any]) -> None:
        """An asker wants no more, wherever the question is."""
        with self._changed:
            question.left = True
            if self._line.leave(question.owner, question):
                self._stopped += 1
                question.end()
            self._changed.notify_all()

    def _forget_left(self) -> None:
        """Take out of the line whose readers were thrown away without being closed."""
        for question in [q for q in self._line if q.left]:
            self._leave(question)

    # What the worker does.

    def _work(self) -> None:
        while (question := self._next()) is not None:
            began = time.monotonic()
            failed = self._do(question)
            with self._changed:
                self._working = None
                self._line.back(question.owner)
                self._count(question, failed, time.monotonic() - began)
                question.end()

    def _next(self) -> Question[Any] | None:
        with self._changed:
            while not self._closed:
                self._forget_left()
                if len(self._line):
                    self._working = self._line.take()
                    self._changed.notify_all()
                    return self._working
                self._changed.wait()
            return None

    def _do(self, question: Question[Any]) -> bool:
        """Run a job to its end, or to the event at which its asker has left; whether it failed."""
        try:
            events = iter(question.job(self._tutor))
            try:
                for event in events:
                    if not question.put(event, self._patience):
                        break
            finally:
                if (close := getattr(events, "close", None)) is not None:
                    close()  # a generator's: frees the model's lock at once
        except Exception as fault:  # noqa: BLE001 - a job's error is its asker's, not the worker's
            question.fail(fault)
            return True
        return False

    def _count(self, question: Question[Any], failed: bool, seconds: float) -> None:
        if question.cut:
            self._stopped += 1
        elif failed:
            self._failed += 1
        else:
            self._answered += 1
            self._seconds.append(seconds)
