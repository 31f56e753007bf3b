"""Figures as text, and texts made harmless."""

from __future__ import annotations

from math import nan

import pytest

from eval.report.model import Baseline
from eval.report.text import (
    figure,
    in_markdown,
    in_plot,
    number,
    safe_url,
    verdict,
    visible,
    wrapped,
)

from .conftest import figure as row


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.891, "0.89"), (9.999, "10.00"), (12.34, "12.3"), (12345.6, "12\u202f346"),
     (nan, "–"), (None, "–")],
)  # fmt: skip
def test_number(value, text):
    assert number(value) == text


def test_figure():
    assert figure(row("r")) == "0.80 (0.70–0.90)"
    assert figure(row("r", failed=2)) == "0.80 (0.70–0.90), 2 failed"
    assert figure(row("r", value=nan, low=0.0, high=1.0, failed=3)) == "–, 3 failed"
    assert figure(None) == "–"


@pytest.mark.parametrize(
    ("name", "text"),
    [("total p50", "1.90\u00a0s"), ("total p50 (mine.jsonl)", "1.90\u00a0s"),
     ("tokens per second", "1.90/s"), ("peak memory", "1.90\u00a0MB")],
)  # fmt: skip
def test_speed_and_memory_have_units(name, text):
    assert figure(row(name, group="speed", value=1.9)) == f"{text} (0.70–0.90)"
    assert figure(row(name, group="speed", value=nan)) == "–"
    assert figure(row(name, value=1.9)) == "1.90 (0.70–0.90)"


@pytest.mark.parametrize(
    ("better", "value", "word"),
    [("higher", 0.5, "within"), ("higher", 0.7, "better"), ("higher", 0.3, "worse"),
     ("lower", 0.7, "worse"), ("lower", 0.3, "better"), ("higher", nan, "worse"),
     ("higher", 0.4, "within"), ("lower", 0.6, "within")],
)  # fmt: skip
def test_verdict(better, value, word):
    assert verdict(row("r", better=better, value=value), Baseline(0.4, 0.6, 0.5)) == word


def test_no_baseline_no_verdict():
    assert verdict(row("r"), None) == "–"


def test_visible_shows_what_hides_and_keeps_what_reads():
    assert visible("a\u202eb\x00c\ud800\u200b") == "a[U+202E]b[U+0000]c[U+D800][U+200B]"
    kept = "tab\tline\nαβγ 漢字 👩\u200d🔬 é"
    assert visible(kept) == kept


def test_in_plot_has_no_markup_left():
    assert in_plot("<b>&lt;</b>") == "&lt;b&gt;&amp;lt;&lt;/b&gt;"
    assert wrapped("20261122-tutor", 10, within_words=True) == "20261122-<br>tutor"
    assert wrapped("Retrieval <i>Augmented", 10) == "Retrieval<br>&lt;i&gt;Augmented"


def test_in_markdown():
    assert in_markdown("a_b|c\n*d*") == r"a\_b\|c \*d\*"


@pytest.mark.parametrize(
    ("url", "safe"),
    [("https://a.org/x", True), ("HTTP://a.org", True), ("javascript:alert(1)", False),
     (" https://a.org", False), ("data:text/html,x", False), ("https://a.org\n", False),
     ("", False), (None, False)],
)  # fmt: skip
def test_safe_url(url, safe):
    assert safe_url(url) == (url if safe else None)
