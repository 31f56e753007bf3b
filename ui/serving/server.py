"""The page and what stands beside it, as one application, and the serving of it.

::

    Guard ─► /healthz
             /v1/…      OpenAI-compatible, by the setting chat_openai
             /mcp       MCP, by the setting chat_mcp
             /          the page (Gradio)          all of them ask the one desk
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from corpus.errors import SettingsError
from tutor.records import Answer
from tutor.settings import Settings
from ui.asking.desk import Desk
from ui.serving.accounts import Accounts
from ui.serving.guard import Guard, Names
from ui.serving.health import Health
from ui.serving.learners import Remember

if TYPE_CHECKING:
    import gradio as gr


def make_app(
    desk: Desk,
    settings: Settings,
    page: gr.Blocks,
    *,
    names: Names | None = None,
    accounts: Accounts | None = None,
    warmed: Answer | None = None,
) -> FastAPI:
    """The application around a page.

    Args:
        page: its ``theme``, ``css``, ``css_paths``, ``js``, ``head`` and ``head_paths`` are kept.
        names: under which it is served; this machine's own by default.
        accounts: who may use it; everybody by default.
        warmed: what ``ui.serving.health.warm`` answered.

    Raises:
        SettingsError: chat_mcp is set, and its library is not installed.
    """
    names, accounts = names or Names(), accounts or Accounts()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=_room_to_wait(settings))
    app.add_middleware(Remember)
    app.add_middleware(Guard, names=names, head=page.head or "")
    _add_health(app, Health(desk, settings, warmed), accounts)
    if settings.chat_openai:
        from ui.endpoints.openai_api import openai_router

        app.include_router(openai_router(desk, settings, accounts))
    if settings.chat_mcp:
        _add_mcp(app, desk, settings, accounts)
    _mount(app, page, settings, accounts)
    return app


def _add_health(app: FastAPI, health: Health, accounts: Accounts) -> None:
    @app.get("/healthz")
    async def healthz(request: Request) -> JSONResponse:
        """How the parts are; with accounts, strangers learn the status alone."""
        report = health.report()
        if accounts and not await accounts.bearer(request.headers.get("authorization")):
            report = {"status": report["status"]}
        return JSONResponse(report, 503 if report["status"] == "broken" else 200)


def _add_mcp(app: FastAPI, desk: Desk, settings: Settings, accounts: Accounts) -> None:
    try:
        import mcp  # noqa: F401
    except ImportError as fault:
        raise SettingsError(
            "setting chat_mcp needs the package mcp; run: pip install mcp, or unset it"
        ) from fault
    from ui.endpoints.mcp_tools import add_mcp

    add_mcp(app, desk, settings, accounts)


def _mount(app: FastAPI, page: gr.Blocks, settings: Settings, accounts: Accounts) -> None:
    import gradio as gr

    gr.mount_gradio_app(
        app,
        page,
        path="/",
        app_kwargs={"openapi_url": None},
        auth=accounts.login if accounts else None,
        allowed_paths=[],
        max_file_size=int(settings.fetch_megabytes * 1e6),
        show_error=False,
        ssr_mode=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=page.theme,
        css=page.css,
        css_paths=getattr(page, "css_paths", None),
        js=page.js,
        head=page.head,
        head_paths=page.head_paths,
    )


def _room_to_wait(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Who waits in line keeps a thread waiting; files of the page need some as well.
        current_default_thread_limiter().total_tokens += settings.chat_waiting + 1
        yield

    return lifespan
