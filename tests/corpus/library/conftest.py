"""A library in a folder of its own, and a small web on loopback, read as through a mirror."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.fetching import FetchSettings
from corpus.library import library as module
from corpus.library.fetch import Wanted, due, fetch, wanted_entries
from corpus.library.ledger import Entry, Origin
from corpus.library.library import Library
from corpus.reading import UnreadableError
from corpus.reading.worker import Job, Limits, read_bounded

PROSE = "A glacier is ice that flows. It carries stones, and drops them where it melts. "


def article(title: str, text: str = PROSE) -> bytes:
    """A plain web page with a heading and a paragraph."""
    head = f"<!doctype html><html><head><title>{title}</title></head>"
    return f"{head}<body><main><h1>{title}</h1><p>{text}</p></main></body></html>".encode()


@dataclass
class Page:
    """What the web says of one address; with an ETag it is sent only to those who lack it."""

    body: bytes
    status: int = 200
    etag: str = ""
    kind: str = "text/html; charset=utf-8"
    location: str = ""


class Web:
    """Pages by address, and what was asked for: (address, status) in order."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.log: list[tuple[str, int]] = []
        self.template = ""

    def page(self, url: str, body: bytes | str, **named: str) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.pages[url] = Page(data, **named)

    def fails(self, url: str, status: int) -> None:
        self.pages[url] = Page(b"", status)

    def moved(self, url: str, to: str, status: int = 301) -> None:
        self.pages[url] = Page(b"", status, location=to)

    def asked(self) -> list[str]:
        """Addresses asked for, without robots.txt."""
        return [url for url, _ in self.log if not url.endswith("/robots.txt")]

    def sent(self) -> Counter[str]:
        """How often each page was transferred."""
        return Counter(url for url, status in self.log if status == 200)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        url = self.path.removeprefix("/web/")
        page = web.pages.get(url, Page(b"", 404))
        if page.etag and self.headers["If-None-Match"] == page.etag:
            page = replace(page, status=304, body=b"")
        web.log.append((url, page.status))
        self.send_response(page.status)
        named = {"Content-Type": page.kind, "ETag": page.etag, "Location": page.location}
        for name, value in named.items():
            if value:
                self.send_header(name, value)
        if page.status != 304:
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)


@pytest.fixture
def web() -> Iterator[Web]:
    small = Web()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.web = small  # type: ignore[attr-defined]
    small.template = f"http://127.0.0.1:{server.server_port}/web/{{url}}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield small
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses in the order in which they were read: here, as the workers have their own tests."""
    read: list[str] = []

    def read_here(jobs: list[Job], limits: Limits, on_read: Callable[..., None]) -> None:
        for job in jobs:
            read.append(job.key)
            try:
                outcome = read_bounded(job, limits)
            except UnreadableError as fault:
                on_read(job, fault)
            else:
                on_read(job, outcome)

    monkeypatch.setattr(module, "read_all", read_here)
    return read


@pytest.fixture
def library(tmp_path: Path, readings: list[str]) -> Iterator[Library]:
    opened = Library(tmp_path / "references")
    yield opened
    opened.close()


Run = Callable[..., dict[str, Entry]]


@pytest.fixture
def run(library: Library, web: Web) -> Run:
    """Fetch what is due of some addresses and read it, as one command does; the entries after."""

    def once(
        *urls: str, again: bool = False, read: bool = True, origin: Origin = "reference",
        station: int | None = None, titles: dict[str, str] | None = None, **named: object,
    ) -> dict[str, Entry]:  # fmt: skip
        wanted = wanted_entries(library, [Wanted(url, again) for url in urls], origin, station)
        asked = [entry for entry, forced in wanted.values() if due(entry, forced)]
        settings = FetchSettings(delay=0.0, seconds=20.0, wire_bytes=2_000_000)
        fetch(library, asked, settings, mirror=web.template, **named)  # type: ignore[arg-type]
        if read:
            library.read_pending(Limits(), titles=titles)
        return {entry.address: entry for entry in library.ledger.entries()}

    return once
