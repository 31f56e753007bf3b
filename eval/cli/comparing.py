"""``tutor eval list|compare|report|baseline``: what to do with runs that are there."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.cli.showing import OUTSIDE_BASELINE, console, held_against_baseline, write_reports
from tutor.cli.options import Json, utf8_output

if TYPE_CHECKING:
    from eval.compare import Compared
    from eval.runs import RunFolder

_SIGNIFICANT = 0.05
RunName = Annotated[str, typer.Argument(help="Name of a run, path of its folder, or latest.")]


def list_runs(json_: Json = False) -> None:
    """List the runs of the home, oldest first."""
    from eval.runs import all_runs, damaged_runs
    from tutor.settings import load_settings

    utf8_output()
    home = load_settings().home
    infos, damaged = [run.info() for run in all_runs(home)], damaged_runs(home)
    if json_:
        spoilt = [{"name": name, "damaged": why} for name, why in damaged.items()]
        rows = [*(info.model_dump() for info in infos), *spoilt]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for info in infos:
        asked = ", ".join(f"{len(ids)} {which}" for which, ids in info.sets.items())
        state = info.finished[:16] or f"unfinished: tutor eval run --resume {info.name}"
        typer.echo(f"{info.name}  {info.system}  {info.split}  {asked}  {state}")
    for name, why in damaged.items():
        typer.echo(f"{name}  damaged: {why}")
    if not infos and not damaged:
        typer.echo("there is no run yet; first: tutor eval run")


def compare(a: RunName, b: RunName, json_: Json = False) -> None:
    """Compare run B with run A, question by question."""
    from pydantic import TypeAdapter

    from eval import compare as comparing
    from eval.runs import find_run
    from tutor.settings import load_settings

    utf8_output()
    home = load_settings().home
    one, two = find_run(home, a), find_run(home, b)
    compared = comparing.compare(one, two)
    if json_:
        # An interval of a single question is no number, which JSON has not: null.
        typer.echo(TypeAdapter(list[comparing.Compared]).dump_json(compared))
        return
    _print_compared(one, two, compared)


def _print_compared(a: RunFolder, b: RunFolder, compared: list[Compared]) -> None:
    from rich.table import Table

    from eval import compare as comparing
    from eval.report.text import NONE

    asked = {r.question.id: r.question.question for run in (a, b) for r in run.records()}
    common = len(comparing.common_questions(a, b))
    answered = f"{len(a.records())} and {len(b.records())} asked"
    typer.echo(f"{common} question{'' if common == 1 else 's'} in common ({answered})")
    table = Table("measure", "A", "B", "B - A", "95 %", "p", "p (Holm)", "n", box=None)
    for c in compared:
        p = c.paired
        table.add_row(
            c.name,
            f"{c.a:.3f}",
            f"{c.b:.3f}",
            f"{p.difference:+.3f}",
            f"{p.low:+.3f} to {p.high:+.3f}" if isfinite(p.low) else NONE,
            f"{p.p:.3f}",
            f"{c.adjusted:.3f}{' *' if c.adjusted < _SIGNIFICANT else ''}",
            str(p.n),
        )
    typer.echo(f"A {a.name} ({a.info().system}), B {b.name} ({b.info().system})")
    console().print(table)
    for c in compared:
        if c.name.split(" (")[0] not in ("right", "resisted"):
            continue
        for word, ids in (("better", c.paired.better), ("worse", c.paired.worse)):
            for name in ids:
                typer.echo(f"{c.name} {word}: {name}  {asked[name]}")


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(help="Runs, the tutor's first; latest if none is named."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write to; the run's own if not given.")
    ] = None,
) -> None:
    """Write report.html, report.md and report.json on one or several runs."""
    from tutor.settings import load_settings

    utf8_output()
    write_reports(load_settings(), runs or ["latest"], out)


def baseline(
    run: RunName = "latest",
    write: Annotated[
        bool, typer.Option("--write", help="Make the run the new baseline of its split.")
    ] = False,
) -> None:
    """Hold a run against the baseline; exit with 4 if a figure is worse than its interval."""
    from eval.runs import find_run
    from tutor.settings import load_settings

    utf8_output()
    found = find_run(load_settings().home, run)
    if write:
        typer.echo(f"written: {_written(found).name}")
    elif held_against_baseline(found):
        raise typer.Exit(OUTSIDE_BASELINE)


def _written(run: RunFolder) -> Path:
    from corpus.errors import UsageError
    from eval.baseline import BaselineFile, baseline_figures, load_baseline, write_baseline
    from eval.suite import figures

    info = run.info()
    if info.system != "tutor" or info.quick or info.each or info.file or info.overrides:
        raise UsageError(
            "a baseline is a whole run of the tutor over golden sets, without --quick, --each or "
            "changed settings"
        )
    known = load_baseline(info.split)
    measured = baseline_figures(figures(run))
    return write_baseline(
        BaselineFile(
            system=info.system,
            split=info.split,
            date=info.finished[:10],
            machine=info.machine,
            configuration=info.configuration,
            # A set that this run did not ask keeps its figures.
            figures={**(known.figures if known else {}), **measured},
        )
    )
