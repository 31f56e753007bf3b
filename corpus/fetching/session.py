"""The wire that all pages of one run share: client, lanes, places under way, rules of sites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from corpus.fetching.body import ACCEPTED
from corpus.fetching.lanes import Budget, Lane, Sleep
from corpus.fetching.records import FetchError, FetchSettings
from corpus.fetching.robots import Robots


class Session:
    """Makes single requests, in turn and within their time.

    Args:
        transport: what connects; guarded by whoever gives it.
    """

    def __init__(
        self,
        settings: FetchSettings,
        transport: httpx.AsyncBaseTransport,
        robots: Robots,
        sleep: Sleep,
    ) -> None:
        self.settings = settings
        self.robots = robots
        self._sleep = sleep
        self._lanes: dict[tuple[str, bool], Lane] = {}
        self._slots = asyncio.Semaphore(settings.hosts)
        self._client = httpx.AsyncClient(
            transport=transport,
            trust_env=False,
            # No cookie is taken, so none is sent: a page is what anyone is shown.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx.Timeout(settings.seconds, connect=settings.connect_seconds),
            headers={
                "User-Agent": settings.user_agent,
                "Accept": "text/html, application/xhtml+xml, */*;q=0.8",
                "Accept-Language": "en, *;q=0.5",
                "Accept-Encoding": ACCEPTED,
            },
        )

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    def lane(self, host: str, polite: bool) -> Lane:
        """The way to a host; without a pause between requests unless polite."""
        key = host, polite
        if key not in self._lanes:
            self._lanes[key] = Lane(self.settings.delay if polite else 0.0, self._sleep)
        return self._lanes[key]

    @asynccontextmanager
    async def get(
        self, address: str, lane: Lane, headers: dict[str, str], budget: Budget
    ) -> AsyncIterator[httpx.Response]:
        """A response whose body is still to be read, when the lane is free.

        Raises:
            FetchError: no answer, in time or at all; also while the body is read.
        """
        async with lane.turn(), self._slots:
            with _said_plainly(budget):
                async with budget.running():
                    request = self._client.build_request("GET", address, headers=headers)
                    response = await self._client.send(request, stream=True)
                    try:
                        yield response
                    finally:
                        await response.aclose()


@contextmanager
def _said_plainly(budget: Budget) -> Iterator[None]:
    """Every error of the network as one of ours."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise FetchError("unreachable", "the site does not answer: try again later") from error
    except (TimeoutError, httpx.TimeoutException) as error:
        message = f"not complete after {budget.seconds:g} s: broken off"
        raise FetchError("timed out", message) from error
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise FetchError("unreachable", "the site's certificate is not valid for it") from error
        raise FetchError("unreachable", "no connection to the site: try again later") from error
    except httpx.ProtocolError as error:
        raise FetchError("unreachable", "the answer breaks off or is not HTTP") from error
    # OSError and UnicodeError: what a malformed header or address makes of lower layers
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        raise FetchError("unreachable", f"the request failed ({type(error).__name__})") from error
