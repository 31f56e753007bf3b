"""PDF into blocks with page numbers (PDFium by way of pypdfium2).

Left out: running headers and footers, tables of contents, text across the direction of the page,
and what no reader sees (``corpus.reading.pdf_seen``).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.pdf_fragments import Fragment
from corpus.reading.pdf_frame import PageItems, body_size, without_frame
from corpus.reading.pdf_headings import Outline, mark_headings, title_of
from corpus.reading.pdf_layout import columns
from corpus.reading.pdf_page import Page, read_page
from corpus.reading.pdf_paragraphs import Draft, drafts
from corpus.reading.pdf_tables import ruled_tables
from corpus.reading.pdf_text import joined, unwrapped, vocabulary
from corpus.reading.visible import plain

PAGES = 2_000
SECONDS = 120.0  # a paper's page takes 0.04 s: only a page made to be slow comes near

_pdfium = threading.Lock()  # PDFium is not safe for threads

_ENTRY = re.compile(r"(?:\.\s?){4,}\s*[\divxlc]+$|(?:…\s?){2,}\s*[\divxlc]+$")
_STRAY = re.compile(r"(?<=\w) (?=[,.](?:\s|$))")  # kerning wide enough to look like a blank
_FEWEST = 4  # entries on a page of contents, numbers on a scale
_SAYS = re.compile(r"\w")
_ALONE = re.compile(r"(?:[-+−]?[\d.,]+[%kKMBT]?\s*)+").fullmatch


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the file holds, before its layout is understood."""

    pages: list[Page]
    count: int  # of pages, read or not
    title: str
    outline: Outline


def read_pdf(raw: Raw) -> Reading:
    """Read a PDF of at most PAGES pages; what a page begins is marked with its number.

    Raises:
        UnreadableError: damaged, encrypted, scanned without text, or empty.
    """
    opened = _opened(raw.data)
    pages = opened.pages
    if not any(page.fragments for page in pages):
        pages = [_with_undrawn(page) for page in pages]  # OCR under a scan
    empty = [page.number for page in pages if not page.fragments and page.pictured]
    if not any(page.fragments for page in pages):
        raise _textless(bool(empty))
    blocks, title = _blocks(pages, opened)
    if not blocks:
        raise _textless(bool(empty))
    notes = [_scans(empty)] if empty else []
    if len(pages) < opened.count:
        notes.append(f"only the first {len(pages)} of {opened.count} pages")
    return Reading(
        "pdf", title, tuple(blocks), truncated=len(pages) < opened.count, note="; ".join(notes)
    )


def _textless(scanned: bool) -> UnreadableError:
    if scanned:
        return UnreadableError(
            "scanned", "The PDF is a scan without text: run it through OCR and add the result."
        )
    return UnreadableError("empty", "The PDF has no text: nothing can be read from it.")


def _scans(numbers: Sequence[int]) -> str:
    spans: list[str] = []
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        spans.append(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]))
    if len(numbers) > 1:
        return f"pages {', '.join(spans)} are scans without text"
    return f"page {spans[0]} is a scan without text"


def _with_undrawn(page: Page) -> Page:
    return Page(page.number, page.width, page.height, page.undrawn, [], page.rules, page.pictured)


def _opened(data: bytes) -> _Opened:
    import pypdfium2

    with _pdfium:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise _unopened(error) from error
        try:
            count = len(document)
            pages = list(_pages(document, min(count, PAGES)))
            if count and not pages:
                raise _damaged()
            named = document.get_metadata_value("Title")
            return _Opened(pages, count, plain(named), _outline(document))
        finally:
            document.close()


def _unopened(error: Exception) -> UnreadableError:
    import pypdfium2.raw as pdfium

    if getattr(error, "err_code", None) in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}:
        return UnreadableError(
            "encrypted", "The PDF is protected by a password: save a copy without one and add that."
        )
    return _damaged()


def _damaged() -> UnreadableError:
    return UnreadableError(
        "damaged", "The PDF is damaged and cannot be opened: download or export it again."
    )


def _pages(document: Any, count: int) -> Iterator[Page]:
    """Pages as far as the time reaches; one that cannot be loaded is left out."""
    import pypdfium2

    started = time.monotonic()
    for index in range(count):
        if time.monotonic() - started > SECONDS:
            return
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            continue
        try:
            yield read_page(page, index + 1)
        finally:
            page.close()


def _outline(document: Any) -> Outline:
    import pypdfium2

    try:
        return [(mark.level, plain(mark.get_title() or "")) for mark in document.get_toc()]
    except pypdfium2.PdfiumError:
        return []


def _blocks(pages: Sequence[Page], opened: _Opened) -> tuple[list[Block], str]:
    fragments = [fragment for page in pages for fragment in page.fragments]
    code = _marks_code(fragments)
    body = body_size(f for f in fragments if not (code and f.mono))
    found = list(_drafts(pages, code))
    title = title_of(opened.title, found)
    slides = len(pages) > 2 and sum(p.width > p.height for p in pages) > 0.5 * len(pages)
    mark_headings(found, body, opened.outline, title, slides)
    words = vocabulary(fragment.text for fragment in fragments)
    written = (_block(draft, words) for draft in joined(found, body))
    return [b for b in _without_scales(written) if _SAYS.search(b.text)], plain(title)


def _without_scales(blocks: Iterable[Block]) -> Iterator[Block]:
    """Numbers that stand alone one after another are the scale of a chart."""
    for alone, group in groupby(blocks, lambda b: b.kind == "paragraph" and bool(_ALONE(b.text))):
        run = list(group)
        if not alone or (len(run) < _FEWEST and " " not in run[0].text):
            yield from run


def _marks_code(fragments: Iterable[Fragment]) -> bool:
    """Whether type of one width means code: not if most of the text is set in it."""
    lengths = {True: 0, False: 0}
    for fragment in fragments:
        lengths[fragment.mono] += len(fragment.text)
    return lengths[True] < lengths[False]


def _drafts(pages: Iterable[Page], code: bool) -> Iterator[Draft]:
    number = 0
    shown = (
        PageItems(p.number, p.height, ruled_tables(_without_contents(p.fragments), p.rules))
        for p in pages
    )
    for page in without_frame(list(shown)):
        for column in columns(page.items):
            number += 1
            yield from drafts(column, page.number, number, code)


def _without_contents(fragments: list[Fragment]) -> list[Fragment]:
    """Lines of a table of contents lead elsewhere; the headings themselves are still to come."""
    entries = sum(bool(_ENTRY.search(fragment.text)) for fragment in fragments)
    if entries < _FEWEST:
        return [f for f in fragments if not _ENTRY.search(f.text)]
    return [f for f in fragments if not f.text[-1].isdigit()]


def _block(draft: Draft, words: Any) -> Block:
    if draft.kind in {"code", "table"}:
        text = "\n".join(draft.lines)
    else:
        text = _STRAY.sub("", " ".join(unwrapped(draft.lines, words).split()))
    return Block(draft.kind, plain(text), level=draft.level, page=draft.page)
