"""A small report, hand-made, in which every text from elsewhere attacks the page."""

from __future__ import annotations

from math import nan
from typing import Any

import pytest

from eval.golden import Message
from eval.report.model import Confusion, Failure, FigureRow, ReportData, RunData

HOSTILE = (
    "<script>alert(1)</script></script><img src=https://evil.example/x onerror=alert(1)>"
    '"><svg onload=alert(1)> {{ 7 * 7 }} \u202egnitfihs\u2066 | `code` %{x} '
    "[x](javascript:alert(1))"
)


def figure(name: str, **changes: Any) -> FigureRow:
    plain = {
        "group": "answer", "better": "higher", "definition": "Share of the facts held.",
        "source": "eval/golden/README.md", "value": 0.8, "low": 0.7, "high": 0.9, "n": 10,
        "by_kind": {"definition": (0.9, 6), HOSTILE: (0.65, 4)},
        "by_station": {7: (0.5, 2), "transformer-walkthrough": (1.0, 1)},
    }  # fmt: skip
    return FigureRow(name=name, **(plain | changes))


def failure(**changes: Any) -> Failure:
    hostile = {
        "id": "test-def-001", "set": HOSTILE, "kind": HOSTILE, "station": 7, "question": HOSTILE,
        "history": [Message(role="user", content=HOSTILE)], "expect": "answer",
        "status": "answered", "answer": HOSTILE, "read_as": HOSTILE, "confidence": 0.4,
        "missing": [HOSTILE], "wrong": [HOSTILE], "reference": HOSTILE,
        "evidence": [(HOSTILE, HOSTILE, HOSTILE, True), ("Second", "", "Not it.", False)],
        "citations": [
            (1, HOSTILE, "javascript:alert(1)"),
            (2, "A quote.", "https://arxiv.org/abs/2106.09685"),
            (3, "Another.", 'https://x.example/" onmouseover="alert(1)'),
        ],
        "verdicts": {"fact recall": 0.5, HOSTILE: nan}, "faults": [HOSTILE],
    }  # fmt: skip
    return Failure(**(hostile | changes))


def tutor() -> RunData:
    return RunData(
        system="tutor",
        description={"model": HOSTILE, "k": 5},
        questions={"curriculum": 10},
        figures=[
            figure("recall@5", group="retrieval"),
            figure("fact recall"),
            figure("faithfulness", group="judge", value=nan, low=nan, high=nan, n=0, failed=12),
            figure("falsely declined", group="abstention", better="lower", value=0.04),
            figure("total p50", group="speed", better="lower", value=1890, low=1701, high=2079),
        ],
        risk_coverage=[(0.5, 0.0), (1.0, 0.2)],
        operating=(0.9, 0.1),
        reliability=[(0.2, 0.1, 4), (0.9, 0.95, 6)],
        latency={"retrieve": [10.0, 12.0, 0.0], "total": [900.0, 1200.0, nan], HOSTILE: [5.0]},
        failures=[failure(), failure(id="test-ood-001", status="abstained", station=None)],
        faults=[("test-def-001", "faithfulness", HOSTILE)],
        confusion=Confusion(
            counts={"supported": {"supported": 44, "partial": 6}, "partial": {"partial": 31}},
            balanced_accuracy=(0.78, 0.72, 0.84),
        ),
    )


@pytest.fixture(scope="session")
def data() -> ReportData:
    other = RunData(
        system=HOSTILE, questions={"curriculum": 10}, figures=[figure("fact recall", value=0.16)]
    )
    return ReportData(
        title="Metromap Tutor",
        date="22 November 2026",
        machine={"cores": 2, "name": HOSTILE},
        runs=[tutor(), other],
        baseline={
            "fact recall": (0.82, 0.92, 0.87),
            "recall@5": (0.7, 0.9, 0.8),
            "total p50": (2000.0, 2400.0, 2200.0),
            "faithfulness": None,
        },
        labelled=True,
        headline=["fact recall", "total p50"],
    )


@pytest.fixture(scope="session")
def twice(data: ReportData) -> ReportData:
    """Two runs of the tutor, the second with other settings."""
    first, second = (tutor().model_copy(update={"name": name}) for name in ("before", "after"))
    return ReportData(title="Twice", date="today", runs=[first, second], baseline=data.baseline)
