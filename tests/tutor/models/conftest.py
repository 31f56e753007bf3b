"""A model hub on loopback, and settings with a home of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tutor.engines.gguf import bundled_file
from tutor.settings import Settings, load_settings

SCRIPT = Path(__file__).parents[2] / "hub.py"


class Hub:
    """Its files, its faults, and what it was asked.

    Attributes:
        folder: it serves ``OWNER/REPOSITORY/FILE`` of it.
        address: for ``HF_ENDPOINT``.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address

    def put(self, name: str, content: bytes) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def fails(self, **faults: Any) -> None:
        """Misbehave from now on, as ``tests/hub.py`` describes; without faults, no longer."""
        (self.folder / "faults.json").write_text(json.dumps(faults))

    def asked(self, method: str = "") -> list[dict[str, Any]]:
        log = self.folder / "log.jsonl"
        lines = log.read_text().splitlines() if log.exists() else []
        asked: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [one for one in asked if method in ("", one["method"])]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """An empty hub that ``HF_ENDPOINT`` names."""
    folder = tmp_path / "hub"
    folder.mkdir()
    command = [sys.executable, str(SCRIPT), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        monkeypatch.setenv("HF_ENDPOINT", address)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        try:
            yield Hub(folder, address)
        finally:
            server.terminate()


@pytest.fixture
def own(tmp_path: Path, settings: Settings) -> Settings:
    """Settings with a home of its own, in which the bundled models are ready."""
    (tmp_path / "home" / "models").mkdir(parents=True)
    for file in settings.models.iterdir():
        (tmp_path / "home" / "models" / file.name).symlink_to(file)
    return load_settings(home=tmp_path / "home", threads=1)


@pytest.fixture(scope="session")
def gguf() -> Path:
    """A real model in a file: the bundled one."""
    return bundled_file()
