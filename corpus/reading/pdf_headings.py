"""Which blocks of a PDF are headings, and of what level: by outline, numbering, size and weight."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from corpus.reading.pdf_paragraphs import Draft

Outline = Sequence[tuple[int, str]]
"""Bookmarks: depth from 0, title."""

_Style = tuple[float, bool]  # size in points, bold

_LARGE = 1.12  # times the body's size: 12 to 10.9 in the garak paper is bold too, slides have 1.5
_LONGEST = 150  # characters
_LINES = 3
_NUMBER = re.compile(r"(?:(\d{1,2}(?:\.\d{1,2})*)\.?|[A-Z]\.?(?:\d{1,2})?)\s+(?=\S)")
_SLIDE = re.compile(r"slide \d+:?\s*", re.I)
_UNNAMED = re.compile(
    r"microsoft \w+ - |untitled|powerpoint presentation|slide \d+$|document\d*$|(?:no )?title$"
    r"|.*\.(docx?|pptx?|tex|dvi|pdf|indd|odt|pages|rtf|html?|ps|qxd)$",
    re.I,
)


def title_of(named: str, drafts: list[Draft]) -> str:
    """The title: that of the properties if it is one, else the largest line of the first page.

    A line that ends with a colon takes in the one below, also among the drafts.
    """
    named = " ".join(named.split())
    if len(named) > 2 and not _UNNAMED.match(named):
        return named
    first = [d for d in drafts if d.page == 1 and d.kind in {"paragraph", "item"}]
    if not first:
        return ""
    at = max(range(len(first)), key=lambda n: first[n].size)
    if first[at].lines[-1].endswith(":") and at + 1 < len(first):
        first[at].lines += first[at + 1].lines
        drafts.remove(first[at + 1])
    title = " ".join(first[at].lines)
    return title if len(title) <= _LONGEST else ""


def mark_headings(
    drafts: Sequence[Draft], body: float, outline: Outline, title: str, slides: bool
) -> None:
    """Turn paragraphs into headings, in place.

    Args:
        body: the size of running text in points.
        title: of the document; a paragraph with its words is the heading of level 1.
        slides: whether pages are slides: then only the largest line of each is a heading, as the
            rest is of all sizes.
    """
    named = {_letters(_SLIDE.sub("", text)): depth for depth, text in outline}
    possible = [d for d in drafts if _could_be(d)]
    for draft in possible:
        if _letters(" ".join(draft.lines)) == _letters(title):
            draft.kind, draft.level = "heading", 1
            break
    if slides:
        _mark_slides(drafts, possible, body)
        return
    found = [
        draft for draft in possible
        if _letters(" ".join(draft.lines)) in named or draft.size >= _LARGE * body
        or (draft.bold and draft.apart and draft.size >= 0.95 * body and _short(draft))
    ]  # fmt: skip
    for draft in _without_cover(found, drafts):
        draft.kind, draft.level = "heading", draft.level if draft.kind == "heading" else 0
    _level([d for d in drafts if d.kind == "heading" and d.level == 0], named)


def _mark_slides(drafts: Sequence[Draft], possible: Sequence[Draft], body: float) -> None:
    tallest: dict[int, float] = defaultdict(float)
    for draft in drafts:
        tallest[draft.page] = max(tallest[draft.page], draft.size)
    headed = {d.page for d in drafts if d.kind == "heading"}
    for draft in possible:
        large = draft.size == tallest[draft.page] >= _LARGE * body
        if draft.kind != "heading" and large and draft.page not in headed:
            draft.kind, draft.level = "heading", 2
            headed.add(draft.page)


def _could_be(draft: Draft) -> bool:
    text = " ".join(draft.lines)
    numbered = draft.kind == "item" and _NUMBER.match(text)
    return (
        bool(draft.kind == "paragraph" or numbered)
        and len(draft.lines) <= _LINES and len(text) <= _LONGEST and not draft.caption
        and sum(c.isalpha() for c in text) > 1 and text[-1] not in ",;."
    )  # fmt: skip


def _short(draft: Draft) -> bool:
    """Bold type of the body's size is a heading on two lines at most."""
    return len(draft.lines) < _LINES


def _without_cover(found: Sequence[Draft], drafts: Sequence[Draft]) -> list[Draft]:
    """A style of the first page alone is that of subtitle, authors and date."""
    last = max((d.page for d in drafts), default=1)
    if last < 3:
        return list(found)
    later = {_style(d) for d in found if d.page > 1}
    return [d for d in found if d.page > 1 or _style(d) in later]


def _style(draft: Draft) -> _Style:
    return round(draft.size, 1), draft.bold


def _level(headings: Iterable[Draft], named: dict[str, int]) -> None:
    """Levels by outline, else by numbering, else as others of the style, else by size."""
    headings = list(headings)
    votes: dict[_Style, Counter[int]] = defaultdict(Counter)
    for draft in headings:
        text = " ".join(draft.lines)
        number = _NUMBER.match(text)
        if (depth := named.get(_letters(text))) is not None:
            draft.level = 2 + depth
        elif number and number[1]:
            draft.level = 2 + number[1].count(".")
        if draft.level:
            votes[_style(draft)][draft.level] += 1
    known = {style: votes[style].most_common(1)[0][0] for style in votes}
    styles = sorted({_style(d) for d in headings}, reverse=True)
    for draft in headings:
        if not draft.level:
            draft.level = _guessed(_style(draft), known, styles)
        draft.level = min(draft.level, 6)


def _guessed(style: _Style, known: dict[_Style, int], styles: list[_Style]) -> int:
    if style in known:
        return known[style]
    if not known:
        return 2 + styles.index(style)
    larger = [level for other, level in known.items() if other > style]
    return max(larger) + 1 if larger else 2


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", _NUMBER.sub("", text.casefold(), count=1))
