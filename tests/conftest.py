"""Real parts for all tests: the bundled models, a real Chroma, one index built per session.

Beside them what several rooms need: processes of their own, a full disk, the offline mirror.

``TUTOR_TEST_HOME`` names a home to use instead of a fresh one, to save the minute of building
while writing tests.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from corpus import Curriculum
from corpus.loader import load_curriculum
from index.encoder import Encoder, load_encoder
from index.search import Index
from tutor.answer import Tutor
from tutor.app import build, open_index, open_tutor, private
from tutor.mentions import Gazetteer
from tutor.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
# Taken out of the environment: to the tutor it would be an unknown setting.
GIVEN_HOME = os.environ.pop("TUTOR_TEST_HOME", None)
# Before any test module is imported: huggingface_hub reads the environment when it is.
private()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests among processes a file at a time, those that run llama.cpp all in one.

    Two processes with llama.cpp wait for each other by spinning (docs/log.md, "Tests"). The groups
    of pytest-xdist 3.8 (``--dist loadgroup``) do nothing with pytest 9.2, which keeps the ids that
    they would be written into.
    """
    from xdist.scheduler import LoadFileScheduling

    class OneModelAtATime(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", maxsplit=1)[0]
            return "language model" if _runs_a_model(config.rootpath / file) else file

    return OneModelAtATime(config, log)


@lru_cache
def _runs_a_model(file: Path) -> bool:
    return "pytestmark = pytest.mark.language_model" in file.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings of whoever runs it."""
    for name in [name for name in os.environ if name.startswith("TUTOR_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with exported models and a built index; tests do not change it.

    Processes that run tests side by side share one: the first builds, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    together = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = Path(GIVEN_HOME) if GIVEN_HOME else together / "home"
    with FileLock(together / "home.lock"):
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


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a Python script in a process of its own; what still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def run(script: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def files_end_at() -> Callable[[int], AbstractContextManager[None]]:
    """A real full disk, near enough: while it lasts the system refuses to let a file grow."""

    @contextmanager
    def limit(size: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limit


@dataclass(frozen=True)
class Replay:
    """The server of the offline mirror.

    Attributes:
        template: with ``{url}``, as the fetcher takes it.
        folder: what it serves from.
        manifest: its pages and bad cases.
    """

    template: str
    folder: Path
    manifest: dict[str, Any]

    def log(self) -> list[dict[str, Any]]:
        """What it was asked for, robots.txt left out, in order."""
        with urllib.request.urlopen(self.template.replace("/replay/{url}", "/log")) as answer:
            asked = json.load(answer)
        return [entry for entry in asked if not entry["url"].endswith("/robots.txt")]


Replaying = Callable[[], AbstractContextManager[Replay]]


@pytest.fixture(scope="session")
def replaying() -> Replaying:
    """Starts a server of the offline mirror, which runs until the block ends."""
    folder = SHARED / "references"
    if not folder.is_dir():
        pytest.skip("the mirror of the references is not here (../shared/references)")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))

    @contextmanager
    def serve() -> Iterator[Replay]:
        command = [sys.executable, str(folder / "serve.py"), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                yield Replay(server.stdout.readline().strip(), folder, manifest)
            finally:
                server.terminate()

    return serve
