"""The page in a real browser: it draws, filters, and runs nothing that it was not given."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from lxml import html as lxml_html

from eval.report import ReportData, write_report

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to open the report with")


@pytest.fixture(scope="module")
def opened(
    data: ReportData, tmp_path_factory: pytest.TempPathFactory
) -> tuple[lxml_html.HtmlElement, str]:
    """The page after its scripts have run, and what it wrote to the console."""
    tmp_path = tmp_path_factory.mktemp("report")
    page = write_report(data, tmp_path)[0]
    done = subprocess.run(
        [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=True,
    )  # fmt: skip
    console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return lxml_html.document_fromstring(done.stdout), console


def test_draws_every_plot_and_counts_the_failed_questions(opened):
    page, console = opened
    assert console == ""
    drawn = [plot.get("id") for plot in page.find_class("js-plotly-plot")]
    assert drawn == [
        "plot-against-baseline", "plot-by-kind", "plot-by-station", "plot-risk-coverage",
        "plot-reliability", "plot-latency",
    ]  # fmt: skip
    assert page.xpath("//form[@id='filters']/output")[0].text == "2 of 2 shown"


def test_hostile_texts_are_texts_in_plots_too(opened):
    page, _ = opened
    plots = page.xpath("//*[contains(@class, 'main-svg')]")
    # A tick of the heat map: its kind of question is hostile.
    assert any("<script>alert(1)</script>" in plot.text_content() for plot in plots)
    assert len(list(page.iter("script"))) == 3
    assert not list(page.iter("img"))
    assert not [name for one in page.iter() for name in one.attrib if name.startswith("on")]
