"""A small web on loopback: every host is played by one server, which notes what it was asked."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from corpus.fetching import Fetched, Fetcher, FetchSettings, Request

PUBLIC = "93.184.215.14"


@dataclass
class Answer:
    """What the server says to one request."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0.0  # seconds before each byte of the body
    raw: bytes = b""  # instead of all the others


@dataclass
class Asked:
    """One request that the server saw."""

    url: str
    headers: dict[str, str]
    connection: tuple[str, int]
    start: float
    end: float = 0.0


class Web:
    """Pages by address. A list of answers is given one by one, its last for ever."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer | list[Answer]] = {}
        self.asked: list[Asked] = []
        self.port = 0

    def page(self, url: str, body: bytes | str = b"<p>text</p>", status: int = 200, **headers: str):
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[url] = Answer(status, data, {"Content-Type": "text/html", **named})

    def moved(self, url: str, to: str, status: int = 302):
        self.pages[url] = Answer(status, b"", {"Location": to})

    def urls(self, robots: bool = False) -> list[str]:
        """Addresses asked for, in order; those of robots.txt only if wanted."""
        return [a.url for a in self.asked if robots or not a.url.endswith("/robots.txt")]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        url = f"{self.headers['X-Scheme']}://{self.headers['Host']}{self.path}"
        asked = Asked(url, dict(self.headers), self.client_address, time.monotonic())
        web.asked.append(asked)
        answer = web.pages.get(url, Answer(404))
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        with suppress(BrokenPipeError, ConnectionResetError):
            self._give(answer)
        asked.end = time.monotonic()

    def _give(self, answer: Answer) -> None:
        if answer.raw:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        self.send_response(answer.status)
        if "Connection" not in answer.headers and answer.status != 304:
            self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if answer.pause:
            for byte in answer.body:
                time.sleep(answer.pause)
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
        else:
            self.wfile.write(answer.body)


class ToLoopback(httpx.AsyncBaseTransport):
    """Stands in for the network: notes the number dialled, and lets the small web answer."""

    def __init__(self, port: int) -> None:
        self.dialled: list[tuple[str, str, Any]] = []  # number, Host header, name for TLS
        self.dead: set[str] = set()  # numbers that take no connection
        self._port = port
        # no TLS here, so the certificates' 40 ms are saved
        self._inner = httpx.AsyncHTTPTransport(
            verify=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = request.url.host
        self.dialled.append((number, request.headers["Host"], request.extensions["sni_hostname"]))
        if number in self.dead:
            raise httpx.ConnectError("nobody there")
        headers = [*request.headers.raw, (b"X-Scheme", request.url.raw_scheme)]
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        there = httpx.Request("GET", url, headers=headers, extensions=request.extensions)
        return await self._inner.handle_async_request(there)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class Run:
    """What came of one run."""

    results: list[Fetched]
    network: ToLoopback
    slept: list[float]

    def __getitem__(self, url: str) -> Fetched:
        return next(result for result in self.results if result.url == url)

    @property
    def only(self) -> Fetched:
        (result,) = self.results
        return result


@pytest.fixture
def web() -> Iterator[Web]:
    small = Web()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.web = small  # type: ignore[attr-defined]
    small.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield small
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fetch(web: Web):
    """Fetches addresses or requests from the small web.

    Names resolve to a public number unless ``names`` says otherwise; waits are noted, not waited,
    unless ``sleep`` is given.
    """

    def run(
        *pages: str | Request,
        names: dict[str, list[str]] | None = None,
        dead: set[str] = frozenset(),
        sleep=None,
        mirror: str | None = None,
        archive: str | None = None,
        robots=None,
        on_result=None,
        **settings: object,
    ) -> Run:
        slept: list[float] = []

        async def no_sleep(seconds: float) -> None:
            slept.append(seconds)
            await asyncio.sleep(0)

        async def resolver(host: str, port: int) -> list[str]:
            return (names or {}).get(host, [PUBLIC])

        async def all_of_them() -> Run:
            network = ToLoopback(web.port)
            network.dead = set(dead)
            fetcher = Fetcher(
                FetchSettings(**{"delay": 0.0, "seconds": 5.0, **settings}),
                mirror, archive, robots,
                resolver=resolver, transport=network, sleep=sleep or no_sleep,
            )  # fmt: skip
            results: list[Fetched] = []
            requests = [Request(page) if isinstance(page, str) else page for page in pages]
            await fetcher.fetch_all(requests, on_result or results.append)
            return Run(results, network, slept)

        return asyncio.run(all_of_them())

    return run
