"""EPUB books: the chapters in the order of the spine (https://www.w3.org/TR/epub-33/)."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import unquote

from lxml import etree

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError

# Of chapters, unpacked. A long novel takes 2 MB, a handbook with formulas 20 MB.
LONGEST = 50_000_000
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
# Fonts are scrambled in many free books; that is no lock on the text.
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_DAMAGED = "the EPUB is damaged: get a fresh copy of it"
_ENCRYPTED = "the EPUB is locked (DRM): add a copy without a lock"
_CHAPTER_TYPES = ("application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document")
# XHTML closes any element so; in HTML the tag stays open and a <title/> swallows the chapter.
_CLOSED = re.compile(
    r"<(?!(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)\b)"
    r"([a-zA-Z][\w:-]*)((?:\s[^<>]*)?)/>"
)


class _Book(NamedTuple):
    title: str
    chapters: list[str]  # names in the archive


def read_epub(raw: Raw) -> Reading:
    """Read a book.

    Raises:
        UnreadableError: it is locked ("encrypted"), "damaged", or has no text ("empty").
    """
    try:
        with zipfile.ZipFile(BytesIO(raw.data)) as archive:
            _refuse_locked(archive)
            book = _book(archive)
            blocks, cut = _blocks(archive, book)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, ValueError) as error:
        raise UnreadableError("damaged", _DAMAGED) from error
    except NotImplementedError as error:  # a way of packing that no EPUB may use
        raise UnreadableError("damaged", _DAMAGED) from error
    except RuntimeError as error:  # zipfile: "password required"
        raise UnreadableError("encrypted", _ENCRYPTED) from error
    if not blocks:
        raise UnreadableError("empty", "no text in the EPUB: its pages may be pictures")
    return Reading("epub", book.title, blocks, truncated=cut)


def _refuse_locked(archive: zipfile.ZipFile) -> None:
    if _ENCRYPTION not in archive.namelist():
        return
    methods = {
        method.get("Algorithm", "")
        for method in _xml(archive, _ENCRYPTION).iter("{*}EncryptionMethod")
    }
    if methods - set(_FONT_OBFUSCATION):
        raise UnreadableError("encrypted", _ENCRYPTED)


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    """Parse a small file of the archive: no entities, no DTD, no network.

    Raises:
        ValueError: it is no XML, or too large to be what it says.
    """
    data = _unpacked(archive, name, 5_000_000)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(data, parser)
    if root is None:
        raise ValueError(f"{name}: no XML")
    return root


def _unpacked(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A file of the archive, at most so many bytes of it, whatever its header promises."""
    with archive.open(name) as file:
        return file.read(most)


def _book(archive: zipfile.ZipFile) -> _Book:
    """The title, and the chapters that are read one after another."""
    rootfile = next(_xml(archive, _CONTAINER).iter("{*}rootfile"), None)
    package = unquote(rootfile.get("full-path", "") if rootfile is not None else "")
    opf = _xml(archive, package)
    folder = posixpath.dirname(package)
    items = {item.get("id", ""): item for item in opf.iter("{*}item")}
    names = set(archive.namelist())
    chapters = []
    for reference in opf.iter("{*}itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or "nav" in item.get("properties", "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        if name in names and item.get("media-type") in _CHAPTER_TYPES:
            chapters.append(name)
    title = next(opf.iter("{http://purl.org/dc/elements/1.1/}title"), None)
    return _Book(" ".join((title.text or "").split()) if title is not None else "", chapters)


def _blocks(archive: zipfile.ZipFile, book: _Book) -> tuple[tuple[Block, ...], bool]:
    """All chapters' blocks, and whether the book was cut."""
    blocks: list[Block] = []
    left = LONGEST
    for name in dict.fromkeys(book.chapters):
        data = _unpacked(archive, name, left)
        blocks.extend(_chapter(data))
        left -= len(data)
        if left <= 0:
            return tuple(blocks), True
    return tuple(blocks), False


def _chapter(data: bytes) -> Iterator[Block]:
    from corpus.reading.decode import decode
    from corpus.reading.tree import parse
    from corpus.reading.visible import remove_hidden
    from corpus.reading.walk import blocks_of

    text = _CLOSED.sub(r"<\1\2></\1>", decode(data, markup=True))
    tree, _ = parse(text)
    if tree is not None:
        remove_hidden(tree)
        yield from blocks_of(tree)
