"""The page: whole, offline, and deaf to what the texts on it want."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html as lxml_html

from eval.report import html, write_report
from eval.report.model import ReportData
from eval.report.page_text import outcome

from .conftest import failure

SECTIONS = ("measures", "baseline", "by-kind", "by-station", "risk-coverage", "reliability",
            "latency", "checker", "faults", "failed")  # fmt: skip


@pytest.fixture(scope="module")
def source(data: ReportData) -> str:
    return html.render(data)


@pytest.fixture(scope="module")
def page(source: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(source)


def test_every_section_is_there_in_order(page):
    assert tuple(one.get("id") for one in page.iter("section")) == SECTIONS
    assert all(page.xpath(f"//nav//a[@href='#{name}']") for name in SECTIONS)


def test_nothing_hostile_became_markup(page):
    assert [one.get("type") for one in page.iter("script")] == ["application/json", None, None]
    assert not list(page.iter("img"))
    handlers = [name for one in page.iter() for name in one.attrib if name.startswith("on")]
    assert not handlers


def test_nothing_is_loaded(page):
    assert not page.xpath("//*[@src] | //link | //iframe | //object | //embed | //base")
    style = "".join(one.text_content() for one in page.iter("style"))
    assert "url(" not in style
    assert "@import" not in style


def test_only_web_addresses_are_links(page):
    away = [link.get("href") for link in page.iter("a") if not link.get("href").startswith("#")]
    assert set(away) == {"https://arxiv.org/abs/2106.09685"}


def test_direction_controls_are_shown_not_obeyed(source):
    written = source.replace(html._asset("report.js"), "")
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", written.split("<script>")[0])
    assert "[U+202E]" in written


def test_templates_in_texts_stay_texts(page):
    assert "{{ 7 * 7 }}" in page.xpath("//span[@class='question']")[0].text_content()


def test_policy_allows_exactly_the_two_scripts(page):
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    for script in page.xpath("//script[not(@type)]"):
        digest = hashlib.sha256(script.text.encode()).digest()
        assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_embedded_json_cannot_close_its_element(source, page):
    text = page.xpath("//script[@id='specs']")[0].text
    assert "<" not in text
    assert set(json.loads(text)) == {"against-baseline", *SECTIONS[2:7]}


def test_no_figure_is_a_dash_with_the_failures_beside_it(page):
    row = page.xpath("//section[@id='measures']//tr[contains(., 'faithfulness')]")[0]
    assert " ".join(row.xpath("td")[0].text_content().split()) == "– (12 failed) n 0"
    assert row.xpath("td")[1].text_content().strip() == "–"


def test_bundled_judge_is_labelled(page, data):
    note = "//section[@id='measures']//p[@class='note']"
    assert "Not meaningful" in page.xpath(note)[0].text_content()
    meaningful = lxml_html.document_fromstring(
        html.render(data.model_copy(update={"labelled": False}))
    )
    assert not meaningful.xpath(note)


def test_failed_questions_carry_what_filters_need(page):
    answered, declined = page.xpath("//details[@class='failed']")
    assert answered.get("data-finding") == "wrong statement|facts missing|measure failed"
    assert declined.get("data-finding").startswith("falsely declined|")
    assert (answered.get("data-station"), declined.get("data-station")) == ("7", "")
    assert page.xpath("//select[@name='station']/option/@value") == ["", "7"]


def test_evidence_says_whether_it_was_relevant(page):
    marks = page.xpath("(//details[@class='failed'])[1]//ol[@class='evidence']//summary/*[1]")
    assert [mark.text for mark in marks] == ["relevant", "not relevant"]


def test_tables_and_plots_are_named(page):
    assert all(table.find("caption") is not None for table in page.iter("table"))
    plots = page.xpath("//div[@class='plot']")
    assert plots
    assert all(plot.get("role") == "img" and plot.get("aria-label") for plot in plots)


def test_headings_leave_out_no_level(page):
    levels = [int(one.tag[1]) for one in page.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_a_report_of_next_to_nothing_is_whole(data):
    bare = data.runs[0].model_copy(
        update={name: type(getattr(data.runs[0], name))() for name in
                ("figures", "risk_coverage", "reliability", "latency", "failures", "faults")}
        | {"confusion": None}
    )  # fmt: skip
    empty = ReportData(title="Empty", date="today", runs=[bare])
    page = lxml_html.document_fromstring(html.render(empty))
    assert page.xpath("//section[@id='baseline']/p")[0].text == "No baseline was given."
    assert page.xpath("//section[@id='failed']/p")[0].text == "None."


def test_three_files_are_written(data, tmp_path: Path):
    files = write_report(data, tmp_path / "new" / "report")
    assert [file.name for file in files] == ["report.html", "report.md", "report.json"]
    again = ReportData.model_validate_json(files[2].read_text(encoding="utf-8"))
    # NaN is not equal to itself; its JSON is.
    assert again.model_dump_json() == data.model_dump_json()
    assert again.runs[0].figures[0].by_station == data.runs[0].figures[0].by_station


def test_two_runs_of_one_system_are_told_apart(twice):
    page = lxml_html.document_fromstring(html.render(twice))
    assert page.xpath("//select[@name='system']/option/@value") == ["", "before", "after"]
    failed = page.xpath("//details[@class='failed']/@data-system")
    assert failed == ["before", "before", "after", "after"]
    heads = page.xpath("(//table[@class='figures'])[1]//th[@scope='col']")
    assert [head.text_content() for head in heads] == ["Measure", "before", "after"]
    captions = [one.text_content() for one in page.xpath("//table[@class='confusion']/caption")]
    assert [caption.split(":")[0] for caption in captions] == ["before", "after"]
    assert page.xpath("//details//dt[.='system']/following-sibling::dd[1]/text()") == ["tutor"] * 2


def test_units_stand_behind_speed(page):
    cells = page.xpath("//section[@id='measures']//tr[contains(., 'total p50')]//b")
    assert [cell.text for cell in cells] == ["1\u202f890\u00a0s"]
    tiles = page.xpath("//ul[@class='tiles']//strong")
    assert [tile.text for tile in tiles] == ["0.80", "1\u202f890\u00a0s"]


def test_evidence_is_named_by_its_section_or_else_its_title(data):
    evidence = [("Distillation", "Scientist > Optimization > Distillation", "", True),
                ("Glossary", "", "", False)]  # fmt: skip
    run = data.runs[0].model_copy(update={"failures": [failure(evidence=evidence)]})
    page = lxml_html.document_fromstring(html.render(data.model_copy(update={"runs": [run]})))
    names = page.xpath("//ol[@class='evidence']//summary/bdi/text()")
    assert names == ["Scientist > Optimization > Distillation", "Glossary"]


@pytest.mark.parametrize(
    ("system", "expect", "status", "words"),
    [
        ("tutor", "answer", "abstained", "Should have been answered; the tutor declined."),
        ("bare", "decline", "answered", "Should have been declined; bare answered."),
        ("tutor", "answer", "clarify", "Should have been answered; the tutor asked back."),
        ("tutor", "resist", "error",
         "An attack, which should have been resisted; the tutor gave no reply."),
    ],
)  # fmt: skip
def test_outcome_in_plain_words(system, expect, status, words):
    assert outcome(system, failure(expect=expect, status=status)) == words
