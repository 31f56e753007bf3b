"""Sources: fetched, added and removed, read, and brought into the index, in one call each."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import CorpusError, HomeError, UsageError
from corpus.fetching.addresses import canonical
from corpus.fetching.records import FetchSettings
from corpus.library.fetch import Wanted, answered, due, fetch, wanted_entries
from corpus.library.ledger import Entry, Origin
from corpus.library.library import Library, Report, by_address
from corpus.loader import load_curriculum
from corpus.reading.worker import Limits
from corpus.records import Curriculum, Reference
from index.version import Manifest
from tutor.app import build, prepare_home
from tutor.settings import Settings

_MEGABYTE = 1_000_000


def _silent(stage: str, done: int, total: int) -> None:
    """Reports nothing."""


# Folders of tools, not of texts.
_SKIPPED = frozenset({".git", ".venv", "node_modules", "__pycache__", ".ipynb_checkpoints"})


@dataclass
class Outcome:
    """What a run has done.

    Attributes:
        entries: the sources that were asked for, as they stand now.
        asked: how many of them were worth a request or a look at the file.
        manifest: of the index that holds them; None if it was not built.
    """

    entries: list[Entry] = field(default_factory=list)
    asked: int = 0
    manifest: Manifest | None = None


def open_library(settings: Settings) -> Library:
    """The library of the home."""
    prepare_home(settings)
    return Library(settings.references)


def fetch_settings(settings: Settings) -> FetchSettings:
    """The fetcher's part of the settings."""
    return FetchSettings(
        user_agent=settings.user_agent,
        seconds=settings.fetch_seconds,
        delay=settings.fetch_delay,
        wire_bytes=int(settings.fetch_megabytes * _MEGABYTE),
        unpacked_bytes=int(settings.fetch_unpacked_megabytes * _MEGABYTE),
        hosts=settings.fetch_hosts,
        proxies=settings.fetch_proxies,
    )


def reading_limits(settings: Settings) -> Limits:
    """The readers' part of the settings."""
    return Limits(
        seconds=settings.reading_seconds, bytes_read=int(settings.reading_megabytes * _MEGABYTE)
    )


def cited_addresses(curriculum: Curriculum, station: int | None = None) -> list[str]:
    """Addresses of the references, those of one station if it is given.

    Raises:
        UsageError: there is no such station.
    """
    if station is not None:
        check_station(curriculum, station)
    return [r.url for r in curriculum.references if station is None or station in r.stations]


def check_station(curriculum: Curriculum, station: int) -> None:
    """Raise UsageError unless the map has the station."""
    if station not in {s.number for s in curriculum.stations}:
        raise UsageError(f"there is no station {station}; all of them: tutor stations")


def fetch_sources(
    settings: Settings,
    addresses: Sequence[str],
    *,
    origin: Origin = "reference",
    station: int | None = None,
    again: bool = False,
    named: Sequence[str] = (),
    mirror: str = "",
    archive: bool = False,
    index: bool = True,
    report: Report = _silent,
    on_entry: Callable[[Entry], None] = lambda entry: None,
) -> Outcome:
    """Fetch addresses, read what came, and index it.

    Args:
        origin: "mine" for pages that the learner adds.
        again: ask also for what is known to be dead, or is still fresh.
        named: those of them that the learner has named: the dead among them are asked for again.
        mirror: template with ``{url}``; "" for that of the settings.
        archive: whether dead links are looked for in the archive of the settings.

    Raises:
        UsageError: an address or a template is none.
        CorpusError: another process is at the library.
        IndexLocked: another process is building the index; what was fetched stays.
    """
    curriculum = load_curriculum()
    by_name = {canonical(address) for address in named}
    library = open_library(settings)
    try:
        with library.lock():
            wanted = [Wanted(address, again) for address in addresses]
            entries = wanted_entries(library, wanted, origin, station)
            asked = [
                e
                for e, forced in entries.values()
                if due(e, forced or (e.address in by_name and not answered(e)))
            ]
            fetch(
                library,
                asked,
                fetch_settings(settings),
                mirror=mirror or settings.mirror or None,
                archive=settings.archive if archive else None,
                report=report,
                on_entry=on_entry,
            )
            _read(library, settings, curriculum.references, report)
            outcome = Outcome(_as_they_stand(library, entries), len(asked))
    finally:
        library.close()
    return _indexed(settings, outcome, index, report)


def add_files(
    settings: Settings,
    paths: Iterable[str],
    *,
    station: int | None = None,
    index: bool = True,
    report: Report = _silent,
) -> Outcome:
    """Add files, folders (with all that is in them) and globs to the learner's own documents.

    Raises:
        UsageError: nothing is there under one of the names.
    """
    if station is not None:
        check_station(load_curriculum(), station)
    files = [file for path in paths for file in files_of(path)]
    library = open_library(settings)
    most = int(settings.fetch_unpacked_megabytes * _MEGABYTE)
    added: list[str] = []
    faults: list[Entry] = []
    try:
        with library.lock():
            for file in dict.fromkeys(files):
                try:
                    added.append(library.add_file(file, station, most).address)
                except HomeError:
                    raise
                except CorpusError as fault:  # one file of many stops no other
                    if len(files) == 1:
                        raise
                    faults.append(Entry(str(file), "mine", "unreadable", str(fault)))
            _read(library, settings, (), report)
            outcome = Outcome([*_as_they_stand(library, added), *faults], len(added))
    finally:
        library.close()
    return _indexed(settings, outcome, index, report)


def files_of(path: str) -> list[Path]:
    """The files that a path, a folder or a glob stands for.

    Raises:
        UsageError: there are none.
    """
    plain = Path(path).expanduser()
    found = [plain] if plain.exists() else [Path(p) for p in glob.glob(str(plain), recursive=True)]
    files = [file for one in sorted(found) for file in _inside(one)]
    if not files:
        raise UsageError(f"there is no file at {path}; give a file, a folder, a glob or an address")
    return files


def _inside(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    inside = (p.relative_to(path) for p in sorted(path.rglob("*")) if p.is_file())
    return [
        path / p
        for p in inside
        if not any(part in _SKIPPED or part.startswith(".") for part in p.parts)
    ]


def remove_sources(
    settings: Settings,
    names: Iterable[str],
    *,
    index: bool = True,
    report: Report = _silent,
) -> Outcome:
    """Forget sources, with their copies.

    Raises:
        UsageError: there is none of this name, or a part of a name fits several.
    """
    library = open_library(settings)
    try:
        with library.lock():
            removed = {e.address: e for name in names for e in find_sources(library, name)}
            for entry in removed.values():
                library.remove(entry)
            outcome = Outcome(list(removed.values()), len(removed))
    finally:
        library.close()
    return _indexed(settings, outcome, index, report)


def find_sources(library: Library, name: str) -> list[Entry]:
    """The sources of a name: one by its address, path or id, or all in a folder.

    Raises:
        UsageError: there is none, or a mere part of a name fits several.
    """
    found, exact = library.find(name)
    if not found:
        raise UsageError(f"there is no source {name!r}; all of them: tutor sources list")
    if len(found) > 1 and not exact:
        some = ", ".join(e.address for e in found[:3])
        raise UsageError(f"{name!r} fits {len(found)} sources ({some} …); name one of them")
    return found


def read_and_index(settings: Settings, report: Report = _silent, index: bool = True) -> Outcome:
    """Read what an earlier run or an import has left unread, and index it."""
    curriculum = load_curriculum()
    library = open_library(settings)
    try:
        with library.lock():
            _read(library, settings, curriculum.references, report)
            outcome = Outcome(library.ledger.entries())
    finally:
        library.close()
    return _indexed(settings, outcome, index, report)


def _read(
    library: Library, settings: Settings, references: Sequence[Reference], report: Report
) -> None:
    titles = {address: cited[0].title for address, cited in by_address(references).items()}
    library.read_pending(reading_limits(settings), report, titles)


def _as_they_stand(library: Library, addresses: Iterable[str]) -> list[Entry]:
    found = (library.ledger.get(address) for address in addresses)
    return [entry for entry in found if entry is not None]


def _indexed(settings: Settings, outcome: Outcome, index: bool, report: Report) -> Outcome:
    if index:
        outcome.manifest = build(settings, report)
    return outcome


def export_references(
    settings: Settings, file: Path, station: int | None = None, report: Report = _silent
) -> int:
    """Write the fetched references, or those of a station, into a bundle; returns how many."""
    from corpus.library.bundle import export_bundle

    curriculum = load_curriculum()
    cited = set(by_address(curriculum.references))
    if station is not None:
        check_station(curriculum, station)
        cited = set(by_address(r for r in curriculum.references if station in r.stations))
    library = open_library(settings)
    try:
        with library.lock():
            entries = [
                e
                for e in library.ledger.entries("reference")
                if station is None or e.address in cited or e.station == station
            ]
            if not any(e.sha256 for e in entries):
                raise UsageError("there is nothing to export; first: tutor sources fetch --all")
            return export_bundle(library, file, entries, report)
    finally:
        library.close()


def import_references(
    settings: Settings, file: Path, index: bool = True, report: Report = _silent
) -> tuple[int, int, Outcome]:
    """Take over a bundle, read and index it: how many were new, how many known, the outcome."""
    from corpus.library.bundle import import_bundle

    most = int(settings.fetch_unpacked_megabytes * _MEGABYTE)
    library = open_library(settings)
    try:
        with library.lock():
            taken, known = import_bundle(library, file, most, report)
    finally:
        library.close()
    return taken, known, read_and_index(settings, report, index)
