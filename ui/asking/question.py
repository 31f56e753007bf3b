"""A question on its way between who asked and the worker: events one way, leaving the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from corpus.errors import TutorError
from tutor.answer import Tutor

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Job = Callable[[Tutor], Iterable[T]]

# An answer has 10 to 40 events: the worker waits for a reader only if that one has stopped reading.
_UNREAD = 64


class ReaderGone(TutorError):
    """The answer was not fetched while it was made, and was given up."""


@dataclass(frozen=True, slots=True)
class Place:
    """Event: the place in line; 1 is next."""

    number: int


class Question(Generic[T]):
    """A job and its events; of a bounded number that are unread.

    Args:
        changed: the desk's condition, which guards all questions; methods are called without it.

    Attributes:
        left: its asker wants no more.
        cut: the job was stopped before its end.
        done: nothing more will come.
    """

    def __init__(self, owner: str, job: Job[T], changed: threading.Condition) -> None:
        self.owner, self.job = owner, job
        self.left = self.cut = self.done = False
        self._changed = changed
        self._unread: deque[T] = deque()
        self._error: Exception | None = None

    def put(self, event: T, patience: float) -> bool:
        """Hand an event on, if need be when the reader has caught up.

        Args:
            patience: seconds to wait for that.

        Returns:
            Whether more is wanted.
        """
        with self._changed:
            in_time = self._changed.wait_for(self._takes, patience)
            if not in_time:
                self._error = ReaderGone("the answer was not fetched in time; ask again")
            self.cut = self.left or self._error is not None
            if not self.cut:
                self._unread.append(event)
                self._changed.notify_all()
            return not self.cut

    def _takes(self) -> bool:
        return len(self._unread) < _UNREAD or self.left or self._error is not None

    def fail(self, error: Exception) -> None:
        """The reader gets the error after what is unread; a running job stops at its next event."""
        with self._changed:
            self._error = self._error or error
            self._changed.notify_all()

    def end(self) -> None:
        """Nothing more comes."""
        with self._changed:
            self.done = True
            self._changed.notify_all()

    def take(self, place: Callable[[], int | None], told: int | None) -> T | Place | None:
        """Wait for the next event; for a place in line other than ``told``; None at the end.

        Raises:
            Exception: what the job raised.
        """
        with self._changed:
            while not self.left:
                if self._unread:
                    event = self._unread.popleft()
                    self._changed.notify_all()
                    return event
                if self.done:
                    if self._error is not None:
                        raise self._error
                    return None
                number = place()
                if number is not None and number != told:
                    return Place(number)
                self._changed.wait()
            return None


class Asked(Iterator[T_co | Place]):
    """A place in line while others are before, then the job's events; for one reader.

    Args:
        place: in line; None for what is under way.
        leave: called once if the reader wants no more.
    """

    def __init__(
        self, question: Question[T_co], place: Callable[[], int | None], leave: Callable[[], None]
    ) -> None:
        self._question, self._place, self._leave = question, place, leave
        self._told: int | None = None

    def __next__(self) -> T_co | Place:
        event = self._question.take(self._place, self._told)
        if event is None:
            raise StopIteration
        if isinstance(event, Place):
            self._told = event.number
        return event

    def close(self) -> None:
        """Leave the line, or stop the job at its next event.

        Any thread may call it, also while another waits for an event: that one's iteration ends.
        """
        if not (self._question.done or self._question.left):
            self._leave()

    def __del__(self) -> None:
        # No lock: the garbage collector may call this anywhere. The desk looks at the mark.
        self._question.left = True
