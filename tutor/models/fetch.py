"""Fetches a model's files from a hub: ``python -m tutor.models.fetch ORDER``, for ``hub.pull``.

``ORDER`` is a JSON object with ``name``, ``repository``, ``revision``, ``file`` ("" for a folder of
sentence-transformers) and ``folder``. On standard output comes a JSON object a line: ``stage``,
``done``, ``total`` and ``transferred`` in bytes; the last one may be ``error`` with its ``kind``.

huggingface_hub does the talking. Its ``hf_hub_download`` throws an unfinished file away when it is
interrupted (seen in 2.4), so the file is kept here and its ``http_get`` goes on with it.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from huggingface_hub import constants
from huggingface_hub.file_download import http_get

from corpus.errors import HomeError, ModelError, TutorError
from tutor.models.checksum import digest
from tutor.models.faults import told
from tutor.models.hub import RECORD
from tutor.models.remote import Remote, Source, described, names_of

# Left free beside the model: for what the tutor itself writes.
_SPARE = 100_000_000
# huggingface_hub writes in pieces of so many bytes; what an interruption loses is one of them. Its
# own 10 MB are 10 s of a slow line.
_PIECE = 1 << 20


class Progress:
    """Counts what comes and tells it, a hundred times in all."""

    def __init__(self, total: int, done: int) -> None:
        self.total, self.done, self.transferred = total, done, 0
        self._told = -1

    def add(self, count: int) -> None:
        self.done += count
        self.transferred += max(count, 0)
        if (hundredth := 100 * self.done // max(self.total, 1)) != self._told:
            self._told = hundredth
            self.tell("pulling")

    def tell(self, stage: str) -> None:
        say({"stage": stage, "done": self.done, "total": self.total,
             "transferred": self.transferred})  # fmt: skip

    def bar(self) -> type:
        """A class that huggingface_hub takes for one of tqdm's."""
        add = self.add

        class Bar:
            def __init__(self, *arguments: Any, **named: Any) -> None: ...

            def __enter__(self) -> Bar:
                return self

            def __exit__(self, *fault: object) -> None: ...

            def update(self, count: float = 1) -> None:
                add(int(count))

        return Bar


def say(message: dict[str, Any]) -> None:
    """One line to the process that asked."""
    print(json.dumps(message), flush=True)


def main(order: dict[str, str]) -> None:
    """Carry out an order; an error of ours is said, not raised."""
    try:
        with told(order):
            source = Source(order["repository"], order["revision"])
            fetch(source, order["file"], Path(order["folder"]))
    except TutorError as fault:
        kind = "HomeError" if isinstance(fault, HomeError) else "ModelError"
        say({"error": str(fault), "kind": kind})


def fetch(source: Source, file: str, folder: Path) -> None:
    """Bring the files into ``folder``, verified, and the record of them at last."""
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        names = [file] if file else names_of(source)
        remotes = [described(source, name) for name in names]
        missing = [remote for remote in remotes if not _is_here(remote, folder)]
        begun = {remote.name: _begun(remote, folder) for remote in missing}
        total = sum(remote.size for remote in remotes)
        wanted = sum(remote.size for remote in missing) - sum(begun.values())
        _check_space(folder, wanted)
        progress = Progress(total, total - wanted)
        progress.tell("pulling")
        for remote in missing:
            _bring(remote, folder, begun[remote.name], progress)
        _record(source, remotes, folder)
        progress.tell("pulling")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as fault:
        raise ModelError("another process is pulling it; wait for it, or stop it") from fault
    try:
        yield
    finally:
        lock.release()


def _is_here(remote: Remote, folder: Path) -> bool:
    file = folder / remote.name
    return (
        file.is_file()
        and file.stat().st_size == remote.size
        and digest(file, remote.checksum) == remote.checksum
    )


def _part(remote: Remote, folder: Path) -> Path:
    """Where an unfinished file lies, apart for each version of it."""
    file = folder / remote.name
    return file.with_name(f"{file.name}.{remote.checksum[:12]}.part")


def _begun(remote: Remote, folder: Path) -> int:
    part = _part(remote, folder)
    size = part.stat().st_size if part.exists() else 0
    if size > remote.size:
        part.unlink()
        return 0
    return size


def _check_space(folder: Path, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if wanted and free < wanted + _SPARE:
        raise HomeError(
            f"{(wanted + _SPARE) / 1e9:.1f} GB are needed in {folder.parent}, {free / 1e9:.1f} GB "
            f"are free; free some space, or set TUTOR_HOME to a folder on another disk"
        )


def _bring(remote: Remote, folder: Path, begun: int, progress: Progress) -> None:
    part = _part(remote, folder)
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("ab") as stream:
        http_get(
            remote.url,
            stream,
            resume_size=begun,
            headers=remote.headers,
            expected_size=remote.size,
            tqdm_class=progress.bar(),
        )
    progress.tell("checking")
    if digest(part, remote.checksum) != remote.checksum:
        part.unlink()
        raise ModelError(
            f"{remote.name} is not what the hub describes (wrong checksum) and was removed; "
            f"pull it again"
        )
    part.replace(folder / remote.name)


def _record(source: Source, remotes: list[Remote], folder: Path) -> None:
    """Write down what is here, and sweep out what unfinished files are left of older versions."""
    for part in folder.rglob("*.part"):
        part.unlink()
    record = {
        "repository": source.repository,
        "endpoint": constants.ENDPOINT,
        "commit": remotes[0].commit,
        "files": {remote.name: [remote.size, remote.checksum] for remote in remotes},
    }
    new = folder / f"{RECORD}.new"
    new.write_text(json.dumps(record, indent=2), encoding="utf-8")
    new.replace(folder / RECORD)


if __name__ == "__main__":
    constants.DOWNLOAD_CHUNK_SIZE = _PIECE
    try:
        main(json.loads(sys.argv[1]))
    except KeyboardInterrupt:  # the process that asked has been interrupted too, and tells of it
        sys.exit(130)
