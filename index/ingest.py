"""LlamaIndex as connecting tissue: our chunker and encoder as its parts, its pipeline into Chroma.

Imported by the build only; ``import llama_index.core`` takes 2 s, which asking does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import BaseNode, NodeRelationship, TextNode, TransformComponent
from llama_index.core.schema import Document as LlamaDocument
from llama_index.vector_stores.chroma import ChromaVectorStore
from pydantic import PrivateAttr

from corpus import Document
from corpus.errors import HomeError
from index.chunker import CountTokens, chunk_document
from index.records import Chunk
from index.store import chroma_errors, create_collection, open_client, seal

# Nodes handed to Chroma at a time.
_STORED = 512
Embed = Callable[[Sequence[Chunk]], None]
Vectors = Callable[[Sequence[Chunk]], Sequence[list[float]]]


class TopicNodeParser(NodeParser):
    """LlamaIndex's node parser interface over our chunker: one node a chunk, same ids."""

    _documents: Mapping[str, Document] = PrivateAttr()
    _count_tokens: CountTokens = PrivateAttr()
    _chunks: dict[str, Chunk] = PrivateAttr(default_factory=dict)

    def __init__(self, documents: Mapping[str, Document], count_tokens: CountTokens) -> None:
        super().__init__()
        self._documents, self._count_tokens = documents, count_tokens

    @property
    def chunks(self) -> list[Chunk]:
        """All chunks parsed so far, in order: the rows of the index."""
        return list(self._chunks.values())

    def chunk(self, node: BaseNode) -> Chunk:
        """The chunk behind a node."""
        return self._chunks[node.node_id]

    def _parse_nodes(
        self, nodes: Sequence[BaseNode], show_progress: bool = False, **kwargs: Any
    ) -> list[BaseNode]:
        parsed: list[BaseNode] = []
        for source in nodes:
            document = self._documents[source.node_id]
            for chunk in chunk_document(document, self._count_tokens):
                self._chunks[chunk.id] = chunk
                parsed.append(_node(chunk, source))
        return parsed


class EmbedChunks(TransformComponent):
    """LlamaIndex's transformation interface over our encoder."""

    _parser: TopicNodeParser = PrivateAttr()
    _vectors: Vectors = PrivateAttr()

    def __init__(self, parser: TopicNodeParser, vectors: Vectors) -> None:
        super().__init__()
        self._parser, self._vectors = parser, vectors

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        chunks = [self._parser.chunk(node) for node in nodes]
        for node, vector in zip(nodes, self._vectors(chunks), strict=True):
            node.embedding = vector
        return nodes


def ingest(
    documents: Sequence[Document],
    count_tokens: CountTokens,
    embed: Embed,
    vectors: Vectors,
    folder: Path,
) -> list[Chunk]:
    """Run documents through LlamaIndex's ingestion pipeline into a new Chroma collection.

    Args:
        embed: called once with all chunks; encodes those that are new.
        vectors: of chunks that ``embed`` has seen, L2-normalised, in order.
        folder: an empty folder for Chroma.

    Returns:
        The chunks, in the order of their rows.
    """
    parser = TopicNodeParser({d.id: d for d in documents}, count_tokens)
    nodes = IngestionPipeline(transformations=[parser], disable_cache=True).run(
        documents=[LlamaDocument(id_=d.id, text=d.text) for d in documents]
    )
    # Encoding apart from storing: what goes wrong in there is no fault of the disk.
    embed(parser.chunks)
    with chroma_errors(
        HomeError, "cannot write the vector store ({fault}); free space or set TUTOR_HOME"
    ):
        client = open_client(folder)
        store = ChromaVectorStore(chroma_collection=create_collection(client))
        pipeline = IngestionPipeline(
            transformations=[EmbedChunks(parser, vectors)], vector_store=store, disable_cache=True
        )
        size = min(_STORED, client.get_max_batch_size())
        for at in range(0, len(nodes), size):
            pipeline.run(nodes=nodes[at : at + size])
            for node in nodes[at : at + size]:
                node.embedding = None  # 12 kB each as a list of floats, and stored by now
        seal(folder)
    return parser.chunks


def _node(chunk: Chunk, source: BaseNode) -> TextNode:
    metadata = {
        "document_id": chunk.document_id,
        "title": chunk.title,
        "section": chunk.section,
        "kind": chunk.kind,
        "station": chunk.station if chunk.station is not None else -1,
        "line": chunk.line or "",
        "topic": chunk.topic or "",
        "url": chunk.url or "",
    }
    node = TextNode(
        id_=chunk.id,
        text=chunk.text,
        start_char_idx=chunk.start,
        end_char_idx=chunk.end,
        metadata=metadata,
    )
    node.relationships[NodeRelationship.SOURCE] = source.as_related_node_info()
    return node
