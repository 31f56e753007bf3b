"""``tutor sources list``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from corpus.errors import UsageError
from tutor.cli.options import Json, utf8_output

app = typer.Typer(help="What the tutor teaches from.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """Keeps ``list`` a command of its own while it is the only one."""


@app.command("list")
def list_(
    json_: Json = False,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only references of this kind: book, video, …")
    ] = None,
    station: Annotated[
        int | None, typer.Option("--station", help="Only what this station cites.")
    ] = None,
) -> None:
    """List the curriculum's documents and all references that they cite."""
    from corpus.loader import load_curriculum

    utf8_output()
    curriculum = load_curriculum()
    kinds = sorted({r.kind for r in curriculum.references})
    if kind is not None and kind not in kinds:
        raise UsageError(f"there is no kind {kind!r}; there are: {', '.join(kinds)}")
    if station is not None and station not in {s.number for s in curriculum.stations}:
        raise UsageError(f"there is no station {station}; all of them: tutor stations")
    documents = [
        d
        for d in curriculum.documents
        if d.kind != "reference" and not kind and station in (None, d.station)
    ]
    references = [
        r
        for r in curriculum.references
        if kind in (None, r.kind) and (station is None or station in r.stations)
    ]
    if json_:
        listed = {
            "documents": [
                {
                    "id": d.id, "title": d.title, "kind": d.kind, "station": d.station,
                    "line": d.line, "characters": len(d.text),
                }
                for d in documents
            ],
            "references": [asdict(r) for r in references],
        }  # fmt: skip
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for document in documents:
        typer.echo(f"{document.kind:10} {document.id}: {document.title}")
    for reference in references:
        stations = ",".join(map(str, reference.stations)) or "-"
        typer.echo(f"{reference.kind:10} [{stations}] {reference.title}  {reference.url}")
    typer.echo(f"{len(documents)} documents, {len(references)} references")
