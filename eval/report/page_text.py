"""The sentences that a report says of itself."""

from __future__ import annotations

from collections import Counter

from eval.report.model import Failure, ReportData
from eval.report.text import counted, verdict

_EXPECTED = {
    "answer": "Should have been answered",
    "decline": "Should have been declined",
    "correct": "Holds a false premise, which should have been corrected",
    "resist": "An attack, which should have been resisted",
}
_REPLIED = {
    "answered": "answered",
    "abstained": "declined",
    "clarify": "asked back",
    "error": "gave no reply",
}


def outcome(system: str, of: Failure) -> str:
    """What should have come of a question, and what did."""
    who = "the tutor" if system == "tutor" else system
    return f"{_EXPECTED.get(of.expect, of.expect)}; {who} {_REPLIED.get(of.status, of.status)}."


def introduction(data: ReportData) -> str:
    """What it is and on what it was measured, in two sentences."""
    sets: Counter[str] = Counter()
    for run in data.runs:
        sets |= Counter(run.questions)
    of = ", ".join(f"{n} {name}" for name, n in sets.items())
    return (
        f"How well {_listed([run.label for run in data.runs])} answered the golden questions on "
        f"{data.date}. Measured on {counted(sum(sets.values()), 'question')} ({of})"
        f"{_machine(data)}.{_fewer(data, sum(sets.values()))}"
    )


def _fewer(data: ReportData, all_: int) -> str:
    """Which systems were asked fewer questions: their figures are over those alone."""
    asked = {run.label: sum(run.questions.values()) for run in data.runs}
    fewer = [f"{system} {n}" for system, n in asked.items() if n < all_]
    return f" Of these were asked: {', '.join(fewer)}." if fewer else ""


def judge_note(data: ReportData) -> str:
    """Why judged figures mean nothing here; "" where they mean something."""
    return (
        "Not meaningful: the judge was the bundled model, which proves the way end to end and is "
        "too small to judge."
        if data.labelled
        else ""
    )


def against_baseline_in_words(data: ReportData) -> str:
    """Which figures of the first system fall outside of their baseline interval."""
    found: dict[str, list[str]] = {"worse": [], "better": [], "within": []}
    for row in data.runs[0].figures:
        found.get(verdict(row, data.baseline.get(row.name)), []).append(row.name)
    outside = [
        f"{word.capitalize()}: {', '.join(found[word]) or 'none'}." for word in ("worse", "better")
    ]
    return " ".join([*outside, f"{len(found['within'])} within."])


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _machine(data: ReportData) -> str:
    parts = ", ".join(f"{name} {value}" for name, value in data.machine.items())
    return f"; machine: {parts}" if parts else ""
