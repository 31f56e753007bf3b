"""The one who writes the library and the index for the page, and waits for other programs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial

from corpus import Curriculum
from corpus.errors import CorpusError, IndexLocked, TutorError
from corpus.library.library import Library
from corpus.loader import curriculum_digest, load_curriculum
from index.build import build_index
from index.encoder import Encoder
from tutor.app import source_documents, sources_digest
from tutor.settings import Settings
from tutor.sources import open_library
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings
from ui.sources.steps import Tell, Turns

# Another program's build takes about a minute at most; its fetching may take longer.
PATIENCE = 90.0
_PAUSE = 0.5


@dataclass
class Indexer:
    """Writes one change after the other.

    Attributes:
        encoder: the tutor's own: the bundled one may be used by two threads.
        reopen: called when a new version of the index is there.
        patience: seconds to wait for another program.
    """

    settings: Settings
    encoder: Encoder
    reopen: Callable[[], object]
    strings: PaneStrings = ENGLISH_PANES
    patience: float = PATIENCE
    _turns: Turns = field(default_factory=Turns)

    @cached_property
    def curriculum(self) -> Curriculum:
        """The curriculum, which takes a second to load and does not change while we run."""
        return load_curriculum()

    def turn(self, tell: Tell) -> AbstractContextManager[None]:
        """The turn to change something, one after the other."""
        return self._turns.turn(tell, self.strings.index, self.strings.waiting_turn)

    @contextmanager
    def library(self, tell: Tell) -> Iterator[Library]:
        """The library, held until the block ends.

        Raises:
            CorpusError: another program has held it for too long, or it is damaged.
        """
        library = open_library(self.settings)
        try:
            with ExitStack() as held:

                def hold() -> None:
                    held.enter_context(library.lock())

                self._patiently(hold, CorpusError, tell)
                yield library
        finally:
            library.close()

    def index(self, tell: Tell) -> None:
        """Index what has changed, and reopen; what cannot be indexed now stays, and waits."""
        began = time.monotonic()
        tell(self.strings.index, self.strings.indexing)
        try:
            self._patiently(partial(self._build, tell), IndexLocked, tell)
            self.reopen()
        except TutorError as fault:
            tell(self.strings.index, self.strings.not_indexed.format(fault=fault), "failed")
            return
        took = f"{time.monotonic() - began:.1f}"
        tell(self.strings.index, self.strings.indexed.format(seconds=took), "done")

    def _build(self, tell: Tell) -> None:
        def report(stage: str, done: int, total: int) -> None:
            if stage == "encoding" and total:
                tell(self.strings.index, self.strings.encoding.format(done=done, total=total))

        build_index(
            self.settings.index,
            self.curriculum,
            self.encoder,
            source_documents(self.settings, self.curriculum),
            corpus_digest=curriculum_digest(),
            sources_digest=sources_digest(self.settings),
            report=report,
        )

    def _patiently(self, work: Callable[[], None], busy: type[TutorError], tell: Tell) -> None:
        """Try again while another program is at it. Raises its error when patience ends."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return work()
            except busy:
                if time.monotonic() > until:
                    raise
                tell(self.strings.index, self.strings.waiting_process)
                time.sleep(_PAUSE)
