"""How an address is had: live, or through a mirror or an archive named by a template."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol
from urllib.parse import urljoin, urlsplit

from corpus.errors import UsageError
from corpus.fetching.addresses import canonical, host_of, origin_of, retrieval_address
from corpus.fetching.guard import Origin

# An archive's own redirects may name a date where its template names none, or another.
_MORE_SEGMENTS = 2


class Place(NamedTuple):
    """An address and where it is asked for.

    Attributes:
        logical: the page's own address.
        wire: what is requested: the same, the document behind it, or the mirror's copy.
    """

    logical: str
    wire: str


class Route(Protocol):
    """One way from addresses to requests.

    Attributes:
        polite: whether there is a pause between two requests to one host.
        direct: whether a site itself is asked, so that a pause it asks for is kept.
    """

    polite: bool
    direct: bool

    def place(self, logical: str) -> Place:
        """Where a canonical address is asked for."""

    def follow(self, place: Place, location: str) -> Place:
        """Where a redirect leads.

        Raises:
            UsageError: to something that is no web address.
        """

    def judged(self, place: Place) -> str | None:
        """The address that robots.txt speaks about; None where no rules are asked for."""

    def lane(self, place: Place) -> str:
        """Host that must not be asked too often."""


class Live:
    """From the web itself."""

    polite = True
    direct = True

    def place(self, logical: str) -> Place:
        return Place(logical, retrieval_address(logical))

    def follow(self, place: Place, location: str) -> Place:
        return self.place(canonical(_joined(place.wire, location)))

    def judged(self, place: Place) -> str | None:
        return place.wire

    def lane(self, place: Place) -> str:
        return host_of(place.wire)


class Mirror:
    """From copies: ``{url}`` in the template stands for the address, as it is.

    Args:
        local: whether the mirror is on the user's own machine or network, where one host plays all
            others and needs no manners: each cited host keeps a lane of its own.
        robots: whether the rules of the sites are asked for, through the mirror. An archive is
            asked for single dead pages, by its user's wish: no rules are asked for.

    Raises:
        UsageError: no ``{url}`` in the template, or no web address.
    """

    direct = False

    def __init__(self, template: str, local: bool = False, robots: bool = True) -> None:
        if "{url}" not in template:
            raise UsageError("a mirror needs {url} in its address: https://mirror.example/{url}")
        before, _, self._after = template.strip().partition("{url}")
        start = self._before = canonical(before)
        self.origin: Origin = origin_of(start)
        first = "".join(re.findall("^/[^/]+(?=/)", urlsplit(start).path))
        self._copies = re.compile(
            rf"{re.escape(first)}/(?:[^/]+/){{0,{_MORE_SEGMENTS}}}?(https?://.+)", re.IGNORECASE
        )
        self.polite = not local
        self._robots = robots

    def place(self, logical: str) -> Place:
        return Place(logical, self._before + logical + self._after)

    def follow(self, place: Place, location: str) -> Place:
        wire = canonical(_joined(place.wire, location))
        if inner := self._inner(wire):  # to another copy, as archives do with their dates
            return Place(canonical(inner), wire)
        return self.place(canonical(_joined(place.logical, location)))

    def judged(self, place: Place) -> str | None:
        return place.logical if self._robots else None

    def lane(self, place: Place) -> str:
        return host_of(place.wire if self.polite else place.logical)

    def _inner(self, wire: str) -> str:
        """The address that a copy of the mirror stands for; "" for anything else it may hold.

        A page could otherwise send the fetcher to any address of the mirror's own machine.
        """
        parts = urlsplit(wire)
        match = self._copies.match(parts.path) if origin_of(wire) == self.origin else None
        return match.group(1) + (f"?{parts.query}" if parts.query else "") if match else ""


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location.strip())
    except ValueError as error:
        raise UsageError(f"redirect to something that is no address ({error})") from error
