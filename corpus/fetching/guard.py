"""Which machines the fetcher may connect to: public ones, under a plain name or number.

A page may send the fetcher anywhere, by a link, a redirect or its name server. So that none reaches
into the learner's own network (server-side request forgery, CWE-918), a name is resolved here,
every answer checked, and the connection made to a checked answer, never to the name: a name server
that answers differently the second time (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from corpus.fetching.records import FetchError, UnsafeAddress

Origin = tuple[str, str, int]  # scheme, host, port
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]  # host, port → IP addresses

# IANA's registry of special-purpose IPv4 addresses; written out, as ``ipaddress.is_global`` of
# Python 3.11 takes multicast and 192.88.99.0/24 for global.
_NOT_PUBLIC = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "168.63.129.16/32",  # a public number by which Azure's machines reach their own host
        # IPv6: within 2000::/3, outside which nothing is public (mapped and local addresses
        # included): protocol assignments with Teredo, documentation, 6to4, documentation
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: IPv4 as networks with IPv6 alone write it

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def is_public(number: str) -> bool:
    """Whether an IP address belongs to the public internet, by IANA's registries."""
    try:
        address = ip_address(number)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        elif address not in _GLOBAL_UNICAST or address.scope_id:
            return False
    return not any(address.version == block.version and address in block for block in _NOT_PUBLIC)


def check_host(host: str) -> None:
    """Refuse what a host's spelling alone gives away; nothing is asked of any network.

    Raises:
        UnsafeAddress: localhost, a number that is not public, or one in a disguise: browsers and C
            libraries read "2130706433", "0x7f.1" and "0177.0.0.1" as 127.0.0.1 (WHATWG URL, 3.5).
    """
    name = host.removesuffix(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        raise UnsafeAddress(f"{host} is this machine itself: pages are only fetched from others")
    number = _number(name)
    if number is None and _NUMBER.fullmatch(name.rpartition(".")[2]):
        raise UnsafeAddress(f"{host} is an IP address in disguise: write it as four plain numbers")
    if number is not None and not is_public(number):
        raise UnsafeAddress(f"{host} is not a public address: it lies in a private network")


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """IP addresses of a host by the system's resolver, in its order of preference."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """Resolves hosts and checks what they resolve to.

    Args:
        exempt: the one origin that may lie anywhere: the mirror that the user named.
    """

    def __init__(self, resolver: Resolver = system_resolver, exempt: Origin | None = None) -> None:
        self._resolver = resolver
        self._exempt = exempt

    async def numbers(self, scheme: str, host: str, port: int) -> Sequence[str]:
        """IP addresses that may be connected to for an origin, best first; at least one.

        Raises:
            UnsafeAddress: one of them is not public, so none is used.
            FetchError: the host has none.
        """
        exempt = (scheme, host, port) == self._exempt
        if not exempt:
            check_host(host)
        numbers = await self.resolve(host, port)
        for number in numbers:
            if not (exempt or is_public(number)):
                raise UnsafeAddress(f"{host} leads into a private network ({number})")
        return numbers

    async def resolve(self, host: str, port: int) -> Sequence[str]:
        """All IP addresses of a host, unchecked; a number stands for itself.

        Raises:
            FetchError: there is none.
        """
        number = _number(host)
        if number is not None:
            return [number]
        try:
            numbers = await self._resolver(host, port)
        except (OSError, UnicodeError):  # the latter for labels that DNS cannot carry
            numbers = []
        if not numbers:
            raise FetchError(
                "unreachable", f"no such host: {host} (or this machine is not on the internet)"
            )
        return numbers


def _number(host: str) -> str | None:
    try:
        return str(ip_address(host.strip("[]")))
    except ValueError:
        return None
