"""``tutor sources list|show|fetch|add|remove|export|import``."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import UsageError
from tutor.cli.options import Json, progress, utf8_output

if TYPE_CHECKING:
    from tutor.sources import Outcome

app = typer.Typer(
    help="What the tutor teaches from: the curriculum, its references, and your own documents.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

StationOption = Annotated[int | None, typer.Option("--station", help="Of this station only.")]
FileUnder = Annotated[int | None, typer.Option("--station", help="File them under this station.")]
NoIndex = Annotated[
    bool, typer.Option("--no-index", help="Leave the index as it is; later: tutor index build.")
]
Mirror = Annotated[
    str | None,
    typer.Option(
        "--mirror",
        help="Read from this mirror or archive instead of the live web: a template with {url}, "
        "such as https://web.archive.org/web/20240701id_/{url}",
    ),
]
Archive = Annotated[
    bool, typer.Option("--fallback-archive", help="Look for dead links in the web archive.")
]


@app.command("list")
def list_(
    json_: Json = False,
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only references of this kind: book, video, …")
    ] = None,
    station: Annotated[
        int | None, typer.Option("--station", help="Only what this station cites.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="Only sources in this state: fetched, dead, …")
    ] = None,
) -> None:
    """List documents and references, how each of them stands, and whether it is indexed."""
    from tutor.cli.listing import listing

    utf8_output()
    listed = listing(kind, station, state)
    if json_:
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for document in listed["documents"]:
        typer.echo(f"{document['kind']:10} {document['id']}: {document['title']}")
    for reference in listed["references"]:
        stations = ",".join(map(str, reference["stations"])) or "-"
        typer.echo(
            f"{reference['kind']:10} [{stations}] {reference['title']}  {reference['url']}  "
            f"{_state(reference)}"
        )
    for own in listed["mine"]:
        stations = ",".join(map(str, own["stations"])) or "-"
        typer.echo(f"{'mine':10} [{stations}] {own['title']}  {own['url']}  {_state(own)}")
    mine = f", {len(listed['mine'])} of your own" if listed["mine"] else ""
    typer.echo(
        f"{len(listed['documents'])} documents, {len(listed['references'])} references{mine}"
    )


def _state(source: dict[str, Any]) -> str:
    indexed = ", indexed" if source["indexed"] else ""
    reason = f" ({source['reason']})" if source["reason"] else ""
    return f"{source['state']}{reason}{indexed}"


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Address, path, or a part of one or of the title.")],
    json_: Json = False,
    text: Annotated[bool, typer.Option("--text", help="Show the whole text as read.")] = False,
) -> None:
    """Show one source: how it stands, its headings, and its text."""
    from tutor.cli.listing import description

    utf8_output()
    found = description(name)
    if json_:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for key, value in found.items():
        if key not in ("text", "headings") and value not in ("", None, [], False):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            typer.echo(f"{key:13} {shown}")
    for heading in found["headings"]:
        page = f"  (page {heading['page']})" if heading["page"] else ""
        typer.echo(f"  {'  ' * (len(heading['path']) - 1)}{heading['path'][-1]}{page}")
    if text:
        typer.echo(f"\n{found['text']}")


@app.command()
def fetch(
    addresses: Annotated[list[str] | None, typer.Argument(help="Addresses to fetch.")] = None,
    station: StationOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All references of the curriculum.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("--from", help="A file with an address a line; - reads them.")
    ] = None,
    mirror: Mirror = None,
    fallback_archive: Archive = False,
    again: Annotated[
        bool, typer.Option("--again", help="Ask also for what is known to be dead or is fresh.")
    ] = False,
    no_index: NoIndex = False,
    json_: Json = False,
) -> None:
    """Fetch references, read them and index them; what is unchanged is not transferred again."""
    from corpus.loader import load_curriculum
    from tutor.settings import load_settings
    from tutor.sources import cited_addresses, fetch_sources

    utf8_output()
    named = [*(addresses or []), *_addresses_in(file)]
    if not (named or everything or station is not None):
        raise UsageError("nothing to fetch; give addresses, --station N, or --all")
    cited = everything or station is not None
    wanted = [*named, *(cited_addresses(load_curriculum(), station) if cited else [])]
    with progress() as report:
        outcome = fetch_sources(
            load_settings(),
            wanted,
            again=again,
            named=named,
            mirror=_template(mirror),
            archive=fallback_archive,
            index=not no_index,
            report=report,
        )
    _tell(outcome, json_)


@app.command()
def add(
    names: Annotated[
        list[str], typer.Argument(help="Files, folders, globs, or addresses of web pages.")
    ],
    station: FileUnder = None,
    mirror: Mirror = None,
    no_index: NoIndex = False,
    json_: Json = False,
) -> None:
    """Add documents of your own; a file added again is read again if it has changed."""
    from tutor.settings import load_settings
    from tutor.sources import Outcome, add_files, check_station, fetch_sources, files_of

    utf8_output()
    settings = load_settings()
    if station is not None:
        from corpus.loader import load_curriculum

        check_station(load_curriculum(), station)
    pages = [name for name in names if "://" in name]
    paths = [name for name in names if "://" not in name]
    for path in paths:
        files_of(path)  # a mistyped name is told before anything is fetched
    outcome = Outcome()
    with progress() as report:
        if pages:
            outcome = fetch_sources(
                settings, pages, origin="mine", station=station, named=pages,
                mirror=_template(mirror), index=not no_index and not paths, report=report,
            )  # fmt: skip
        if paths:
            added = add_files(settings, paths, station=station, index=not no_index, report=report)
            added.entries = [*outcome.entries, *added.entries]
            outcome = added
    _tell(outcome, json_)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Addresses, paths or folders.")],
    no_index: NoIndex = False,
) -> None:
    """Forget sources and their copies; your files themselves stay where they are."""
    from tutor.settings import load_settings
    from tutor.sources import remove_sources

    utf8_output()
    with progress() as report:
        outcome = remove_sources(load_settings(), names, index=not no_index, report=report)
    for entry in outcome.entries:
        typer.echo(f"removed {entry.address}")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="The bundle to write (a ZIP file).")],
    station: StationOption = None,
) -> None:
    """Write the fetched references into one file, for learners without internet."""
    from tutor.settings import load_settings
    from tutor.sources import export_references

    utf8_output()
    with progress() as report:
        kept = export_references(load_settings(), file, station, report)
    typer.echo(f"{kept} references in {file}; they are read by: tutor sources import {file.name}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A bundle written by: tutor sources export")],
    no_index: NoIndex = False,
) -> None:
    """Take over the references of a bundle, read and index them."""
    from tutor.settings import load_settings
    from tutor.sources import import_references

    utf8_output()
    with progress() as report:
        taken, known, outcome = import_references(load_settings(), file, not no_index, report)
    typer.echo(f"{taken} references taken over, {known} were here already")
    _tell_index(outcome)


def _addresses_in(file: Path | None) -> list[str]:
    if file is None:
        return []
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"cannot read the addresses in {file} ({fault})") from fault
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _template(mirror: str | None) -> str:
    if mirror is not None and "{url}" not in mirror:
        raise UsageError("a mirror is a template with {url}, as https://mirror.example/{url}")
    return mirror or ""


def _tell(outcome: Outcome, json_: bool) -> None:
    if json_:
        from tutor.cli.listing import stand

        listed = [stand(entry) for entry in outcome.entries]
        counts = dict(Counter(entry.state for entry in outcome.entries))
        typer.echo(json.dumps({"states": counts, "sources": listed}, ensure_ascii=False, indent=2))
        return
    for entry in outcome.entries:
        if not entry.readable or entry.note or entry.reason:
            note = "; ".join(filter(None, (entry.reason, entry.note)))
            typer.echo(f"{entry.state:23} {entry.address}{f'  {note}' if note else ''}")
    counts = Counter(entry.state for entry in outcome.entries)
    typer.echo(", ".join(f"{count} {state}" for state, count in counts.most_common()))
    _tell_index(outcome)


def _tell_index(outcome: Outcome) -> None:
    if outcome.manifest:
        typer.echo(
            f"{outcome.manifest.chunks} chunks of {len(outcome.manifest.documents)} documents, "
            f"index {outcome.manifest.fingerprint}"
        )
