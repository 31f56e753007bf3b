"""The tutor's embedding model behind RAGAS's interface."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from eval.measures.ragas_sync import ragas
from index.encoder import Encoder


def ragas_embeddings(encoder: Encoder) -> Any:
    """An encoder as a ``BaseRagasEmbedding``; vectors of ``encoder.dimension`` floats, length 1."""
    return _adapter()(encoder)


@lru_cache(maxsize=1)
def _adapter() -> Any:
    """The class, made late: its base takes seconds to import."""
    base = ragas("ragas.embeddings.base").BaseRagasEmbedding

    class Embeddings(base):  # type: ignore[misc, valid-type]
        def __init__(self, encoder: Encoder) -> None:
            super().__init__()
            self._encoder = encoder

        def embed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_texts([text])[0]

        async def aembed_text(self, text: str, **_: Any) -> list[float]:
            return self.embed_text(text)

        def embed_texts(self, texts: list[str], **_: Any) -> list[list[float]]:
            return [e.vector.tolist() for e in self._encoder.encode(texts)]

        async def aembed_texts(self, texts: list[str], **_: Any) -> list[list[float]]:
            return self.embed_texts(texts)

    return Embeddings
