"""The library: references and a learner's own documents, from address to text.

    address ──fetch──► raw bytes ──read──► reading ──compose──► Document

Each arrow is kept on disk before the next is taken, so that a kill at any moment loses at most the
page under way, and a better reader fetches nothing again.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from filelock import FileLock, Timeout

from corpus.errors import CorpusError, HomeError
from corpus.library.judge import Verdict, content_changed, judge_page
from corpus.library.ledger import Entry, Ledger, Origin, now
from corpus.library.shelves import RawShelf, ReadingShelf
from corpus.reading import VERSION, Reading, UnreadableError, compose
from corpus.reading.worker import Job, Limits, read_all
from corpus.records import Document, Reference

_CHANGED = "; moved, content changed"
Report = Callable[[str, int, int], None]
TRAILS: dict[Origin, str] = {"reference": "References", "mine": "My documents"}


class Library:
    """Everything under ``references/`` of the home.

    Args:
        folder: made if need be.

    Raises:
        HomeError, CorpusError: it cannot be written, or its ledger is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(folder)
        self.raw = RawShelf(folder / "raw")
        self.readings = ReadingShelf(folder / "read")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the library while it changes.

        Raises:
            CorpusError: another process holds it.
        """
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as fault:
            raise CorpusError(
                "another process is fetching or reading sources; wait for it, or stop it"
            ) from fault
        except OSError as fault:
            raise HomeError(f"cannot write {self.folder} ({fault.strerror})") from fault
        try:
            yield
        finally:
            lock.release()

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    # Reading

    def unread(self) -> list[Entry]:
        """Entries with bytes that this version of the readers has not seen."""
        return [
            e
            for e in self.ledger.entries()
            if e.sha256 in self.raw and (e.reader != VERSION or self._has_lost_reading(e))
        ]

    def _has_lost_reading(self, entry: Entry) -> bool:
        return entry.readable and self.reading(entry) is None

    def read_pending(
        self,
        limits: Limits,
        report: Report = lambda stage, done, total: None,
        titles: dict[str, str] | None = None,
    ) -> None:
        """Read what has not been read, in processes of their own.

        Args:
            titles: as cited, by address: tells whether a page that has moved is still the same.
        """
        self._sweep()
        pending = {entry.address: entry for entry in self.unread()}
        jobs = [
            Job(e.address, self.raw.path(e.sha256), e.content_type, e.charset, file_name(e))
            for e in pending.values()
        ]
        done = 0
        report("reading", 0, len(jobs))

        def on_read(job: Job, outcome: Reading | UnreadableError) -> None:
            nonlocal done
            self.note_reading(pending[job.key], outcome, (titles or {}).get(job.key, ""))
            done += 1
            report("reading", done, len(jobs))

        read_all(jobs, limits, on_read)

    def _sweep(self) -> None:
        """Remove what a killed process had begun to write, or had not yet thrown away."""
        self.raw.clear_leftovers()
        self.readings.clear_leftovers()
        known = {sha for e in self.ledger.entries() for sha in (e.sha256, e.previous)}
        for file in self.raw.folder.glob("*/*"):
            if file.name not in known:
                self.drop_raw(file.name)

    def note_reading(
        self, entry: Entry, outcome: Reading | UnreadableError, cited_title: str = ""
    ) -> None:
        """Keep what a reader made of an entry's bytes, and judge it."""
        on_web = "://" in entry.address
        verdict = _judged(self.raw.get(entry.sha256), entry, outcome)
        previous = entry.previous
        if verdict is not None and previous and (kept := self._previous(entry)) is not None:
            entry = replace(kept, state=verdict.state, reason=_kept(verdict.reason, entry))
            previous = ""
        else:
            if entry.judged and verdict is None:  # a better reader found text after all
                entry = replace(entry, state="fetched" if on_web else "added", reason="")
            if verdict is not None:
                entry = replace(entry, state=verdict.state, reason=verdict.reason, judged=True)
            else:
                entry = replace(entry, judged=False)
            entry = replace(
                entry, reader=VERSION, format="", text="", characters=0, note="", previous=""
            )
            if isinstance(outcome, Reading) and verdict is None:
                self.readings.keep(entry.sha256, VERSION, outcome)
                entry = _as_read(entry, outcome)
                if entry.state == "moved" and content_changed(cited_title, outcome):
                    reason = f"{entry.reason.removesuffix(_CHANGED)}{_CHANGED}"
                    entry = replace(entry, reason=reason)
        self.ledger.put(entry)
        self.drop_raw(previous)

    def _previous(self, entry: Entry) -> Entry | None:
        """The entry with the copy before this one, if that can still be read."""
        reading = self.readings.find(entry.previous, VERSION)
        if reading is None or entry.previous not in self.raw:
            return None
        old = replace(entry, sha256=entry.previous, previous="", reader=VERSION, judged=False)
        return _as_read(replace(old, etag="", last_modified=""), reading)

    def reading(self, entry: Entry) -> Reading | None:
        """What the reader made of an entry, if it has text."""
        return self.readings.find(entry.sha256, entry.reader) if entry.readable else None

    # Documents

    def documents(self, references: Sequence[Reference]) -> list[Document]:
        """All sources with text, ready to be indexed; the same text once, with all its addresses.

        Args:
            references: of the curriculum: their titles and stations.
        """
        cited = by_address(references)
        groups: dict[tuple[Origin, str], list[Entry]] = {}
        for entry in self.ledger.entries():
            if entry.readable:
                groups.setdefault((entry.origin, entry.text), []).append(entry)
        found = (self._composed(entries, cited) for entries in groups.values())
        return [document for document in found if document is not None]

    def document(self, entry: Entry, references: Sequence[Reference]) -> Document | None:
        """The document that holds an entry's text, as ``documents`` has it; None without text."""
        if not entry.readable:
            return None
        text = (entry.origin, entry.text)
        entries = [e for e in self.ledger.entries() if (e.origin, e.text) == text]
        return self._composed(entries, by_address(references))

    def _composed(
        self, entries: Sequence[Entry], cited: dict[str, list[Reference]]
    ) -> Document | None:
        """The document of entries with the same text; None if all their readings are lost."""
        found = (self.reading(entry) for entry in entries)
        reading = next((reading for reading in found if reading is not None), None)
        return None if reading is None else _document(entries, reading, cited)

    # A learner's own files

    def add_file(
        self, file: Path, station: int | None = None, most_bytes: int | None = None
    ) -> Entry:
        """Keep a copy of a file; it is read later, and the same content is not read again.

        Args:
            most_bytes: a larger one is refused; None for no limit.

        Raises:
            CorpusError: it cannot be opened, or is too large.
        """
        try:
            if most_bytes is not None and file.stat().st_size > most_bytes:
                raise CorpusError(f"{file} is above the limit of {most_bytes // 10**6} MB")
            data = file.read_bytes()
        except OSError as fault:
            raise CorpusError(f"cannot read {file} ({fault.strerror})") from fault
        address = str(file.resolve())
        if not address.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in address):
            raise CorpusError(f"the name of {os.fsencode(file)!r} is no Unicode; rename the file")
        old = self.ledger.get(address)
        sha = self.raw.keep(data)
        if old and old.sha256 == sha:
            entry = replace(old, station=station or old.station, checked=now())
        else:
            entry = Entry(
                address, "mine", "added", asked=old.asked if old else (),
                station=station or (old.station if old else None),
                sha256=sha, size=len(data), fetched=now(), checked=now(),
            ).named(str(file))  # fmt: skip
        self.ledger.put(entry)
        if old and old.sha256 != sha:
            self.drop_raw(old.sha256)
        return entry

    def remove(self, entry: Entry) -> None:
        """Forget an entry, and its bytes if nobody else has the same."""
        self.ledger.remove(entry.address)
        self.drop_raw(entry.sha256)

    def drop_raw(self, sha: str) -> None:
        """Throw away bytes and their reading, unless an entry still has them."""
        if sha and not any(sha in (e.sha256, e.previous) for e in self.ledger.entries()):
            self.raw.remove(sha)
            self.readings.remove_all(sha)

    def find(self, what: str) -> tuple[list[Entry], bool]:
        """Entries by address, path, document id or folder; else by a part of address or title.

        Returns:
            What was found, and whether it was named and not only fits.
        """
        if not what.strip():
            return [], False
        entries = self.ledger.entries()
        path = str(Path(what).expanduser().resolve())
        here = [e for e in entries if e.address == path or e.address.startswith(f"{path}/")]
        named = here or [e for e in entries if what in (e.address, document_id(e), *_forms(e))]
        if named:
            return named, True
        part = what.lower()
        return [e for e in entries if part in e.title.lower() or part in e.address.lower()], False


def _forms(entry: Entry) -> tuple[str, ...]:
    """Other names of an entry; what a file was called depended on the folder one was in."""
    return entry.asked if "://" in entry.address else ()


def _judged(data: bytes, entry: Entry, outcome: Reading | UnreadableError) -> Verdict | None:
    """What is wrong with an entry's bytes; None if they have text of their own."""
    if "://" in entry.address:
        return judge_page(data, entry.address, entry.final, outcome)
    if isinstance(outcome, UnreadableError):
        unsupported = outcome.fault == "unsupported"
        return Verdict("unsupported" if unsupported else "unreadable", str(outcome))
    return None


def _kept(reason: str, entry: Entry) -> str:
    return f"{reason}; the copy before {entry.fetched[:10]} is kept"


def _as_read(entry: Entry, reading: Reading) -> Entry:
    return replace(
        entry,
        format=reading.format,
        text=text_digest(reading),
        characters=reading.characters,
        note="; ".join(filter(None, ("truncated" * reading.truncated, reading.note))),
        title=reading.title or entry.title,
    )


def by_address(references: Iterable[Reference]) -> dict[str, list[Reference]]:
    """References by canonical address; several may cite one page."""
    from corpus.fetching.addresses import canonical

    found: dict[str, list[Reference]] = {}
    for reference in references:
        found.setdefault(canonical(reference.url), []).append(reference)
    return found


def document_id(entry: Entry) -> str:
    """Name of the document of an entry."""
    if entry.origin == "reference":
        return f"reference/{entry.address}"
    if "://" in entry.address:
        return f"mine/{entry.address}"
    # The file's name is what its owner knows; the digits keep two of one name apart.
    digits = hashlib.sha256(entry.address.encode()).hexdigest()[:6]
    return f"mine/{digits}/{Path(entry.address).name}"


def file_name(entry: Entry) -> str:
    """Last part of the address: it tells formats without a signature."""
    if "://" not in entry.address:
        return Path(entry.address).name
    return unquote(urlsplit(entry.final or entry.address).path.rstrip("/").rsplit("/", 1)[-1])


def text_digest(reading: Reading) -> str:
    """SHA-256 of a reading's text: equal for the same text under two addresses."""
    digest = hashlib.sha256()
    for block in reading.blocks:
        digest.update(f"{block.kind} {block.level} {block.text}\n".encode())
    return digest.hexdigest()


def _document(
    entries: Sequence[Entry], reading: Reading, cited: dict[str, list[Reference]]
) -> Document:
    first = entries[0]
    references = [r for e in entries for r in cited.get(e.address, ())]
    title = references[0].title if references else first.title or file_name(first) or first.address
    composed = compose(reading, (TRAILS[first.origin], title))
    on_web = "://" in first.address
    addresses = dict.fromkeys(
        a
        for e in entries
        for a in (e.address, *e.asked, *(r.url for r in cited.get(e.address, ())))
    )
    stations = dict.fromkeys(
        s
        for s in (*(e.station for e in entries), *(s for r in references for s in r.stations))
        if s
    )
    return Document(
        id=document_id(first),
        title=title,
        text=composed.text,
        kind=first.origin,
        sections=composed.sections,
        station=next(iter(stations), None),
        url=first.address if on_web else None,
        urls=tuple(addresses) if on_web else (),
        stations=tuple(stations),
    )
