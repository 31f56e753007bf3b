"""A judge: a language model that RAGAS asks for its verdicts (``eval.measures.judged``).

It is either whatever stands behind an OpenAI-compatible address, or a GGUF file in llama.cpp, held
by a grammar to the JSON schema of each reply.

What the bundled model's verdicts are worth: nothing. Asked for the statements of an answer on LoRA
it gives those of the prompt's examples, on Albert Einstein; its replies are also kept to one item
of 24 characters, so that they end. It is run because that proves the whole way, from the prompt
over grammar and parser to the figure and the report, on every machine and without a key; its
figures carry that label. For figures that mean something name a capable model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import TutorError
from tutor.llama import BUNDLED, LlamaEngine, model_file
from tutor.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

KEY = "TUTOR_JUDGE_KEY"
CUT = " […]"
# RAGAS's longest prompt here takes 1,312 tokens of the bundled model without its inputs (context
# recall); the rest is for question, answer, statements and reference.
_PROMPT_TOKENS = 2400
# Long enough for five passages of 512 tokens, the LlamaIndex starter's; the bundled model was
# trained on as many.
_CONTEXT_TOKENS = 8192
_PROBE_SECONDS = 10.0
_OPEN_TO_ALL = "none"  # the client insists on a key; servers that want none ignore it


class JudgeError(TutorError):
    """The judge cannot be reached, or gave no verdict."""


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge, ready to be asked.

    Attributes:
        name: of its model, for the report.
        llm: RAGAS's ``InstructorBaseRagasLLM``.
        meaningful: False for the bundled model, whose verdicts prove only that the way is whole.
        workers: how many questions it can take at once.
        repeats_itself: whether the same prompt always gets the same reply.
        fit: passages, cut so that all of them together fit into a prompt; CUT ends a cut one.
        close: frees its model or its connections.
    """

    name: str
    llm: Any
    meaningful: bool
    workers: int
    repeats_itself: bool
    fit: Callable[[Sequence[str]], list[str]]
    close: Callable[[], None]


def open_judge(
    where: str,
    settings: Settings,
    model: str = "",
    timeout: float = 600.0,
    workers: int = 4,
    tokens: int = 2048,
) -> Judge:
    """The judge for ``--judge`` and ``--judge-model``.

    Args:
        where: an address ("http://127.0.0.1:8080/v1"), a GGUF file, or "bundled".
        model: its name on the server; "" if the server has but one.
        timeout: most seconds that a server may take for a reply.
        workers: questions that a server is asked at once; llama.cpp takes one.
        tokens: most tokens of a reply; the bundled model gets fewer.

    Raises:
        JudgeError: nothing answers there, it refuses the key, or the model must be named.
        ModelError: the file does not load.
    """
    if where.startswith(("http://", "https://")):
        key = settings.judge_key.get_secret_value()
        return _server(where, model, key, timeout, workers, tokens)
    if where != BUNDLED and not Path(where).expanduser().exists():
        raise JudgeError(
            f"the judge {where} is no file; give --judge an address (http://…/v1), a GGUF file or "
            f"'bundled'"
        )
    return _llama(where, settings, tokens)


def _llama(where: str, settings: Settings, tokens: int) -> Judge:
    from eval.judge_llms import Bounds, LlamaJudge

    bundled = where == BUNDLED
    # The bundled model fills whatever room it is given. llama.cpp's grammars take strings bounded
    # at 400 characters, not at 2,000.
    bounds = Bounds(24, 1, 128) if bundled else Bounds(400, 24, tokens)
    engine = LlamaEngine(model_file(where, settings.models), _CONTEXT_TOKENS, settings.threads)
    room = max(0, engine.context - bounds.tokens - _PROMPT_TOKENS)
    return Judge(
        name=BUNDLED if bundled else engine.name,
        llm=LlamaJudge(engine, bounds),
        meaningful=not bundled,
        workers=1,
        repeats_itself=True,
        fit=lambda passages: fit(passages, room, engine.count_tokens),
        close=engine.close,
    )


def fit(passages: Sequence[str], room: int, count: Callable[[str], int]) -> list[str]:
    """Passages, each cut to an equal share of the room, in tokens; a cut one ends in CUT."""
    share = room // max(1, len(passages))
    return [_cut(passage, share, count) for passage in passages]


def _cut(passage: str, share: int, count: Callable[[str], int]) -> str:
    while (tokens := count(passage)) > share:
        # A token stands for several characters, not everywhere as many: hence the loop.
        kept = min(len(passage) * share // tokens, len(passage) - 1) - len(CUT)
        passage = passage[: max(0, kept)] + CUT if kept > 0 else ""
    return passage


def _server(where: str, model: str, key: str, timeout: float, workers: int, tokens: int) -> Judge:
    from eval.judge_llms import ServerJudge
    from eval.measures.ragas_sync import run_sync

    client = _client(where, key, timeout)
    try:
        name = run_sync(_model_of(client, where, model))
    except JudgeError:
        run_sync(client.close())
        raise
    return Judge(
        name=name,
        llm=ServerJudge(client, name, tokens, reasks=1),
        meaningful=True,
        workers=workers,
        repeats_itself=False,
        fit=list,
        close=lambda: run_sync(client.close()),
    )


def _client(where: str, key: str, timeout: float) -> AsyncOpenAI:
    from httpx import InvalidURL
    from openai import AsyncOpenAI

    try:
        return AsyncOpenAI(
            base_url=where, api_key=key or _OPEN_TO_ALL, timeout=timeout, max_retries=2
        )
    except InvalidURL as fault:
        raise JudgeError(
            f"--judge {where} is no address ({fault}); give one like http://127.0.0.1:8080/v1"
        ) from fault


async def _model_of(client: AsyncOpenAI, where: str, model: str) -> str:
    """The model's name, and whether anybody answers there at all."""
    names = await _listed(client, where)
    if model:
        return model
    if len(names) == 1:
        return names[0]
    known = f" (it has: {', '.join(names[:8])})" if names else ""
    raise JudgeError(f"name the model of the judge at {where} with --judge-model{known}")


async def _listed(client: AsyncOpenAI, where: str) -> list[str]:
    """Names of a server's models; none where it does not list them."""
    from openai import APIConnectionError, APIStatusError

    try:
        page = await client.with_options(timeout=_PROBE_SECONDS, max_retries=0).models.list()
    except APIConnectionError as fault:
        raise JudgeError(
            f"no judge answers at {where} ({fault.__cause__ or fault}); start its server or give "
            f"another --judge"
        ) from fault
    except APIStatusError as fault:
        if fault.status_code in (401, 403):
            raise JudgeError(f"the judge at {where} refuses the key; set {KEY}") from fault
        return []
    # A page of HTML, which comes of an address without its /v1, is handed on as a string.
    return [entry.id for entry in getattr(page, "data", None) or []]
