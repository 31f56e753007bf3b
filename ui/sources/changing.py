"""The panes "Sources" and "Quality" at work: what a learner does there, as changes of the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index.search import Index
from tutor.answer import Tutor
from tutor.settings import Settings
from ui.asking.desk import Desk, DeskFull
from ui.panes import quality, sources_pane
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings
from ui.serving.rights import Rights
from ui.sources.sources_state import sources
from ui.sources.steps import Step, steps_html
from ui.sources.uploads import Given, Uploads

Allowed = Callable[[str | None], Rights]
"""The rights of a user; of everybody, without accounts, if None."""

# In the desk's line, like a learner.
_OWNER = "the sources"


class Changing:
    """Shows and changes what there is to search, for all pages of a server.

    Args:
        index: the tutor's own, of which only the encoder is used here (``ui.sources.indexing``).
        allowed: who may change what.
    """

    def __init__(
        self,
        settings: Settings,
        index: Index,
        desk: Desk,
        allowed: Allowed,
        strings: PaneStrings = ENGLISH_PANES,
    ) -> None:
        self._settings, self._desk = settings, desk
        self._encoder = index.encoder
        self._strings, self.allowed = strings, allowed
        self._uploads = Uploads(settings, index.encoder, self._reopen, strings)

    def pane(self, user: str | None) -> str:
        """What is indexed, as it stands now."""
        # Opened anew: the tutor's own index belongs to the desk's thread.
        index = Index(self._settings.index, self._encoder)
        return sources_pane.pane(sources(index, self._settings), self._strings, self.allowed(user))

    def figures(self) -> str:
        """The last evaluation's figures."""
        return quality.pane(self._settings.home, self._strings)

    def add(self, files: Sequence[Given], user: str | None) -> Iterator[dict[str, Any]]:
        """Add files to the own documents; the copies that the browser sent are deleted."""
        try:
            yield from self._told(self._uploads.add_files(files, self.allowed(user)), user)
        finally:
            for file, _ in files:
                Path(file).unlink(missing_ok=True)

    def remove(self, key: str, user: str | None) -> Iterator[dict[str, Any]]:
        """Delete an own document."""
        return self._told(self._uploads.remove(key, self.allowed(user)), user)

    def fetch(self, value: str, user: str | None) -> Iterator[dict[str, Any]]:
        """Fetch a reference, or those of a station."""
        return self._told(self._uploads.fetch(value, self.allowed(user)), user)

    def index_waiting(self, user: str | None) -> Iterator[dict[str, Any]]:
        """Index what is kept and not indexed yet."""
        return self._told(self._uploads.index_waiting(self.allowed(user)), user)

    def _told(self, work: Iterator[Step], user: str | None) -> Iterator[dict[str, Any]]:
        steps: list[Step] = []
        for step in work:
            steps.append(step)
            yield {"steps": steps_html(steps, self._strings)}
        yield {"sources": self.pane(user)}

    def _reopen(self) -> None:
        """Let the tutor answer from the newest index after the questions that wait."""

        def job(tutor: Tutor) -> Iterator[None]:
            tutor.reopen(tutor.index.renewed())
            return iter(())

        while True:
            try:
                for _ in self._desk.ask(_OWNER, job):
                    pass
            except DeskFull as full:
                time.sleep(full.retry_after)
            else:
                return
