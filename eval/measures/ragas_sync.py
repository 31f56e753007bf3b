"""RAGAS from code that is not async: its modules, imported late and private, and its coroutines.

All coroutines run in one event loop in a thread of its own: clients of a judge keep connections
that belong to the loop in which they were opened, so a loop for each call would break the second.
"""

from __future__ import annotations

import asyncio
import atexit
import importlib
from collections.abc import Coroutine
from threading import Lock, Thread, current_thread
from typing import Any, NoReturn, TypeVar

from tutor.app import private

T = TypeVar("T")

_importing = Lock()


def ragas(module: str) -> Any:
    """A module of RAGAS by its full name; the first one takes seconds.

    RAGAS writes an id of the user into their data folder even when told not to track. Nothing is
    written outside the home: the id is made anew in each process, and not kept.
    """
    with _importing:
        private()
        analytics: Any = importlib.import_module("ragas._analytics")
        analytics.user_data_dir = _nowhere
        return importlib.import_module(module)


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, awaited from any thread; several threads' run side by side.

    Raises:
        RuntimeError: called by a coroutine that runs here itself: it would wait for itself.
        Exception: whatever the coroutine raises.
    """
    if current_thread() is _looping.thread:
        coroutine.close()
        raise RuntimeError("run_sync was called from within a coroutine; await it instead")
    future = asyncio.run_coroutine_threadsafe(coroutine, _looping.loop())
    try:
        return future.result()
    except BaseException:  # an interrupt of the waiting thread must end the coroutine as well
        future.cancel()
        raise


class _Looping:
    """An event loop in a daemon thread, from its first use to the end of the process."""

    def __init__(self) -> None:
        self.thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = Lock()

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._starting:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self.thread = Thread(target=self._loop.run_forever, name="ragas", daemon=True)
                self.thread.start()
                atexit.register(self.close)
            return self._loop

    def close(self) -> None:
        """End the thread, then close the loop with all that is its own."""
        if self._loop is not None and self.thread is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self.thread.join()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
            self._loop = self.thread = None


def _nowhere(*_: object, **__: object) -> NoReturn:
    raise OSError("the tutor keeps nothing outside its home")


_looping = _Looping()
