"""The tutor in a process of its own, with a home and with nothing else set; or in this one."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.version import current_version
from tutor.cli.main import command_line, run
from tutor.settings import Settings


@dataclass(frozen=True)
class Result:
    """What a finished command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line on standard error; anything else there, a traceback above all, fails."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("tutor: "), self.err
        return lines[0].removeprefix("tutor: ")


class Shell:
    """Runs ``tutor`` with a home: ``shell("ask", "What is LoRA?", passages=3).out``.

    Keyword arguments are settings, given by the environment. Of the machine's own environment
    only PATH is passed on: what the test process has set to keep quiet (``tutor.app.private``)
    must not help the tutor.

    Attributes:
        prefix: a command that runs the tutor, as ``strace`` does.
    """

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder
        self.prefix: list[str] = []
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TUTOR_HOME": str(home),
        }

    def __call__(self, *arguments: str, stdin: str | bytes = b"", **settings: object) -> Result:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            self._command(arguments),
            input=given,
            capture_output=True,
            cwd=self.folder,
            env=self._environment(settings),
            timeout=900,
            check=False,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str, **settings: object) -> subprocess.Popen[bytes]:
        """A running process, to write to, to read from and to interrupt."""
        return subprocess.Popen(
            self._command(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=self.folder,
            env=self._environment(settings),
            # A test run in the background ignores SIGINT, and its children would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        return [*self.prefix, sys.executable, "-m", "tutor", *arguments]

    def _environment(self, settings: dict[str, object]) -> dict[str, str]:
        return {
            **self.environment,
            **{f"TUTOR_{name.upper()}": str(value) for name, value in settings.items()},
        }


@pytest.fixture(scope="session")
def new_shell(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path | None], Shell]:
    """Makes a shell in an empty folder; without a home given, its home is yet to be made."""

    def make(home: Path | None = None) -> Shell:
        folder = tmp_path_factory.mktemp("folder")
        return Shell(home or tmp_path_factory.mktemp("new") / "home", folder)

    return make


@pytest.fixture(scope="session")
def new_home(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes homes with the session's models and index (read only) and no conversations."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("home")
        for part in ("models", "index"):
            (folder / part).symlink_to(home / part)
        return folder

    return make


@pytest.fixture(scope="session")
def shell(new_home: Callable[[], Path], new_shell: Callable[[Path], Shell]) -> Shell:
    """For commands that leave nothing behind that another test could see."""
    return new_shell(new_home())


@pytest.fixture
def fresh_shell(new_home: Callable[[], Path], new_shell: Callable[[Path], Shell]) -> Shell:
    """With a built index and no conversations."""
    return new_shell(new_home())


@pytest.fixture
def index_shell(settings: Settings, tmp_path: Path, new_shell: Callable[[Path], Shell]) -> Shell:
    """With an index of its own, to damage: files are links to the session's, the rest copies."""
    original = current_version(settings.index)
    version = tmp_path / "index" / original.name
    version.mkdir(parents=True)
    for file in original.iterdir():
        if file.name in ("manifest.json", "texts.sqlite"):
            shutil.copy(file, version)
        else:
            (version / file.name).symlink_to(file)
    (tmp_path / "index" / "current").write_text(version.name)
    (tmp_path / "models").symlink_to(settings.models)
    return new_shell(tmp_path)


class Inside:
    """Runs commands in this process, which saves their start: called like a shell."""

    def __init__(
        self,
        home: Path,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.home, self.folder = home, folder
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, stdin: str = "", **settings: object) -> Result:
        command = command_line()
        with self._monkeypatch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            for name, value in {**settings, "home": self.home}.items():
                patch.setenv(f"TUTOR_{name.upper()}", str(value))
            with pytest.raises(SystemExit) as end:
                run(lambda: command.main(list(arguments), "tutor", standalone_mode=False))
        assert isinstance(end.value.code, int)
        return Result(end.value.code, *self._capsys.readouterr())

    def at(self, folder: Path) -> Inside:
        """The same home, from another folder."""
        return Inside(self.home, folder, self._monkeypatch, self._capsys)


@pytest.fixture
def inside(
    new_home: Callable[[], Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Inside:
    """With a home of its own, in an empty folder."""
    return Inside(new_home(), tmp_path, monkeypatch, capsys)
