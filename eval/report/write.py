"""Write a report to a folder."""

from __future__ import annotations

from pathlib import Path

from eval.report import html, markdown
from eval.report.model import ReportData


def write_report(data: ReportData, folder: Path) -> list[Path]:
    """Write report.html, report.md and report.json; what was there is replaced.

    Returns:
        The three files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "report.html": html.render(data),
        "report.md": markdown.render(data),
        "report.json": data.model_dump_json(indent=1) + "\n",
    }
    for name, content in contents.items():
        # A lone surrogate cannot be written; the HTML and Markdown have none (text.visible).
        (folder / name).write_text(content, encoding="utf-8", errors="replace", newline="\n")
    return [folder / name for name in contents]
