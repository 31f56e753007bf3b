"""A bundle: fetched references in one file, for those without internet.

A ZIP archive with ``bundle.json`` (the ledger's entries) and ``raw/<sha256>`` (the bytes). Nothing
in it is trusted: names are checked, bytes must have the sum that names them, sizes are bounded.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from corpus.errors import CorpusError, HomeError
from corpus.fetching.addresses import canonical
from corpus.library.ledger import Entry
from corpus.library.library import Library, Report
from corpus.library.shelves import sha256

FORMAT = 1
_LIST = "bundle.json"
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
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    kept = [e for e in entries if e.sha256 in library.raw]
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            listed = [_portable(entry) for entry in entries]
            archive.writestr(_LIST, json.dumps({"format": FORMAT, "entries": listed}))
            shas = dict.fromkeys(entry.sha256 for entry in kept)
            for done, sha in enumerate(shas, 1):
                archive.write(library.raw.path(sha), f"raw/{sha}")
                report("exporting", done, len(shas))
        part.replace(file)
    except OSError as fault:
        raise HomeError(f"cannot write {file} ({fault.strerror}); choose another place") from fault
    finally:
        part.unlink(missing_ok=True)
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
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
        raise _damaged(file) from fault


def _damaged(file: Path) -> CorpusError:
    return CorpusError(f"{file} is no reference bundle, or damaged; export it anew")


def _portable(entry: Entry) -> dict[str, object]:
    """An entry without what only this machine knows."""
    return asdict(replace(entry, reader=0, format="", text="", characters=0, note=""))


def _listed(archive: zipfile.ZipFile, file: Path) -> list[Entry]:
    try:
        if archive.getinfo(_LIST).file_size > MOST_LIST_BYTES:
            raise _damaged(file)
        content = json.loads(archive.read(_LIST))
        if content["format"] != FORMAT:
            raise CorpusError(f"{file} is of another version of the tutor; export it anew")
        known = {field.name for field in fields(Entry)}
        if any(set(entry) - known for entry in content["entries"]):
            raise _damaged(file)
        entries = _ENTRIES.validate_python(content["entries"])
    except (KeyError, ValueError, TypeError, ValidationError) as fault:
        raise _damaged(file) from fault
    for entry in entries:
        if entry.origin != "reference" or canonical(entry.address) != entry.address:
            raise CorpusError(f"{file} holds more than references ({entry.address[:80]}); refused")
    return entries


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
        library.ledger.put(entry)
        return True
    name = f"raw/{entry.sha256}"
    if sizes.get(name, most_bytes + 1) > most_bytes:
        raise CorpusError(f"the bundle's copy of {entry.address} is missing or too large; refused")
    data = archive.read(name)
    if sha256(data) != entry.sha256:
        raise CorpusError(f"the bundle's copy of {entry.address} is damaged; export it anew")
    library.raw.keep(data)
    library.ledger.put(replace(entry, size=len(data), reader=0))
    return True
