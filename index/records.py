"""What the index hands on: chunks of documents, and the hits of a search."""

from __future__ import annotations

import re
from dataclasses import dataclass

Span = tuple[int, int]
_HEADING = re.compile(r"#{1,6} ")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one document under one topic, made of whole sentences.

    Attributes:
        id: stable while the text is: "document-id#ordinal".
        start, end: code points of the document's text; ``text == document.text[start:end]``.
        path: headings from the line down to the section.
        topic: key of the topic ("supervised-fine-tuning/lora") or None.
        sentences: spans of its sentences in the document's text, in order.
        leads: whether it opens its topic (holds the definition).
        url, urls: where its document is read on the web; all addresses of the same text.
        anchor, page: where in that page or file it stands, if it has such marks.
    """

    id: str
    document_id: str
    title: str
    text: str
    start: int
    end: int
    path: tuple[str, ...]
    kind: str
    topic: str | None = None
    station: int | None = None
    line: str | None = None
    url: str | None = None
    sentences: tuple[Span, ...] = ()
    leads: bool = False
    urls: tuple[str, ...] = ()
    anchor: str | None = None
    page: int | None = None

    @property
    def section(self) -> str:
        """The path as people read it: "Line > Station > Topic"."""
        return " > ".join(self.path)

    @property
    def heading(self) -> str:
        """Titles to read before the text, without the line."""
        return " > ".join(self.path[1:] or self.path)

    def section_at(self, start: int) -> str:
        """The section of a sentence: of short sections a chunk holds several."""
        above = self.text[: start - self.start].split("\n")
        heading = next((line for line in reversed(above) if _HEADING.match(line)), "")
        if not heading or self.topic is not None:
            return self.section
        return " > ".join((*self.path[:2], heading.lstrip("# ")))

    def sentence(self, span: Span) -> str:
        """The text of one of its sentences."""
        return self.text[span[0] - self.start : span[1] - self.start]


@dataclass(frozen=True, slots=True)
class Signals:
    """How well a chunk fits a question, one figure per stage (0 where a stage did not see it).

    Attributes:
        dense: cosine of question and chunk vectors, -1..1.
        bm25: BM25 score over the idf weight of the question's words, ≥ 0, about 2 at most.
        probe: best cosine of the question with the names under which the topic is asked for.
        fused: reciprocal rank fusion, > 0.
        late: MaxSim averaged over the question's tokens, -1..1.
        coverage: share of the question's informative words (by inverse document frequency)
            that the chunk holds, 0..1.
    """

    dense: float = 0.0
    bm25: float = 0.0
    probe: float = 0.0
    fused: float = 0.0
    late: float = 0.0
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found for a question.

    Attributes:
        rank: 1-based.
        row: of the chunk in the index.
        score: the last stage's score; comparable within one search only.
    """

    rank: int
    row: int
    chunk: Chunk
    score: float
    signals: Signals
