"""Who may speak to the page, and what its answers may load: around everything that is served.

- Host: only the names that it is served at, against DNS rebinding (a page of another site whose
  name is suddenly this machine's).
- Origin: no other site's page, against requests in a learner's name.
- Content-Security-Policy: nothing comes from another host, and no script runs but Gradio's own
  (https://www.w3.org/TR/CSP3/). Gradio's inline scripts carry a nonce; its components call
  ``new Function``, which takes 'unsafe-eval'; its styles stand in attributes.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import logging
import math
import re
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOG = logging.getLogger(__name__)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A long conversation with its evidence is some hundred kilobytes.
_BODY = 4_000_000
_TOO_LARGE = (413, f"a request may hold {_BODY // 1_000_000} MB")
_FAILED = (500, "something went wrong here; the terminal says what")
_FOREIGN = (403, "this page takes no requests from pages of other sites")
_UPLOAD = "/gradio_api/upload"
_FORWARDED = (b"x-forwarded-host", b"x-gradio-server")  # Gradio would build addresses of them
_INLINE = re.compile(r"<script(?:\s[^>]*)?>(.+?)</script>", re.DOTALL | re.IGNORECASE)
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'{hashes}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src 'none'; "
    "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'"
)


@dataclass(frozen=True, slots=True)
class Names:
    """Under which names the page is served.

    Attributes:
        hosts: names and addresses, without port (a forwarded one may be another).
        addresses: whether any IP address is one too: where it listens at all of the machine's.
            They cannot be rebound, as a name can.
    """

    hosts: Collection[str] = LOOPBACK
    addresses: bool = False

    def include(self, host: str | None) -> bool:
        """Whether a Host header ("localhost:7860") names this page."""
        name = _name(host or "")
        return name in self.hosts or (self.addresses and _is_address(name))


class Guard:
    """ASGI middleware; refuses with status 403 or 413.

    Args:
        head: of the page: its inline scripts may run.
    """

    def __init__(self, app: ASGIApp, names: Names, head: str = "") -> None:
        self._app, self._names = app, names
        self._hashes = "".join(f" '{_digest(script)}'" for script in _INLINE.findall(head))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":  # and there are no WebSockets here
                await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        reply = _Reply(send, _POLICY.format(nonce=nonce, hashes=self._hashes), nonce)
        headers = Headers(scope=scope)
        refusal = self._refusal(headers) or _too_large(scope, headers)
        if refusal is not None:
            await _told(*refusal)(scope, receive, reply)
            return
        body = _Body(receive, math.inf if scope["path"] == _UPLOAD else _BODY)
        try:
            await self._app(self._cleaned(scope), body, reply)
        except Exception as fault:  # whatever it is, it is told with the same headers
            if reply.started:
                raise
            if isinstance(fault, ClientDisconnect) and not body.too_large:
                return
            if not body.too_large:
                _LOG.exception("%s %s failed", scope["method"], scope["path"])
            told = _TOO_LARGE if body.too_large else _FAILED
            await _told(*told)(scope, receive, reply)

    def _refusal(self, headers: Headers) -> tuple[int, str] | None:
        host, origin = headers.get("host"), headers.get("origin")
        if not self._names.include(host):
            return 403, f"this page is not served as {json.dumps(host)}; see: tutor chat --name"
        if origin is not None and not _same(origin, host or ""):
            return _FOREIGN
        if origin is None and headers.get("sec-fetch-site") == "cross-site" and not _visit(headers):
            return _FOREIGN
        return None

    def _cleaned(self, scope: Scope) -> Scope:
        """Without headers that would mislead Gradio; an HTML page is wanted uncompressed."""
        forwarded = Headers(scope=scope).get("x-forwarded-host")
        drop = set() if forwarded and self._names.include(forwarded) else set(_FORWARDED)
        if "text/html" in Headers(scope=scope).get("accept", ""):
            drop.add(b"accept-encoding")
        kept = [(name, value) for name, value in scope["headers"] if name not in drop]
        return {**scope, "headers": kept}


class _Reply:
    """Sends on, with the headers, and with the nonce in the scripts of a page.

    Attributes:
        started: whether anything has been sent.
    """

    def __init__(self, send: Send, policy: str, nonce: str) -> None:
        self._send, self._policy = send, policy
        self._mark = f'<script nonce="{nonce}"'.encode()
        self._page: list[bytes] = []
        self._start: Message | None = None  # of a page, until all of it is there
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Content-Security-Policy"] = self._policy
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
            is_page = headers.get("content-type", "").startswith("text/html")
            if is_page and "content-encoding" not in headers:
                self._start = message
                return
        elif message["type"] == "http.response.body" and self._start is not None:
            self._page.append(message.get("body", b""))
            if not message.get("more_body"):
                await self._send_page(self._start)
            return
        self.started = True
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        page = b"".join(self._page).replace(b"<script", self._mark)
        MutableHeaders(scope=start)["content-length"] = str(len(page))
        self.started = True
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


class _Body:
    """Receives no more than a request may hold; what goes beyond reads as a broken connection."""

    def __init__(self, receive: Receive, most: float) -> None:
        self._receive, self._left = receive, most
        self.too_large = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self.too_large = self._left < 0
        return {"type": "http.disconnect"} if self.too_large else message


def _told(status: int, why: str) -> JSONResponse:
    kind = "refused" if status < 500 else "failed"
    return JSONResponse({"error": {"message": why, "type": kind}}, status)


def _too_large(scope: Scope, headers: Headers) -> tuple[int, str] | None:
    length = headers.get("content-length", "")
    too_large = length.isdigit() and int(length) > _BODY
    return _TOO_LARGE if too_large and scope["path"] != _UPLOAD else None


def _name(host: str) -> str:
    """The name in a Host header, without port or brackets; "" for what is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _same(origin: str, host: str) -> bool:
    """Whether an Origin ("http://localhost:7860") is this page. A proxy may have added the s."""
    return origin.partition("://")[2].lower() == host.lower()


def _visit(headers: Headers) -> bool:
    """A link that was followed to here."""
    return (
        headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    )


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _digest(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


def host_names(names: Iterable[str]) -> frozenset[str]:
    """Host names as they are compared: lower case, without port."""
    return frozenset(_name(name) for name in names if _name(name))
