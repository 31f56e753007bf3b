"""Which format a document is in: by its first bytes, then by its name, then by its header.

Servers send PDFs as text/html and pages as application/octet-stream; what a file begins with does
not err. Text has no such mark, there name and header have their say.
"""

from __future__ import annotations

import io
import re
import zipfile

from corpus.reading.blocks import Format, Raw

_HEAD = 4096
_BY_NAME: dict[str, Format] = {
    "md": "markdown", "mdx": "markdown", "markdown": "markdown", "qmd": "markdown",
    "rmd": "markdown", "myst": "markdown", "rst": "rst", "rest": "rst", "txt": "text",
    "text": "text", "ipynb": "notebook", "html": "html", "htm": "html", "xhtml": "html",
}  # fmt: skip
_BY_HEADER: dict[str, Format] = {
    "text/markdown": "markdown", "text/x-markdown": "markdown", "text/mdx": "markdown",
    "text/x-rst": "rst", "text/prs.fallenstein.rst": "rst", "text/restructuredtext": "rst",
    "text/html": "html", "application/xhtml+xml": "html", "text/plain": "text",
    "application/x-ipynb+json": "notebook",
}  # fmt: skip
# How pictures, sound, archives, programs and fonts begin, as far as they lack a NUL near the start
# (https://mimesniff.spec.whatwg.org/).
_FOREIGN = (
    b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"BM\x00", b"RIFF", b"OggS", b"ID3", b"fLaC", b"\x1a\x45",
    b"\x7fELF", b"MZ", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\x1f\x8b", b"BZh", b"\xfd7zXZ",
    b"7z\xbc\xaf", b"Rar!", b"\x28\xb5\x2f\xfd", b"wOFF", b"wOF2", b"OTTO", b"%!PS",
    b"SQLite format",
    b"\xd0\xcf\x11\xe0",
)  # fmt: skip
_NOT_TEXT = re.compile(r"(?:image|audio|video|font)/|application/(?:wasm|zip|gzip|x-tar)")
_PICTURE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!(?:--.*?--|DOCTYPE svg[^>]*)>\s*)*<svg\b", re.DOTALL
)
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|script|meta|link|style|frameset)\b",
    re.IGNORECASE | re.DOTALL,
)
_NOTEBOOK = re.compile(rb'"(?:cells|worksheets)"\s*:|"nbformat"\s*:')
_RST = re.compile(
    r"^\.\. (?:[\w-]+::|_[^:\n]+:)|^:\w+: |:\w+:`[^`\n]+`|``[^`\n]+``|`[^`\n]+ <[^>\n]+>`__?",
    re.MULTILINE,
)
_UNDERLINED = re.compile(r"^(\S[^\n]{2,})\n([=~^\"'*+#-])\2{2,}[ \t]*$", re.MULTILINE)
_MARKDOWN = re.compile(
    r"^#{1,6} \S|^(?:```|~~~)|\[[^\]\n]+\]\([^)\s]+\)|^> |\*\*\S[^*\n]*\*\*|^\|.*\|\s*$|^[-*] \S",
    re.MULTILINE,
)


def detect(raw: Raw, content_type: str = "") -> Format | None:
    """The format to read a document as.

    Args:
        content_type: from the server; parameters after ";" are left out of account.

    Returns:
        None for what is no text: pictures, sound, programs, archives, and other JSON than
        notebooks.
    """
    data, header = raw.data, content_type.partition(";")[0].strip().lower()
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _in_zip(data)
    if data.startswith(_FOREIGN) or _binary(data[:_HEAD]):
        return None
    named = _BY_NAME.get(_ending(raw.name))
    if _is_notebook(data, named, header):
        return "notebook"
    return _of_text(raw, named, header)


def _ending(name: str) -> str:
    last = re.split(r"[/\\]", name.partition("?")[0].partition("#")[0])[-1]
    return last.rpartition(".")[2].lower() if "." in last else ""


def _in_zip(data: bytes) -> Format | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001 - zipfile raises struct.error, ValueError, EOFError and more
        names = _names_in_damaged_zip(data)
    # The reader says of a damaged file that it is one; so the first bytes decide too.
    if b"mimetypeapplication/epub+zip" in data[:200] or "META-INF/container.xml" in names:
        return "epub"
    if any(name.startswith("word/") for name in names):
        return "docx"
    return "pptx" if any(name.startswith("ppt/") for name in names) else None


def _names_in_damaged_zip(data: bytes) -> list[str]:
    return [name.decode("ascii") for name in re.findall(rb"(?:word|ppt)/[\w/]+\.xml", data)[:10]]


def _binary(head: bytes) -> bool:
    """NULs and control characters, of which text has none but UTF-16's."""
    from corpus.reading.decode import decode

    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")):
        return False
    if not head.count(0) and sum(byte < 9 or 13 < byte < 27 for byte in head) <= 0.02 * len(head):
        return False
    text = decode(head[: len(head) // 4 * 4])
    signs = sum(ch < "\t" or "\r" < ch < " " or "\x7f" <= ch < "\xa0" for ch in text)
    return signs > 0.02 * len(text)


def _is_notebook(data: bytes, named: Format | None, header: str) -> bool:
    """JSON with cells; a file that calls itself a notebook is one, be it damaged."""
    if named == "notebook" or header == "application/x-ipynb+json":
        return not _HTML.match(data[:_HEAD])
    if not data[:64].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    # "nbformat" stands at the end, "cells" at the start or after the metadata.
    return len({m[:3] for m in _NOTEBOOK.findall(data[:20_000] + data[-20_000:])}) >= 2


def _of_text(raw: Raw, named: Format | None, header: str) -> Format | None:
    from corpus.reading.decode import decode

    page = bool(_HTML.match(raw.data[:_HEAD].removeprefix(b"\xef\xbb\xbf")))
    if raw.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        page = bool(_HTML.match(decode(raw.data[:_HEAD]).encode()))
    if page:  # Markdown may begin with <html> or <style> too, a text file does not
        return named if named in ("markdown", "rst") and header != "text/html" else "html"
    if named and named != "html":
        return named
    text = decode(raw.data[:60_000])
    stated = _BY_HEADER.get(header)
    if stated == "html" or named == "html":
        return "html" if re.search(r"</?[a-zA-Z][^<>]*>", text) else _guessed(text)
    if stated in ("markdown", "rst"):
        return stated
    if _NOT_TEXT.match(header) or _PICTURE.match(text) or _is_data(text, header):
        return None
    return _guessed(text)


def _is_data(text: str, header: str) -> bool:
    """JSON, which nobody reads as a text."""
    if re.search(r"[/+](?:json|javascript|x-ndjson)$", header):
        return True
    return bool(re.match(r"\s*[\[{]\s*(?:[\"{\[\]}]|-?\d)", text)) and '":' in text[:2000]


def _guessed(text: str) -> Format:
    """reStructuredText or Markdown by their marks, a page by its tags, else plain text."""
    if len(re.findall(r"</(?:p|div|body|html|h[1-6]|ul|table)>", text, re.IGNORECASE)) > 3 and (
        text.lstrip().startswith("<")
    ):
        return "html"
    rst = 2 * len(_RST.findall(text)) + len(_UNDERLINED.findall(text))
    markdown = len(_MARKDOWN.findall(text))
    # One "* item" or "> " is in many a plain text; two different marks are no accident.
    if max(rst, markdown) < 2:
        return "text"
    return "rst" if rst > markdown else "markdown"
