"""Uploaded files into the library: read first, and kept only if they have text."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CorpusError
from corpus.library.ledger import Entry
from corpus.library.library import Library
from corpus.reading import Reading, UnreadableError
from corpus.reading.worker import Job, read_all
from tutor.settings import Settings
from tutor.sources import reading_limits
from ui.panes.pane_strings import PaneStrings
from ui.panes.sources_pane import size
from ui.sources.sources_state import upload_limits
from ui.sources.steps import Tell


@dataclass
class Keeper:
    """Keeps files of one upload.

    Attributes:
        library: held.
        station: to file them under, if any.
        kept: how many files it has kept.
    """

    library: Library
    settings: Settings
    station: int | None
    tell: Tell
    strings: PaneStrings
    kept: int = 0

    def keep(self, files: dict[str, Path]) -> int:
        """Read files, by the names to keep them under, side by side; returns how many were kept."""
        jobs = [Job(name, path, name=name) for name, path in files.items()]
        readable = [job for job in jobs if self._takes(job)]
        read_all(readable, reading_limits(self.settings), self._on_read)
        return self.kept

    def _takes(self, job: Job) -> bool:
        """Whether a file is there and not too large."""
        most = upload_limits(self.settings).size
        try:
            fits = job.file.stat().st_size <= most
        except OSError as fault:
            self._lost(job, fault)
            return False
        if fits:
            self.tell(job.name, self.strings.reading_file)
        else:
            self.tell(job.name, self.strings.too_large.format(size=size(most)), "failed")
        return fits

    def _on_read(self, job: Job, outcome: Reading | UnreadableError) -> None:
        if isinstance(outcome, UnreadableError):
            self.tell(job.name, str(outcome), "failed")
            return
        try:
            known = self._put(job, outcome)
        except OSError as fault:
            self._lost(job, fault)
        except CorpusError as fault:
            self.tell(job.name, str(fault), "failed")
        else:
            self.kept += 1
            self.tell(job.name, self._read_as(outcome, known), "done")

    def _lost(self, job: Job, fault: OSError) -> None:
        self.tell(job.name, self.strings.lost.format(fault=fault.strerror), "failed")

    def _put(self, job: Job, reading: Reading) -> Entry | None:
        """Take a file into the library; returns what was there under its name.

        Raises:
            OSError: it cannot be copied.
            HomeError: the disk is full.
        """
        # The library knows a file by its path, so it gets one that is the same for the same name.
        folder = self.settings.home.resolve() / "uploads"
        staged = folder / job.name
        known = self.library.ledger.get(str(staged))
        try:
            folder.mkdir(exist_ok=True)
            shutil.copyfile(job.file, staged)
            entry = self.library.add_file(staged, self.station)
        finally:
            staged.unlink(missing_ok=True)  # the library has its own copy
        self.library.note_reading(entry, reading)
        return known

    def _read_as(self, reading: Reading, known: Entry | None) -> str:
        kind = self.strings.formats.get(reading.format, reading.format)
        note = "; ".join(filter(None, (self.strings.cut * reading.truncated, reading.note)))
        if note:
            return self.strings.kept_in_part.format(kind=kind, note=note)
        return (self.strings.replaced if known else self.strings.kept).format(kind=kind)
