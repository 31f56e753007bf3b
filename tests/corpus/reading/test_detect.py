"""The format of a document, by its bytes before its name and header."""

import io
import json
import random
import zipfile
from pathlib import Path

import pytest

from corpus.reading.blocks import Raw
from corpus.reading.detect import detect

PAGE = b"<!doctype html><title>T</title><p>Text."
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def archive(*names, first=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        if first:
            made.writestr("mimetype", first)
        for name in names:
            made.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b"\n junk before it \n%PDF-1.4", "pdf"),
        (PAGE, "html"),
        (b"\xef\xbb\xbf  <HTML><body>", "html"),
        (b"<!-- licence -->\n<html>", "html"),
        ('<?xml version="1.0"?><!DOCTYPE html>'.encode("utf-16"), "html"),
        (NOTEBOOK, "notebook"),
        (archive("word/document.xml"), "docx"),
        (archive("ppt/presentation.xml"), "pptx"),
        (archive("OEBPS/a.xhtml", first=b"application/epub+zip"), "epub"),
        (archive("word/document.xml")[:-30], "docx"),  # cut off: the reader says that it is damaged
        (b"# Title\n\nSee [the docs](https://a.test), **now**.\n\n```\nx\n```", "markdown"),
        (b"Title\n=====\n\nSee :ref:`usage`.\n\n.. note:: Text ``code``.", "rst"),
        (b"Dear all,\n\nthe course begins on Monday.\n", "text"),
        ("Größe".encode("utf-16"), "text"),
    ],
)
def test_content_alone_is_enough(data, expected):
    assert detect(Raw(data)) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"GIF89a" + b"\x01\x02\x03" * 40,
        b"\xff\xd8\xff\xe0JFIF",
        b"\x00\x00\x00\x20ftypisom" + bytes(range(256)),
        b"\x7fELF\x02\x01\x01",
        b"\x1f\x8b\x08",
        archive("a.txt"),
        b'{"id": 1, "name": "x"}',
        bytes(1000),
        bytes(range(256)) * 9,
    ],
)
def test_what_is_no_text_has_no_reader(data):
    assert detect(Raw(data, name="file")) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("README.md", "markdown"),
        ("page.MDX", "markdown"),
        ("deploy-model.html.md", "markdown"),
        ("docs/latest/index.rst", "rst"),
        ("notes.txt", "text"),
        ("page.md?plain=1", "markdown"),
    ],
)
def test_name_tells_text_formats(name, expected):
    assert detect(Raw(b"Some text.", name=name)) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/markdown; charset=utf-8", "markdown"),
        ("text/x-rst", "rst"),
        ("text/plain", "text"),
        ("", "text"),
        ("image/svg+xml", None),
        ("application/json", None),
    ],
)
def test_header_tells_text_without_a_name(header, expected):
    assert detect(Raw(b"Some text."), header) == expected


@pytest.mark.parametrize(
    ("raw", "header", "expected"),
    [
        (Raw(b"%PDF-1.7", name="page.html"), "text/html", "pdf"),
        (Raw(PAGE), "application/octet-stream", "html"),
        (Raw(PAGE), "text/plain", "html"),
        (Raw(PAGE, name="paper.pdf"), "application/pdf", "html"),
        (Raw(NOTEBOOK, name="a.ipynb"), "text/plain", "notebook"),
        (Raw(PAGE, name="a.ipynb"), "text/html", "html"),  # the site's page about it
        (Raw(PAGE, name="README.md"), "text/html", "html"),
        (Raw(b"\x89PNG\r\n\x1a\n", name="a.md"), "text/markdown", None),
        (Raw(b"# T\n\n[a](b)\n", name=""), "text/plain", "markdown"),
    ],
)
def test_content_is_above_name_and_header(raw, header, expected):
    assert detect(raw, header) == expected


def test_damaged_notebook_is_still_the_notebook_reader_s():
    assert detect(Raw(NOTEBOOK[:-9], name="a.ipynb")) == "notebook"


def test_markdown_that_begins_with_html_stays_markdown():
    assert detect(Raw(b"<style>p {}</style>\n\n# T", name="README.md")) == "markdown"


def test_no_bytes_whatever_raise():
    chance = random.Random(5)
    starts = [b"", b"PK\x03\x04", b"{", b"<", b"%PDF", b"\xff\xfe", b"\x00\x00\xfe\xff"]
    for start in starts:
        for size in [0, 1, 5, 100, 5000]:
            for name in ["", "a.md", "a.ipynb", "..", "a/b.", "\0"]:
                detect(Raw(start + chance.randbytes(size), name=name), "text/html; x=\0")


def test_every_page_of_the_mirror_is_what_its_manifest_says():
    folder = Path(__file__).parents[4] / "shared" / "references"
    if not (folder / "manifest.json").exists():
        pytest.skip("the mirror of the references is not beside the repository")
    pages = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["pages"]
    wrong = {
        page["file"]: found
        for page in pages
        if (found := detect(Raw((folder / page["file"]).read_bytes(), name=page["file"]),
                            page["content_type"])) != page["kind"]
    }  # fmt: skip
    assert wrong == {}
