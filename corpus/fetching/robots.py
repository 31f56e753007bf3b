"""robots.txt (RFC 9309): what a site asks crawlers to leave alone."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from corpus.fetching.records import FetchError, RobotsUnreachable

if TYPE_CHECKING:
    from protego import Protego

LIMIT = 500 * 1024  # bytes that are read at least (RFC 9309, 2.5); here also at most
KEPT = 24 * 3600  # seconds that an answer is used at most (2.4)
LONGEST_DELAY = 30.0  # seconds; a Crawl-delay above it would make one page a matter of minutes


class RobotsRecord(NamedTuple):
    """An answer to /robots.txt.

    Attributes:
        status: of the answer.
        text: the rules; "" unless the status is 2xx.
        time: when it came, in seconds since 1970.
    """

    status: int
    text: str
    time: float


class RobotsStore(Protocol):
    """Where answers are kept between runs, by the address that was asked."""

    def get(self, key: str, /) -> RobotsRecord | None: ...

    def put(self, key: str, record: RobotsRecord, /) -> None: ...


class RobotsInMemory:
    """A store for one run."""

    def __init__(self) -> None:
        self._kept: dict[str, RobotsRecord] = {}

    def get(self, key: str, /) -> RobotsRecord | None:
        return self._kept.get(key)

    def put(self, key: str, record: RobotsRecord, /) -> None:
        self._kept[key] = record


class Rules:
    """The rules of one site for one crawler.

    Attributes:
        delay: seconds between requests that the site asks for; 0 if it names none.
    """

    def __init__(self, record: RobotsRecord, agent: str) -> None:
        from protego import Protego

        self._agent = agent
        # "Unavailable" (4xx): no rules. Redirects without end count as such (2.3.1.2, 2.3.1.3).
        text = record.text if 200 <= record.status < 300 else ""
        self._rules: Protego = Protego.parse(text)
        self.delay = min(self._rules.crawl_delay(agent) or 0.0, LONGEST_DELAY)

    def check(self, address: str) -> None:
        """Whether an address may be requested.

        Raises:
            FetchError: the site disallows the address.
        """
        if not self._rules.can_fetch(address, self._agent):
            raise FetchError("disallowed", "the site's robots.txt disallows it")


class Robots:
    """Rules by site: kept, or asked for once.

    Args:
        agent: name of the crawler, as rules name it.
        clock: seconds since 1970.
    """

    def __init__(
        self, store: RobotsStore, agent: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._store = store
        self._agent = agent
        self._clock = clock
        self._known: dict[str, Rules | FetchError] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, key: str, ask: Callable[[], Awaitable[tuple[int, str]]]) -> Rules:
        """Rules of a site.

        Args:
            key: the address of its robots.txt, as requested.
            ask: requests it; returns status and text.

        Raises:
            RobotsUnreachable: the site answers with an error of its own.
            FetchError: the site cannot be reached at all; said anew for each of its pages.
        """
        async with self._locks[key]:
            if key not in self._known:
                self._known[key] = await self._find(key, ask)
        known = self._known[key]
        if isinstance(known, FetchError):
            raise known.with_traceback(None)  # the same error for each page, not a longer one
        return known

    async def _find(
        self, key: str, ask: Callable[[], Awaitable[tuple[int, str]]]
    ) -> Rules | FetchError:
        kept = self._store.get(key)
        if kept is not None and 0 <= self._clock() - kept.time < KEPT:
            return Rules(kept, self._agent)
        try:
            record = RobotsRecord(*await ask(), self._clock())
        except FetchError as error:
            return error if kept is None else Rules(kept, self._agent)  # an old copy will do (2.4)
        if record.status == 429 or record.status >= 500:
            reason = f"the site's robots.txt answers with status {record.status}: try again later"
            return RobotsUnreachable(reason) if kept is None else Rules(kept, self._agent)
        self._store.put(key, record)
        return Rules(record, self._agent)
