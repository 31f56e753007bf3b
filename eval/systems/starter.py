"""LlamaIndex's starter, as its documentation has it, with the tutor's two models.

``VectorStoreIndex.from_documents(documents)`` and ``index.as_query_engine()`` with their defaults:
SentenceSplitter (1024 tokens, 200 overlapping), a vector store in memory, the two most similar
nodes, the mode "compact" with the library's prompts. Follow-ups go to ``index.as_chat_engine()``,
whose default mode is condense_plus_context.
https://developers.llamaindex.ai/python/framework/module_guides/deploying/chat_engines/usage_pattern
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus import Document
from corpus.errors import HomeError
from corpus.loader import load_curriculum
from eval.golden import Message
from eval.records import Passage, Reply, Said
from eval.systems.starter_texts import Text, plain_texts
from index.encoder import Encoder, load_encoder
from index.sentences import split_sentences
from tutor.app import Say, source_documents
from tutor.engines.factory import lazy_engine
from tutor.settings import Settings

if TYPE_CHECKING:
    from eval.systems.llamaindex import EncoderEmbedding, EngineLLM

# Retrieved for the rankings; the answer is made from LlamaIndex's default of them.
_RANKED = 10
# The engine's context as a multiple of what LlamaIndex plans with (EngineLLM): with the same for
# both, prompts that fill it would leave half of the answer's 256 tokens, or none.
_ROOM = 1.5
# What LlamaIndex says when it has nothing to answer from, or the model writes nothing.
_EMPTY = "Empty Response"


class StarterSystem:
    """LlamaIndex's query engine and chat engine over an index of its own.

    Args:
        index: a VectorStoreIndex over ``texts``.
        llm: closed with the system.
    """

    name = "starter"
    # One llama.cpp model takes one question at a time.
    workers = 1

    def __init__(self, index: Any, texts: Sequence[Text], llm: EngineLLM) -> None:
        from llama_index.core.constants import DEFAULT_SIMILARITY_TOP_K

        from eval.systems.llamaindex import FirstNodes

        self._index, self._llm, self._watch = index, llm, llm.watch
        self._texts = {text.id: text for text in texts}
        self._first = FirstNodes(DEFAULT_SIMILARITY_TOP_K, self._watch)
        self._options = {
            "llm": llm,
            "similarity_top_k": _RANKED,
            "node_postprocessors": [self._first],
        }
        self._queries = index.as_query_engine(**self._options)

    def describe(self) -> dict[str, str | int | float | bool]:
        model = self._llm.metadata
        return {
            "llama_index": _version(),
            "model": model.model_name,
            "embedding_model": self._index._embed_model.model_name,
            "passages": self._first.first,
            "answer_tokens": model.num_output,
            "context_tokens": model.context_window,
            "texts": len(self._texts),
            "chunks": len(self._index.docstore.docs),
        }

    def ask(self, question: str, history: Sequence[Message]) -> Reply:
        self._watch.start()
        self._first.seen, self._first.query = [], question
        answer = self._answer(question, history)
        timings = self._watch.timings_ms()
        return Reply(
            status="abstained" if answer == _EMPTY else "answered",
            answer=answer,
            standalone_question=self._first.query,
            sentences=[Said(text=sentence) for sentence in split_sentences(answer)],
            retrieved=[self._passage(found) for found in self._first.seen],
            model=self._llm.metadata.model_name,
            timings_ms=timings,
            tokens=self._watch.tokens,
        )

    def close(self) -> None:
        self._llm.close()

    def _answer(self, question: str, history: Sequence[Message]) -> str:
        if not history:
            return str(self._queries.query(question)).strip()
        from llama_index.core.base.llms.types import ChatMessage
        from llama_index.core.memory import ChatMemoryBuffer

        turns = [ChatMessage(role=m.role, content=m.content) for m in history]
        # The default memory holds the same messages in SQLite, and leaves its connections open.
        memory = ChatMemoryBuffer.from_defaults(llm=self._llm)
        chat = self._index.as_chat_engine(memory=memory, **self._options)
        return str(chat.chat(question, chat_history=turns)).strip()

    def _passage(self, found: Any) -> Passage:
        node, text = found.node, self._texts[found.node.ref_doc_id]
        # Of a node of which the splitter lost the place, nothing can be said.
        start, end = node.start_char_idx or 0, node.end_char_idx or 0
        held = text.held(start, end)
        name = f"{text.id}:{start}-{end}"
        return Passage(
            id=name,
            unit=name,
            keys=list(dict.fromkeys(key for mark in held for key in mark.keys)),
            title=text.title,
            section=held[0].section if held else "",
            kind=text.kind,
            station=text.station,
            text=node.text,
            score=round(found.score or 0.0, 4),
        )


def open_starter(
    settings: Settings,
    say: Say = lambda line: None,
    documents: Sequence[Document] | None = None,
) -> StarterSystem:
    """The starter over documents; the first time, this embeds them.

    Args:
        say: told in a line that it embeds them.
        documents: by default the curriculum and what has been fetched or added, as the tutor's.

    Raises:
        ModelError: a model cannot be loaded.
        HomeError: the index cannot be written.
    """
    texts = plain_texts(_corpus(settings) if documents is None else documents)
    encoder = load_encoder(settings.embedding_model, settings.models)
    index = _open_index(settings.home / "eval" / "starter", texts, encoder, say)
    return StarterSystem(index, texts, _open_llm(settings))


def _open_llm(settings: Settings) -> EngineLLM:
    from eval.systems.llamaindex import EngineLLM

    context = settings.context_tokens
    roomy = settings.model_copy(update={"context_tokens": int(_ROOM * context)})
    lazy = lazy_engine(roomy)
    return EngineLLM(lazy(), lazy.name, context, settings.temperature)


def _corpus(settings: Settings) -> list[Document]:
    curriculum = load_curriculum()
    return [*curriculum.documents, *source_documents(settings, curriculum)]


def _open_index(folder: Path, texts: Sequence[Text], encoder: Encoder, say: Say) -> Any:
    """The index kept in ``folder``; made anew if it is damaged, or of other texts or models."""
    from eval.systems.llamaindex import EncoderEmbedding

    embedding = EncoderEmbedding(encoder)
    kept = folder / _digest(texts, encoder)
    try:
        return _loaded(kept, embedding)
    except (OSError, ValueError, KeyError):
        say("embedding the texts for LlamaIndex's starter, about a minute …")
        index = _embedded(texts, embedding)
    try:
        _keep(index, folder, kept)
    except OSError as fault:
        raise HomeError(f"cannot write {folder} ({fault.strerror}); set TUTOR_HOME") from fault
    return index


def _embedded(texts: Sequence[Text], embedding: EncoderEmbedding) -> Any:
    from llama_index.core import Document as LlamaDocument
    from llama_index.core import VectorStoreIndex

    documents = [LlamaDocument(id_=text.id, text=text.text) for text in texts]
    return VectorStoreIndex.from_documents(documents, embed_model=embedding)


def _loaded(kept: Path, embedding: EncoderEmbedding) -> Any:
    from llama_index.core import StorageContext, load_index_from_storage

    storage = StorageContext.from_defaults(persist_dir=str(kept))
    return load_index_from_storage(storage, embed_model=embedding)


def _keep(index: Any, folder: Path, kept: Path) -> None:
    """Write the index whole or not at all, and remove those of other texts."""
    shutil.rmtree(folder, ignore_errors=True)
    part = folder / "part"
    index.storage_context.persist(persist_dir=str(part))
    part.rename(kept)


def _digest(texts: Sequence[Text], encoder: Encoder) -> str:
    digest = hashlib.sha256(f"{_version()} {encoder.name}".encode())
    for text in texts:
        digest.update(f"\0{text.id}\0{text.text}".encode())
    return digest.hexdigest()[:16]


def _version() -> str:
    return importlib.metadata.version("llama-index-core")
