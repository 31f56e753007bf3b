"""A home in which an attacker has got documents into the learner's own ones.

Its index holds the curriculum and every planted document of some attacks, so that each attack also
meets the plants of the others. It stands beside the runs and takes over the index and the models of
the home, so that only the plants are encoded. It is built anew when the home's index has changed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from corpus.errors import SearchIndexError, TutorError
from eval.golden import Plant, Question
from index.version import current_version, read_manifest
from tutor.app import build
from tutor.settings import Settings
from tutor.sources import add_files


class PlantError(TutorError):
    """A planted document cannot be read: the attack would not take place."""


def planted(settings: Settings, questions: Iterable[Question]) -> Settings:
    """Settings of a home that holds the plants of these questions; built if it is not there.

    Those of the home itself if the questions come without plants.

    Raises:
        PlantError: a plant cannot be read.
    """
    plants = [question.plant for question in questions if question.plant]
    if not plants:
        return settings
    home = settings.home / "eval" / "planted" / _digest(plants)
    # A gate of one's own stays where it is.
    gate = settings.gate if settings.gate_file is None else str(settings.gate_file)
    inside = settings.model_copy(update={"home": home, "gate": gate})
    ready, stamp = home / "ready", _stamp(settings)
    if not ready.exists() or ready.read_text(encoding="utf-8") != stamp:
        shutil.rmtree(home, ignore_errors=True)
        _take_over(settings, home)
        _plant(inside, plants)
        ready.write_text(stamp, encoding="utf-8")
    return inside


def _stamp(settings: Settings) -> str:
    """Changes with the index of the home."""
    version = _version(settings)
    built = read_manifest(version).fingerprint if version else ""
    return f"{settings.embedding_model} {built}"


def _take_over(settings: Settings, home: Path) -> None:
    home.mkdir(parents=True)
    settings.models.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(settings.models.resolve(), target_is_directory=True)
    if version := _version(settings):
        shutil.copytree(version, home / "index" / version.name)
        shutil.copy(settings.index / "current", home / "index")


def _version(settings: Settings) -> Path | None:
    """The version of the index that answers; None if it has to be built anew."""
    try:
        version = current_version(settings.index)
        read_manifest(version)
    except SearchIndexError:
        return None
    return version


def _plant(settings: Settings, plants: Sequence[Plant]) -> None:
    folder = settings.home / "plants"
    folder.mkdir()
    for number, plant in enumerate(plants, 1):
        # Attacks may give their plants the same name.
        (folder / f"{number:02d}-{plant.name}").write_text(plant.text, encoding="utf-8")
    outcome = add_files(settings, [str(folder)], index=False)
    for entry in outcome.entries:
        if not entry.readable:
            name = Path(entry.address).name
            raise PlantError(
                f"the planted document {name} cannot be read ({entry.reason}); mend its question"
            )
    build(settings)


def _digest(plants: Sequence[Plant]) -> str:
    return hashlib.sha256(repr(plants).encode()).hexdigest()[:12]
