"""Documents into chunks: whole sentences, one topic, one heading path, exact offsets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from corpus import Document, Section
from index.records import Chunk, Span
from index.sentences import sentence_spans

# Part of the fingerprint: raise it whenever the same document would give other chunks.
VERSION = 3
# Tokens of the embedding model, heading included; it reads 256.
TARGET_TOKENS = 200
# A section shorter than this joins the next one of its topic: two sentences under a heading of
# their own are found worse than as the end of what they belong to (docs/log.md).
JOIN_TOKENS = 60

# Left to the text under headings of any length.
_LEAST = 80
# Headings above a page's own: "References" and its title.
_TRAIL = 2

CountTokens = Callable[[str], int]


def chunk_document(document: Document, count_tokens: CountTokens) -> list[Chunk]:
    """Cut a document at its sections, and long sections at sentence boundaries.

    Args:
        count_tokens: of the embedding model; special tokens may be counted in.

    Returns:
        Chunks in the order of the text. A sentence longer than the model reads stays whole.
    """
    chunks: list[Chunk] = []
    seen_topics: set[str] = set()
    for section in _joined(document, count_tokens):
        if document.kind == "card":  # quoted whole
            chunks.append(_chunk(document, section, [(section.start, section.end)], 0, False))
            continue
        budget = TARGET_TOKENS - count_tokens(" > ".join(section.path[1:]))
        for sentences in _groups(document.text, section, max(budget, _LEAST), count_tokens):
            leads = section.topic is not None and section.topic not in seen_topics
            seen_topics.add(section.topic or "")
            chunks.append(_chunk(document, section, sentences, len(chunks), leads))
    return chunks


def _joined(document: Document, count_tokens: CountTokens) -> Iterator[Section]:
    """Sections, short ones merged with the following section of the same topic or page."""
    waiting: Section | None = None
    for section in document.sections:
        if waiting and _belong_together(waiting, section):
            waiting = replace(waiting, path=_joint_path(waiting, section), end=section.end)
        else:
            if waiting:
                yield waiting
            waiting = section
        if _is_long(document.text[waiting.start : waiting.end], count_tokens):
            yield waiting
            waiting = None
    if waiting:
        yield waiting


def _is_long(text: str, count_tokens: CountTokens) -> bool:
    """Whether a section stands alone; a word is a token at least, so most need no counting."""
    return len(text.split(None, JOIN_TOKENS)) >= JOIN_TOKENS or count_tokens(text) >= JOIN_TOKENS


def _belong_together(one: Section, next_: Section) -> bool:
    """Within a topic of the curriculum; elsewhere, within a page and a heading of the document."""
    if one.topic or next_.topic:
        return one.topic == next_.topic
    # The title and what stands above it do not count as a heading.
    return one.page == next_.page and len(_common(one.path, next_.path)) >= _TRAIL


def _joint_path(one: Section, next_: Section) -> tuple[str, ...]:
    """What two joined sections are headed by.

    A topic's sections are named by the topic. Those of a page keep the first heading; the second
    stands in the text between them.
    """
    return _common(one.path, next_.path) if one.topic else one.path


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The headings that two paths begin with alike."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return tuple(heading for heading, _ in pairs)


def _groups(
    text: str, section: Section, budget: int, count_tokens: CountTokens
) -> Iterator[list[Span]]:
    """Runs of sentences within ``budget`` tokens, of about equal size."""
    spans = [
        span
        for span in sentence_spans(text, section.start, section.end)
        if not text[span[0] : span[1]].startswith("#")
    ]
    sizes = [count_tokens(text[left:right]) for left, right in spans]
    total = sum(sizes)
    share = total / max(1, -(-total // max(1, budget)))
    group: list[Span] = []
    size = 0
    for span, tokens in zip(spans, sizes, strict=True):
        if group and (size + tokens > budget or size + tokens / 2 > share):
            yield group
            group, size = [], 0
        group.append(span)
        size += tokens
    if group:
        yield group


def _chunk(
    document: Document, section: Section, sentences: list[Span], ordinal: int, leads: bool
) -> Chunk:
    start, end = sentences[0][0], sentences[-1][1]
    return Chunk(
        id=f"{document.id}#{ordinal}",
        document_id=document.id,
        title=document.title,
        text=document.text[start:end],
        start=start,
        end=end,
        path=section.path,
        kind=document.kind,
        topic=document.key(section.topic) if section.topic else None,
        station=document.station,
        line=document.line,
        url=document.url,
        sentences=tuple(sentences),
        leads=leads,
        urls=document.urls,
        anchor=section.anchor,
        page=section.page,
    )


def chunk_documents(documents: Iterable[Document], count_tokens: CountTokens) -> list[Chunk]:
    """All chunks of all documents, in order."""
    return [chunk for document in documents for chunk in chunk_document(document, count_tokens)]
