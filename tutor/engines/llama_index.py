"""Any language model of LlamaIndex, by the path of its class.

``model = "llama-index:llama_index.llms.ollama.Ollama"``, with ``model_options`` as its keyword
arguments. https://docs.llamaindex.ai/en/stable/module_guides/models/llms/
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from tutor.engines.chat import WIDESPREAD, plain
from tutor.engines.estimate import estimated_tokens
from tutor.engines.lazy import Lazy
from tutor.engines.protocol import Messages
from tutor.engines.streams import until, without_thinking

if TYPE_CHECKING:
    from tutor.settings import Settings

PREFIX = "llama-index:"
# What classes call the most tokens of an answer.
_MOST_TOKENS = ("max_tokens", "max_new_tokens", "max_output_tokens")


class LlamaIndexEngine:
    """A model of LlamaIndex.

    Args:
        llm: a ``llama_index.core.llms.LLM``.
        name: how it is called in answers.
        context: tokens that prompt and answer may have, where the class does not know.
    """

    takes_grammar = False

    def __init__(self, llm: Any, name: str, context: int) -> None:
        self._llm, self.name = llm, name
        self.context = _context(llm) or context

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int = 200,
        temperature: float = 0.0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> Iterator[str]:
        """Text of the assistant's turn, piece by piece; what it thinks aloud before is left out.

        Classes take their options at construction and differ in those of a call: the limits are
        set where a class has fields of these names, and ``seed`` is left to ``model_options``.

        Raises:
            ModelError: whatever fails in the class.
        """
        wanted = {"temperature": temperature, **dict.fromkeys(_MOST_TOKENS, max_tokens)}
        fields = type(self._llm).model_fields
        llm = self._llm.model_copy(update={n: v for n, v in wanted.items() if n in fields})
        yield from until(without_thinking(self._pieces(llm, messages)), stop)

    def _pieces(self, llm: Any, messages: Messages) -> Iterator[str]:
        from llama_index.core.base.llms.types import ChatMessage

        turns = [ChatMessage(role=role, content=plain(t, WIDESPREAD)) for role, t in messages]
        try:
            yield from _told(llm, turns)
        except Exception as fault:  # each class raises errors of its own libraries
            raise _failed(self.name, fault) from fault

    def count_tokens(self, text: str) -> int:
        """An estimate, rather too high than too low: classes differ in whether they can tell."""
        return estimated_tokens(text)

    def close(self) -> None:
        """Nothing: LlamaIndex's models have no end of their own."""


def _told(llm: Any, turns: list[Any]) -> Iterator[str]:
    try:
        replies = iter(llm.stream_chat(turns))
    except NotImplementedError:
        yield llm.chat(turns).message.content or ""
        return
    for reply in replies:
        yield reply.delta or ""


def _context(llm: Any) -> int:
    """Tokens of the model's window; 0 where the class does not know the model."""
    try:
        return int(llm.metadata.context_window)
    except Exception:  # noqa: BLE001 - OpenAI's class raises ValueError, others what they like
        return 0


def lazy_llama_index(settings: Settings) -> Lazy[LlamaIndexEngine]:
    """The model that the setting ``llama-index:package.module.Class`` names."""
    path = settings.model.removeprefix(PREFIX)
    name = settings.model_name or str(settings.model_options.get("model", "")) or path

    def load() -> LlamaIndexEngine:
        llm = _made(llm_class(path), settings)
        return LlamaIndexEngine(llm, name, settings.context_tokens)

    return Lazy(name, load, check=lambda: llm_class(path))


def _made(kind: Any, settings: Settings) -> Any:
    """An object of the class; name and key of the model stand in settings of their own."""
    own = {
        "model": settings.model_name,
        "model_name": settings.model_name,
        "api_key": settings.model_key.get_secret_value(),
    }
    named = {name: value for name, value in own.items() if value and name in kind.model_fields}
    try:
        return kind(**{**named, **settings.model_options})
    except Exception as fault:  # what a class raises when its arguments do not suit it
        raise _failed(kind.__name__, fault) from fault


def llm_class(path: str) -> Any:
    """A class of language models, imported.

    Args:
        path: "package.module.Class".

    Raises:
        ModelError: it is not installed, or no class of language models.
    """
    from llama_index.core.llms import LLM

    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module or "llama_index.core.llms"), name, None)
    except ImportError as fault:
        raise ModelError(
            f"cannot import {module} ({fault}); run: pip install {_distribution(module)}"
        ) from fault
    if not (isinstance(found, type) and issubclass(found, LLM)):
        raise ModelError(
            f"{path} is no class of LlamaIndex's language models; set model to "
            f"{PREFIX}package.module.Class"
        )
    return found


def _distribution(module: str) -> str:
    """How LlamaIndex names the package of a module: llama_index.llms.ollama, or another's."""
    parts = module.split(".")
    count = 3 if parts[0] == "llama_index" else 1
    return "-".join(parts[:count]).replace("_", "-")


def _failed(name: str, fault: Exception) -> ModelError:
    reason = " ".join(str(fault).split())[:200]
    return ModelError(
        f"{name} failed ({type(fault).__name__}: {reason}); mend model_options or model_key"
    )
