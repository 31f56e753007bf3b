"""Who is asking: a user who has logged in, or a browser, known by a cookie.

The cookie is random, out of reach of scripts, and sent to this page alone. Conversations are kept
under its digest, so that the log does not give it away.
"""

from __future__ import annotations

import hashlib
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    import gradio as gr

COOKIE = "metromap_learner"
_YEAR = 365 * 24 * 3600
_BYTES = 24


def owner_of(request: gr.Request) -> str:
    """Under what name the log keeps what is asked by a request of the page."""
    username = getattr(request, "username", None)
    if username:
        return f"user:{username}"
    cookie = str(request.cookies.get(COOKIE, ""))
    return f"browser:{hashlib.sha256(cookie.encode()).hexdigest()[:32]}"


class Remember:
    """ASGI middleware: gives every browser that has none its cookie, with the page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the cookie to the answer where it is missing."""
        if scope["type"] != "http" or scope["path"] != "/" or _known(scope):
            await self._app(scope, receive, send)
            return
        value = secrets.token_urlsafe(_BYTES)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                MutableHeaders(scope=message).append(
                    "Set-Cookie",
                    f"{COOKIE}={value}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Strict{secure}",
                )
            await send(message)

        await self._app(scope, receive, with_cookie)


def _known(scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                cookie = SimpleCookie(value.decode("latin-1")).get(COOKIE)
            except CookieError:
                return False
            return cookie is not None and len(cookie.value) >= _BYTES
    return False
