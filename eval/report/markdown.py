"""The report as Markdown: the same tables, for places where HTML cannot go."""

from __future__ import annotations

from collections.abc import Sequence

from eval.measures.measure import Group
from eval.report import tables
from eval.report.model import FigureRow, ReportData, RunData, labels
from eval.report.page_text import introduction, judge_note
from eval.report.tables import ARROWS, GROUPS, HEADINGS, Table
from eval.report.text import figure, in_markdown


def table(runs: Sequence[RunData], groups: Sequence[Group] = GROUPS) -> str:
    """The measures of some groups for all runs, with intervals: one Markdown table.

    A figure that could not be computed is "–"; how often a measure failed stands behind it.
    """
    rows = [(_name(row), *_figures(row, runs)) for g in groups for row in tables.measured(runs, g)]
    return as_markdown(Table("", ("measure", *labels(runs)), tuple(rows)))


def as_markdown(of: Table) -> str:
    """A table without its caption; pipes and markup in its cells are escaped."""
    lines = [of.headers, *of.rows]
    cells = ["| " + " | ".join(in_markdown(cell) for cell in line) + " |" for line in lines]
    return "\n".join([cells[0], "|" + "---|" * len(of.headers), *cells[1:]])


def render(data: ReportData) -> str:
    """The whole report as Markdown."""
    parts = [
        f"# {in_markdown(data.title)}",
        in_markdown(introduction(data)),
        *_measures(data),
        *_section("Against the baseline", [tables.against_baseline(data)]),
        *_section(
            "The citation checker against labelled pairs",
            [tables.confusion(run.label, run.confusion) for run in data.runs if run.confusion],
        ),
        *_section("Failures of measures", [tables.faults(data.runs)]),
        *_section("Failed questions", [tables.failed_questions(run) for run in data.runs]),
    ]
    return "\n\n".join(parts) + "\n"


def _measures(data: ReportData) -> list[str]:
    parts = [
        "## All measures",
        "↑ higher is better, ↓ lower is better; 95 % intervals in brackets.",
    ]
    for group in GROUPS:
        if rows := tables.measured(data.runs, group):
            note = [in_markdown(judge_note(data))] if group == "judge" and data.labelled else []
            defined = "\n".join(_definition(row, data) for row in rows)
            parts += [f"### {HEADINGS[group]}", *note, table(data.runs, [group]), defined]
    return parts


def _section(heading: str, of: Sequence[Table]) -> list[str]:
    with_rows = [one for one in of if one.rows]
    bodies = [f"{in_markdown(one.caption)}:\n\n{as_markdown(one)}" for one in with_rows]
    return [f"## {heading}", *(bodies or ["None."])]


def _name(row: FigureRow) -> str:
    return f"{row.name} {ARROWS[row.better]}"


def _figures(row: FigureRow, runs: Sequence[RunData]) -> list[str]:
    return [figure(run.figure(row.name)) for run in runs]


def _definition(row: FigureRow, data: ReportData) -> str:
    words = f"{row.definition} ({row.source}); {_over(row.name, data)}"
    return f"- **{in_markdown(row.name)}**: {in_markdown(words)}"


def _over(name: str, data: ReportData) -> str:
    """Over how many questions: "n 118", or by run where they differ: "n 118 tutor, 131 bare"."""
    of = {run.label: row.n for run in data.runs if (row := run.figure(name))}
    if len(set(of.values())) == 1:
        return f"n {next(iter(of.values()))}"
    return "n " + ", ".join(f"{n} {label}" for label, n in of.items())
