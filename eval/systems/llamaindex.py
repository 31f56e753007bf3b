"""The tutor's two models behind LlamaIndex's interfaces, and a look at what it retrieves.

Imported late: ``import llama_index.core`` takes 2 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.constants import DEFAULT_NUM_OUTPUTS
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.custom import CustomLLM
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import Field, PrivateAttr

from eval.systems.stopwatch import Stopwatch
from index.encoder import Encoder
from tutor.engines.protocol import Engine


class EncoderEmbedding(BaseEmbedding):  # type: ignore[misc]
    """An encoder as LlamaIndex's embedding; vectors of ``encoder.dimension`` floats, length 1.

    What lies beyond ``encoder.max_tokens`` of a node is not embedded, as with LlamaIndex's own
    adapter of sentence-transformers.
    """

    _encoder: Encoder = PrivateAttr()

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(model_name=encoder.name)
        self._encoder = encoder

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [encoded.vector.tolist() for encoded in self._encoder.encode(texts)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class EngineLLM(CustomLLM):  # type: ignore[misc]
    """A GGUF model as LlamaIndex's chat model, in the model's own chat template.

    Args:
        model: its name as it stands in replies.
        context: tokens that LlamaIndex may plan with. It counts as GPT-3.5 does, and the bundled
            model needs 2 to 15 % more for the same text: the engine's own must be larger.
        temperature: 0 always takes the likeliest token, so that a run repeats itself; LlamaIndex's
            own default is 0.1.
    """

    _engine: Engine = PrivateAttr()
    _metadata: LLMMetadata = PrivateAttr()
    _temperature: float = PrivateAttr()
    _watch: Stopwatch = PrivateAttr(default_factory=Stopwatch)

    def __init__(self, engine: Engine, model: str, context: int, temperature: float) -> None:
        super().__init__()
        self._engine, self._temperature = engine, temperature
        self._metadata = LLMMetadata(
            context_window=context,
            num_output=DEFAULT_NUM_OUTPUTS,
            is_chat_model=True,
            model_name=model,
        )

    @property
    def metadata(self) -> LLMMetadata:
        return self._metadata

    @property
    def watch(self) -> Stopwatch:
        """Notes the time and the tokens of every call."""
        return self._watch

    def close(self) -> None:
        """Free the model's memory."""
        self._engine.close()

    @llm_chat_callback()  # type: ignore[untyped-decorator]
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        text = self._write([(m.role.value, m.content or "") for m in messages])
        return ChatResponse(message=ChatMessage(role="assistant", content=text))

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self._write([("user", prompt)]))

    @llm_completion_callback()  # type: ignore[untyped-decorator]
    def stream_complete(
        self, prompt: str, formatted: bool = False, **kwargs: Any
    ) -> CompletionResponseGen:
        text = self._write([("user", prompt)])
        yield CompletionResponse(text=text, delta=text)

    def _write(self, messages: Sequence[tuple[str, str]]) -> str:
        pieces = self._engine.stream(
            messages, max_tokens=self._metadata.num_output, temperature=self._temperature
        )
        return "".join(self._watch.watched(pieces)).strip()


class FirstNodes(BaseNodePostprocessor):  # type: ignore[misc]
    """Hands on the first nodes of those retrieved, and remembers them all.

    The ranking measures look at ten nodes where LlamaIndex answers from two.

    Attributes:
        seen: the nodes of the last question, best first.
        query: what they were retrieved with.
    """

    first: int
    seen: list[NodeWithScore] = Field(default_factory=list)
    query: str = ""
    _watch: Stopwatch = PrivateAttr()

    def __init__(self, first: int, watch: Stopwatch) -> None:
        super().__init__(first=first)
        self._watch = watch

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        self._watch.note_retrieved()
        self.seen, self.query = nodes, query_bundle.query_str if query_bundle else ""
        return nodes[: self.first]
