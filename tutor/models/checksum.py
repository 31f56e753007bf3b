"""The two checksums by which a hub names the content of a file."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_SHA256, _GIT = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{40}")
_BLOCK = 1 << 20


def is_checksum(tag: str) -> bool:
    """Whether an ETag is one of the two: a sha256 (of large files) or git's sha1 of a blob."""
    return bool(_SHA256.fullmatch(tag) or _GIT.fullmatch(tag))


def digest(file: Path, like: str) -> str:
    """The checksum of a file, of the kind that ``like`` is.

    Git's is the sha1 of "blob SIZE\\0" and the content (git-hash-object(1)).
    """
    if _SHA256.fullmatch(like):
        state = hashlib.sha256()
    else:
        state = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            state.update(block)
    return state.hexdigest()
