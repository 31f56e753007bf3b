"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import TaskID

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Only = Annotated[
    str | None,
    typer.Option("--only", help="Look only in: curriculum, references, or mine."),
]
AtStation = Annotated[
    int | None, typer.Option("--station", help="Look only in what belongs to this station.")
]
JsonLines = Annotated[
    bool,
    typer.Option("--jsonl", help="Read one JSON object a line, write one answer a line, in order."),
]


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a stage on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield report


def utf8_output() -> None:
    """Write UTF-8 whatever the locale says: answers hold typographic quotes."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
