"""Progress, told line by line while the work is done in a thread of its own.

::

    generator ◄── steps ── thread ──► one writer after the other, in the order in which they came

Whoever stops listening stops no work that has begun: it is short, and half of it would be worse.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Literal

from corpus.errors import TutorError
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings
from ui.text.escape import attribute, escaped
from ui.text.safe import inline

Status = Literal["under way", "done", "failed"]
_TEXT = 400


@dataclass(frozen=True, slots=True)
class Step:
    """How far a part of the work is; a later step of the same name takes its place.

    Attributes:
        name: of a file, a page, or the index; anybody may have written it.
        text: one line, as anybody may have written it.
    """

    name: str
    text: str
    status: Status = "under way"


class ListenerGone(TutorError):
    """Nobody waits for what has not begun."""


class Tell:
    """What the work tells: called with a step's fields.

    Attributes:
        gone: whether nobody listens any more.
    """

    def __init__(self) -> None:
        self.gone = False
        self.told: SimpleQueue[Step | BaseException | None] = SimpleQueue()

    def __call__(self, name: str, text: str, status: Status = "under way") -> None:
        """Tell a step."""
        self.told.put(Step(name, text, status))


def told(work: Callable[[Tell], None], what: str) -> Iterator[Step]:
    """Do work in a thread, and give its steps as they come.

    Args:
        what: name of the step that tells of an error.

    Returns:
        Also when the work raises an error of ours: its message is the last step. Any other error
        is raised here.
    """
    tell = Tell()

    def run() -> None:
        try:
            work(tell)
        except ListenerGone:
            pass
        except TutorError as fault:
            tell(what, str(fault), "failed")
        except BaseException as fault:  # noqa: BLE001 - raised again in the thread that listens
            tell.told.put(fault)
        finally:
            tell.told.put(None)

    threading.Thread(target=run, name="tutor-sources", daemon=True).start()
    try:
        while (step := tell.told.get()) is not None:
            if isinstance(step, BaseException):
                raise step
            yield step
    finally:
        tell.gone = True


class Turns:
    """Lets one in at a time, first come first served."""

    def __init__(self) -> None:
        self._line: deque[object] = deque()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, tell: Tell, name: str, waiting: str) -> Iterator[None]:
        """Wait for one's turn, and have it while the block lasts.

        Args:
            name, waiting: of the step that is told if others are before.

        Raises:
            ListenerGone: nobody listened any more when the turn came.
        """
        ticket = object()
        with self._changed:
            self._line.append(ticket)
            if self._line[0] is not ticket:
                tell(name, waiting)
            self._changed.wait_for(lambda: self._line[0] is ticket)
        try:
            if tell.gone:
                raise ListenerGone
            yield
        finally:
            with self._changed:
                self._line.popleft()
                self._changed.notify_all()


def steps_html(steps: Iterable[Step], strings: PaneStrings = ENGLISH_PANES) -> str:
    """The latest step of each name as a list, in the order in which the names came."""
    latest = {step.name: step for step in steps}
    words = {"under way": strings.under_way, "done": strings.done, "failed": strings.failed}
    items = "".join(
        f'<li class="step-{step.status.replace(" ", "-")}"><span class="status">'
        f"{escaped(words[step.status])}</span> <strong>{inline(step.name)}</strong>: "
        f"{inline(step.text, _TEXT)}</li>"
        for step in latest.values()
    )
    label = attribute(strings.steps)
    return f'<ul class="steps" role="status" aria-label="{label}">{items}</ul>' if items else ""
