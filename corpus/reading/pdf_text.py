"""Lines into running text: hyphens undone, paragraphs joined over columns and pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.reading.pdf_paragraphs import Draft

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_HYPHEN = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-‐]$")
_OPENING = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*[/_=&?%#-]$")
_CJK = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
# Where the document itself does not tell: first halves that are words of their own in compounds.
_COMPOUNDS = set(
    """
    all auto back best better co cross data deep domain end ever few fine first four full
    general half hand hard high home human ill in inference language large least left long low
    machine many mid most multi near new next non off old on one open out over part post pre
    problem real red right run self semi short single small so state still sub task test three
    time token training two under user well wide zero
    """.split()  # noqa: SIM905 - a list of 80 quoted words reads worse
)


def vocabulary(lines: Iterable[str]) -> Counter[str]:
    """How often each word stands whole in the lines, lower case; compounds count as one word."""
    words: Counter[str] = Counter()
    for line in lines:
        found = _WORD.findall(line.casefold())
        start = 1 if line[:1].islower() else 0  # may be the second half of a broken word
        words.update(found[start : -1 if _HYPHEN.search(line) else None])
    return words


def unwrapped(lines: Sequence[str], words: Counter[str]) -> str:
    """The lines as one.

    Args:
        words: the document's vocabulary: tells "imple-/mentation" from "state-of-/the-art".
    """
    text: list[str] = []
    for line in lines:
        following = line.strip()
        if not following:
            continue
        # Only the last word counts: to look through all of the text would take the square.
        last = text[-1].rsplit(" ", 1)[-1] if text else ""
        if _HYPHEN.search(last) and following[0].islower():
            if not _keeps_hyphen(last, following, words):
                text[-1] = text[-1][:-1]
        elif last and not _touch(last, following):
            text.append(" ")
        text.append(following)
    return "".join(text)


def _touch(last: str, following: str) -> bool:
    """Whether no blank belongs between: after "GPT-", in an address, in Chinese and Japanese."""
    hyphen = last[-1] in "-‐" and len(last) > 1 and last[-2].isalnum()
    wide = _CJK.match(last[-1]) and _CJK.match(following)
    return bool(hyphen or wide or _ADDRESS.search(last))


def _keeps_hyphen(last: str, following: str, words: Counter[str]) -> bool:
    """Whether the hyphen at a line's end is part of the word."""
    broken, opening = _HYPHEN.search(last), _OPENING.match(following)
    assert broken is not None
    first = broken[1].casefold()
    second = opening[0].casefold() if opening else ""
    whole, compound = words[first + second], words[f"{first}-{second}"]
    if compound > whole or (len(first) > 1 and broken[1].isupper()):
        return True
    return not whole and ("-" in first or (first in _COMPOUNDS and bool(words[second])))


def joined(drafts: Sequence[Draft], body: float) -> list[Draft]:
    """Paragraphs that go on in the next column or on the next page, as one.

    Figures, tables, captions and footnotes may stand between the halves.
    """
    kept: list[Draft] = []
    open_: Draft | None = None
    for draft in drafts:
        running = draft.kind in {"paragraph", "item"} and draft.size > 0.93 * body
        if running and not draft.caption:
            if open_ is not None and _continues(open_, draft):
                open_.lines.extend(draft.lines)
                open_.full = draft.full
                open_.column = draft.column
                continue
            open_ = draft
        elif draft.kind in {"heading", "code"}:
            if kept and draft.kind == "code" == kept[-1].kind and draft.column != kept[-1].column:
                kept[-1].lines.extend(draft.lines)
                continue
            open_ = None
        kept.append(draft)
    return kept


def _continues(above: Draft, below: Draft) -> bool:
    if above.column == below.column or below.kind != "paragraph" or above.terminated:
        return False
    if abs(above.size - below.size) > 0.05 * below.size:
        return False
    return below.lines[0][0].islower() or (above.full and not below.indented)
