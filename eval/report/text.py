"""Figures as text, and texts from elsewhere made harmless to look at."""

from __future__ import annotations

import html
import re
import textwrap
from math import isnan

from eval.report.model import Baseline, FigureRow, Number

NONE = "–"
# Controls but tab and line feed; direction marks, embeddings, overrides and isolates, which reorder
# what stands around them (Unicode UAX #9; CVE-2021-42574); surrogates, which UTF-8 cannot hold.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|#~!$&])")


def visible(text: str) -> str:
    """The text with every character that hides or reorders others as its code: "[U+202E]"."""
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text.replace("\r\n", "\n"))


def in_plot(text: str) -> str:
    """Text for Plotly, which reads a small HTML in all its texts (``<br>``, ``<a href>``)."""
    return html.escape(visible(text), quote=False)


def wrapped(text: str, width: int, within_words: bool = False) -> str:
    """Text for Plotly, in lines of at most ``width`` characters unless a word is longer.

    Args:
        within_words: break longer words too, behind a hyphen if they have one.
    """
    lines = textwrap.wrap(
        visible(text), width, break_long_words=within_words, break_on_hyphens=within_words
    )
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def in_markdown(text: str) -> str:
    """Text for one cell of a Markdown table: one line, nothing in it is markup."""
    return _MARKDOWN.sub(r"\\\1", " ".join(visible(text).split()))


def number(value: Number | None) -> str:
    """A figure: two decimals below ten, fewer above; "–" if there is none."""
    if value is None or isnan(value):
        return NONE
    decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    # A narrow no-break space between thousands, as ISO 31-0 has it.
    return f"{value:,.{decimals}f}".replace(",", "\u202f")


def unit_of(row: FigureRow) -> str:
    """What stands behind the figure: " s", " MB", "/s"; "" for shares and scores."""
    if row.group != "speed":
        return ""
    units = {"tokens per second": "/s", "peak memory": "\u00a0MB"}
    return next((unit for name, unit in units.items() if row.name.startswith(name)), "\u00a0s")


def value(row: FigureRow) -> str:
    """A figure with its unit: "0.89", "1.90 s"; "–" if there is none."""
    return NONE if isnan(row.value) else f"{number(row.value)}{unit_of(row)}"


def span(low: Number, high: Number) -> str:
    """An interval: "0.84–0.93"; "" if there is none."""
    return "" if isnan(low) or isnan(high) else f"{number(low)}–{number(high)}"


def figure(row: FigureRow | None) -> str:
    """A figure with its unit, interval and failures: "0.89 (0.84–0.93), 2 failed"."""
    if row is None:
        return NONE
    interval = interval_of(row)
    return value(row) + (f" ({interval})" if interval else "") + failed(row)


def interval_of(row: FigureRow) -> str:
    """The confidence interval of a figure; "" if there is no figure."""
    return "" if isnan(row.value) else span(row.low, row.high)


def failed(row: FigureRow) -> str:
    """How often the measure itself failed: ", 2 failed"; "" if it never did."""
    return f", {row.failed} failed" if row.failed else ""


def verdict(row: FigureRow, baseline: Baseline | None) -> str:
    """Where a figure stands to its baseline: "within", "better", "worse", or "–"."""
    if baseline is None or isnan(baseline.low) or isnan(baseline.high):
        return NONE
    return row.against(baseline)


def counted(number_of: int, noun: str) -> str:
    """ "1 question", "3 questions"."""
    return f"{number_of} {noun}{'' if number_of == 1 else 's'}"


def safe_url(url: str | None) -> str | None:
    """The address if a browser may follow it (http, https), else None."""
    return url if url and re.fullmatch(r"https?://\S+", url, re.IGNORECASE) else None
