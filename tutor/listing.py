"""Whole lists that the map knows: topics of a station, stations of a line, companions, references.

A list out of a search is as long as the search is deep; a list out of the map is complete.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from corpus import Line, Reference
from index import Chunk
from index.search import Index
from tutor.evidence import Evidence

MAP = "map"
_HEADINGS: dict[Line, str] = {
    "foundational": "Foundational line",
    "scientist": "GenAI Scientist line",
    "engineer": "GenAI Engineer line",
}
_ABOUT_THE_MAP = "curriculum/companions/about-the-map.md"
# Score of what is offered because it is in the list: above the bar that tutor.answer sets.
LISTED = 2.0


def map_sentences(index: Index, wanted: Iterable[tuple[str, str]]) -> list[Evidence]:
    """Sentences of the map, in the order wanted, each once.

    Args:
        wanted: how a heading begins ("Station 7 "), and words that the sentence holds.
    """
    chunks = list(index.texts.document_chunks(MAP).values())
    return _sentences(chunks, wanted)


def line_sentences(index: Index, lines: Iterable[Line]) -> list[Evidence]:
    """For each line, the sentence that lists its stations."""
    return map_sentences(index, [(_HEADINGS[line], "") for line in lines])


def who_for(index: Index, lines: Iterable[Line]) -> list[Evidence]:
    """For each line, the sentences that say for whom it is."""
    chunks = list(index.texts.document_chunks(_ABOUT_THE_MAP).values())
    wanted = [("", f"{line} line is for ") for line in lines]
    return _sentences(chunks, wanted)


def last_stations(index: Index, lines: Collection[Line]) -> list[Evidence]:
    """The sentences that name the last station of each line."""
    numbers = [(s.number, s.line) for s in index.catalogue.stations]
    wanted = [(f"Station {n} ", "is the last station of") for n, line in numbers if line in lines]
    return map_sentences(index, wanted)


def companions(index: Index) -> list[Evidence]:
    """What each companion is, in its own first sentence."""
    found = []
    for stop in index.catalogue.companions:
        own = index.texts.document_chunks(f"curriculum/companions/{stop.id}.md").values()
        opening = next((chunk for chunk in own if chunk.topic is None), None)
        if opening is not None:
            span = opening.sentences[0]
            found.append(Evidence(opening.sentence(span), opening, span, 1.0))
    return found


def references(
    index: Index,
    kinds: Collection[str] = (),
    stations: Collection[int] = (),
    topics: Collection[str] = (),
    authors: Collection[str] = (),
    urls: Collection[str] = (),
) -> list[Evidence]:
    """Cards of all references that fit, in the order of the curriculum; no filter lets all pass."""

    def fits(reference: Reference) -> bool:
        return all(
            not wanted or bool(set(wanted) & set(held))
            for wanted, held in (
                (kinds, (reference.kind,)),
                (stations, reference.stations),
                (topics, reference.topics),
                (authors, reference.authors),
                (urls, (reference.url,)),
            )
        )

    chosen = [reference.url for reference in index.catalogue.references if fits(reference)]
    chunks = (c for url in chosen for c in index.texts.document_chunks(f"card/{url}").values())
    return [Evidence(c.text, c, (c.start, c.end), LISTED) for c in chunks]


def authors_called(index: Index, name: str) -> list[str]:
    """Authors of references whose name holds all words of a name: "Karpathy"."""
    wanted = set(_WORD.findall(name.lower()))
    known = dict.fromkeys(a for r in index.catalogue.references for a in r.authors)
    return [a for a in known if wanted and wanted <= set(_WORD.findall(a.lower()))]


_WORD = re.compile(r"[^\W_]{2,}")


def _sentences(chunks: Iterable[Chunk], wanted: Iterable[tuple[str, str]]) -> list[Evidence]:
    chunks = list(chunks)
    found: dict[str, Evidence] = {}
    for heading, words in wanted:
        for chunk in chunks:
            if not f"{chunk.path[-1]} ".startswith(heading):
                continue
            for span in chunk.sentences:
                text = chunk.sentence(span)
                if words in text:
                    found.setdefault(text, Evidence(text, chunk, span, 1.0))
    return list(found.values())
