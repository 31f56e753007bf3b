"""The evidence of an answer as HTML: the cited passages in their order, then what else was found.

The quotation is marked in its passage only if the document's text, as it was indexed, has it where
the citation says. The first passage is open; of the others the quotation is read, and they unfold.

Meant for gradio's Markdown component, which sets formulas by the same KaTeX as the chat and keeps
what is unfolded while the pane grows; in ``gr.HTML`` formulas are read as TeX.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from index import Chunk, Hit
from tutor.links import site
from tutor.records import Citation
from ui.panes.answer_strings import ENGLISH_ANSWERS, AnswerStrings
from ui.panes.answers import Said
from ui.text.characters import cleaned
from ui.text.escape import address, attribute, escaped
from ui.text.markup import marked_up
from ui.text.safe import inline, link, markdown
from ui.text.stretches import Wrap, enclosed

# Of a document whose chunks are no longer there, so much is shown on each side of a quotation.
_AROUND = 400
_MARK = Wrap("mark")


class Texts(Protocol):
    """The texts of the index: ``index.texts``."""

    def text(self, document_id: str) -> str:
        """Raises KeyError where there is no such document."""

    def document_chunks(self, document_id: str) -> Mapping[int, Chunk]: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that the search found, as the event has it or as the log kept it.

    Attributes:
        rank: 1-based.
        score: comparable within one search only.
    """

    rank: int
    chunk_id: str
    document_id: str
    title: str
    section: str
    station: int | None
    url: str | None
    text: str
    score: float

    @classmethod
    def of(cls, rank: int, found: Hit | Mapping[str, Any]) -> Found:
        """Raises KeyError if a field is missing."""
        if isinstance(found, Hit):
            chunk = found.chunk
            where = (chunk.id, chunk.document_id, chunk.title, chunk.section, chunk.station)
            return cls(rank, *where, chunk.url, chunk.text, found.score)
        fields = ("chunk_id", "document_id", "title", "section", "station", "url", "text", "score")
        return cls(found.get("rank", rank), *(found[name] for name in fields))


@dataclass(frozen=True, slots=True)
class _Pane:
    said: Said
    answer_id: str
    texts: Texts
    strings: AnswerStrings


def pane(
    said: Said,
    answer_id: str,
    retrieved: Iterable[Hit | Mapping[str, Any]],
    texts: Texts,
    strings: AnswerStrings = ENGLISH_ANSWERS,
) -> str:
    """The evidence of an answer, whole or so far.

    Args:
        answer_id: as in ``ui.panes.answers.message``; passages have the id
            ``passage-<answer id>-<n>``.
        retrieved: what the search found, best first, cited or not: hits, or the log's objects.
        texts: of the index; it is one thread's, as the tutor is.
    """
    shown = _Pane(said, answer_id, texts, strings)
    cited = [_section(citation, shown) for citation in said.citations]
    ids = {citation.chunk_id for citation in said.citations}
    found = [Found.of(rank, one) for rank, one in enumerate(retrieved, 1)]
    left = [one for one in found if one.chunk_id not in ids]
    none = f'<p class="no_evidence">{escaped(strings.no_evidence)}</p>'
    return "\n\n".join([*(cited or [none]), *([_not_cited(left, strings)] if left else [])])


# The search hands on 60 passages and more; those far behind tell a reader nothing.
_MOST_FOUND = 20


def _section(citation: Citation, shown: _Pane) -> str:
    """One cited passage: a line of HTML."""
    strings = shown.strings
    title = f'<h3><span class="number">{citation.n}</span> {inline(citation.title)}</h3>'
    original = _original(citation.link or citation.url, strings)
    parts = (_place(citation, strings), _reading(citation, shown), _uses(citation, shown))
    identity = attribute(f"passage-{shown.answer_id}-{citation.n}")
    whole = "".join([title, *parts, original])
    return _line(f'<section id="{identity}" class="passage">{whole}</section>')


def _line(html: str) -> str:
    """An empty line would end the element for gradio's Markdown parser."""
    return html.replace("\n", "")


def _place(citation: Citation, strings: AnswerStrings) -> str:
    station = strings.station.format(number=citation.station) if citation.station else ""
    page = strings.page.format(number=citation.page) if citation.page else ""
    own = strings.own_document if citation.document_id.startswith("mine/") else ""
    return _where(own, station, citation.section, page, citation.site or site(citation.url))


def _where(*parts: str) -> str:
    shown = (inline(part.replace(" > ", " › ")) for part in parts if part)
    return f'<p class="place">{" · ".join(shown)}</p>'


def _reading(citation: Citation, shown: _Pane) -> str:
    """The passage to unfold under its quotation; the quotation alone if it is not there."""
    strings = shown.strings
    quotation = (
        f'<blockquote class="quotation"><span class="unseen">{escaped(strings.quotation)}: </span>'
        f"{markdown(citation.quote)}</blockquote>"
    )
    passage = _passage(citation, shown.texts)
    if passage is None:
        warning = f'<p class="unverified">{escaped(strings.unverified)}</p>'
        return f'<div class="forged">{quotation}{warning}</div>'
    opened = " open" if citation.n == shown.said.citations[0].n else ""
    return (
        f"{quotation}<details{opened}><summary>{escaped(strings.passage)}</summary>"
        f'<div class="text">{passage}</div></details>'
    )


def _passage(citation: Citation, texts: Texts) -> str | None:
    """HTML of the text around a quotation, which is marked; None if it is not in the document."""
    start, end = citation.start, citation.end
    try:
        text = texts.text(citation.document_id)
    except KeyError:
        return None
    if not (0 <= start < end <= len(text) and text[start:end] == citation.quote):
        return None
    left, right = _bounds(citation, text, texts)
    before, after = cleaned(text[left:start]), cleaned(text[end:right])
    return marked_up(before + enclosed(cleaned(citation.quote)) + after, [_MARK])


def _bounds(citation: Citation, text: str, texts: Texts) -> tuple[int, int]:
    """The chunk that holds the quotation; whole lines around it if none does."""
    chunks = texts.document_chunks(citation.document_id).values()
    holding = [c for c in chunks if c.start <= citation.start and citation.end <= c.end]
    for chunk in sorted(holding, key=lambda c: (c.id != citation.chunk_id, c.end - c.start)):
        return chunk.start, chunk.end
    left = text.rfind("\n", 0, max(0, citation.start - _AROUND)) + 1
    right = text.find("\n", citation.end + _AROUND)
    return left, len(text) if right < 0 else right


def _uses(citation: Citation, shown: _Pane) -> str:
    """Links to the sentences of the answer that cite it."""
    sentences = shown.said.sentences
    numbers = [n for n, s in enumerate(sentences, 1) if citation.n in s.citations]
    links = ", ".join(
        f'<a class="use" href="{attribute(f"#said-{shown.answer_id}-{n}")}">'
        f"{escaped(shown.strings.sentence.format(number=n))}</a>"
        for n in numbers
    )
    return f'<p class="uses">{escaped(shown.strings.used_in)} {links}</p>' if links else ""


def _not_cited(found: Sequence[Found], strings: AnswerStrings) -> str:
    shown = found[:_MOST_FOUND]
    items = "".join(_item(one, strings) for one in shown)
    count = escaped(strings.not_cited_count.format(count=len(shown), all=len(found)))
    return _line(
        f'<section class="not_cited"><h3>{escaped(strings.not_cited)}</h3>'
        f"<details><summary>{count}</summary><ol>{items}</ol></details></section>"
    )


def _item(found: Found, strings: AnswerStrings) -> str:
    station = strings.station.format(number=found.station) if found.station else ""
    rank = strings.rank.format(rank=found.rank, score=f"{found.score:.2f}")
    return (
        f'<li value="{found.rank}"><details><summary>{inline(found.title)} '
        f'<span class="rank">{escaped(rank)}</span></summary>'
        f"{_where(station, found.section, site(found.url))}"
        f'<div class="text">{markdown(found.text)}</div>{_original(found.url, strings)}'
        "</details></li>"
    )


def _original(url: str | None, strings: AnswerStrings) -> str:
    leads = address(url) is not None
    return f'<p class="original">{link(url, strings.original)}</p>' if leads else ""
