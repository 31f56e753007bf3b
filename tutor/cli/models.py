"""``tutor models list|pull|use|bench``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tutor.cli.options import Json, progress, utf8_output

if TYPE_CHECKING:
    from tutor.models.catalogue import Model
    from tutor.models.use import Used
    from tutor.settings import Settings

app = typer.Typer(
    help="Language models, embedding models, rerankers and entailment checks: which there are, "
    "and which the tutor uses.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_INTERRUPTED = 130
_HEAD = ("", "name", "parameters", "size", "memory", "reads", "state", "licence")

OfKind = Annotated[
    Literal["language", "embedding", "reranker", "entailment"] | None,
    typer.Option("--kind", help="What the model is for, where its name does not tell."),
]


@app.command("list")
def list_(json_: Json = False, kind: OfKind = None) -> None:
    """List the models that are known by name: size, memory needed, licence, and what is in use."""
    from tutor.models.listing import listing
    from tutor.settings import load_settings

    utf8_output()
    rows = listing(load_settings(), kind)
    if json_:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in dict.fromkeys(row["kind"] for row in rows):
        typer.echo(f"{one} models")
        _table([_HEAD, *(_cells(row) for row in rows if row["kind"] == one)])
    typer.echo("* in use; memory is for the tutor as a whole, with the context that is set")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    mark = "*" if row["in_use"] else ""
    if "size" not in row:
        return (mark, row["name"] or "none", "", "", "", "", row["state"], "")
    return (
        mark,
        row["name"],
        _parameters(row["parameters"]),
        _size(row["size"]),
        _size(row["memory"]),
        f"{row['context']:,} tokens",
        row["state"],
        row["licence"],
    )


def _parameters(millions: float) -> str:
    if not millions:
        return "-"
    return f"{millions / 1000:.1f} billion" if millions >= 1000 else f"{millions:.0f} million"


def _size(count: float) -> str:
    if not count:
        return "-"
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _table(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        typer.echo("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    typer.echo()


@app.command()
def pull(
    name: Annotated[str, typer.Argument(help="Name of a model, as tutor models list shows it.")],
    again: Annotated[
        bool, typer.Option("--again", help="Ask for a newer version of one that is here.")
    ] = False,
    json_: Json = False,
) -> None:
    """Fetch a model from the hub (HF_ENDPOINT names another), verify it, and keep it in the home.

    What an interrupted pull has left is gone on with.
    """
    from tutor.app import prepare_home
    from tutor.models import hub
    from tutor.models.catalogue import known
    from tutor.settings import load_settings

    utf8_output()
    settings, model = load_settings(), known(name)
    prepare_home(settings)
    _warn_of_memory(model, settings, quiet=json_)
    try:
        with progress() as report:
            pulled = hub.pull(model, settings.models, report, again)
    except KeyboardInterrupt:
        typer.echo(f"tutor: interrupted; go on with: tutor models pull {model.name}", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    if json_:
        told = {"name": model.name, "folder": str(pulled.folder), "transferred": pulled.transferred}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif pulled.transferred:
        typer.echo(
            f"{model.name} is here and verified ({_size(pulled.transferred)} transferred); "
            f"take it into use: tutor models use {model.name}"
        )
    else:
        typer.echo(f"{model.name} is here already")


def _warn_of_memory(model: Model, settings: Settings, quiet: bool) -> None:
    from tutor.models.memory import free_memory, memory_of

    needed, free = memory_of(model, settings.context_tokens), free_memory()
    if free is not None and needed > free and not quiet:
        typer.echo(f"note: {model.name} needs {_size(needed)} of memory, {_size(free)} are free")


@app.command()
def use(
    name: Annotated[
        str,
        typer.Argument(
            help="Name of a model, path of a GGUF file or a model's folder, or address of a "
            "server (http://…/v1); 'bundled' goes back, 'none' from an entailment model."
        ),
    ],
    kind: OfKind = None,
    json_: Json = False,
) -> None:
    """Try a model and, if it works, write it into the settings (tutor.toml in the home)."""
    from tutor.app import prepare_home
    from tutor.models.use import use as take
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings()
    prepare_home(settings)
    used = take(name, settings, kind)
    hidden = _hidden(used)
    if json_:
        told = {**asdict(used), "file": str(used.file), "hidden_by": hidden}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    before, after = used.before or "none", used.after or "none"
    typer.echo(f"{after}: {used.proof}")
    typer.echo(f"{used.setting} = {after} is written in {used.file}")
    if used.before != used.after:
        typer.echo(f"before, it was {before}; back: tutor models use {_back(used)}")
    for note in used.notes:
        typer.echo(f"note: {note}")
    if hidden:
        typer.echo(f"note: {hidden} goes before that and still says otherwise")
    if used.then:
        typer.echo(f"now run: {', then '.join(used.then)}")


def _back(used: Used) -> str:
    before = used.before or "none"
    return before if used.kind == "language" else f"{before} --kind {used.kind}"


def _hidden(used: Used) -> str:
    """What keeps the written setting from being read: the environment, or another file."""
    from tutor.settings import load_settings, origins

    settings: Settings = load_settings()
    if str(getattr(settings, used.setting)) == used.after:
        return ""
    origin = next(row[2] for row in origins(settings) if row[0] == used.setting)
    return "tutor.toml in this folder" if origin == "default" else origin


@app.command()
def bench(
    name: Annotated[
        str | None, typer.Argument(help="A language model; the one in use if none is named.")
    ] = None,
    runs: Annotated[int, typer.Option("--runs", min=1, help="Medians are over so many runs.")] = 3,
    json_: Json = False,
) -> None:
    """Measure how fast a language model reads and writes here, and the memory it takes."""
    from tutor.app import prepare_home
    from tutor.models.bench import bench as measure
    from tutor.models.choice import choose
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings()
    prepare_home(settings)
    if name is not None:
        chosen = choose(name, settings, "language")
        settings = settings.model_copy(update={"model": chosen.value})
    found = measure(settings, runs)
    if json_:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    memory = "not told" if found.memory is None else _size(found.memory)
    for label, value in (
        ("model", found.model),
        ("loading", f"{found.load_seconds:.2f} s"),
        ("reading", f"{found.read_speed:,.0f} tokens/s ({found.prompt_tokens} tokens)"),
        ("first words", f"{found.first_seconds:.2f} s"),
        ("writing", f"{found.write_speed:,.1f} tokens/s"),
        ("memory", memory),
    ):
        typer.echo(f"{label:12} {value}")
