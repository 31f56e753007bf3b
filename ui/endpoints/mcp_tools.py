"""The tools ask, search and stations over the Model Context Protocol, at /mcp.

https://modelcontextprotocol.io/specification (streamable HTTP, without sessions: whoever asks
sends the conversation along).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Annotated, Any, Literal

from fastapi import FastAPI
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from corpus.errors import TutorError
from index.search import Found
from tutor import __version__
from tutor.asking import clean_question, scope_of
from tutor.records import Event, Finished, Stage, Turn
from tutor.settings import Settings
from ui.asking.desk import Asked, Desk, Place
from ui.endpoints.listening import events
from ui.endpoints.shown import answer, hits, one_station, stations_map
from ui.serving.accounts import Accounts

PATH = "/mcp"
_OWNER = "metromap.owner"  # in the ASGI scope: who asks
_INSTRUCTIONS = (
    "A tutor for generative AI that answers from a curriculum of 18 stations and its references, "
    "on this machine. Every sentence of an answer is quoted from or checked against a passage. "
    "Keep its [n] markers and its sources when you pass an answer on; where it declines, say so."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)

Question = Annotated[str, Field(description="One question, in English.")]
Only = Annotated[
    Literal["curriculum", "references", "mine"] | None,
    Field(description="Look only there; mine are the learner's own documents."),
]
AtStation = Annotated[int | None, Field(description="Look only in this station's.", ge=1)]


class Message(BaseModel):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


History = Annotated[
    list[Message], Field(description="Earlier messages, oldest first.", max_length=100)
]


def add_mcp(app: FastAPI, desk: Desk, settings: Settings, accounts: Accounts) -> None:
    """Serve the tools beside an application's routes."""
    server = _server(desk, settings)
    # Names and origins are checked by ui.serving.guard for everything that is served.
    served = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.append(Route(PATH, endpoint=_ForUsers(served, accounts)))
    before = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
        async with before(app) as state, server.session_manager.run():
            yield state

    app.router.lifespan_context = lifespan


class _ForUsers:
    """ASGI: lets in whoever has an account, and notes who that is."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self._app, self._accounts = app, accounts

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        client = (scope.get("client") or ("",))[0]
        owner: str | None = f"mcp {client}"
        if self._accounts:
            keys = [v.decode("latin-1") for k, v in scope["headers"] if k == b"authorization"]
            owner = await self._accounts.bearer(keys[0] if keys else None)
        if owner is None:
            told = {"error": {"message": "send the key USER:PASSWORD as Bearer", "type": "refused"}}
            headers = {"WWW-Authenticate": "Bearer"}
            await JSONResponse(told, 401, headers)(scope, receive, send)
            return
        await self._app({**scope, _OWNER: owner}, receive, send)


def _server(desk: Desk, settings: Settings) -> MCPServer[Any]:
    """The tools. What they are told by their docstrings and annotations is for a model to read."""
    server: MCPServer[Any] = MCPServer(
        name="metromap-tutor",
        title="Metromap Tutor",
        instructions=_INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
        subscriptions=False,
    )

    @server.tool(annotations=_READS, structured_output=False)
    async def ask(
        question: Question,
        context: Context[Any, Any],
        history: History = [],  # noqa: B006 - a default of the schema; never changed
        level: Literal["beginner", "practitioner", "expert"] | None = None,
        socratic: Annotated[bool, Field(description="A hint instead of the answer.")] = False,
        only: Only = None,
        station: AtStation = None,
    ) -> CallToolResult:
        """Answer a question on generative AI, with the passage behind every sentence.

        Declines what the curriculum and its references do not answer, and names the nearest
        stations.
        """
        with _as_tool_error():
            scope = scope_of(only, station)
            clean_question(question, settings.question_characters)
            turns = [Turn(message.role, message.content) for message in history]
            asked = desk.ask(
                _owner(context),
                lambda tutor: tutor.stream(
                    question, turns, scope=scope, level=level, socratic=socratic or None
                ),
            )
            done = await _last(asked, context)
        assert isinstance(done, Finished)
        return _result(*answer(done.answer))

    @server.tool(annotations=_READS, structured_output=False)
    async def search(
        query: Question,
        context: Context[Any, Any],
        k: Annotated[int, Field(description="How many passages.", ge=1, le=50)] = 5,
        only: Only = None,
        station: AtStation = None,
    ) -> CallToolResult:
        """Find the passages that answer a question best, without answering."""
        with _as_tool_error():
            scope = scope_of(only, station)
            job = desk.ask(_owner(context), lambda tutor: [tutor.search(query, k, scope)])
            done = await _last(job, context)
        assert isinstance(done, Found)
        return _result(*hits(query, done))

    @server.tool(annotations=_READS, structured_output=False)
    async def stations(
        station: Annotated[
            str | None, Field(description="Number, id or title of one; all of them without.")
        ] = None,
    ) -> CallToolResult:
        """The map of the curriculum, or one station with its prerequisites and references."""
        catalogue = desk.tutor.index.catalogue
        with _as_tool_error():
            shown = stations_map(catalogue) if station is None else one_station(catalogue, station)
        return _result(*shown)

    return server


async def _last(asked: Asked[Event | Found], context: Context[Any, Any]) -> Event | Found | Place:
    """The last event; the others are told as progress."""
    last: Event | Found | Place | None = None
    async with aclosing(events(asked)) as coming:
        count = 0
        async for last in coming:
            count += 1
            if isinstance(last, Place):
                await context.report_progress(count, message=f"place {last.number} in line")
            elif isinstance(last, Stage):
                await context.report_progress(count, message=f"{last.name} {last.detail}".strip())
    if last is None:
        raise ToolError("it was stopped; ask again")
    return last


@contextmanager
def _as_tool_error() -> Iterator[None]:
    """Errors for people are for models too."""
    try:
        yield
    except TutorError as fault:
        raise ToolError(str(fault)) from fault


def _owner(context: Context[Any, Any]) -> str:
    request = context.request_context.request
    assert request is not None  # it came by HTTP
    return str(request.scope[_OWNER])


def _result(text: str, data: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)
