"""Judges as RAGAS wants its language models. Imports RAGAS, so it is itself imported lazily.

Every failure of a judge becomes a ``JudgeError`` of one line, which the run counts.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar

from instructor.core.exceptions import IncompleteOutputException, InstructorError
from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncOpenAI,
    OpenAIError,
)
from pydantic import BaseModel, ValidationError

from eval.judge import JudgeError
from eval.measures.ragas_sync import ragas, run_sync
from tutor.llama import LlamaEngine

_Llm = ragas("ragas.llms.base").InstructorBaseRagasLLM
M = TypeVar("M", bound=BaseModel)
_INPUT = "Now perform the same with the following input\ninput: "
_OUTPUT = "\nOutput:"
# It writes every failed attempt to standard error, in full; here failures are counted and shown.
logging.getLogger("instructor").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What ends a reply that a small model would not end.

    Attributes:
        characters: of a string.
        items: of a list.
        tokens: of the whole reply.
    """

    characters: int
    items: int
    tokens: int


class LlamaJudge(_Llm):  # type: ignore[misc, valid-type]  # RAGAS is untyped to us
    """A GGUF model in llama.cpp, held to the schema of the reply by a grammar."""

    def __init__(self, engine: LlamaEngine, bounds: Bounds) -> None:
        self._engine, self._bounds = engine, bounds

    def generate(self, prompt: str, response_model: type[M]) -> M:
        """One reply.

        Raises:
            JudgeError: the reply broke off before it was complete.
            ModelError: the prompt does not fit into the context window.
        """
        schema = bounded(response_model.model_json_schema(), self._bounds, statements_in(prompt))
        told = self._engine.complete_json([("user", prompt)], schema, self._bounds.tokens)
        try:
            # strict=False: the grammar lets line breaks stand in strings.
            return response_model.model_validate(json.loads(told, strict=False))
        except (json.JSONDecodeError, ValidationError) as fault:
            raise JudgeError(
                f"the judge's reply broke off after {self._bounds.tokens} tokens: …{told[-40:]!r}"
            ) from fault

    async def agenerate(self, prompt: str, response_model: type[M]) -> M:
        return await asyncio.to_thread(self.generate, prompt, response_model)


def bounded(schema: Mapping[str, Any], bounds: Bounds, verdicts: int | None) -> dict[str, Any]:
    """A JSON schema with an end to every string and list, and 0 or 1 for every integer.

    In RAGAS's schemas here every integer is a verdict, every list of objects one of verdicts.

    Args:
        verdicts: how many of them there are to be; None for at least one.
    """
    result = deepcopy(dict(schema))
    for part in _parts(result):
        if part.get("type") == "string":
            part["maxLength"] = bounds.characters
        elif part.get("type") == "integer":
            del part["type"]
            part["enum"] = [0, 1]
        elif part.get("type") == "array":
            of_verdicts = "$ref" in part["items"]
            part["maxItems"] = (verdicts if of_verdicts else None) or bounds.items
            part["minItems"] = (verdicts or 1) if of_verdicts else 0
    return result


def _parts(schema: Any) -> list[dict[str, Any]]:
    """All objects within a schema, outermost first."""
    if isinstance(schema, list):
        return [part for item in schema for part in _parts(item)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(part for value in schema.values() for part in _parts(value))]


def statements_in(prompt: str) -> int | None:
    """How many statements a RAGAS prompt hands over for a verdict each; None if it hands none.

    Told to the grammar, because RAGAS's noise sensitivity fails on one verdict too few.
    """
    _, _, rest = prompt.rpartition(_INPUT)
    try:
        given = json.loads(rest.removesuffix(" ").removesuffix(_OUTPUT))
    except json.JSONDecodeError:
        return None
    statements = given.get("statements") if isinstance(given, dict) else None
    return len(statements) if isinstance(statements, list) else None


class ServerJudge(_Llm):  # type: ignore[misc, valid-type]  # RAGAS is untyped to us
    """A model behind an OpenAI-compatible address."""

    def __init__(self, client: AsyncOpenAI, model: str, tokens: int, reasks: int) -> None:
        self._llm = ragas("ragas.llms").llm_factory(
            model, client=client, max_tokens=tokens, max_retries=reasks, temperature=0.0
        )

    def generate(self, prompt: str, response_model: type[M]) -> M:
        return run_sync(self.agenerate(prompt, response_model))

    async def agenerate(self, prompt: str, response_model: type[M]) -> M:
        """One reply.

        Raises:
            JudgeError: no reply, or none that fits its schema.
        """
        try:
            reply: M = await self._llm.agenerate(prompt, response_model)
        except (InstructorError, OpenAIError) as fault:
            raise JudgeError(f"the judge failed: {told_of(fault)}") from fault
        return reply


def told_of(fault: BaseException) -> str:
    """What went wrong with a request, in a few words."""
    cause = _openai_error(fault)
    if isinstance(cause, APITimeoutError):
        return "no reply in time"
    if isinstance(cause, APIConnectionError):
        return str(cause.__cause__ or cause)
    if isinstance(cause, APIStatusError):
        return f"HTTP {cause.status_code}"
    if isinstance(fault, IncompleteOutputException):
        return "its reply broke off (max_tokens)"
    if isinstance(fault.__cause__, ValidationError):
        return f"its reply does not fit {fault.__cause__.title}"
    return f"{type(fault).__name__}: {' '.join(str(fault).split())[-160:]}"


def _openai_error(fault: BaseException | None) -> OpenAIError | None:
    while fault is not None and not isinstance(fault, OpenAIError):
        fault = fault.__cause__
    return fault
