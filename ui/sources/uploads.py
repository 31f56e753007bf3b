"""What the buttons of the pane "Sources" do: add and delete own documents, fetch references.

::

    file ─► read, in a worker ─► library ─► index: only what is new is encoded ─► reopen

Each is a generator of steps (``ui.sources.steps``). One changes the sources and the index at a
time, the others wait in line; other programs that do, such as ``tutor sources add``, are waited
for. A file that cannot be read is told, and leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from corpus import Curriculum
from corpus.errors import UsageError
from corpus.library.library import by_address
from index.encoder import Encoder
from tutor.settings import Settings
from tutor.sources import check_station, fetch_sources, open_library, reading_limits
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings
from ui.serving.rights import Rights
from ui.sources.filenames import file_names
from ui.sources.indexing import PATIENCE, Indexer
from ui.sources.keeping import Keeper
from ui.sources.sources_state import source_key, upload_limits
from ui.sources.steps import Step, Tell, told

__all__ = ["Step", "Uploads"]

# Fetched in one turn: as many hosts as are asked at once. Then others have theirs.
_FETCHED_AT_ONCE = 8

Given = tuple[Path | str, str]


class Uploads:
    """Changes of the sources, for all pages of a server.

    Args:
        encoder: the tutor's own.
        reopen: lets the tutor answer from the newest version of the index; questions under way go
            on with theirs.
        curriculum: the package's by default.
        patience: seconds to wait for another program that changes the sources.
    """

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder,
        reopen: Callable[[], object],
        strings: PaneStrings = ENGLISH_PANES,
        curriculum: Curriculum | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._settings, self._strings = settings, strings
        self._indexer = Indexer(settings, encoder, reopen, strings, patience)
        if curriculum is not None:
            self._indexer.curriculum = curriculum

    def add_files(
        self, files: Sequence[Given], rights: Rights, station: int | None = None
    ) -> Iterator[Step]:
        """Add files to the own documents, and make them searchable.

        Args:
            files: each where it is now, and as it was called.
            station: to file them under, if any.
        """
        return told(partial(self._add, files, rights, station), self._strings.upload)

    def remove(self, key: str, rights: Rights) -> Iterator[Step]:
        """Delete an own document by its key."""
        return told(partial(self._remove, key, rights), self._strings.remove)

    def fetch(self, value: str, rights: Rights) -> Iterator[Step]:
        """Fetch a reference by its key, or those not asked for yet that "station 7" cites first.

        Pages are asked for politely (robots.txt, one a second from each host), and only those that
        the curriculum cites.
        """
        return told(partial(self._fetch, value, rights), self._strings.fetching)

    def index_waiting(self, rights: Rights) -> Iterator[Step]:
        """Index what an earlier upload, or another program, has left."""
        return told(partial(self._index_waiting, rights), self._strings.index)

    def _add(self, files: Sequence[Given], rights: Rights, station: int | None, tell: Tell) -> None:
        rights.check_change()
        if station is not None:
            check_station(self._indexer.curriculum, station)
        most = upload_limits(self._settings).files
        if len(files) > most:
            tell(self._strings.upload, self._strings.too_many.format(files=most), "failed")
        names = file_names([name for _, name in files[:most]])
        given = {name: Path(path) for name, (path, _) in zip(names, files, strict=False)}
        with self._indexer.turn(tell):
            with self._indexer.library(tell) as library:
                keeper = Keeper(library, self._settings, station, tell, self._strings)
                kept = keeper.keep(given)
            if kept:
                self._indexer.index(tell)

    def _remove(self, key: str, rights: Rights, tell: Tell) -> None:
        rights.check_change()
        with self._indexer.turn(tell):
            with self._indexer.library(tell) as library:
                mine = library.ledger.entries("mine")
                entry = next((e for e in mine if source_key(e.address) == key), None)
                if entry is None:
                    raise UsageError(self._strings.gone)
                library.remove(entry)
            tell(Path(entry.address).name, self._strings.removed, "done")
            if entry.readable:
                self._indexer.index(tell)

    def _index_waiting(self, rights: Rights, tell: Tell) -> None:
        rights.check_change()
        with self._indexer.turn(tell):
            with self._indexer.library(tell) as library:
                library.read_pending(reading_limits(self._settings))
            self._indexer.index(tell)

    def _fetch(self, value: str, rights: Rights, tell: Tell) -> None:
        rights.check_fetch()
        wanted = self._cited(value)
        if not wanted:
            raise UsageError(self._strings.unknown_reference)
        readable = 0
        for at in range(0, len(wanted), _FETCHED_AT_ONCE):
            with self._indexer.turn(tell):
                readable += self._fetch_some(wanted[at : at + _FETCHED_AT_ONCE], tell)
            done = min(at + _FETCHED_AT_ONCE, len(wanted))
            count = self._strings.fetched_count.format(done=done, total=len(wanted))
            tell(self._strings.fetching, count, "done" if done == len(wanted) else "under way")
        if readable:
            with self._indexer.turn(tell):
                self._indexer.index(tell)

    def _cited(self, value: str) -> list[str]:
        """Addresses of the references that a button names; none that the curriculum does not."""
        kind, _, number = value.partition(" ")
        cited = by_address(self._indexer.curriculum.references)
        if kind != "station":
            return [address for address in cited if source_key(address) == value]
        library = open_library(self._settings)
        try:
            known = {entry.address for entry in library.ledger.entries() if entry.checked}
        finally:
            library.close()
        return [
            address
            for address, group in cited.items()
            if address not in known
            and str(next((s for one in group for s in one.stations), "")) == number
        ]

    def _fetch_some(self, addresses: Sequence[str], tell: Tell) -> int:
        """Fetch and read pages; returns how many of them have text now."""
        cited = by_address(self._indexer.curriculum.references)
        titles = {address: cited[address][0].title for address in addresses}
        for title in titles.values():
            tell(title, self._strings.under_way)
        with self._indexer.library(tell):  # no other program has it
            pass
        outcome = fetch_sources(
            self._settings,
            addresses,
            named=addresses,
            index=False,
            on_entry=lambda entry: tell(titles[entry.address], entry.state),
        )
        for entry in outcome.entries:
            why = f"{entry.state}: {entry.reason}" if entry.reason else entry.state
            text = self._strings.fetched if entry.readable else why
            tell(titles[entry.address], text, "done" if entry.readable else "failed")
        return sum(entry.readable for entry in outcome.entries)
