"""``tutor chat``: listen, load, announce, serve, and end cleanly."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from tutor.answer import Tutor
from tutor.app import open_tutor, prepare_home, private
from tutor.settings import Settings
from ui.asking.desk import Desk
from ui.serving.accounts import Accounts
from ui.serving.health import warm
from ui.serving.instance import instance
from ui.serving.rights import rights_of
from ui.serving.site import Site
from ui.sources.changing import Allowed

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

# What learners upload, until it has been read; Gradio would put it into the system's /tmp.
FILES = "chat-files"
# Streams that are open then are cut off.
_SHUTDOWN_SECONDS = 2

Say = Callable[[str], None]
MakePage = Callable[[Tutor, Desk, Settings, Allowed], "gr.Blocks"]


def _say(line: str) -> None:
    print(line, flush=True)


def serve(
    settings: Settings,
    site: Site | None = None,
    *,
    accounts: Accounts | None = None,
    browser: bool | None = None,
    say: Say = _say,
    make_page: MakePage | None = None,
) -> None:
    """Serve the chat page until it is interrupted.

    Where a page runs already with this home, its address is told instead.

    Args:
        browser: open it there; by default where there seems to be one.
        make_page: another page than ``ui.page``'s.

    Raises:
        UsageError: the site cannot be served at, or would be open to others.
        TutorError: a part cannot be used.
    """
    private()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.setLevel(logging.WARNING)  # bm25s asks for its debugging to be told
    site, accounts = site or Site(), accounts or Accounts()
    warning = site.warning(bool(accounts))
    prepare_home(settings)
    with instance(settings.home) as here:
        if here.other is not None:
            _point_to(here.other, say, browser)
            return
        with site.listen() as listening:
            address = site.address(listening)
            here.announce(address)
            if warning:
                say(f"warning: {warning}")
            say("loading the models …")

            def ready() -> None:
                say(f"the tutor is at {address} (Ctrl-C ends it)")
                _open_browser(address, browser)

            with _folder(settings.home / FILES):
                _run(settings, site, accounts, listening, ready, say, make_page or _page())


def _run(
    settings: Settings,
    site: Site,
    accounts: Accounts,
    listening: socket.socket,
    ready: Callable[[], None],
    say: Say,
    make_page: MakePage,
) -> None:
    """Load and serve."""
    from ui.serving.server import make_app

    # A request to end does the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    allowed = partial(
        rights_of,
        users=tuple(accounts.passwords),
        open_to_network=not accounts and not site.private,
    )
    tutor = open_tutor(settings, say)
    desk = Desk(tutor, settings.chat_waiting)
    try:
        warmed = warm(desk)
        for note in warmed.notes:
            say(f"warning: {note}")
        app = make_app(
            desk,
            settings,
            make_page(tutor, desk, settings, allowed),
            names=site.served_names(),
            accounts=accounts,
            warmed=warmed,
        )
        _serve(app, listening, ready)
        say("closing …")
    finally:
        if desk.close():
            tutor.close()


@contextmanager
def _folder(files: Path) -> Iterator[None]:
    """Gradio's files, of this time only."""
    os.environ["GRADIO_TEMP_DIR"] = str(files)
    shutil.rmtree(files, ignore_errors=True)  # of one that was killed
    try:
        yield
    finally:
        shutil.rmtree(files, ignore_errors=True)


def _page() -> MakePage:
    from ui.page import make_page

    return make_page


def _serve(app: FastAPI, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM."""
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready()

        def handle_exit(self, sig: int, frame: Any) -> None:
            # Streams are cut off now, which is no error.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises it again when it has ended
        Server(config).run(sockets=[listening])


def _point_to(other: str, say: Say, browser: bool | None) -> None:
    if not other:
        raise UsageError("tutor chat is starting with this home already; try again in a moment")
    say(f"tutor chat runs already with this home, at {other}")
    _open_browser(other, browser)


def _open_browser(address: str, wanted: bool | None) -> None:
    import webbrowser

    if _has_browser() if wanted is None else wanted:
        webbrowser.open(address)


def _has_browser() -> bool:
    """Whether there is a desktop; without one, Python would start a browser in the terminal."""
    if not sys.stdout.isatty():
        return False
    desktop = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    return desktop or sys.platform in ("darwin", "win32")
