"""How much memory a model needs, and how much there is."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

from corpus.errors import ModelError
from tutor.models.catalogue import LanguageModel, Model
from tutor.models.gguf_header import read_header

_HALF = 2  # bytes of a float in llama.cpp's KV cache, 16 bits
# The tutor beside its language model: with the bundled one the whole peaks at 0.6 GB, of which that
# one's file and cache at 2,048 tokens are 0.19 GB (docs/log.md, "Memory").
_TUTOR = 400_000_000
# llama.cpp's buffers of activations grow with the model. With SmolLM2-135M (145 MB as Q8_0) they
# took 45 MB; of larger ones none could be measured here, so this leaves room.
_BUFFERS = 0.1
# A sentence-transformers model takes its weights as float32, and torch itself 0.5 GB
# (index/encoder.py); the activations of a batch are small beside that.
_TORCH = 500_000_000
_FLOAT = 4


def language_memory(size: int, layers: int, kv_width: int, context: int) -> int:
    """Bytes that the tutor needs with a language model.

    The KV cache holds ``kv_width`` floats a layer and token; the file is mapped into memory whole.

    Args:
        size: of the file, in bytes.
        layers, kv_width: as in ``LanguageModel``.
        context: tokens of prompt and answer.
    """
    return round(size * (1 + _BUFFERS) + layers * kv_width * _HALF * context + _TUTOR)


def file_memory(file: Path, context: int) -> int:
    """Bytes that the tutor needs with the model in a GGUF file.

    Raises:
        ModelError: the file cannot be read.
    """
    header = read_header(file)
    return language_memory(file.stat().st_size, header.layers, header.kv_width, context)


def memory_of(model: Model, context: int) -> int:
    """Bytes that the tutor needs with a model of the catalogue, before it is pulled."""
    if isinstance(model, LanguageModel):
        fitting = min(context, model.context)
        return language_memory(model.size, model.layers, model.kv_width, fitting)
    if model.bundled:
        return _TUTOR
    return round(model.parameters * 1e6 * _FLOAT) + _TORCH + _TUTOR


def folder_memory(folder: Path) -> int:
    """Bytes that the tutor needs with the sentence-transformers model in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*.safetensors")) + _TORCH + _TUTOR


def free_memory() -> int | None:
    """Bytes that a process may still take without swapping; None where the system does not say.

    Within a container, no more than its limit leaves (cgroup v2).
    """
    free = _windows() if sys.platform == "win32" else _meminfo() or _pages()
    left = _cgroup()
    return min(free, left) if free is not None and left is not None else free


def check_memory(name: str, needed: int, free: int | None) -> None:
    """Refuse what does not fit.

    Args:
        free: as ``free_memory`` tells it; with None nothing is refused.

    Raises:
        ModelError: less is free than is needed.
    """
    if free is not None and needed > free:
        raise ModelError(
            f"{name} needs about {needed / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are free; "
            f"close something, lower context_tokens, or choose a smaller model: tutor models list"
        )


def _meminfo() -> int | None:
    """Linux: free, and what is cached and can be dropped (proc_meminfo(5), MemAvailable)."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((1024 * int(x.split()[1]) for x in lines if x.startswith("MemAvailable")), None)


def _cgroup() -> int | None:
    folder = Path("/sys/fs/cgroup")
    try:
        most = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        cached = _field(folder / "memory.stat", "inactive_file")
    except (OSError, ValueError):
        return None
    return None if most == "max" else max(int(most) - used + cached, 0)


def _field(file: Path, name: str) -> int:
    lines = file.read_text(encoding="ascii").splitlines()
    return next((int(x.split()[1]) for x in lines if x.startswith(f"{name} ")), 0)


def _pages() -> int | None:
    """Other Unixes tell only what is built in: half of it is taken as free."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return None


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("dwLength", ctypes.c_ulong), ("dwMemoryLoad", ctypes.c_ulong),
        ("ullTotalPhys", ctypes.c_ulonglong), ("ullAvailPhys", ctypes.c_ulonglong),
        ("ullTotalPageFile", ctypes.c_ulonglong), ("ullAvailPageFile", ctypes.c_ulonglong),
        ("ullTotalVirtual", ctypes.c_ulonglong), ("ullAvailVirtual", ctypes.c_ulonglong),
        ("ullAvailExtendedVirtual", ctypes.c_ulonglong),
    )  # fmt: skip


def _windows() -> int | None:
    kernel = getattr(ctypes, "windll", None)
    status = _MemoryStatus(dwLength=ctypes.sizeof(_MemoryStatus))
    if kernel is None or not kernel.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.ullAvailPhys)
