"""Options that several commands share."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
JsonLines = Annotated[
    bool,
    typer.Option("--jsonl", help="Read one JSON object a line, write one answer a line, in order."),
]


def utf8_output() -> None:
    """Write UTF-8 whatever the locale says: answers hold typographic quotes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
