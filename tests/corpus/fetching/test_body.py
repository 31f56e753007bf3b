"""Bodies within their limits."""

import asyncio
import gzip
import tracemalloc
import zlib

import httpx
import pytest

from corpus.fetching import FetchError, TooLarge
from corpus.fetching.body import Limits, read_body

ROOMY = Limits(10_000_000, 10_000_000)
TEXT = b"A retriever finds passages. " * 2_000


class Pieces(httpx.AsyncByteStream):
    """A body that counts what is taken of it."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.taken = 0

    async def __aiter__(self):
        for piece in self.pieces:
            self.taken += len(piece)
            yield piece


def cut(data, size=1000):
    return [data[start : start + size] for start in range(0, len(data), size)]


def read(pieces, limits=ROOMY, **headers):
    stream = pieces if isinstance(pieces, Pieces) else Pieces(pieces)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(200, headers=named, stream=stream)
    return asyncio.run(read_body(response, limits))


def bare(data):
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (gzip.compress(TEXT[:500]) + gzip.compress(TEXT[500:]), "gzip"),
        (gzip.compress(TEXT) + b"\0" * 100, "gzip"),  # padded, as tape drives do
        (zlib.compress(TEXT), "deflate"),
        (bare(TEXT), "deflate"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000, 10**6])
def test_unpacked_whatever_the_pieces(packed, encoding, size):
    assert read(cut(packed, size), content_encoding=encoding) == TEXT


def test_empty_body():
    assert read([], content_encoding="gzip") == b""


def test_a_bomb_is_never_unpacked_beyond_its_limit():
    """64 MB of zeros, 64 kB on the wire."""
    squeeze = zlib.compressobj(9, wbits=31)
    wire = b"".join(squeeze.compress(b"\0" * (1 << 20)) for _ in range(64)) + squeeze.flush()
    stream = Pieces(cut(wire, 16384))
    tracemalloc.start()
    with pytest.raises(TooLarge, match="larger than 5 MB unpacked"):
        read(stream, Limits(20_000_000, 5_000_000), content_encoding="gzip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000
    assert stream.taken <= 16384


def test_wire_limit_without_an_announced_length():
    stream = Pieces([b"x" * 1000] * 100)
    with pytest.raises(TooLarge, match=r"larger than 0\.005 MB: broken off"):
        read(stream, Limits(5_000, 10_000))
    assert stream.taken <= 6_000


def test_announced_length_above_the_limit_is_not_read():
    stream = Pieces([b"x" * 10_000])
    with pytest.raises(TooLarge, match="not read"):
        read(stream, Limits(5_000, 10_000), content_length="10000")
    assert stream.taken == 0


def test_cut_instead_of_refused():
    assert read(cut(TEXT), Limits(5_500, 10**6, cut=True)) == TEXT[:5_000]
    assert read(cut(TEXT, 10**6), Limits(10**6, 700, cut=True)) == TEXT[:700]
    packed = cut(gzip.compress(TEXT), 64)
    assert TEXT.startswith(read(packed, Limits(128, 10**6, cut=True), content_encoding="gzip"))


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress(TEXT)[:-20], "gzip"),
        (b"plain", "gzip"),
        (zlib.compress(TEXT)[:50], "deflate"),
    ],
)
def test_damaged_body_is_no_page(packed, encoding):
    with pytest.raises(FetchError, match="the page came damaged"):
        read(cut(packed), content_encoding=encoding)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
def test_packing_that_was_not_asked_for(encoding):
    with pytest.raises(FetchError, match="not asked for") as caught:
        read([b"x"], content_encoding=encoding)
    assert caught.value.outcome == "unsupported"
