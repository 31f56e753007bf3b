"""Bodies, read as they come and never beyond their limits.

httpx unpacks a piece of the wire as a whole, and 64 kB of zeros packed are 64 MB unpacked: so
unpacking is done here, with a limit on what one step may yield.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from corpus.fetching.records import FetchError, TooLarge

if TYPE_CHECKING:
    import httpx

ACCEPTED = "gzip, deflate"

_STEP = 1 << 20  # most bytes that one step of unpacking yields
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's names for the wrappings, as window bits
_GZIP_START = b"\x1f"


class Limits(NamedTuple):
    """Most bytes of one body.

    Attributes:
        cut: whether a longer body is cut there; otherwise it is too large.
    """

    wire: int
    unpacked: int
    cut: bool = False


async def read_body(response: httpx.Response, limits: Limits) -> bytes:
    """The body of a response, unpacked.

    Raises:
        TooLarge: longer than a limit, announced or found.
        FetchError: packed in a way that was not asked for, or damaged.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    announced = response.headers.get("content-length", "")
    if not limits.cut and announced.isdecimal() and float(announced) > limits.wire:
        raise TooLarge(f"larger than {_megabytes(limits.wire)}: not read")
    body = BytesIO()
    unpack = _unpacker(encoding)
    try:
        async for piece in _bounded(response, limits):
            for part in unpack.feed(piece):
                room = limits.unpacked - body.tell()
                if len(part) > room:
                    if not limits.cut:
                        raise TooLarge(
                            f"larger than {_megabytes(limits.unpacked)} unpacked: left out"
                        )
                    body.write(part[:room])
                    return body.getvalue()
                body.write(part)
        unpack.end(cut=limits.cut)
    except zlib.error as error:
        raise FetchError("unreachable", f"the page came damaged ({error}): try again") from error
    return body.getvalue()


async def _bounded(response: httpx.Response, limits: Limits) -> AsyncIterator[bytes]:
    """Pieces of the wire, up to the limit."""
    taken = 0
    async for piece in response.aiter_raw():
        taken += len(piece)
        if taken > limits.wire:
            if limits.cut:
                return
            raise TooLarge(f"larger than {_megabytes(limits.wire)}: broken off")
        yield piece


def _unpacker(encoding: str) -> _Plain | _Packed:
    if encoding in ("", "identity"):
        return _Plain()
    if encoding in ("gzip", "x-gzip"):
        return _Packed(gzip=True)
    if encoding == "deflate":
        return _Packed(gzip=False)
    raise FetchError("unsupported", f"packed as {encoding[:40]!r}, which was not asked for")


class _Plain:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece

    def end(self, cut: bool) -> None:
        pass


class _Packed:
    """gzip (one member after another, RFC 1952, 2.2) or deflate, with or without zlib's header."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._zlib: zlib._Decompress | None = None
        self._begun = False
        self._done = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        while not self._done:
            if self._zlib is None:
                if not self._begins(piece):
                    return
                self._zlib = zlib.decompressobj(_GZIP if self._gzip else _deflate_wrapping(piece))
            part = self._zlib.decompress(piece, _STEP)
            piece = self._zlib.unconsumed_tail
            if part:
                yield part
            if self._zlib.eof:
                piece = self._zlib.unused_data
                self._zlib = None
            elif not part:  # nothing is left inside zlib, which stops at each step's limit
                return

    def end(self, cut: bool) -> None:
        if self._zlib is not None and not cut:
            raise zlib.error("it ends too early")

    def _begins(self, piece: bytes) -> bool:
        """Whether a member begins here; after the first, anything else than one is padding."""
        if piece and self._begun:
            self._done = not (self._gzip and piece[:1] == _GZIP_START)
        self._begun |= bool(piece)
        return bool(piece) and not self._done


def _deflate_wrapping(start: bytes) -> int:
    """ "deflate" should come in zlib's wrapping (RFC 1950), and often comes bare (RFC 1951)."""
    whole = len(start) > 1  # the header's two bytes; one of them tells nearly as much
    wrapped = start[0] & 0x0F == 8 and (not whole or int.from_bytes(start[:2]) % 31 == 0)
    return _ZLIB if wrapped else _RAW


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB"
