"""Manners on the wire: one request at a time to a host, and a pause after each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

Sleep = Callable[[float], Awaitable[object]]


class Lane:
    """The way to one host.

    Attributes:
        delay: seconds from the end of one request to the start of the next.
    """

    def __init__(self, delay: float, sleep: Sleep) -> None:
        self.delay = delay
        self._sleep = sleep
        self._free_at = 0.0  # by the loop's clock
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to make one request, once the host has had its pause."""
        clock = asyncio.get_running_loop().time
        async with self._lock:
            if (wait := self._free_at - clock()) > 0:
                await self._sleep(wait)
                self._free_at = 0.0
            try:
                yield
            finally:
                self._free_at = max(self._free_at, clock() + self.delay)

    def hold(self, seconds: float) -> None:
        """Make no request for some time, as the host asked."""
        self._free_at = max(self._free_at, asyncio.get_running_loop().time() + seconds)


class Budget:
    """Seconds that one page may take on the wire; waiting for a turn costs nothing.

    Attributes:
        seconds: what it began with.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Spend from the budget.

        Raises:
            TimeoutError: the budget is used up.
        """
        clock = asyncio.get_running_loop().time
        start = clock()
        try:
            async with asyncio.timeout(self._left):
                yield
        finally:
            self._left -= clock() - start
