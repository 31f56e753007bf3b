"""Jupyter notebooks: Markdown and code cells, outputs and attachments cut.

Read as plain JSON by the format's description (https://nbformat.readthedocs.io/), version 3 and 4:
nbformat itself validates all outputs before it hands over a cell, which took seven times as long
on a notebook of 3 MB (94 ms for 13 ms) and refuses what is slightly invalid.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from corpus.reading.blocks import Block, Raw, Reading, UnreadableError
from corpus.reading.decode import decode
from corpus.reading.visible import plain

_DAMAGED = "the notebook is damaged (no valid JSON with cells): open and save it in Jupyter"
_MAGIC = re.compile(r"%%(bash|sh|html|javascript|js|latex|sql|R|ruby|perl|cython|writefile)\b")
_OPTIONS = re.compile(r"\A\s*(?:#\s?\|.*(?:\n|\Z))+")  # Quarto's, "#| echo: false"
_MAGICS = {"sh": "bash", "js": "javascript", "writefile": "", "R": "r"}


def read_notebook(raw: Raw) -> Reading:
    """Read a notebook.

    Raises:
        UnreadableError: it is no JSON or has no cells ("damaged"), or no text ("empty").
    """
    from corpus.reading.dialects import front_matter
    from corpus.reading.markup import title_of

    book = _parsed(decode(raw.data, raw.charset))
    metadata = _mapping(book.get("metadata"))
    cells = list(_cells(book))
    titles = [front_matter(source + "\n")[0] for kind, source in cells[:1] if kind == "raw"]
    blocks = _blocks(cells, _language(metadata))
    if not blocks:
        raise UnreadableError("empty", "the notebook has no text and no code: choose another one")
    named = [metadata.get("title"), *titles, title_of(blocks) or _first_heading(blocks)]
    title = next((plain(name).strip() for name in named if isinstance(name, str) and name), "")
    return Reading("notebook", title, tuple(blocks))


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        book = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("damaged", _DAMAGED) from error
    if not isinstance(book, dict) or not isinstance(
        book.get("cells", book.get("worksheets")), list
    ):
        raise UnreadableError("damaged", _DAMAGED)
    return book


def _cells(book: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and source of each cell that its author shows; version 3 keeps them in worksheets."""
    sheets = book.get("worksheets") or [book]
    for sheet in sheets:
        for cell in _mapping(sheet).get("cells") or ():
            cell = _mapping(cell)  # noqa: PLW2901
            tags = _mapping(cell.get("metadata")).get("tags")
            if isinstance(tags, list) and {"remove-cell", "remove_cell"} & {str(t) for t in tags}:
                continue
            kind, source = str(cell.get("cell_type")), _source(cell)
            if kind == "heading":  # version 3
                level = cell.get("level")
                level = level if isinstance(level, int) and 1 <= level <= 6 else 1
                kind, source = "markdown", f"{'#' * level} {source}"
            yield kind, source


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _language(metadata: Mapping[str, Any]) -> str:
    kernel, info = _mapping(metadata.get("kernelspec")), _mapping(metadata.get("language_info"))
    named = info.get("name") or kernel.get("language") or metadata.get("language") or "python"
    return re.sub(r"^i?python\d*$", "python", str(named).lower())


def _blocks(cells: list[tuple[str, str]], language: str) -> list[Block]:
    from corpus.reading.components import looks_like_mdx
    from corpus.reading.markup import markdown_blocks

    mdx = any(kind == "markdown" and looks_like_mdx(source) for kind, source in cells)
    taken: dict[str, int] = {}
    blocks: list[Block] = []
    for kind, source in cells:
        if kind == "markdown":
            blocks += markdown_blocks(source, mdx=mdx, taken=taken)
        elif kind == "code" and (code := plain(_OPTIONS.sub("", source).strip("\n").rstrip())):
            magic = _MAGIC.match(code)
            name = _MAGICS.get(magic[1], magic[1]) if magic else language
            blocks.append(Block("code", code, language=name))
    return blocks


def _first_heading(blocks: list[Block]) -> str:
    """Behind a badge for Colab most notebooks begin with a heading of level 2."""
    return next((block.text for block in blocks[:4] if block.kind == "heading"), "")
