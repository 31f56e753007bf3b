"""What every reader returns: a title and blocks, whatever the format was.

A reader turns bytes into plain text with its structure; ``corpus.reading.compose`` turns the blocks
into the text that is indexed and quoted. So a quotation reads alike whether it came from a web
page, a notebook or the third page of a PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.errors import CorpusError

Format = Literal[
    "html", "markdown", "rst", "notebook", "pdf", "text", "docx", "pptx", "epub"
]  # fmt: skip
BlockKind = Literal["heading", "paragraph", "item", "code", "table", "formula"]
Fault = Literal["empty", "scanned", "encrypted", "damaged", "unsupported"]


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes to read.

    Attributes:
        data: as they came, unpacked.
        charset: from the Content-Type header, lower case; "" if it named none.
        name: the file's name or the last part of the address; tells formats without a signature.
    """

    data: bytes
    charset: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item, piece of code, table or displayed formula.

    Attributes:
        text: without markup and without invisible characters. On one line, but for code, formulas
            (TeX) and tables, which have a row a line, cells divided by " | ".
        level: of a heading, 1 to 6; of a list item its depth, from 1; else 0.
        anchor: the id under which a link reaches a heading ("installation"); None without one.
        page: 1-based page or slide that the block begins on; None where there are no pages.
        language: of code, lower case ("python"); "" if unknown.
    """

    kind: BlockKind
    text: str
    level: int = 0
    anchor: str | None = None
    page: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as its reader saw it.

    Attributes:
        title: of the document itself; "" if it names none.
        truncated: whether it was longer than what is read.
        note: what a learner should know of the reading, in a few words ("pages 3-5 are scans").
    """

    format: Format
    title: str
    blocks: tuple[Block, ...]
    truncated: bool = False
    note: str = ""

    @property
    def characters(self) -> int:
        """Length of all blocks together."""
        return sum(len(block.text) for block in self.blocks)


class UnreadableError(CorpusError):
    """A document cannot be read.

    Args:
        fault: which kind of fault; a scanned PDF is no damaged one.
        message: one line: what is wrong, and what to do.
    """

    def __init__(self, fault: Fault, message: str) -> None:
        self.fault = fault
        super().__init__(message)
