"""Servers on loopback: one that plays whatever a test needs, and llama-cpp-python's own."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tutor.engines.gguf import model_file
from tutor.settings import Settings


@dataclass
class Played:
    """What a server is to do, and what it was asked.

    Attributes:
        models: that it lists; None for a server that lists none.
        says: its answer, piece by piece; a number is a pause in seconds.
        ends: whether it says that the answer is whole.
        body: what it sends in place of an answer in OpenAI's protocol.
        status: of a reply to a conversation.
        kind: type of its content.
        cut: whether it hangs up where a whole reply would have ended.
        key: that it wants.
        location: where it sends those who ask.
        asked: fields and headers of the conversations.
        hung_up: set when whoever asked is gone.
    """

    models: tuple[str, ...] | None = ("small",)
    says: Sequence[str | float] = ("Hello", " there.")
    ends: bool = True
    body: Sequence[str] | None = None
    status: int = 200
    kind: str = "text/event-stream"
    cut: bool = False
    key: str = ""
    location: str = ""
    address: str = ""
    asked: list[tuple[dict[str, Any], dict[str, str]]] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)

    def parts(self) -> Iterator[str | float]:
        """What it sends, part by part."""
        if self.body is not None:
            yield from self.body
            return
        for piece in self.says:
            yield piece if isinstance(piece, float) else _event(piece)
        if self.ends:
            yield _event("", "stop")
            yield "data: [DONE]\n\n"


def _event(text: str, finish: str | None = None) -> str:
    """One event of a stream, as OpenAI's protocol has it."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "small"}
    return f"data: {json.dumps({**head, 'choices': [choice]})}\n\n"


Playing = Callable[..., AbstractContextManager[Played]]


@pytest.fixture
def playing() -> Playing:
    """Runs a server that does as it is told (arguments of ``Played``), until the block ends."""
    return _playing


@contextmanager
def _playing(**told: Any) -> Iterator[Played]:
    played = Played(**told)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.refused():
                return
            if played.models is None or not self.path.endswith("/v1/models"):
                self.say(404, '{"error": {"message": "no such path"}}')
                return
            rows = [{"id": name, "object": "model"} for name in played.models]
            self.say(200, json.dumps({"object": "list", "data": rows}))

        def do_POST(self) -> None:
            given = self.rfile.read(int(self.headers["Content-Length"]))
            played.asked.append((json.loads(given), dict(self.headers)))
            if self.refused():
                return
            self.head(played.status, played.kind)
            try:
                for part in played.parts():
                    if isinstance(part, float):
                        time.sleep(part)
                    else:
                        self.part(part)
                if not played.cut:
                    self.part("")
            except OSError:
                played.hung_up.set()
            self.close_connection = True

        def refused(self) -> bool:
            if not played.key or self.headers["Authorization"] == f"Bearer {played.key}":
                return False
            self.say(401, json.dumps({"error": {"message": f"not {played.key}"}}))
            return True

        def say(self, status: int, content: str) -> None:
            self.head(status, "application/json")
            self.part(content)
            self.part("")

        def head(self, status: int, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            if played.location:
                self.send_header("Location", played.location)
            self.end_headers()

        def part(self, text: str) -> None:
            data = text.encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        played.address = f"http://127.0.0.1:{server.server_port}/v1"
        yield played
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def llama_cpp_server(settings: Settings, start: Any, free_port: int) -> str:
    """The address of llama-cpp-python's own server with the bundled model."""
    port = free_port
    script = "import runpy; runpy.run_module('llama_cpp.server', run_name='__main__')"
    options = {"port": port, "n_ctx": 1024, "n_threads": 1, "n_threads_batch": 1, "verbose": False}
    flags = [part for name, value in options.items() for part in (f"--{name}", value)]
    file = model_file("bundled", settings.models)
    named = ("--model", file, "--model_alias", "smollm2")
    server = start(script, "--host", "127.0.0.1", *named, *flags)
    address = f"http://127.0.0.1:{port}/v1"
    for _ in range(300):
        assert server.poll() is None, server.stderr.read()
        try:
            urllib.request.urlopen(f"{address}/models", timeout=5).close()
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return address
    raise AssertionError("the server does not start")
