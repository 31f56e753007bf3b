"""What the answer to one request means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from corpus.fetching.body import Limits, read_body
from corpus.fetching.records import FetchError
from corpus.fetching.walls import HEAD, check_title

if TYPE_CHECKING:
    import httpx

LONGEST_WAIT = 60.0  # seconds; a host that asks for more is not waited for any longer than this

_REDIRECT = {301, 302, 303, 307, 308}
_BUSY = {429, 502, 503, 504}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redirect:
    """The page is elsewhere."""

    location: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Busy:
    """The page may be had later.

    Attributes:
        wait: seconds that the host asked for; None if it named none.
    """

    status: int
    wait: float | None


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The copy that is kept is still the page."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """The page."""

    data: bytes
    content_type: str
    charset: str
    etag: str | None
    last_modified: str | None


async def understand(
    response: httpx.Response, limits: Limits, conditional: bool
) -> Redirect | Busy | Unchanged | Page:
    """What an answer means, its body read where it is the page.

    Args:
        conditional: whether the request named a copy that is kept.

    Raises:
        FetchError: the page cannot be had.
    """
    status = response.status_code
    if redirect := redirect_of(response):
        return redirect
    if status == 304 and conditional:
        return Unchanged(*_validators(response))
    if 200 <= status < 300:
        data = await read_body(response, limits)
        check_title(data, whole=True)
        return Page(data, *_type(response), *_validators(response))
    if status in (404, 410):
        raise FetchError("dead", f"the site has no such page (status {status})")
    if status in (401, 407):
        raise FetchError("needs an account", f"only for signed-in readers (status {status})")
    if status in _BUSY or status == 403:
        await _check_for_robots(response)
    if status in _BUSY:
        return Busy(status, _wait(response.headers.get("retry-after", "")))
    if 500 <= status < 600:
        raise FetchError("unreachable", f"the site fails (status {status}): try again later")
    if 100 <= status < 400:
        raise FetchError("unreachable", f"an answer without a page (status {status})")
    raise FetchError("blocked", f"refused with status {status}")


def redirect_of(response: httpx.Response) -> Redirect | None:
    """Where an answer sends its reader, if it does."""
    location = response.headers.get("location", "").strip()
    if response.status_code not in _REDIRECT or not location:
        return None
    return Redirect(location, permanent=response.status_code in (301, 308))


async def _check_for_robots(response: httpx.Response) -> None:
    if response.headers.get("cf-mitigated", "") == "challenge":  # Cloudflare's own word for it
        raise FetchError("blocked", "a check for robots stands before it: open it in a browser")
    try:
        head = await read_body(response, Limits(HEAD, HEAD, cut=True))
    except FetchError:  # unreadable, so no title tells
        return
    check_title(head, whole=False)


def _type(response: httpx.Response) -> tuple[str, str]:
    """Media type and charset."""
    given = response.headers.get("content-type", "")
    match = _CHARSET.search(given)
    return given.partition(";")[0].strip().lower(), match.group(1).lower() if match else ""


def _validators(response: httpx.Response) -> tuple[str | None, str | None]:
    return response.headers.get("etag"), response.headers.get("last-modified")


def _wait(given: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Seconds of a Retry-After header, which names seconds or a date (RFC 9110, 10.2.3)."""
    if given.strip().isdecimal():
        return min(float(given), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:  # "-0000": UTC of unknown origin
        until = until.replace(tzinfo=UTC)
    return min(max((until - now()).total_seconds(), 0.0), LONGEST_WAIT)
