"""What Word and PowerPoint files have in common: a zip of XML parts, checked before opening."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from corpus.reading.blocks import UnreadableError

UNPACKED = 100 * 1024 * 1024  # bytes, all parts together
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB] 2.2: old formats, and encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] 2.3.4.4
_NEARLY_WHITE = 0xF2

Document = TypeVar("Document")


def opened(data: bytes, format_: str, open_: Callable[[io.BytesIO], Document]) -> Document:
    """Open a DOCX or PPTX.

    Args:
        format_: its name for people, "DOCX" or "PPTX".
        open_: the library's function.

    Raises:
        UnreadableError: encrypted, an old format, larger than UNPACKED when unpacked, or damaged.
    """
    from lxml import etree

    _check(data, format_)
    try:
        return open_(io.BytesIO(data))
    except ValueError as error:  # a package of another kind: a workbook, a template
        raise UnreadableError(
            "unsupported", f"The file is not a plain {format_}: save it as {format_} and add that."
        ) from error
    except (
        KeyError, AttributeError, OSError, EOFError, RuntimeError, NotImplementedError,
        struct.error, zlib.error, zipfile.BadZipFile, etree.LxmlError,
    ) as error:  # fmt: skip
        raise damaged(format_) from error


@contextmanager
def guarded(format_: str) -> Iterator[None]:
    """While the parts are taken apart: what they lack or twist is damage too."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(format_) from error


def damaged(format_: str) -> UnreadableError:
    """The error for a file that cannot be taken apart."""
    return UnreadableError(
        "damaged", f"The {format_} is damaged and cannot be opened: save or download it again."
    )


def _check(data: bytes, format_: str) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableError(
                "encrypted",
                f"The {format_} is protected by a password: save a copy without one and add that.",
            )
        raise UnreadableError(
            "unsupported", f"The file has Office's old format: save it as {format_} and add that."
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            # What a part says of its length bounds what is read of it (zipfile.ZipExtFile).
            unpacked = sum(part.file_size for part in package.infolist())
    except (zipfile.BadZipFile, OSError, struct.error, ValueError) as error:
        raise damaged(format_) from error
    if unpacked > UNPACKED:
        raise UnreadableError(
            "unsupported",
            f"The {format_} unpacks to more than {UNPACKED // 1024**2} MB: "
            "take out its pictures or split it.",
        )


def nearly_white(colour: str | None) -> bool:
    """Whether a colour in hexadecimal digits ("FFFFFF") does not show on white."""
    try:
        return colour is not None and min(bytes.fromhex(colour)) >= _NEARLY_WHITE
    except ValueError:
        return False
