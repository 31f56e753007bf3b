"""What there is to search, as data: the curriculum, its references, and own documents."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from corpus import Reference
from corpus.library.ledger import FILE, Entry, Ledger
from corpus.library.library import by_address, document_id
from corpus.reading import FORMATS
from index.search import Catalogue, Index
from tutor.settings import Settings

State = Literal["indexed", "waiting", "failed", "not fetched"]
# A person chooses a folder's files at once, and waits for them.
MOST_FILES = 20
_KEY = 20


@dataclass(frozen=True, slots=True)
class Own:
    """An own document.

    Attributes:
        key: names it in the page (``source_key``).
        kind: a format of ``corpus.reading``; the ending of its name if it could not be read.
        size: in bytes.
        reason: why it failed, or what to know of its reading.
        passages: in the index.
        added: UTC, ISO 8601.
    """

    key: str
    name: str
    kind: str
    size: int
    state: State
    reason: str
    passages: int
    added: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A reference of the curriculum; attributes as ``Own``'s."""

    key: str
    title: str
    kind: str
    url: str
    stations: tuple[int, ...]
    state: State
    reason: str
    passages: int


@dataclass(frozen=True, slots=True)
class Count:
    """Texts of a sort, and their passages in the index."""

    texts: int
    passages: int


@dataclass(frozen=True, slots=True)
class Limits:
    """What an upload may cost: files at once, bytes of each, bytes read of a text, seconds."""

    files: int
    size: int
    read: int
    seconds: float
    formats: tuple[str, ...] = FORMATS


@dataclass(frozen=True, slots=True)
class SourcesState:
    """All that the pane shows.

    Attributes:
        counts: by kind of document: "curriculum", "card", "reference", "mine".
        stations: titles by number.
        behind: whether there is something else to index than was.
    """

    counts: Mapping[str, Count]
    topics: int
    stations: Mapping[int, str]
    references: tuple[Cited, ...]
    mine: tuple[Own, ...]
    limits: Limits
    behind: bool = False

    def number_of(self, state: State) -> int:
        """References in a state."""
        return sum(one.state == state for one in self.references)


def upload_limits(settings: Settings) -> Limits:
    """The limits of uploads: what the page takes, and what the library keeps."""
    megabytes = min(settings.fetch_megabytes, settings.fetch_unpacked_megabytes)
    return Limits(
        MOST_FILES,
        int(megabytes * 1_000_000),
        int(settings.reading_megabytes * 1_000_000),
        settings.reading_seconds,
    )


def source_key(address: str) -> str:
    """Names a source in the page: its address may be a path of this machine, or hide characters."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY]


def sources(index: Index, settings: Settings) -> SourcesState:
    """How everything stands.

    Args:
        index: as it is open: what was indexed after that is still waiting.

    Raises:
        SearchIndexError, HomeError, CorpusError: the index or the ledger cannot be read.
    """
    documents = index.texts.documents()
    entries, digest = _ledger(settings)
    found = _Found(documents, entries)
    catalogue = index.catalogue
    return SourcesState(
        counts=_counts(documents),
        topics=sum(len(s.topics) for s in (*catalogue.stations, *catalogue.companions)),
        stations={s.number: s.title for s in catalogue.stations if s.number is not None},
        references=tuple(_references(catalogue, entries, found)),
        mine=tuple(_own(e, found) for e in entries.values() if e.origin == "mine"),
        limits=upload_limits(settings),
        behind=digest != index.manifest.sources,
    )


def _counts(documents: Iterable[Mapping[str, Any]]) -> dict[str, Count]:
    texts: Counter[str] = Counter()
    passages: Counter[str] = Counter()
    for document in documents:
        kind = "curriculum" if document["kind"] == "map" else document["kind"]
        texts[kind] += 1
        passages[kind] += document["chunks"]
    return {k: Count(texts[k], passages[k]) for k in ("curriculum", "card", "reference", "mine")}


def _ledger(settings: Settings) -> tuple[dict[str, Entry], str]:
    """The entries by address, and their digest."""
    if not (settings.references / FILE).exists():
        return {}, ""
    ledger = Ledger(settings.references)
    try:
        return {entry.address: entry for entry in ledger.entries()}, ledger.digest()
    finally:
        ledger.close()


class _Found:
    """Which entries are in the index, with how many passages.

    Two entries with one text are one document, which is named after the first of them.
    """

    def __init__(self, documents: Iterable[Mapping[str, Any]], entries: Mapping[str, Entry]):
        self._passages = {str(d["id"]): int(d["chunks"]) for d in documents}
        self._named: dict[tuple[str, str], str] = {}
        for entry in entries.values():
            if entry.readable:
                self._named.setdefault((entry.origin, entry.text), document_id(entry))

    def passages(self, entry: Entry) -> int:
        named = self._named.get((entry.origin, entry.text), "")
        return self._passages.get(document_id(entry)) or self._passages.get(named, 0)

    def state(self, entry: Entry) -> State:
        if entry.readable:
            return "indexed" if self.passages(entry) else "waiting"
        if entry.sha256 and not entry.reader:
            return "waiting"  # kept, and not read yet
        return "failed" if entry.checked else "not fetched"


def _own(entry: Entry, found: _Found) -> Own:
    on_web = "://" in entry.address
    name = entry.title or entry.address if on_web else Path(entry.address).name
    return Own(
        key=source_key(entry.address),
        name=name,
        kind=entry.format or _ending(name),
        size=entry.size,
        state=found.state(entry),
        reason="; ".join(filter(None, (entry.reason, entry.note))),
        passages=found.passages(entry),
        added=entry.fetched or entry.checked,
    )


def _ending(name: str) -> str:
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return ending if re.fullmatch(r"[a-z0-9]{1,8}", ending) else ""


def _references(
    catalogue: Catalogue, entries: Mapping[str, Entry], found: _Found
) -> Iterable[Cited]:
    """One for each address; several citations may name it."""
    for address, group in by_address(catalogue.references).items():
        entry = entries.get(address, Entry(address))
        yield Cited(
            key=source_key(address),
            title=group[0].title,
            kind=group[0].kind,
            url=group[0].url,
            stations=_stations(group),
            state=found.state(entry),
            reason=entry.reason,
            passages=found.passages(entry),
        )


def _stations(group: Iterable[Reference]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for one in group for number in one.stations))
