"""A question's events for asynchronous code, and the end of it when the asker is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from anyio.to_thread import run_sync

from ui.asking.desk import Asked, Place

T = TypeVar("T")
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


async def events(asked: Asked[T]) -> AsyncGenerator[T | Place, None]:
    """What ``asked`` iterates over; leaving the loop closes it.

    Close this one by ``contextlib.aclosing``. Raises what the job raises.
    """
    try:
        # Its thread is left to itself when this task is cancelled; closing then ends it.
        while (event := await run_sync(next, asked, None, abandon_on_cancel=True)) is not None:
            yield event
    finally:
        asked.close()


@asynccontextmanager
async def closed_when_gone(asked: Asked[T], receive: Receive) -> AsyncIterator[None]:
    """Close ``asked`` if the client breaks off while the block lasts; its body must be read."""

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        asked.close()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
