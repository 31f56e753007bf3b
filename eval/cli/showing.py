"""What the commands of ``tutor eval`` print, and the reports that they write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from eval.runs import RunFolder
    from tutor.settings import Settings

# Exit status of a run with a figure that is worse than the baseline's interval.
OUTSIDE_BASELINE = 4

# Three systems, each figure with its failures, take about 125 characters.
_IN_A_FILE = 200


def console() -> Console:
    """Prints tables: as wide as the terminal, or a row a line into a file or a pipe."""
    from rich.console import Console

    plain = Console(markup=False, highlight=False)
    if not plain.is_terminal:
        plain.width = _IN_A_FILE
    return plain


def show_figures(settings: Settings, names: Sequence[str]) -> None:
    """Print the table of all measures, a column a run."""
    from rich.table import Table

    from eval.report.text import figure
    from eval.runs import find_run
    from eval.suite import figures

    runs = [find_run(settings.home, name) for name in names]
    systems = [run.info().system for run in runs]
    named = systems if len(set(systems)) == len(systems) else [run.name for run in runs]
    columns = [{row.name: row for row in figures(run)} for run in runs]
    rows = {name: row for column in columns for name, row in column.items()}
    table = Table("measure", *named, box=None)
    for group in dict.fromkeys(row.group for row in rows.values()):
        table.add_section()
        for name, row in rows.items():
            if row.group == group:
                arrow = "↑" if row.better == "higher" else "↓"
                table.add_row(f"{name} {arrow}", *(figure(column.get(name)) for column in columns))
    console().print(table)


def write_reports(
    settings: Settings, names: Sequence[str], folder: Path | None = None
) -> list[Path]:
    """Write the report on some runs into the first one's folder, and say where.

    Raises:
        RunError: there is no such run, or it has not been scored.
        HomeError: the folder cannot be written.
    """
    from corpus.errors import HomeError
    from eval.assemble import report_data
    from eval.report.write import write_report
    from eval.runs import find_run

    runs = [find_run(settings.home, name) for name in names]
    where, data = folder or runs[0].folder, report_data(runs)
    try:
        files = write_report(data, where)
    except OSError as fault:
        raise HomeError(
            f"cannot write the report to {where} ({fault.strerror}); free space, or name another "
            f"folder: tutor eval report --out FOLDER"
        ) from fault
    typer.echo(f"\nreport: {files[0]}")
    return files


def held_against_baseline(run: RunFolder) -> bool:
    """Print what has left the baseline's interval; whether any of it to the worse side.

    Raises:
        UsageError: the run is not over whole golden sets.
        GoldenError: there is no baseline of the run's split, or it is damaged.
    """
    from eval.baseline import hold, load_baseline, refuse_part, set_of
    from eval.lines import GoldenError
    from eval.suite import figures

    info = run.info()
    refuse_part(info.file, info.quick, info.each)
    split = info.split
    baseline = load_baseline(split)
    if baseline is None:
        raise GoldenError(
            f"there is no baseline of {split}; make one: tutor eval baseline --write, which takes "
            f"a whole run of the tutor without --quick, --each or changed settings"
        )
    every = hold(figures(run), baseline.figures, info.sets)
    left_out = dict.fromkeys(set_of(one.name) for one in every if one.verdict == "not asked")
    held = [one for one in every if one.verdict != "not asked"]
    for one in held:
        if one.verdict != "within":
            low, high, was = one.baseline
            now = "–" if one.value is None else f"{one.value:.3f}"
            typer.echo(f"{one.verdict}: {one.name} {now}, was {was:.3f} ({low:.3f} to {high:.3f})")
    if left_out:
        typer.echo(f"not asked: {', '.join(left_out)}")
    worse = sum(one.verdict in ("worse", "not measured") for one in held)
    within = sum(one.verdict == "within" for one in held)
    typer.echo(f"{within} of {len(held)} figures within the baseline of {split}, {worse} worse")
    return worse > 0
