"""A bundle: fetched references in one file, for those without internet.

A ZIP archive with ``bundle.json`` (the ledger's entries) and ``raw/<sha256>`` (the bytes). Nothing
in it is trusted: names are checked, bytes must have the sum that names them, sizes are bounded.
"""

from __future__ import annotations

import json
import os
import re
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from corpus.errors import CorpusError, HomeError
from corpus.fetching.addresses import canonical
from corpus.library.ledger import Entry
from corpus.library.library import Library, Report
from corpus.library.shelves import sha256

FORMAT = 1
_LIST = "bundle.json"
_STATIONS = 18
_TIME = re.compile(r"[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}Z")
# What only a reader on this machine can know.
_UNREAD: dict[str, Any] = {
    "reader": 0,
    "format": "",
    "text": "",
    "characters": 0,
    "note": "",
    "judged": False,
    "previous": "",
}
# Far above any real bundle (285 references are about 100 MB), far below a disk.
MOST_BYTES = 4_000_000_000
MOST_LIST_BYTES = 50_000_000
_ENTRIES = TypeAdapter(list[Entry])


def export_bundle(
    library: Library, file: Path, entries: Sequence[Entry], report: Report = lambda *_: None
) -> int:
    """Write entries and their bytes into one file; returns how many have bytes.

    Raises:
        HomeError: the file cannot be written; nothing is left of it.
    """
    if not file.name or file.is_dir():
        raise HomeError(f"{file} is a folder; name the file to write, such as references.zip")
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    kept = [e for e in entries if e.sha256 in library.raw]
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            lost = {e.address for e in entries if e.sha256} - {e.address for e in kept}
            listed = [_portable(entry) for entry in entries if entry.address not in lost]
            archive.writestr(_LIST, json.dumps({"format": FORMAT, "entries": listed}))
            shas = dict.fromkeys(entry.sha256 for entry in kept)
            for done, sha in enumerate(shas, 1):
                archive.write(library.raw.path(sha), f"raw/{sha}")
                report("exporting", done, len(shas))
        part.replace(file)
    except OSError as fault:
        with suppress(OSError):
            part.unlink()
        raise HomeError(f"cannot write {file} ({fault.strerror}); choose another place") from fault
    return len(kept)


def import_bundle(
    library: Library, file: Path, most_bytes: int, report: Report = lambda *_: None
) -> tuple[int, int]:
    """Take over what a bundle holds and this library lacks, or has older.

    Args:
        most_bytes: of one document, unpacked.

    Returns:
        How many entries were taken over, and how many were not newer.

    Raises:
        CorpusError: it is no bundle, or damaged; what was sound before the fault stays.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = _listed(archive, file)
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            if sum(sizes.values()) > MOST_BYTES:
                raise CorpusError(f"{file} unpacks to more than {MOST_BYTES // 10**9} GB; refused")
            taken = 0
            for done, entry in enumerate(entries, 1):
                taken += _take(library, archive, entry, sizes, most_bytes)
                report("importing", done, len(entries))
            return taken, len(entries) - taken
    except OSError as fault:
        raise CorpusError(f"cannot read {file} ({fault.strerror})") from fault
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as fault:
        raise _damaged(file) from fault


def _damaged(file: Path) -> CorpusError:
    return CorpusError(f"{file} is no reference bundle, or damaged; export it anew")


def _portable(entry: Entry) -> dict[str, object]:
    """An entry without what only this machine knows."""
    return asdict(replace(entry, **_UNREAD))


def _listed(archive: zipfile.ZipFile, file: Path) -> list[Entry]:
    try:
        if archive.getinfo(_LIST).file_size > MOST_LIST_BYTES:
            raise _damaged(file)
        content = json.loads(_bounded(archive, _LIST))
        if content["format"] != FORMAT:
            raise CorpusError(f"{file} is of another version of the tutor; export it anew")
        known = {field.name for field in fields(Entry)}
        if any(set(entry) - known for entry in content["entries"]):
            raise _damaged(file)
        entries = _ENTRIES.validate_python(content["entries"])
        if any(e.station is not None and not 1 <= e.station <= _STATIONS for e in entries):
            raise _damaged(file)
        if any(t and not _TIME.fullmatch(t) for e in entries for t in (e.fetched, e.checked)):
            raise _damaged(file)
    except (KeyError, ValueError, TypeError, ValidationError) as fault:
        raise _damaged(file) from fault
    for entry in entries:
        if entry.origin != "reference" or canonical(entry.address) != entry.address:
            raise CorpusError(f"{file} holds more than references ({entry.address[:80]}); refused")
    return [
        replace(entry, **_UNREAD, reason=_printable(entry.reason), title=_printable(entry.title))
        for entry in entries
    ]


def _printable(text: str) -> str:
    """Without control characters: it is shown on a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of an archive: no more than it states, which ``read()`` unpacks first, then cuts."""
    with archive.open(name) as packed:
        return packed.read(archive.getinfo(name).file_size)


def _take(
    library: Library,
    archive: zipfile.ZipFile,
    entry: Entry,
    sizes: dict[str, int],
    most_bytes: int,
) -> bool:
    known = library.ledger.get(entry.address)
    if known and known.sha256 and (not entry.sha256 or known.fetched >= entry.fetched):
        return False
    if not entry.sha256:
        if known and known.checked >= entry.checked:
            return False
        library.ledger.put(_with_own(entry, known))
        return True
    name = f"raw/{entry.sha256}"
    if sizes.get(name, most_bytes + 1) > most_bytes:
        raise CorpusError(f"the bundle's copy of {entry.address} is missing or too large; refused")
    data = _bounded(archive, name)
    if sha256(data) != entry.sha256:
        raise CorpusError(f"the bundle's copy of {entry.address} is damaged; export it anew")
    library.raw.keep(data)
    library.ledger.put(_with_own(replace(entry, size=len(data)), known))
    if known and known.sha256 != entry.sha256:
        library.drop_raw(known.sha256)
    return True


def _with_own(entry: Entry, known: Entry | None) -> Entry:
    """A bundle's entry with what this learner has said of it."""
    if known is None:
        return entry
    station = known.station or entry.station
    return replace(entry, origin=known.origin, station=station).named(*known.asked)
