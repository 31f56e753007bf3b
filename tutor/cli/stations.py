"""``tutor stations``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import UsageError
from tutor.cli.options import Json, utf8_output

if TYPE_CHECKING:
    from corpus import Curriculum, Station


def stations(
    station: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Number or id of one station.")
    ] = None,
    json_: Json = False,
) -> None:
    """Show the map, or one station with its prerequisites, topics and references."""
    from corpus.loader import load_curriculum

    utf8_output()
    curriculum = load_curriculum()
    if station is None:
        _all(curriculum, json_)
    else:
        _one(curriculum, _find(curriculum, station), json_)


def _find(curriculum: Curriculum, wanted: str) -> Station:
    for stop in (*curriculum.stations, *curriculum.companions):
        if wanted.strip().lower() in (str(stop.number), stop.id, stop.title.lower()):
            return stop
    raise UsageError(f"there is no station {wanted!r}; all of them: tutor stations")


def _all(curriculum: Curriculum, as_json: bool) -> None:
    if as_json:
        stops = (*curriculum.stations, *curriculum.companions)
        typer.echo(json.dumps([_brief(s) for s in stops], ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.tree import Tree

    from corpus.loader import LINE_TITLES

    tree = Tree("GenAI Learning Metromap")
    for line, title in LINE_TITLES.items():
        branch = tree.add(title)
        for stop in curriculum.stations:
            if stop.line == line:
                branch.add(f"{stop.number:2} {stop.title}")
    companions = tree.add("Companions")
    for stop in curriculum.companions:
        companions.add(f"{stop.title} (near station {stop.near}): {stop.id}")
    Console(highlight=False, soft_wrap=True).print(tree)


def _one(curriculum: Curriculum, stop: Station, as_json: bool) -> None:
    from corpus import metromap

    cited = [
        r
        for r in curriculum.references
        if (stop.number in r.stations) or any(t.split("/")[0] == stop.id for t in r.topics)
    ]
    before = metromap.path_to(stop, curriculum.stations)
    if as_json:
        full: dict[str, Any] = {
            **_brief(stop),
            "path": [s.number for s in before],
            "references": [asdict(r) for r in cited],
        }
        typer.echo(json.dumps(full, ensure_ascii=False, indent=2))
        return
    number = f"Station {stop.number}" if stop.number else f"Companion near station {stop.near}"
    typer.echo(f"{number}: {stop.title} ({stop.line} line)")
    if before:
        typer.echo("Learn before it: " + ", ".join(metromap.label(s) for s in before))
    typer.echo("Topics:")
    for topic in stop.topics:
        typer.echo(f"  - {topic.title}")
    typer.echo(f"References ({len(cited)}):")
    for reference in cited:
        by = f", {', '.join(reference.authors)}" if reference.authors else ""
        typer.echo(f"  - {reference.title} ({reference.kind}{by}): {reference.good_for}")
        typer.echo(f"    {reference.url}")


def _brief(stop: Station) -> dict[str, Any]:
    return {
        "id": stop.id,
        "number": stop.number,
        "title": stop.title,
        "line": stop.line,
        "near": stop.near,
        "prerequisites": list(stop.prerequisites),
        "topics": [{"id": t.key, "title": t.title} for t in stop.topics],
    }
