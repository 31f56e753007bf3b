"""Pulling models from a hub, and where they lie.

The transfer runs in a process of its own (``tutor.models.fetch``): the tutor has the hub turned off
(``tutor.app.private``), and huggingface_hub reads that once, on import. So it stays off in here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corpus.errors import HomeError, ModelError
from tutor.models.catalogue import LanguageModel, Model

# Written last: a folder that has it is whole, and each file in it was checked against the hub.
RECORD = "pulled.json"
_ERRORS = {"ModelError": ModelError, "HomeError": HomeError}
_ONLINE = {
    "HF_HUB_OFFLINE": "0",
    # Plain transfers go on where they broke off; those of hf_xet begin anew.
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull has done.

    Attributes:
        folder: where the model lies.
        transferred: bytes that came over the network; 0 if all was there.
    """

    folder: Path
    transferred: int


def folder_of(model: Model, models: Path) -> Path:
    """Where a pulled model lies."""
    return models / model.name


def local_file(model: LanguageModel, models: Path) -> Path | None:
    """The model's GGUF file, whole and verified; None when it has not been pulled."""
    if model.bundled:
        from tutor.engines.gguf import bundled_file

        return bundled_file()
    folder = local_folder(model, models)
    return folder / model.file if folder else None


def local_folder(model: Model, models: Path) -> Path | None:
    """The folder of a pulled model, whole and verified; None when it has not been pulled."""
    folder = folder_of(model, models)
    try:
        names = json.loads((folder / RECORD).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder if all((folder / name).is_file() for name in names) else None


def pull(
    model: Model,
    models: Path,
    report: Report = lambda stage, done, total: None,
    again: bool = False,
) -> Pulled:
    """Fetch a model from the hub (``HF_ENDPOINT``, else huggingface.co) and verify it.

    What an interrupted pull has left is gone on with.

    Args:
        report: told the stage and how many bytes of how many are there.
        again: ask the hub for a newer version of one that is here.

    Raises:
        ModelError: bundled, not reachable, not there, or not what the hub describes.
        HomeError: the models' folder cannot be written or is full.
    """
    if model.bundled:
        raise ModelError(f"{model.name} is part of the tutor; there is nothing to pull")
    folder = folder_of(model, models)
    if not again and local_folder(model, models):
        return Pulled(folder, 0)
    order = {
        "name": model.name,
        "repository": model.repository,
        "revision": model.revision,
        "file": model.file if isinstance(model, LanguageModel) else "",
        "folder": str(folder.absolute()),
    }
    transferred = 0
    for message in _fetched(order):
        if "error" in message:
            raise _ERRORS[message["kind"]](message["error"])
        transferred = message["transferred"]
        report(f"{message['stage']} {model.name}", message["done"], message["total"])
    return Pulled(folder, transferred)


def _fetched(order: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """What the fetching process says, line by line.

    Raises:
        ModelError: it ended before it was done.
    """
    with tempfile.TemporaryFile("w+") as complaints, _process(order, complaints) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
        if process.wait() != 0:
            complaints.seek(0)
            last = complaints.read().strip().splitlines()[-1:] or ["no reason given"]
            raise ModelError(
                f"pulling broke off ({last[0][:160]}); go on with: tutor models pull "
                f"{order['name']}"
            )


@contextmanager
def _process(order: Mapping[str, str], complaints: IO[str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor.models.fetch", json.dumps(order)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, text=True,
        env={**os.environ, **_ONLINE}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.stdout:
            process.stdout.close()
        process.terminate()
        process.wait()
