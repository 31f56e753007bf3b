"""Fetching many pages: hosts at the same time, the pages of one host one after another."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from corpus.fetching.addresses import canonical, known_kind
from corpus.fetching.guard import Guard, Resolver, is_public, system_resolver
from corpus.fetching.lanes import Sleep
from corpus.fetching.records import Fetched, FetchError, FetchSettings, Request, RobotsUnreachable
from corpus.fetching.robots import Robots, RobotsInMemory, RobotsStore
from corpus.fetching.routes import Live, Mirror, Route

if TYPE_CHECKING:
    import httpx

    from corpus.fetching.session import Session

OnResult = Callable[[Fetched], None]


class Fetcher:
    """Fetches pages politely and safely.

    Args:
        mirror: template with ``{url}``: everything is read from there, robots.txt included. Its own
            origin may lie in a private network; nothing else may.
        archive: template with ``{url}``: asked once for each page that is dead or out of reach.
        robots: where answers to /robots.txt are kept between runs.
        resolver: host and port to IP addresses.
        transport: makes the connections, to numbers already checked.
        sleep: waits a number of seconds.

    Raises:
        UsageError: a template without ``{url}``, or that is no web address.
    """

    def __init__(
        self,
        settings: FetchSettings,
        mirror: str | None = None,
        archive: str | None = None,
        robots: RobotsStore | None = None,
        *,
        resolver: Resolver = system_resolver,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._mirror = mirror
        self._archive = Mirror(archive, robots=False) if archive else None
        self._robots = RobotsInMemory() if robots is None else robots
        self._guard = Guard(resolver, exempt=Mirror(mirror).origin if mirror else None)
        self._transport = transport
        self._sleep = sleep

    async def fetch_all(self, requests: Iterable[Request], on_result: OnResult) -> None:
        """Fetch pages, each address once.

        Args:
            on_result: called once for each different address as soon as it has ended, so that
                whoever is stopped has lost nothing but what was under way. What it raises ends
                the run and is raised here.
        """
        lanes: defaultdict[str, list[tuple[Request, str]]] = defaultdict(list)
        route = await self._route()
        for request, address in _distinct(requests, on_result):
            if known := known_kind(address):
                on_result(Fetched(address, known.outcome, known.reason, final=address))
            else:
                lanes[route.lane(route.place(address))].append((request, address))
        if not lanes:
            return
        async with self._open() as session:

            async def one_after_another(pages: list[tuple[Request, str]]) -> None:
                for request, address in pages:
                    on_result(await self._one(session, route, request, address))

            try:
                async with asyncio.TaskGroup() as group:
                    for pages in lanes.values():
                        group.create_task(one_after_another(pages))
            except ExceptionGroup as errors:  # the first is the cause, the others came of it
                raise errors.exceptions[0] from None

    async def _one(self, session: Session, route: Route, request: Request, address: str) -> Fetched:
        from corpus.fetching.visit import Visit

        visit = Visit(session, route, request, address)
        found = await visit.result()
        if (
            self._archive is None
            or found.outcome not in ("dead", "unreachable")
            or isinstance(
                visit.error, RobotsUnreachable
            )  # its site has not said that it may be read
        ):
            return found
        # Dates are the live page's, and an archive's copy is often older: only the ETag is sent.
        kept = replace(request, last_modified=None)
        archived = await Visit(session, self._archive, kept, address).result()
        if archived.outcome in ("fetched", "unchanged"):
            return replace(archived, archived=True)
        return replace(found, reason=f"{found.reason}; not in the archive: {archived.reason}")

    async def _route(self) -> Route:
        """Live, or the mirror: as a local one if it lies in a private network."""
        if self._mirror is None:
            return Live()
        _, host, port = Mirror(self._mirror).origin
        try:
            numbers = await self._guard.resolve(host, port)
        except FetchError:  # said for each page when it is asked for
            return Mirror(self._mirror)
        return Mirror(self._mirror, local=not all(is_public(number) for number in numbers))

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Session]:
        # httpx takes 0.4 s to import: not before there is something to fetch.
        from corpus.fetching.session import Session
        from corpus.fetching.transport import EnvironmentTransport, GuardedTransport, direct

        settings = self._settings
        inner = self._transport or direct(settings.proxies)
        guarded: httpx.AsyncBaseTransport = GuardedTransport(inner, self._guard)
        if settings.proxies:
            guarded = EnvironmentTransport(guarded)
        robots = Robots(self._robots, settings.user_agent.partition("/")[0])
        session = Session(settings, guarded, robots, self._sleep)
        try:
            yield session
        finally:
            await session.close()


def _distinct(requests: Iterable[Request], on_result: OnResult) -> Iterable[tuple[Request, str]]:
    """Requests with their canonical addresses, each address once; what is no address ends here."""
    seen: set[str] = set()
    for request in requests:
        try:
            address = canonical(request.url)
        except UsageError as error:
            address = request.url
            if address not in seen:
                on_result(Fetched(address, "refused", str(error), final=address))
        else:
            if address not in seen:
                yield request, address
        seen.add(address)
