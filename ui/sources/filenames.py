"""Names of uploaded files, as they can be kept: anybody may have chosen them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ui.text.characters import cleaned

# Of a path a browser may send either kind; the other signs are not allowed in names everywhere.
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r"[<>:\"|?*\x00-\x1f\x7f]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
# File systems take 255 bytes; the library adds a little beside a file while it copies.
_BYTES = 200
_ENDING_BYTES = 20
_NAMELESS = "document"


def file_name(given: str) -> str:
    """A name without folders, hidden characters and what a file system refuses."""
    last = _SEPARATORS.split(given)[-1]
    name = _FORBIDDEN.sub("_", " ".join(cleaned(last).split())).strip(" .")
    if not name.strip("_"):
        return _NAMELESS
    return _shortened(f"_{name}" if _RESERVED.match(name) else name)


def file_names(given: Sequence[str]) -> list[str]:
    """The names of files that come together; those that would be the same get a number."""
    taken: set[str] = set()
    names = []
    for one in given:
        stem, ending = _parts(file_name(one))
        name, number = f"{stem}{ending}", 2
        while name.casefold() in taken:
            name, number = f"{stem} ({number}){ending}", number + 1
        taken.add(name.casefold())
        names.append(name)
    return names


def _parts(name: str) -> tuple[str, str]:
    """Stem and ending, with its dot."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending.encode()) <= _ENDING_BYTES else (name, "")


def _shortened(name: str) -> str:
    """At most so many bytes, with its ending: that tells formats without a signature."""
    stem, ending = _parts(name)
    room = _BYTES - len(ending.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") + ending
