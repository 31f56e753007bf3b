"""The Markdown report and the table for the README."""

from __future__ import annotations

import re

from eval.report import ReportData, table
from eval.report.markdown import as_markdown, render
from eval.report.tables import Table


def rows(markdown: str) -> list[list[str]]:
    """Cells of all table rows, split as Markdown splits them: at pipes that are not escaped."""
    lines = [line for line in markdown.splitlines() if line.startswith("|")]
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]


def test_short_table_has_all_systems_with_intervals(data: ReportData):
    runs = [data.runs[0], data.runs[1].model_copy(update={"system": "bare model"})]
    assert table(runs, ["answer"]) == (
        "| measure | tutor | bare model |\n"
        "|---|---|---|\n"
        "| fact recall ↑ | 0.80 (0.70–0.90) | 0.16 (0.70–0.90) |"
    )


def test_failures_stand_beside_the_dash(data):
    assert "| faithfulness ↑ | –, 12 failed | – |" in table(data.runs, ["judge"])


def test_pipes_line_feeds_and_markup_stay_in_their_cell():
    one = Table("", ("a | b", "c"), (("x\ny", "<b> | `z` [l](javascript:1)"),))
    assert as_markdown(one) == (
        "| a \\| b | c |\n|---|---|\n| x y | \\<b\\> \\| \\`z\\` \\[l\\](javascript:1) |"
    )


def test_every_table_keeps_its_width(data):
    tables = re.split(r"\n\n+", render(data))
    widths = [{len(cells) for cells in rows(part)} for part in tables if part.startswith("|")]
    assert widths
    assert all(len(width) == 1 for width in widths)


def test_no_html_and_no_direction_controls(data):
    text = render(data)
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_same_sections_as_the_page(data):
    headings = re.findall(r"^## (.+)$", render(data), re.MULTILINE)
    assert headings == [
        "All measures",
        "Against the baseline",
        "The citation checker against labelled pairs",
        "Failures of measures",
        "Failed questions",
    ]


def test_what_is_worse_than_its_baseline_comes_first(data):
    text = render(data)
    section = text.split("## Against the baseline")[1].split("## ")[0]
    assert [cells[-1].strip() for cells in rows(section)[2:]] == ["worse", "better", "within"]


def test_definitions_say_over_how_many_questions(data):
    text = render(data)
    assert "(eval/golden/README.md); n 10\n" in text
    fewer = data.runs[1].figures[0].model_copy(update={"n": 4})
    bare = data.runs[1].model_copy(update={"system": "bare", "figures": [fewer]})
    between = data.model_copy(update={"runs": [data.runs[0], bare]})
    changed = between.model_validate_json(between.model_dump_json())
    assert "n 10 tutor, 4 bare\n" in render(changed)


def test_runs_of_one_system_have_columns_of_their_own(twice):
    assert "| measure | before | after |" in render(twice)
    assert "before: 2 questions not answered rightly" in render(twice)
