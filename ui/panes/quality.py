"""The pane "Quality": the last evaluation's figures, and what each of them means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from pathlib import Path

from ui.panes.figures import Evaluation, FigureRow, last_run, released
from ui.panes.pane_strings import ENGLISH_PANES, PaneStrings
from ui.text.escape import escaped
from ui.text.safe import inline, one_line
from ui.text.tables import table

# What a learner wants to know first: is it found, is it there, is it true, does it know its limits.
_MAIN = (
    "fact recall", "wrong", "citation recall", "verbatim", "recall@5", "declined",
    "falsely declined", "resisted (attacks)", "first sentence p50",
)  # fmt: skip
_SECONDS = re.compile(r"p\d+$")
_NAMES = 3
_MEANING = 600


def pane(home: Path, strings: PaneStrings = ENGLISH_PANES) -> str:
    """The figures of the last run in a home; without one, those that this version came with."""
    last, damaged = last_run(home)
    shown = last or released()
    notice = ""
    if damaged:
        names = ", ".join(one_line(name, 40) for name in damaged[:_NAMES])
        more = "…" if len(damaged) > _NAMES else ""
        notice = _paragraph(strings.unreadable_runs.format(names=names + more), "notice")
    figures = _figures(shown, strings) if shown else _paragraph(strings.no_figures, "notice")
    command = f"<p>{escaped(strings.make_anew)} <code>{escaped(strings.command)}</code></p>"
    return f'<div class="quality">{notice}{figures}{command}</div>'


def _paragraph(text: str, name: str = "") -> str:
    return f'<p class="{name}">{escaped(text)}</p>' if name else f"<p>{escaped(text)}</p>"


def _figures(shown: Evaluation, strings: PaneStrings) -> str:
    main = [row for name in _MAIN for row in shown.rows if _measure(row, shown) == name]
    others = [row for row in shown.rows if row not in main]
    folded = ""
    if others:
        rows = _table(strings.more_figures, others, shown, strings)
        folded = f"<details><summary>{escaped(strings.more_figures)}</summary>{rows}</details>"
    about = strings.about_interval
    if shown.questions is None:
        about = f"{about} {strings.not_recorded}"
    return (
        f"{_paragraph(_of_what(shown, strings))}{_paragraph(about)}"
        f"{_table(strings.main_figures, main, shown, strings) if main else ''}{folded}"
    )


def _measure(row: FigureRow, shown: Evaluation) -> str:
    """The name of a figure; of questions of somebody's own it ends with their file's name."""
    return row.name.rpartition(" (")[0] if shown.own_file else row.name


def _of_what(shown: Evaluation, strings: PaneStrings) -> str:
    """What was measured, when, and whether it was the whole."""
    text = strings.of_run if shown.name else strings.of_release
    told = text.format(
        date=one_line(shown.date),
        model=one_line(shown.model),
        questions=shown.questions,
        split=one_line(shown.split),
    )
    part = [
        strings.quick * shown.quick,
        strings.each.format(count=shown.each) if shown.each else "",
        strings.own_file * shown.own_file,
        *(one_line(f"{name} = {value}") for name, value in shown.overrides.items()),
    ]
    what = ", ".join(filter(None, part))
    return f"{told} {strings.part.format(what=what)}" if what else told


def _table(caption: str, rows: Sequence[FigureRow], shown: Evaluation, strings: PaneStrings) -> str:
    heads = [strings.figure, strings.value, strings.interval]
    cells = [_cells(row, strings) for row in rows]
    if shown.questions is None:
        cells = [before for *before, _ in cells]
    else:
        heads.append(strings.questions)
    return table(caption, heads, cells, "figures")


def _cells(row: FigureRow, strings: PaneStrings) -> list[str]:
    known = isfinite(row.low) and isfinite(row.high) and isfinite(row.value)
    between = strings.between.format(low=number(row.low), high=number(row.high)) if known else "–"
    unit = _unit(row) if isfinite(row.value) else ""
    meant = f'<span class="meaning">{inline(meaning(row, strings), _MEANING)}</span>'
    return [
        f"{inline(row.name)} {meant}",
        escaped(f"{number(row.value)}{unit}"),
        escaped(between),
        "–" if row.n is None else str(row.n),
    ]


def number(value: float) -> str:
    """A figure as the report has it: two decimals below ten, fewer above; "–" if there is none."""
    if not isfinite(value):
        return "–"
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{decimals}f}".replace(",", "\u202f")


def _unit(row: FigureRow) -> str:
    if row.name.startswith("tokens per second"):
        return "/s"
    if row.name.startswith("peak memory"):
        return "\u00a0MB"
    return "\u00a0s" if _SECONDS.search(row.name.partition(" (")[0]) else ""


def meaning(row: FigureRow, strings: PaneStrings = ENGLISH_PANES) -> str:
    """What a figure says, in a sentence or two; the suite's own definition where we have none."""
    text = strings.meanings.get(row.name, "")
    of_set = ""
    if not text:
        name, _, rest = row.name.rpartition(" (")
        of_set = rest.removesuffix(")") if name else ""
        text = strings.meanings.get(name, "")
    if not text:
        text, of_set = row.definition, ""
        if row.better == "lower":
            text = strings.lower.format(text=text)
    if of_set:
        text = strings.of_set.format(text=text, name=of_set)
    if row.failed:
        text = strings.some_failed.format(text=text, count=row.failed)
    return text.strip()
