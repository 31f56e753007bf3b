"""Answers, hits and stations for programs: as text for a model to read, and as JSON.

The JSON is that of ``tutor ask``, ``tutor search`` and ``tutor stations`` (docs/answer.md).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from corpus import Station, metromap
from corpus.errors import UsageError
from index import Hit
from index.search import Catalogue, Found
from tutor.records import Answer, Citation

Shown = tuple[str, dict[str, Any]]


def answer(given: Answer) -> Shown:
    """The answer with its sources below."""
    sources = "\n".join(_source(citation) for citation in given.citations)
    text = f"{given.answer}\n\nSources:\n{sources}" if sources else given.answer
    return text, given.as_json()


def hits(query: str, found: Found) -> Shown:
    """The passages of a search, best first."""
    data = {
        "query": query,
        "hits": [_hit(hit) for hit in found.hits],
        "timings_ms": {name: round(value, 1) for name, value in found.timings_ms.items()},
    }
    passages = (f"{hit.rank}. {hit.chunk.section}\n{hit.chunk.text}" for hit in found.hits)
    return "\n\n".join(passages) or "Nothing was found.", data


def stations_map(catalogue: Catalogue) -> Shown:
    """All stations in order, and the companions that hang on them."""
    stops = (*catalogue.stations, *catalogue.companions)
    return "\n".join(_line(stop) for stop in stops), {"stations": [_brief(s) for s in stops]}


def one_station(catalogue: Catalogue, wanted: str) -> Shown:
    """One station by its number, id or title: the path to it, its topics and references.

    Raises:
        UsageError: there is none.
    """
    stop = _find(catalogue, wanted)
    path = metromap.path_to(stop, catalogue.stations)
    cited = [
        reference
        for reference in catalogue.references
        if stop.number in reference.stations
        or any(topic.split("/")[0] == stop.id for topic in reference.topics)
    ]
    lines = [_line(stop)]
    if path:
        lines.append("Learn before it: " + ", ".join(metromap.label(s) for s in path))
    lines += ["Topics:", *(f"- {topic.title}" for topic in stop.topics), "References:"]
    lines += [f"- {r.title} ({r.kind}): {r.good_for} {r.url}" for r in cited]
    data = {
        **_brief(stop),
        "path": [s.number for s in path],
        "references": [asdict(reference) for reference in cited],
    }
    return "\n".join(lines), data


def _source(citation: Citation) -> str:
    return f"[{citation.n}] {citation.section} {citation.link or ''}".strip()


def _hit(hit: Hit) -> dict[str, Any]:
    chunk = hit.chunk
    names = (
        "document_id", "title", "section", "topic", "station", "url", "urls", "page", "text",
        "start", "end",
    )  # fmt: skip
    return {
        "rank": hit.rank,
        "chunk_id": chunk.id,
        **{name: getattr(chunk, name) for name in names},
        "score": round(hit.score, 4),
    }


def _find(catalogue: Catalogue, wanted: str) -> Station:
    for stop in (*catalogue.stations, *catalogue.companions):
        if wanted.strip().lower() in (str(stop.number), stop.id, stop.title.lower()):
            return stop
    raise UsageError(f"there is no station {wanted!r}; all of them come without a name")


def _line(stop: Station) -> str:
    place = f"Station {stop.number}" if stop.number else f"Companion near station {stop.near}"
    return f"{place}: {stop.title} ({stop.line} line)"


def _brief(stop: Station) -> dict[str, Any]:
    return {
        "id": stop.id,
        "number": stop.number,
        "title": stop.title,
        "line": stop.line,
        "near": stop.near,
        "prerequisites": list(stop.prerequisites),
        "topics": [{"id": topic.key, "title": topic.title} for topic in stop.topics],
    }
