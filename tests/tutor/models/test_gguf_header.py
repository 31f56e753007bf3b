"""The head of a GGUF file, by hand and of a real model."""

import struct

import pytest

from corpus.errors import ModelError
from tutor.models.gguf_header import read_header


def text(words):
    return struct.pack("<Q", len(words)) + words.encode()


def string(key, value):
    return text(key) + struct.pack("<I", 8) + text(value)


def number(key, value):
    return text(key) + struct.pack("<II", 4, value)


def numbers(key, values):
    return (
        text(key)
        + struct.pack("<IIQ", 9, 4, len(values))
        + struct.pack(f"<{len(values)}I", *values)
    )


def gguf(*entries, version=3):
    return b"GGUF" + struct.pack("<IQQ", version, 0, len(entries)) + b"".join(entries)


# Eight heads of 64 in 512 dimensions; two of them for keys and values.
SMALL = (
    string("general.architecture", "llama"),
    string("general.name", "Small"),
    number("llama.block_count", 4),
    number("llama.embedding_length", 512),
    number("llama.attention.head_count", 8),
    number("llama.attention.head_count_kv", 2),
    number("llama.context_length", 4096),
)


@pytest.fixture
def header(tmp_path):
    def read(content):
        file = tmp_path / "model.gguf"
        file.write_bytes(content)
        return read_header(file)

    return read


def test_the_bundled_model(gguf):
    found = read_header(gguf)
    # 3 heads of 64 for keys and values, each once.
    assert (found.layers, found.kv_width, found.context) == (30, 2 * 3 * 64, 8192)


def test_the_cache_follows_from_the_heads(header):
    found = header(gguf(*SMALL))
    assert (found.name, found.layers, found.kv_width, found.context) == ("Small", 4, 256, 4096)


def test_without_heads_of_their_own_keys_and_values_have_all(header):
    assert header(gguf(*SMALL[:5])).kv_width == 2 * 8 * 64


def test_heads_can_differ_by_layer(header):
    differing = numbers("llama.attention.head_count_kv", [2, 0, 4, 2])
    assert header(gguf(*SMALL[:5], differing)).kv_width == 2 * 2 * 64


def test_heads_can_have_a_size_of_their_own(header):
    sized = (number("llama.attention.key_length", 256), number("llama.attention.value_length", 128))
    assert header(gguf(*SMALL, *sized)).kv_width == 2 * (256 + 128)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no model at all, but long enough for one",
        gguf(*SMALL)[:-3],
        gguf(*SMALL)[:40],
        gguf(*SMALL, version=1),
        gguf(*SMALL[:2]),
        b"GGUF" + struct.pack("<IQQ", 3, 0, 1 << 60),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1 << 60),
        gguf(text("x") + struct.pack("<I", 99)),
    ],
)
def test_a_damaged_head_is_one_line(header, content):
    with pytest.raises(ModelError, match=r"damaged GGUF model; fetch it again"):
        header(content)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ModelError, match="cannot read the model"):
        read_header(tmp_path / "none.gguf")
