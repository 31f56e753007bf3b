"""What ``tutor sources list`` and ``show`` tell, as data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, get_args

from corpus.errors import SearchIndexError, UsageError
from corpus.library.ledger import FILE, Entry, State
from corpus.library.library import by_address, document_id
from corpus.loader import load_curriculum
from corpus.records import Curriculum
from tutor.settings import Settings, load_settings
from tutor.sources import check_station, find_sources, open_library

_NOT_FETCHED = Entry("")


def listing(kind: str | None, station: int | None, state: str | None) -> dict[str, Any]:
    """Documents, references and own documents, with their states.

    Raises:
        UsageError: there is no such kind or station.
    """
    curriculum = load_curriculum()
    kinds = sorted({r.kind for r in curriculum.references})
    if kind is not None and kind not in kinds:
        raise UsageError(f"there is no kind {kind!r}; there are: {', '.join(kinds)}")
    if state is not None and state not in get_args(State):
        raise UsageError(f"there is no state {state!r}; there are: {', '.join(get_args(State))}")
    if station is not None:
        check_station(curriculum, station)
    settings = load_settings()
    entries, indexed = _entries(settings), _indexed(settings)
    references = _references(curriculum, entries, indexed)
    # Two files with the same text are one document, named after the first.
    texts: dict[str, str] = {}
    for entry in entries.values():
        if entry.origin == "mine":
            texts.setdefault(entry.text, document_id(entry))
    mine = [
        {**stand(e), "title": _title(e), "url": e.address, "stations": _filed(e),
         "indexed": e.readable and bool({document_id(e), texts.get(e.text, "")} & indexed)}
        for e in entries.values()
        if e.origin == "mine"
    ]  # fmt: skip

    def kept(source: dict[str, Any]) -> bool:
        return (
            (kind is None or source.get("kind") == kind)
            and (station is None or station in source["stations"])
            and (state is None or source["state"] == state)
        )

    return {
        "documents": _documents(curriculum, station) if kind is None and state is None else [],
        "references": [r for r in references if kept(r)],
        "mine": [m for m in mine if kept(m)],
    }


def stand(entry: Entry) -> dict[str, Any]:
    """How a source stands."""
    return {
        "address": entry.address,
        "state": entry.state,
        "reason": entry.reason,
        "title": entry.title,
        "final": entry.final,
        "fetched": entry.fetched,
        "checked": entry.checked,
        "type": entry.format or entry.content_type,
        "bytes": entry.size,
        "sha256": entry.sha256,
        "characters": entry.characters,
        "archived": entry.archived,
        "note": entry.note,
    }


def description(name: str) -> dict[str, Any]:
    """One source with its headings and text.

    Raises:
        UsageError: there is none, or several fit.
    """
    settings = load_settings()
    library = open_library(settings)
    try:
        entry = find_sources(library, name)[0]
        curriculum = load_curriculum()
        document = library.document(entry, curriculum.references)
    finally:
        library.close()
    indexed = _indexed(settings)
    sections = document.sections if document else ()
    names = {entry.address, document_id(entry), document.id if document else ""}
    return {
        **stand(entry),
        "title": document.title if document else _title(entry),
        "also_at": [a for a in document.urls if a != entry.address] if document else [],
        "stations": list(document.stations) if document else _filed(entry),
        "indexed": bool(names & indexed),
        "headings": [{"path": s.path[1:], "anchor": s.anchor, "page": s.page} for s in sections],
        "text": document.text if document else "",
    }


def _references(
    curriculum: Curriculum, entries: dict[str, Entry], indexed: set[str]
) -> list[dict[str, Any]]:
    """The curriculum's references, then what else has been fetched."""
    cited = by_address(curriculum.references)
    listed = []
    for address, group in cited.items():
        entry = entries.get(address, _NOT_FETCHED)
        found = entry.readable and address in indexed
        listed += [{**_of_ledger(entry), **asdict(r), "indexed": found} for r in group]
    order = {r.url: n for n, r in enumerate(curriculum.references)}
    listed.sort(key=lambda reference: order[reference["url"]])
    for address, entry in entries.items():
        if entry.origin == "reference" and address not in cited:
            page = {"kind": "page", "url": address, "stations": _filed(entry), "authors": []}
            found = entry.readable and address in indexed
            listed.append({**stand(entry), **page, "title": _title(entry), "indexed": found})
    return listed


def _of_ledger(entry: Entry) -> dict[str, Any]:
    known = stand(entry)
    del known["title"], known["address"]
    return known


def _documents(curriculum: Curriculum, station: int | None) -> list[dict[str, Any]]:
    return [
        {
            "id": d.id, "title": d.title, "kind": d.kind, "station": d.station,
            "line": d.line, "characters": len(d.text),
        }
        for d in curriculum.documents
        if d.kind != "card" and station in (None, d.station)
    ]  # fmt: skip


def _filed(entry: Entry) -> list[int]:
    return [] if entry.station is None else [entry.station]


def _title(entry: Entry) -> str:
    return entry.title or entry.address.rstrip("/").rsplit("/", 1)[-1]


def _entries(settings: Settings) -> dict[str, Entry]:
    if not (settings.references / FILE).exists():
        return {}
    library = open_library(settings)
    try:
        return {entry.address: entry for entry in library.ledger.entries()}
    finally:
        library.close()


def _indexed(settings: Settings) -> set[str]:
    """Ids and addresses of the documents in the index."""
    from index.database import Database
    from index.version import current_version

    try:
        documents = Database(current_version(settings.index)).documents()
    except SearchIndexError:
        return set()
    ids = {str(d["id"]) for d in documents}
    urls = {u for d in documents if d["kind"] in ("reference", "mine") for u in d["urls"]}
    return ids | urls
