"""Real parts for all tests: the bundled models, a real Chroma, one index built per session.

``TUTOR_TEST_HOME`` names a home to use instead of a fresh one, to save the minute of building
while writing tests.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus import Curriculum
from corpus.loader import load_curriculum
from index.encoder import Encoder, load_encoder
from index.search import Index
from tutor.answer import Tutor
from tutor.app import build, open_index, open_tutor, private
from tutor.mentions import Gazetteer
from tutor.settings import Settings, load_settings

SHARED = Path(__file__).parent.parent.parent / "shared"
# Taken out of the environment: to the tutor it would be an unknown setting.
GIVEN_HOME = os.environ.pop("TUTOR_TEST_HOME", None)


@pytest.fixture(scope="session", autouse=True)
def _private() -> None:
    private()


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("TUTOR_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with exported models and a built index; tests do not change it."""
    folder = Path(GIVEN_HOME) if GIVEN_HOME else tmp_path_factory.mktemp("home")
    build(load_settings(home=folder))
    return folder


@pytest.fixture(scope="session")
def settings(home: Path) -> Settings:
    return load_settings(home=home)


@pytest.fixture(scope="session")
def curriculum() -> Curriculum:
    return load_curriculum()


@pytest.fixture(scope="session")
def encoder(settings: Settings) -> Encoder:
    return load_encoder(settings.embedding_model, settings.models)


@pytest.fixture(scope="session")
def index(settings: Settings) -> Index:
    return open_index(settings)


@pytest.fixture(scope="session")
def tutor(settings: Settings) -> Tutor:
    """The tutor with the bundled language model."""
    return open_tutor(settings)


@pytest.fixture(scope="session")
def quoting(index: Index, settings: Settings) -> Tutor:
    """A tutor that answers by quotation alone: fast, and enough where writing is not the point."""
    return Tutor(index, settings, None)


@pytest.fixture(scope="session")
def names(index: Index) -> Gazetteer:
    return Gazetteer(index.catalogue)


@pytest.fixture(scope="session")
def seeds() -> Path:
    folder = SHARED / "seeds"
    if not folder.is_dir():
        pytest.skip("the five source documents are not here (../shared/seeds)")
    return folder
