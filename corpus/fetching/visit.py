"""One page: its robots.txt, its redirects, its tries, its end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar
from urllib.parse import urljoin

from corpus.errors import UsageError
from corpus.fetching.addresses import host_of, known_kind
from corpus.fetching.answers import Busy, Page, Redirect, Unchanged, redirect_of, understand
from corpus.fetching.body import Limits, read_body
from corpus.fetching.guard import check_host
from corpus.fetching.lanes import Budget
from corpus.fetching.records import Fetched, FetchError, Request
from corpus.fetching.robots import LIMIT, Rules
from corpus.fetching.routes import Place, Route
from corpus.fetching.session import Session
from corpus.fetching.walls import check_redirect

T = TypeVar("T")


@dataclass
class Trail:
    """Where the redirects of one page have led so far."""

    place: Place
    redirects: list[str] = field(default_factory=list)
    permanent: bool = True
    status: int | None = None

    def __post_init__(self) -> None:
        self._seen = {self.place.wire}

    def step(self, place: Place, permanent: bool, most: int) -> None:
        """Go where a redirect leads.

        Raises:
            FetchError: there is nothing to be had there, it has been there before, or it has gone
                far enough.
        """
        check_redirect(self.place.logical, place.logical)
        if place.wire in self._seen:
            raise FetchError("redirect loop", f"redirects in a circle, back to {place.logical}")
        if len(self.redirects) == most:
            raise FetchError("redirect loop", f"more than {most} redirects")
        self._seen.add(place.wire)
        self.place = place
        self.redirects.append(place.logical)
        self.permanent &= permanent
        if known := known_kind(place.logical):
            raise FetchError(known.outcome, known.reason)


class Visit:
    """Fetches one page by one route.

    Args:
        logical: canonical address of the page.

    Attributes:
        error: what ended it; None after success.
    """

    def __init__(self, session: Session, route: Route, request: Request, logical: str) -> None:
        self.error: FetchError | None = None
        self._session = session
        self._settings = session.settings
        self._route = route
        self._request = request
        self._logical = logical
        self._budget = Budget(self._settings.seconds)
        self._busy = 0

    async def result(self) -> Fetched:
        """How the page ended; whatever a site does, nothing is raised."""
        trail = Trail(self._route.place(self._logical))
        try:
            end: Unchanged | Page = await self._walk(trail, lambda: self._ask(trail))
        except FetchError as error:
            self.error = error
            return replace(self._so_far(trail), outcome=error.outcome, reason=str(error))
        found = replace(self._so_far(trail), etag=end.etag, last_modified=end.last_modified)
        if isinstance(end, Unchanged):
            return replace(
                found,
                outcome="unchanged",
                etag=end.etag or self._request.etag,
                last_modified=end.last_modified or self._request.last_modified,
            )
        return replace(found, content_type=end.content_type, charset=end.charset, data=end.data)

    def _so_far(self, trail: Trail) -> Fetched:
        return Fetched(
            self._logical,
            "fetched",
            final=trail.place.logical,
            status=trail.status,
            redirects=tuple(trail.redirects),
            permanent_move=bool(trail.redirects) and trail.permanent,
        )

    async def _walk(self, trail: Trail, ask: Callable[[], Awaitable[Redirect | T]]) -> T:
        """Ask where the trail stands, and go on until there is an answer."""
        while True:
            check_host(host_of(trail.place.logical))
            answer = await ask()
            if not isinstance(answer, Redirect):
                return answer
            try:
                place = self._route.follow(trail.place, answer.location)
            except UsageError as error:
                raise FetchError("refused", f"its redirect leads nowhere: {error}") from error
            trail.step(place, answer.permanent, self._settings.redirects)

    async def _ask(self, trail: Trail) -> Redirect | Unchanged | Page:
        place = trail.place
        lane = self._session.lane(self._route.lane(place), self._route.polite)
        if judged := self._route.judged(place):
            rules = await self._rules(judged)
            rules.check(judged)
            if self._route.direct:
                lane.delay = max(lane.delay, rules.delay)
        headers = self._validators(place)
        limits = Limits(self._settings.wire_bytes, self._settings.unpacked_bytes)
        while True:
            async with self._session.get(place.wire, lane, headers, self._budget) as response:
                trail.status = response.status_code
                answer = await understand(response, limits, conditional=bool(headers))
            if not isinstance(answer, Busy):
                return answer
            self._busy += 1
            if self._busy >= self._settings.tries:
                raise FetchError(
                    "unreachable",
                    f"busy (status {answer.status}) at each of {self._busy} tries: try again later",
                )
            lane.hold(answer.wait if answer.wait is not None else 2.0 ** (self._busy - 1))

    def _validators(self, place: Place) -> dict[str, str]:
        """What names the copy that is kept, if that copy is of this place."""
        request = self._request
        if request.final not in (None, place.logical):
            return {}
        given = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
        return {name: value for name, value in given.items() if value and value.isascii()}

    async def _rules(self, judged: str) -> Rules:
        """The rules that speak about an address.

        Raises:
            FetchError: they cannot be had, so nothing else may be asked for.
        """
        place = self._route.place(urljoin(judged, "/robots.txt"))
        return await self._session.robots.rules(place.wire, lambda: self._ask_robots(place))

    async def _ask_robots(self, start: Place) -> tuple[int, str]:
        trail = Trail(start)
        budget = Budget(self._settings.seconds)

        async def ask() -> Redirect | tuple[int, str]:
            lane = self._session.lane(self._route.lane(trail.place), self._route.polite)
            async with self._session.get(trail.place.wire, lane, {}, budget) as response:
                if redirect := redirect_of(response):
                    return redirect
                if not 200 <= response.status_code < 300:
                    return response.status_code, ""
                data = await read_body(response, Limits(LIMIT, LIMIT, cut=True))
                return response.status_code, data.decode("utf-8-sig", "replace")

        try:
            return await self._walk(trail, ask)
        except FetchError as error:
            if error.outcome in ("unreachable", "timed out", "refused"):
                raise
            return 404, ""  # redirects that end nowhere count as "unavailable" (RFC 9309, 2.3.1.2)
