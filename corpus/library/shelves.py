"""Files of the library: raw bytes as they came, and what the readers made of them.

Both are named by their content, and written whole or not at all.

references/raw/ab/ab12…      bytes by their SHA-256
references/read/ab/ab12…     a reading (JSON, gzip) by the SHA-256 of its bytes and its reader
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from dataclasses import asdict
from pathlib import Path

from corpus.errors import CorpusError, HomeError
from corpus.reading.blocks import Block, Reading


def sha256(data: bytes) -> str:
    """Hexadecimal SHA-256."""
    return hashlib.sha256(data).hexdigest()


class Shelf:
    """Files by name, spread over 256 folders.

    Raises (all methods that write):
        HomeError: the disk is full or not writable.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> Path:
        """Where a file of this name stands; the name is hexadecimal."""
        if not name.isalnum():
            raise CorpusError(f"{name!r} is no name of a file on the shelf")
        return self.folder / name[:2] / name

    def __contains__(self, name: str) -> bool:
        return bool(name) and self.path(name).exists()

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes under a name."""
        file = self.path(name)
        part = file.with_suffix(f".{os.getpid()}.part")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                part.write_bytes(data)
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)
        except OSError as fault:
            raise HomeError(f"cannot write {file} ({fault.strerror}); free space") from fault

    def get(self, name: str) -> bytes:
        """The bytes under a name.

        Raises:
            CorpusError: there are none.
        """
        try:
            return self.path(name).read_bytes()
        except OSError as fault:
            raise CorpusError(
                f"{self.path(name)} is missing; fetch it anew: tutor sources fetch --all --again"
            ) from fault

    def remove(self, name: str) -> None:
        """Throw a file away, if it is there."""
        if name:
            self.path(name).unlink(missing_ok=True)

    def clear_leftovers(self) -> None:
        """Remove what a killed process had begun to write."""
        for part in self.folder.glob("*/*.part"):
            part.unlink(missing_ok=True)


class RawShelf(Shelf):
    """Bytes by their SHA-256."""

    def keep(self, data: bytes) -> str:
        """Keep bytes; returns their name."""
        name = sha256(data)
        if name not in self:
            self.put(name, data)
        return name


class ReadingShelf(Shelf):
    """Readings by the SHA-256 of their bytes and the version of the reader."""

    def keep(self, raw: str, version: int, reading: Reading) -> None:
        """Keep a reading."""
        data = json.dumps(asdict(reading), ensure_ascii=False).encode()
        self.put(_name(raw, version), gzip.compress(data, 5, mtime=0))

    def find(self, raw: str, version: int) -> Reading | None:
        """The reading of raw bytes by this version of the reader; None without a whole one."""
        name = _name(raw, version)
        if name not in self:
            return None
        try:
            fields = json.loads(gzip.decompress(self.get(name)))
            blocks = tuple(Block(**block) for block in fields.pop("blocks"))
            return Reading(**fields, blocks=blocks)
        except (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError):
            return None  # it is read again

    def remove_all(self, raw: str) -> None:
        """Throw away the readings of raw bytes by every version of the reader."""
        for file in self.folder.glob(f"{raw[:2]}/{raw}v*"):
            file.unlink(missing_ok=True)


def _name(raw: str, version: int) -> str:
    return f"{raw}v{version}"
