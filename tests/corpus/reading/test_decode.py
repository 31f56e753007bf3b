"""Bytes into text."""

import random

import pytest

from corpus.reading.decode import decode

WESTERN = "“naïve” résumé – it’s a café"


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_with_a_mark_or_two_bytes_a_letter(codec):
    assert decode(WESTERN.encode(codec)) == WESTERN


def test_mark_is_above_the_header():
    assert decode(WESTERN.encode("utf-8-sig"), "windows-1252") == WESTERN


@pytest.mark.parametrize(
    ("text", "codec", "label"),
    [
        (WESTERN, "utf-8", "UTF-8"),
        (WESTERN, "cp1252", "windows-1252"),
        (WESTERN, "cp1252", "iso-8859-1"),  # WHATWG: latin-1 means windows-1252
        (WESTERN, "cp1252", "us-ascii"),
        ("Привет, мир", "koi8-r", "koi8-r"),
        ("日本語", "cp932", "shift_jis"),
        ("中文", "gb18030", "gb2312"),
        ("한국어", "cp949", '"euc-kr"'),
    ],
)
def test_header_names_the_encoding(text, codec, label):
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize("label", ["utf-8", "", "no-such-encoding", "rot13", "idna", "\0", "utf-7"])
def test_windows_1252_under_a_wrong_label(label):
    assert decode(WESTERN.encode("cp1252"), label) == WESTERN


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1252", "utf-16", "utf-32-be"])
def test_utf8_under_a_server_default(label):
    assert decode("Größe – 8 bytes".encode(), label) == "Größe – 8 bytes"


@pytest.mark.parametrize(
    "declaration",
    [
        '<meta charset="koi8-r">',
        "<META CHARSET=koi8-r>",
        '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">',
        '<?xml version="1.0" encoding="koi8-r"?>',
    ],
)
def test_page_names_its_own_encoding(declaration):
    page = f"<!doctype html>{declaration}<p>Привет, мир</p>"
    assert decode(page.encode("koi8-r"), markup=True) == page


def test_declaration_in_plain_text_is_not_believed():
    text = "Write <meta charset=koi8-r> – as HTML 4 did."
    assert decode(text.encode(), markup=False) == text


def test_header_is_above_the_declaration():
    page = '<meta charset="koi8-r">Größe'
    assert decode(page.encode("cp1252"), "windows-1252", markup=True) == page


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Le modèle a été entraîné sur des données générées. Voilà une idée très naïve.", "cp1252"),
        ("Größe über Maß, schöne Straße. Das Modell wird anschließend übertragen.", "cp1252"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy. Vzdělávání je proces.", "cp1250"),
        ("Большая языковая модель обучается на текстах из сети.", "cp1251"),
        ("日本語のテキスト。これはテストです。", "cp932"),
    ],
)
def test_unlabelled_is_guessed(text, codec):
    assert decode(text.encode(codec)) == text


def test_utf8_cut_within_a_character_loses_that_character_only():
    data = "Größe, naïve – ε".encode() * 3
    assert decode(data[:-1], "utf-8") == ("Größe, naïve – ε" * 3)[:-1]


def test_stray_byte_in_utf8_is_read_as_windows_1252():
    data = "naïve café – “Größe” ".encode() + b"r\xe9sum\xe9."
    assert decode(data, "utf-8") == "naïve café – “Größe” résumé."


def test_line_ends():
    assert decode(b"a\r\nb\rc\nd") == "a\nb\nc\nd"


def test_no_bytes_whatever_raise():
    chance = random.Random(3)
    for size in [0, 1, 2, 3, 7, 64, 999, 70_000]:
        for label in ["", "utf-8", "utf-16", "shift_jis", "x" * 300, "ütf"]:
            data = chance.randbytes(size)
            assert isinstance(decode(data, label, markup=True), str)
