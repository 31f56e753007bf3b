"""One page a home: a second ``tutor chat`` finds the first instead of loading the models again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import HomeError

LOCK, NOTE = "chat.lock", "chat.json"


class Instance:
    """What a running page leaves in the home, for others to find.

    Attributes:
        other: address of the page that runs already, "" while it is starting; None if this is the
            only one.
    """

    def __init__(self, home: Path, other: str | None) -> None:
        self._note, self.other = home / NOTE, other

    def announce(self, address: str) -> None:
        """Tell others where this one is. Raises HomeError."""
        try:
            self._note.write_text(json.dumps({"pid": os.getpid(), "address": address}), "utf-8")
        except OSError as fault:
            raise HomeError(f"cannot write {self._note} ({fault.strerror}); free space") from fault


@contextmanager
def instance(home: Path) -> Iterator[Instance]:
    """This process's place in a home, held while the block lasts.

    The system lets go of the lock when a process dies, however it does.

    Raises:
        HomeError: the home cannot be written.
    """
    lock = FileLock(home / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield Instance(home, _address(home / NOTE))
        return
    except OSError as fault:
        raise HomeError(
            f"cannot write {home / LOCK} ({fault.strerror}); free space, or set TUTOR_HOME"
        ) from fault
    note = home / NOTE
    try:
        note.unlink(missing_ok=True)  # of one that died
        yield Instance(home, None)
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _address(note: Path) -> str:
    try:
        return str(json.loads(note.read_text("utf-8"))["address"])
    except (OSError, ValueError, KeyError):
        return ""
