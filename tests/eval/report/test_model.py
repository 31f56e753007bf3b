"""What went wrong with a question, in words to filter by."""

from __future__ import annotations

from math import nan

import pytest

from eval.report.model import ReportData, RunData, labels

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


def runs(*named: tuple[str, str]) -> list[RunData]:
    return [RunData(system=s, name=n, questions={}, figures=[]) for s, n in named]


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ([("tutor", "a"), ("bare", "b")], ["tutor", "bare"]),
        ([("tutor", "a"), ("tutor", "b"), ("bare", "c")], ["a", "b", "c"]),
        ([("tutor", ""), ("tutor", "")], ["tutor (1)", "tutor (2)"]),
        ([("tutor", "a"), ("tutor", "a")], ["a (1)", "a (2)"]),
    ],
)
def test_labels_tell_runs_apart(named, shown):
    assert labels(runs(*named)) == shown
    report = ReportData(title="", date="", runs=runs(*named))
    assert report.labels() == [run.label for run in report.runs] == shown
    again = ReportData.model_validate_json(report.model_dump_json())
    assert [run.label for run in again.runs] == shown


def test_a_run_in_no_report_is_called_by_its_system():
    assert runs(("tutor", "a"))[0].label == "tutor"
