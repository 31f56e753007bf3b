"""``python -m eval.answers``: facts, wrong statements and abstention of whole answers."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

from eval.golden import Question, load
from eval.retrieval import table
from eval.splits import Split
from tutor.answer import Tutor
from tutor.app import open_tutor
from tutor.cli import run
from tutor.records import Answer, Turn
from tutor.settings import load_settings


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer to a golden question.

    Attributes:
        facts: share of the expected facts that the answer holds; 0 if it was declined.
        wrong: whether it says what it must not.
    """

    question: Question
    answer: Answer
    facts: float
    wrong: bool

    @property
    def declined(self) -> bool:
        """Whether the tutor declined, or asked back."""
        return self.answer.status != "answered"

    @property
    def right(self) -> bool:
        """For what cannot be answered: declined, or a false premise corrected."""
        if self.question.expect == "correct" and not self.declined:
            return self.facts == 1.0 and not self.wrong
        return self.declined == (self.question.expect != "answer")


def judge(tutor: Tutor, question: Question) -> Judged:
    """Ask a golden question and compare."""
    history = [Turn(m.role, m.content) for m in question.history]
    answer = tutor.ask(question.question, history, question.id)
    told = answer.answer if answer.status == "answered" else ""
    facts = question.fact_recall(told) if told else 0.0
    return Judged(question, answer, facts, question.wrong(told))


def summary(judged: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """By kind: number, facts present, wrong statements, declined, words, median seconds."""
    kinds = list(dict.fromkeys(j.question.kind for j in judged))
    groups = {kind: [j for j in judged if j.question.kind == kind] for kind in kinds}
    groups["all answerable"] = [j for j in judged if j.question.expect == "answer"]
    groups["all to decline"] = [j for j in judged if j.question.expect == "decline"]
    groups["all false premises"] = [j for j in judged if j.question.expect == "correct"]
    return {kind: _figures(group) for kind, group in groups.items() if group}


def _figures(group: Sequence[Judged]) -> dict[str, float]:
    return {
        "n": len(group),
        "facts": mean(j.facts for j in group),
        "wrong": mean(j.wrong for j in group),
        "declined": mean(j.declined for j in group),
        "right": mean(j.right for j in group),
        "words": mean(len(j.answer.answer.split()) for j in group),
        "seconds": median(j.answer.timings_ms.get("total", 0) for j in group) / 1000,
    }


def as_rows(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """Every answer with its verdicts, to trace a figure to the sentence behind it."""
    return [
        {
            "id": j.question.id,
            "facts": j.facts,
            "missing": [f.fact for f in j.question.facts if not f.holds(j.answer.answer)],
            "wrong": j.wrong,
            "right": j.right,
            "answer": j.answer.as_json(),
        }
        for j in judged
    ]


def main() -> None:
    """Print the table; write every answer with ``--out``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument(
        "--references",
        action="store_true",
        help="the questions over the references' full texts, which must have been fetched",
    )
    parser.add_argument("--out", type=Path, help="JSON Lines file for all answers")
    arguments = parser.parse_args()
    split: Split = arguments.split
    tutor = open_tutor(load_settings())
    started = time.perf_counter()
    questions = load(split, "references") if arguments.references else load(split)
    judged = [judge(tutor, question) for question in questions]
    print(f"{len(judged)} questions of {split} in {time.perf_counter() - started:.0f} s\n")
    print(table(summary(judged), "kind"))
    if arguments.out:
        lines = (json.dumps(row, ensure_ascii=False) for row in as_rows(judged))
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    run(main)
