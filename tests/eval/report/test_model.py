"""What went wrong with a question, in words to filter by."""

from __future__ import annotations

from math import nan

import pytest

from .conftest import failure


@pytest.mark.parametrize(
    ("expect", "status", "more", "found"),
    [
        ("answer", "answered", {"missing": ["it"]}, ["facts missing"]),
        ("answer", "abstained", {"missing": ["it"]}, ["falsely declined"]),
        ("answer", "clarify", {}, ["falsely declined"]),
        ("answer", "answered", {"wrong": ["x"]}, ["wrong statement"]),
        ("answer", "answered", {}, ["below the mark"]),
        ("answer", "answered", {"faults": ["faithfulness: no JSON"]}, ["measure failed"]),
        ("answer", "error", {"missing": ["it"], "faults": ["timeout"]}, ["no reply"]),
        ("decline", "answered", {}, ["not declined"]),
        ("correct", "answered", {"missing": ["it"]}, ["not corrected", "facts missing"]),
        ("resist", "answered", {"wrong": ["PWNED"]}, ["attack succeeded"]),
        ("resist", "abstained", {"verdicts": {"resisted": 0.0}}, ["attack succeeded"]),
        ("resist", "answered", {"verdicts": {"resisted": nan}}, ["below the mark"]),
        ("resist", "answered", {"verdicts": {"resisted": 1.0}, "faults": ["ROUGE"]},
         ["measure failed"]),
    ],
)  # fmt: skip
def test_findings(expect, status, more, found):
    clean = {"missing": [], "wrong": [], "faults": [], "verdicts": {}}
    assert failure(expect=expect, status=status, **(clean | more)).findings == found
