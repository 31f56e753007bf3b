"""The page's application with a tutor that quotes, in this process or at a port of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tutor.answer import Tutor
from tutor.settings import Settings, load_settings
from ui.asking.desk import Desk

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.testclient import TestClient


@pytest.fixture
def ui_home(home: Path, tmp_path: Path) -> Path:
    """A home with the session's models and index (read only), and nothing else."""
    for part in ("models", "index"):
        (tmp_path / part).symlink_to(home / part)
    return tmp_path


@pytest.fixture
def ui_settings(ui_home: Path) -> Callable[..., Settings]:
    """Settings with that home and others as given."""
    return lambda **given: load_settings(home=ui_home, **given)


@pytest.fixture
def desk(quoting: Tutor) -> Iterator[Desk]:
    made = Desk(quoting, waiting=20)
    yield made
    assert made.close()


def small_page(*_: object) -> gr.Blocks:
    """A page with one field that repeats what is typed."""
    import gradio as gr

    with gr.Blocks(title="Small") as page:
        typed = gr.Textbox(label="Typed")
        typed.submit(lambda text: text, typed, gr.Textbox(label="Repeated"), api_name="repeat")
    return page


MakeApp = Callable[..., "FastAPI"]


@pytest.fixture
def make_app(desk: Desk, ui_settings: Callable[..., Settings]) -> MakeApp:
    """Makes an application; settings by name, and ``page``, ``names``, ``accounts``, ``desk``."""
    from ui.serving.server import make_app

    def make(**given: Any) -> FastAPI:
        ours = {name: given.pop(name) for name in ("names", "accounts", "warmed") if name in given}
        page, its_desk = given.pop("page", None) or small_page(), given.pop("desk", desk)
        return make_app(its_desk, ui_settings(**given), page, **ours)

    return make


@pytest.fixture
def client() -> Callable[[FastAPI], AbstractContextManager[TestClient]]:
    """A client of an application in this process, without a socket."""
    from fastapi.testclient import TestClient

    return lambda app: TestClient(app, base_url="http://127.0.0.1:7860")


@pytest.fixture
def live() -> Callable[[FastAPI], AbstractContextManager[str]]:
    """Serves an application at a port of this machine; gives its address, without a slash."""
    import uvicorn

    @contextmanager
    def serve(app: FastAPI) -> Iterator[str]:
        config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            port = server.servers[0].sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()

    return serve
