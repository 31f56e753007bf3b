"""Markers and their entries, by hand."""

from __future__ import annotations

import pytest

from eval.measures.markers import MARKERS, forged, marked


@pytest.mark.parametrize(
    ("answer", "entries", "expected"),
    [
        ("It is. [1] It was. [2][1]", [1, 2], 1),
        ("It is. [1] It was. [3]", [1, 2], 0),  # 3 has no entry, 2 is not used
        ("It is. [1]", [1, 2], 0),
        ("It is. [1][2]", [1], 0),
        ("It is. [1]", [1, 1], 0),  # an entry twice
        ("It is. [99]", [], 0),
        ("It is.", [1], 0),
        ("It is.", [], None),
    ],
)
def test_every_marker_has_an_entry_and_every_entry_a_marker(make_record, answer, entries, expected):
    citations = [{"n": n, "quote": "q"} for n in entries]
    assert MARKERS.score(make_record(reply={"answer": answer, "citations": citations})) == expected


def test_failed_reply_has_no_figure(make_record):
    assert MARKERS.score(make_record(reply=None)) is None


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("One [1], two[2][10].", [1, 2, 10]),
        ("```python\nrow[3]\n```\n[1]", [1]),
        ("~~~\n``` row[3]\n~~~\n[1]", [1]),
        ("Take `row[3]`. [1]", [1]),
        ("$x_{[3]}$ and $$y[4]$$ [1]", [1]),
        ("It costs $5. [1] Or $10. [2]", [1, 2]),
        ("[1](https://example.org) [2]: https://example.org", []),
        ("```\nnever closed [3]", []),
    ],
)
def test_markers_are_told_from_code_formulas_and_links(text, numbers):
    assert marked(text) == numbers


def test_forged_markers_are_those_without_an_entry(make_record):
    reply = {"answer": "So. [1][7] And. [9]", "citations": [{"n": 1, "quote": "q"}]}
    assert forged(make_record(reply=reply).reply) == [7, 9]
