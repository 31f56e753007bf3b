"""The report as one HTML file that loads nothing: styles, scripts and Plotly.js stand in it.

Whatever a question, an answer or a document says is text here, never markup: Jinja2 escapes every
expression, ``visible`` takes the characters that hide or reorder, and a content security policy
(W3C CSP3, hashes of the two scripts) refuses any other script and every request.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.loader import load_curriculum
from eval.report import tables, text
from eval.report.model import FigureRow, ReportData, RunData
from eval.report.page_text import against_baseline_in_words, introduction, judge_note, outcome
from eval.report.plots import Plot, plots

if TYPE_CHECKING:
    from jinja2 import Environment

_PAGE = Path(__file__).parent / "page"


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and its interval in per cent of the width that a row of the table has for it."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What one system has for one measure; ``row`` is None if it has nothing."""

    row: FigureRow | None
    bar: Bar | None


def render(data: ReportData) -> str:
    """The whole report as HTML."""
    plotly = (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    script = _asset("report.js")
    drawn = plots(data, load_curriculum())
    page: str = _environment().get_template("report.html.j2").render(
        data=data, introduction=introduction(data), judge_note=judge_note(data),
        groups=[(tables.HEADINGS[g], g, rows) for g in tables.GROUPS if (rows := _rows(data, g))],
        headline=[row for name in data.headline if (row := data.runs[0].figure(name))],
        baseline=against_baseline_in_words(data), plots=drawn, specs=_specs(drawn),
        confusions=[(run.label, run.confusion) for run in data.runs if run.confusion],
        faults=tables.faults(data.runs), choices=_choices(data.runs),
        style=_markup(_asset("report.css")), script=_markup(script), plotly=_markup(plotly),
        policy=_policy(plotly, script),
    )  # fmt: skip
    return page


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False}
    environment.filters.update(
        number=text.number,
        value=text.value,
        interval=text.interval_of,
        safe_url=text.safe_url,
        arrow=tables.ARROWS.__getitem__,
    )
    environment.globals.update(
        verdict=text.verdict, counted=text.counted, span=text.span, outcome=outcome
    )
    return environment


def _finalize(value: Any) -> Any:
    # Markup is ours (a style, a script) or already JSON; all other text may come from elsewhere.
    return text.visible(value) if type(value) is str else value


def _markup(source: str) -> str:
    from markupsafe import Markup

    return Markup(source)


def _asset(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    # The template puts a line feed behind each script.
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(f"{script}\n".encode()).digest()).decode()


def _specs(drawn: Sequence[Plot]) -> dict[str, Any]:
    return {
        plot.id: [
            {"wide": one.spec, "narrow": one.narrow, "below": one.below} for one in plot.variants
        ]
        for plot in drawn
    }


def _rows(data: ReportData, group: Any) -> list[tuple[FigureRow, list[Entry]]]:
    return [(row, _entries(row.name, data.runs)) for row in tables.measured(data.runs, group)]


def _entries(name: str, runs: Sequence[RunData]) -> list[Entry]:
    rows = [run.figure(name) for run in runs]
    ends = [end for row in rows if row for end in (row.value, row.low, row.high) if isfinite(end)]
    low, high = min([0.0, *ends]), max([1.0, *ends])
    return [Entry(row, _bar(row, low, high) if row else None) for row in rows]


def _bar(row: FigureRow, low: float, high: float) -> Bar | None:
    if not isfinite(row.value):
        return None
    ends = (row.low, row.value, row.high)
    within = [end if isfinite(end) else row.value for end in ends]
    return Bar(*(round(100 * (end - low) / (high - low), 2) for end in within))


def _choices(runs: Sequence[RunData]) -> dict[str, list[str]]:
    """What the failed questions can be filtered by."""
    failures = [failure for run in runs for failure in run.failures]
    stations = {f.station for f in failures if f.station is not None}
    in_order = sorted(stations, key=lambda key: (isinstance(key, str), str(key).zfill(3)))
    return {
        "system": [run.label for run in runs if run.failures],
        "set": list(dict.fromkeys(f.set for f in failures)),
        "kind": list(dict.fromkeys(f.kind for f in failures)),
        "station": [str(key) for key in in_order],
        "finding": list(dict.fromkeys(word for f in failures for word in f.findings)),
    }
