"""Every error that the tutor raises on purpose.

    TutorError
    ├── CorpusError            the curriculum or a document cannot be read
    │   └── CurriculumError    …with the file and the line at fault
    ├── SearchIndexError       the index cannot answer
    │   ├── IndexMissing       nothing has been built yet
    │   ├── IndexStale         built from other documents or another chunker
    │   ├── IndexForeign       built with another embedding model
    │   ├── IndexDamaged       half-written or corrupt
    │   └── IndexLocked        another process is building it
    ├── ModelError             a model is missing, corrupt or refuses to load
    ├── HomeError              the home folder is not writable or is full
    ├── SettingsError          an unknown or impossible setting
    └── UsageError             a question that cannot be taken as one

The message of each is one line that says what happened and what to do next.
"""

from __future__ import annotations

from pathlib import Path


class TutorError(Exception):
    """Base of all errors meant for the person at the keyboard: one line, with what to do."""


class CorpusError(TutorError):
    """A document of the corpus cannot be read."""


class CurriculumError(CorpusError):
    """The bundled curriculum breaks one of its own rules.

    Args:
        file: the file at fault.
        line: 1-based line in that file.
        problem: what is wrong, and what would be right.
    """

    def __init__(self, file: Path, line: int, problem: str) -> None:
        self.file, self.line, self.problem = file, line, problem
        super().__init__(f"{file.name}:{line}: {problem}")


class SearchIndexError(TutorError):
    """The index cannot answer."""


class IndexMissing(SearchIndexError):
    """No index has been built in this home."""


class IndexStale(SearchIndexError):
    """The documents or the chunker have changed since the index was built."""


class IndexForeign(SearchIndexError):
    """The index holds vectors of another embedding model."""


class IndexDamaged(SearchIndexError):
    """The index on disk is half-written or corrupt."""


class IndexLocked(SearchIndexError):
    """Another process is writing the index."""


class ModelError(TutorError):
    """A model file is missing, corrupt, or cannot be loaded."""


class HomeError(TutorError):
    """The home folder cannot be written."""


class SettingsError(TutorError):
    """A setting is unknown or has an impossible value."""


class UsageError(TutorError):
    """The input cannot be taken as a question."""
