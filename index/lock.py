"""One process writes the index at a time, and says who it is."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.errors import HomeError, IndexLocked


@contextmanager
def build_lock(folder: Path) -> Iterator[None]:
    """Hold the build lock of an index folder; the system drops it if the process dies.

    Raises:
        IndexLocked: another process holds it; the message says which.
        HomeError: the folder cannot be written.
    """
    note = folder / "lock.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise IndexLocked(
            f"{_holder(note)} is building the index; wait for it, or stop it, and try again"
        ) from fault
    except OSError as fault:
        raise HomeError(f"cannot write {folder} ({fault.strerror}); set TUTOR_HOME") from fault
    try:
        try:
            who = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
            note.write_text(json.dumps(who), encoding="utf-8")
        except OSError as fault:
            raise HomeError(f"cannot write {folder} ({fault.strerror}); free space") from fault
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _holder(note: Path) -> str:
    try:
        who = json.loads(note.read_text(encoding="utf-8"))
        since = time.strftime("%H:%M:%S", time.localtime(who["since"]))
        return f"process {who['pid']} on {who['host']} (since {since})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
