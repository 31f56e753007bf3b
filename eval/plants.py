"""A home in which an attacker has got documents into the learner's own ones.

Its index holds the curriculum and every planted document of the attacks, so that each attack also
meets the plants of the others. It stands beside the runs and takes over the index and the models of
the home, so that only the plants are encoded.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.errors import TutorError
from eval.golden import Plant, Question
from tutor.settings import Settings
from tutor.sources import add_files


class PlantError(TutorError):
    """A planted document cannot be read: the attack would not take place."""


def planted(settings: Settings, questions: Iterable[Question]) -> Settings:
    """Settings of a home that holds the plants of these questions; built if it is not there.

    Raises:
        PlantError: a plant cannot be read.
    """
    plants = [question.plant for question in questions if question.plant]
    home = settings.home / "eval" / "planted" / _digest(plants)
    inside = settings.model_copy(update={"home": home})
    if not (home / "ready").exists():
        shutil.rmtree(home, ignore_errors=True)
        _take_over(settings, home)
        _plant(inside, plants)
        (home / "ready").touch()
    return inside


def _take_over(settings: Settings, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "models").symlink_to(settings.models.resolve(), target_is_directory=True)
    if settings.index.exists():
        shutil.copytree(settings.index, home / "index", ignore=shutil.ignore_patterns("lock*"))


def _plant(settings: Settings, plants: Sequence[Plant]) -> None:
    folder = settings.home / "plants"
    folder.mkdir()
    for number, plant in enumerate(plants, 1):
        # Attacks may give their plants the same name.
        (folder / f"{number:02d}-{plant.name}").write_text(plant.text, encoding="utf-8")
    outcome = add_files(settings, [str(folder)])
    unread = [entry for entry in outcome.entries if entry.state == "unreadable"]
    if unread or outcome.asked != len(plants):
        raise PlantError(f"{len(unread)} of {len(plants)} planted documents cannot be read")


def _digest(plants: Sequence[Plant]) -> str:
    return hashlib.sha256(repr(plants).encode()).hexdigest()[:12]
