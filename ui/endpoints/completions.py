"""Requests and replies in the form of OpenAI's chat completions.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import UsageError
from index.search import Scope
from tutor.asking import scope_of
from tutor.records import Answer, Turn

MODEL = "metromap-tutor"
# Earlier messages that a follow-up can lean on: six questions and answers, as ``tutor ask -c``.
_HISTORY = 12


class Part(BaseModel):
    """A part of a message."""

    type: str
    text: str = ""


class Message(BaseModel):
    """A message; of tool calls and the like, nothing is read."""

    role: Literal["user", "assistant", "system", "developer", "tool", "function"]
    content: str | list[Part] | None = None

    @property
    def said(self) -> str:
        """Its text. Raises UsageError for pictures and sounds."""
        if not isinstance(self.content, list):
            return self.content or ""
        if other := next((p.type for p in self.content if p.type != "text"), None):
            raise UsageError(f"the tutor reads text, no {other}; leave that part out")
        return "\n".join(part.text for part in self.content)


class Wishes(BaseModel):
    """The extension field "metromap" of a request: the options of ``tutor ask``."""

    model_config = ConfigDict(extra="forbid")

    level: Literal["beginner", "practitioner", "expert"] | None = None
    socratic: bool | None = None
    only: Literal["curriculum", "references", "mine"] | None = None
    station: int | None = None

    @property
    def scope(self) -> Scope:
        """Where to look. Raises UsageError."""
        return scope_of(self.only, self.station)


class StreamOptions(BaseModel):
    """What a stream is to hold."""

    include_usage: bool = False


class Format(BaseModel):
    """The form that is wanted of the answer."""

    type: str = "text"


class Request(BaseModel):
    """A request for a completion; what steers a language model (temperature, …) is not read."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    response_format: Format | None = None
    metromap: Wishes = Wishes()

    @property
    def question(self) -> str:
        """The last message. Raises UsageError if it is not the user's."""
        last = self.messages[-1]
        if last.role != "user":
            raise UsageError(f"the last message must be the user's, not of role {last.role!r}")
        return last.said

    @property
    def history(self) -> Sequence[Turn]:
        """The conversation before, without system and tool messages."""
        told = []
        for message in self.messages[:-1]:
            if message.role == "user" or message.role == "assistant":  # noqa: PLR1714 - for mypy
                told.append(Turn(message.role, message.said))
        return told[-_HISTORY:]

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with a chunk on usage."""
        return bool(self.stream_options and self.stream_options.include_usage)


def read_request(body: bytes) -> Request:
    """A request. Raises UsageError with the field at fault."""
    try:
        request = Request.model_validate_json(body)
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the body"
        raise UsageError(f"{where}: {first['msg']}") from fault
    if request.n not in (None, 1):
        raise UsageError("n: there is one answer; leave it out")
    if request.response_format and request.response_format.type != "text":
        raise UsageError("response_format: answers are Markdown; leave it out")
    return request


def extension(answer: Answer) -> dict[str, Any]:
    """The extension field "metromap" of a reply: fields of ``tutor ask --json``."""
    whole = answer.as_json()
    fields = ("status", "kind", "standalone_question", "sentences", "citations", "nearest", "notes")
    return {name: whole[name] for name in fields}


@dataclass
class Completion:
    """One completion: the objects that make it up, whole or in chunks."""

    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, answer: Answer) -> dict[str, Any]:
        """The object of a reply at once."""
        message = {
            "role": "assistant",
            "content": answer.answer,
            "refusal": None,
            "metromap": extension(answer),
        }
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._frame("chat.completion", [choice]), "usage": usage(answer)}

    def chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        """One chunk of a stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._frame("chat.completion.chunk", [choice])

    def usage_chunk(self, answer: Answer) -> dict[str, Any]:
        """The chunk after the last, where usage is wanted."""
        return {**self._frame("chat.completion.chunk", []), "usage": usage(answer)}

    def _frame(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": kind,
            "created": self.created,
            "model": MODEL,
            "choices": choices,
        }


def usage(answer: Answer) -> dict[str, int]:
    """Tokens that the language model wrote; those it read are not counted."""
    written = answer.tokens
    return {"prompt_tokens": 0, "completion_tokens": written, "total_tokens": written}


def error(message: str, kind: str, code: str | None = None) -> dict[str, Any]:
    """An error in OpenAI's form."""
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
