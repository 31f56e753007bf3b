"""The tutor as a language model: /v1/models and /v1/chat/completions, for other front ends.

It answers as everywhere else, by the desk; citations come in the field "metromap".
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from corpus.errors import TutorError, UsageError
from tutor.asking import clean_question
from tutor.records import Answer, Event, Finished, Spoken, Stage
from tutor.settings import Settings
from ui.asking.desk import Asked, Desk, DeskClosed, DeskFull, Place
from ui.endpoints import completions
from ui.endpoints.completions import MODEL, Completion, error, read_request
from ui.endpoints.listening import closed_when_gone, events
from ui.serving.accounts import Accounts


class TooLarge(UsageError):
    """A request holds more than it may."""


_LOG = logging.getLogger(__name__)
# A question and twelve messages before it are a few kilobytes.
_BODY = 1_000_000


def openai_router(desk: Desk, settings: Settings, accounts: Accounts) -> APIRouter:
    """The routes under /v1."""
    router = APIRouter(prefix="/v1")

    @router.get("/models")
    async def models(request: Request) -> Response:
        if await _who(request, accounts) is None:
            return _unknown()
        return JSONResponse({"object": "list", "data": [_MODEL]})

    @router.get("/models/{name}")
    async def model(request: Request, name: str) -> Response:
        if await _who(request, accounts) is None:
            return _unknown()
        return JSONResponse(_MODEL) if name == MODEL else _no_model(name)

    @router.post("/chat/completions")
    async def complete(request: Request) -> Response:
        who = await _who(request, accounts)
        if who is None:
            return _unknown()
        try:
            return await _completed(request, desk, settings, who)
        except TutorError as fault:
            return _failed(fault)

    return router


async def _completed(request: Request, desk: Desk, settings: Settings, who: str) -> Response:
    wanted = read_request(await _body(request))
    if wanted.model != MODEL:
        return _no_model(wanted.model)
    asked = _ask(desk, settings, who, wanted)
    if wanted.stream:
        chunks = _chunks(asked, wanted.wants_usage)
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        return StreamingResponse(chunks, media_type="text/event-stream", headers=headers)
    async with closed_when_gone(asked, request.receive):
        answer = await _answer(asked)
    # The client is gone: nobody reads this.
    return JSONResponse(Completion().whole(answer)) if answer else Response(status_code=499)


def _ask(desk: Desk, settings: Settings, who: str, wanted: completions.Request) -> Asked[Event]:
    question, history, wishes = wanted.question, wanted.history, wanted.metromap
    clean_question(question, settings.question_characters)  # refused before it stands in line
    scope = wishes.scope
    return desk.ask(
        who,
        lambda tutor: tutor.stream(
            question, history, scope=scope, level=wishes.level, socratic=wishes.socratic
        ),
    )


async def _answer(asked: Asked[Event]) -> Answer | None:
    async with aclosing(events(asked)) as coming:
        async for event in coming:
            if isinstance(event, Finished):
                return event.answer
    return None


async def _chunks(asked: Asked[Event], wants_usage: bool) -> AsyncIterator[str]:
    """Server-sent events: sentences as they are checked; comments keep the connection alive."""
    completion, said, answer = Completion(), "", None
    yield _sent(completion.chunk({"role": "assistant", "content": ""}))
    try:
        async with aclosing(events(asked)) as coming:
            async for event in coming:
                if isinstance(event, Spoken):
                    piece = event.before + event.sentence.marked + event.after
                    said += piece
                    yield _sent(completion.chunk({"content": piece}))
                elif isinstance(event, Finished):
                    answer = event.answer
                else:
                    yield f": {_meanwhile(event)}\n\n"
    except TutorError as fault:
        yield _sent(_error_of(fault)[1])
        return
    except Exception:  # noqa: BLE001 - the headers are sent, so this is told in the stream
        _LOG.exception("an answer failed")
        yield _sent(error("something went wrong here; the terminal says what", "server_error"))
        return
    if answer is None:
        return
    # What stands after the last sentence, and all of an answer without any: declined, asked back.
    rest = answer.answer.removeprefix(said)
    if rest:
        yield _sent(completion.chunk({"content": rest}))
    yield _sent(completion.chunk({"metromap": completions.extension(answer)}, finish="stop"))
    if wants_usage:
        yield _sent(completion.usage_chunk(answer))
    yield "data: [DONE]\n\n"


def _meanwhile(event: Event | Place) -> str:
    if isinstance(event, Place):
        return f"place {event.number} in line"
    return f"{event.name} {event.detail}".strip() if isinstance(event, Stage) else "found"


def _sent(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _who(request: Request, accounts: Accounts) -> str | None:
    """The owner of what is asked: the user, or without accounts the client's address."""
    if accounts:
        return await accounts.bearer(request.headers.get("authorization"))
    return f"api {request.client.host if request.client else ''}"


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _BODY:
            raise TooLarge(f"a request may hold {_BODY // 1000} kB; leave out early messages")
    return body


_MODEL = {"id": MODEL, "object": "model", "created": 0, "owned_by": "metromap-tutor"}


def _error_of(fault: TutorError) -> tuple[int, dict[str, Any]]:
    if isinstance(fault, DeskFull):
        return 429, error(str(fault), "rate_limit_error", "queue_full")
    if isinstance(fault, DeskClosed):
        return 503, error(str(fault), "server_error")
    if isinstance(fault, UsageError):
        return 413 if isinstance(fault, TooLarge) else 400, error(
            str(fault), "invalid_request_error"
        )
    return 500, error(str(fault), "server_error")


def _failed(fault: TutorError) -> Response:
    status, content = _error_of(fault)
    headers = {"Retry-After": str(fault.retry_after)} if isinstance(fault, DeskFull) else None
    return JSONResponse(content, status, headers)


def _unknown() -> Response:
    message = "this tutor asks for a key: USER:PASSWORD as given to tutor chat --auth"
    return JSONResponse(
        error(message, "invalid_request_error", "invalid_api_key"),
        401,
        {"WWW-Authenticate": "Bearer"},
    )


def _no_model(name: str) -> Response:
    message = f"there is no model {name[:80]!r} here; ask for {MODEL!r}"
    return JSONResponse(error(message, "invalid_request_error", "model_not_found"), 404)
