"""Reports of runs: one HTML file, the same as Markdown, and the data as JSON."""

from eval.report.markdown import table
from eval.report.model import ReportData, RunData
from eval.report.write import write_report

__all__ = ["ReportData", "RunData", "table", "write_report"]
