"""The index: documents as chunks with vectors and words, and the search over them."""

from index.records import Chunk, Hit, Signals, Span

__all__ = ["Chunk", "Hit", "Signals", "Span"]
