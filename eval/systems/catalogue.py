"""Every system that can be measured, by its name."""

from __future__ import annotations

from collections.abc import Callable

from corpus.errors import UsageError
from eval.systems.bare import open_bare
from eval.systems.damaged import DAMAGED
from eval.systems.starter import open_starter
from eval.systems.system import System
from eval.systems.tutor import open_tutor_system
from tutor.app import Say
from tutor.settings import Settings

# In the order in which they stand in tables.
SYSTEMS: dict[str, Callable[[Settings, Say], System]] = {
    "tutor": open_tutor_system,
    "starter": open_starter,
    "bare": lambda settings, say: open_bare(settings),
    **DAMAGED,
}


def open_system(name: str, settings: Settings, say: Say = lambda line: None) -> System:
    """A system with the models and documents of some settings; close it after use.

    Args:
        say: told in a line what takes long: an index that is built first.

    Raises:
        UsageError: there is no such system.
        TutorError: one of its parts cannot be used.
    """
    if name not in SYSTEMS:
        raise UsageError(f"there is no system {name!r}; there are: {', '.join(SYSTEMS)}")
    return SYSTEMS[name](settings, say)
