"""The guard as a transport of httpx: what goes through it goes to a checked address."""

from __future__ import annotations

import urllib.request

import httpx

from corpus.errors import SettingsError
from corpus.fetching.addresses import DEFAULT_PORTS
from corpus.fetching.guard import Guard, check_host
from corpus.fetching.records import UnsafeAddress

# A host with dead IPv6 is reached at its second or third address.
_MOST_ADDRESSES = 4


def direct(environment: bool) -> httpx.AsyncHTTPTransport:
    """Plain connections.

    No connection is kept: kept ones are known by IP address and port, so that a request for one
    host could travel on another host's connection, whose certificate names the other.

    Args:
        environment: whether certificates named by the environment are used.
    """
    return httpx.AsyncHTTPTransport(
        trust_env=environment, limits=httpx.Limits(max_keepalive_connections=0)
    )


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to the address that was checked, under the name that was asked for.

    The Host header and the name on the certificate stay the host's: only the number that is dialled
    is set (httpcore's ``sni_hostname``).
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, guard: Guard) -> None:
        self._inner = inner
        self._guard = guard

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        host = url.raw_host.decode("ascii")
        port = url.port or DEFAULT_PORTS.get(url.scheme, 0)
        numbers = await self._guard.numbers(url.scheme, host, port)
        *others, last = numbers[:_MOST_ADDRESSES]
        for number in others:
            try:
                return await self._inner.handle_async_request(_pinned(request, host, number))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._inner.handle_async_request(_pinned(request, host, last))

    async def aclose(self) -> None:
        await self._inner.aclose()


class EnvironmentTransport(httpx.AsyncBaseTransport):
    """Through the environment's proxies, where they apply; else the other way.

    A proxy resolves names itself, so that here a host can be checked by its spelling alone. What
    lies inside goes the other way: it is refused there, unless it is the user's own mirror.

    Raises:
        SettingsError: the environment names a proxy of an unknown kind.
    """

    def __init__(self, otherwise: httpx.AsyncBaseTransport) -> None:
        self._otherwise = otherwise
        proxies = urllib.request.getproxies()
        self._proxied: dict[str, httpx.AsyncBaseTransport] = {}
        for scheme in DEFAULT_PORTS:
            if proxy := proxies.get(scheme) or proxies.get("all"):
                self._proxied[scheme] = _through(proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.raw_host.decode("ascii")
        proxied = self._proxied.get(request.url.scheme)
        if proxied is None or urllib.request.proxy_bypass(host) or _inside(host):
            return await self._otherwise.handle_async_request(request)
        return await proxied.handle_async_request(request)

    async def aclose(self) -> None:
        for transport in (*self._proxied.values(), self._otherwise):
            await transport.aclose()


def _through(proxy: str) -> httpx.AsyncBaseTransport:
    try:
        return httpx.AsyncHTTPTransport(
            proxy=proxy if "://" in proxy else f"http://{proxy}",
            limits=httpx.Limits(max_keepalive_connections=0),
        )
    except (ImportError, ValueError) as error:  # SOCKS without its library, or no proxy at all
        raise SettingsError(f"the environment's proxy cannot be used: {error}") from error


def _inside(host: str) -> bool:
    try:
        check_host(host)
    except UnsafeAddress:
        return True
    return False


def _pinned(request: httpx.Request, host: str, number: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=number),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )
