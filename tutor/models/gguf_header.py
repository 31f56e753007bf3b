"""What the head of a GGUF file says about its model, read without loading it.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from corpus.errors import ModelError

# Type numbers of the format: how struct reads them.
_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
# Longer than any count of keys or length of a word of the vocabulary, shorter than a damaged one's.
_MOST = 1 << 32


@dataclass(frozen=True, slots=True)
class Header:
    """The figures that memory depends on.

    Attributes:
        name: of the model, "" if it has none.
        layers: transformer blocks.
        kv_width: floats that a token leaves in the cache, averaged over the layers.
        context: tokens that it was trained for.
    """

    name: str
    layers: int
    kv_width: int
    context: int


def read_header(file: Path) -> Header:
    """The header of a GGUF file (versions 2 and 3).

    Raises:
        ModelError: the file cannot be read, or its head is damaged.
    """
    try:
        with file.open("rb") as stream:
            return _header(_metadata(stream))
    except OSError as fault:
        raise ModelError(f"cannot read the model {file} ({fault.strerror})") from fault
    except (struct.error, KeyError, TypeError, ValueError, OverflowError) as fault:
        raise ModelError(f"{file.name} is a damaged GGUF model; fetch it again") from fault


def _metadata(stream: IO[bytes]) -> dict[str, Any]:
    magic, version, _, keys = struct.unpack("<4sIQQ", stream.read(24))
    if magic != b"GGUF" or version not in (2, 3) or keys > _MOST:
        raise ValueError(magic)
    return {_string(stream): _value(stream, *_read(stream, "<I")) for _ in range(keys)}


def _read(stream: IO[bytes], form: str) -> tuple[Any, ...]:
    return struct.unpack(form, stream.read(struct.calcsize(form)))


def _string(stream: IO[bytes]) -> str:
    (length,) = _read(stream, "<Q")
    if length > _MOST:
        raise ValueError(length)
    text = stream.read(length)
    if len(text) < length:
        raise ValueError(length)
    return text.decode("utf-8", errors="replace")


def _value(stream: IO[bytes], kind: int) -> Any:
    if kind == _STRING:
        return _string(stream)
    if kind == _ARRAY:
        inner, count = _read(stream, "<IQ")
        return [_value(stream, inner) for _ in range(count)]
    return _read(stream, _SCALARS[kind])[0]


def _header(found: dict[str, Any]) -> Header:
    family = found["general.architecture"]

    def figure(key: str, default: Any = None) -> Any:
        return found.get(f"{family}.{key}", default)

    layers, heads = int(figure("block_count")), figure("attention.head_count")
    # Some models have other heads in each layer; others have no key and value heads of their own.
    kv_heads = _mean(figure("attention.head_count_kv", heads))
    width = figure("embedding_length", 0) / max(_mean(heads), 1)
    key, value = figure("attention.key_length", width), figure("attention.value_length", width)
    return Header(
        name=str(found.get("general.name", "")),
        layers=layers,
        kv_width=round(kv_heads * (key + value)),
        context=int(figure("context_length", 0)),
    )


def _mean(heads: Any) -> float:
    return sum(heads) / max(len(heads), 1) if isinstance(heads, list) else float(heads or 0)
