"""The language models to choose from on the page, and taking another into use."""

from __future__ import annotations

from collections.abc import Iterator

from tutor.answer import Tutor
from tutor.engines.factory import lazy_engine
from tutor.models.choice import choose
from tutor.models.listing import listing
from tutor.models.memory import check_memory, free_memory
from tutor.settings import Settings
from ui.asking.desk import Desk


def names(settings: Settings) -> list[str]:
    """The language models that are here, the one of the settings among them."""
    rows = [r for r in listing(settings, "language") if r["state"] in ("bundled", "pulled")]
    here = [str(row["name"]) for row in rows]
    return here if settings.model in here else [*here, settings.model]


def take(name: str, owner: str, desk: Desk, settings: Settings) -> None:
    """Let another model write from the next question on, for everybody; waits its turn.

    Raises:
        TutorError: it is not here, needs more memory than is free, or the desk is full.
    """
    chosen = choose(name, settings, "language")
    if chosen.memory is not None:
        check_memory(chosen.name, chosen.memory, free_memory())
    changed = settings.model_copy(update={"model": chosen.value})
    engine = lazy_engine(changed)
    engine.check()

    def job(tutor: Tutor) -> Iterator[None]:
        # What else has been set since stays as it is.
        tutor.use(engine, tutor.settings.model_copy(update={"model": chosen.value}))
        return iter(())

    for _ in desk.ask(owner, job):
        pass
