"""Fit the ranker of sentences: ``python -m eval.ranking`` fits, judges, and writes its weights.

Fitted on questions with the sentence that answers each best, sentences that belong to a good answer
and sentences beside the point; judged by cross-validation, and on questions by other writers. The
golden questions are not read.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from eval.files import replace_text
from eval.pairs import TRAINING
from index.search import CANDIDATES, Index
from tutor import gate, ranking
from tutor.app import open_index
from tutor.asking import spelled_out
from tutor.settings import load_settings

_FOLDS = 5
# The least regularisation that costs nothing: 0.03 to 3 differ by 0.003 in cross-validation.
_STRENGTH = 0.1
# A sentence that shares the question's words and is beside the point teaches more than any other.
_BESIDE = 3.0
_GOOD, _BEST_OVER_GOOD = 0.4, 0.3

Features = NDArray[np.float64]


class Answer(BaseModel):
    """A question with sentences of the curriculum, verbatim.

    Attributes:
        best: a good answer begins with it.
        good: they belong into a good answer.
        off: they share words with the question and are beside the point.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    kind: str
    best: str
    good: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


class Calibrating(BaseModel):
    """A question that the curriculum answers or does not.

    Attributes:
        topic: heading under which it is answered; None where it is not.
        sentence: that answers it, verbatim; None where none does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    kind: str
    answerable: bool
    topic: str | None
    sentence: str | None


def load_answers(file: Path = TRAINING / "answers.jsonl") -> list[Answer]:
    """The questions to fit the ranker on.

    Raises:
        ValidationError: a line breaks the schema.
    """
    return [Answer.model_validate_json(line) for line in file.read_text("utf-8").splitlines()]


def load_calibrating(file: Path = TRAINING / "questions.jsonl") -> list[Calibrating]:
    """The questions to fit the gate on, and to judge the ranker by.

    Raises:
        ValidationError: a line breaks the schema.
    """
    return [Calibrating.model_validate_json(line) for line in file.read_text("utf-8").splitlines()]


Label = Literal["best", "good", "off", "other"]


@dataclass(frozen=True, slots=True)
class Case:
    """The candidate sentences of a question: signals, shape (n, names), and labels, shape (n,)."""

    signals: Features
    labels: NDArray[np.str_]


def case(index: Index, answer: Answer, passages: int) -> Case | None:
    """The candidates as the tutor has them; None if the best sentence is not among them."""
    found = index.search(spelled_out(answer.question), CANDIDATES)
    hits = gate.hits_of(found, "curriculum")[:passages]
    asked = ranking.read(found.query)
    ranked = [r for hit in hits for r in ranking.signals(index, asked, hit)]
    labels = np.array([label_of(r.text, answer) for r in ranked])
    if "best" not in labels:
        return None
    return Case(np.array([r.values for r in ranked], dtype=np.float64), labels)


def label_of(text: str, answer: Answer) -> Label:
    """What a sentence is to a question."""
    text = " ".join(text.split())
    if _same(text, answer.best):
        return "best"
    if any(_same(text, other) for other in answer.good):
        return "good"
    return "off" if any(_same(text, other) for other in answer.off) else "other"


def _same(one: str, other: str) -> bool:
    """Whether one text holds the other: list items are written with and without their mark."""
    other = " ".join(other.split())
    return one == other or (min(len(one), len(other)) > 30 and (one in other or other in one))


def fit(cases: Sequence[Case]) -> Features:
    """Weights by logistic regression over differences of pairs, shape (names,).

    A linear RankNet (Burges et al., ICML 2005).
    """
    from sklearn.linear_model import LogisticRegression

    differences, counts = _pairs(cases)
    spread = differences.std(axis=0) + 1e-6
    scaled = differences / spread
    model = LogisticRegression(C=_STRENGTH, fit_intercept=False, max_iter=2000)
    both = np.concatenate([scaled, -scaled])
    wins = np.repeat([1, 0], len(scaled))
    model.fit(both, wins, sample_weight=10 * np.concatenate([counts, counts]))
    found: Features = model.coef_[0] / spread
    return found


def _pairs(cases: Sequence[Case]) -> tuple[Features, Features]:
    """Differences of a better and a worse sentence, and what each counts."""
    rows, counts = [], []
    for one in cases:
        best, good = (np.flatnonzero(one.labels == label) for label in ("best", "good"))
        rest = np.flatnonzero(np.isin(one.labels, ["off", "other"]))
        share = np.where(one.labels[rest] == "off", _BESIDE, 1.0) / max(1, len(rest))
        for better, worse, counted in (
            (best, rest, share),
            (best, good, np.full(len(good), _BEST_OVER_GOOD / max(1, len(good)))),
            (good, rest, _GOOD * share / max(1, len(good))),
        ):
            for row in better:
                rows.append(one.signals[row] - one.signals[worse])
                counts.append(counted)
    return np.concatenate(rows), np.concatenate(counts)


def measured(cases: Sequence[Case], scores: Sequence[Features]) -> dict[str, float]:
    """How often the best sentence, or a good one, comes first, and the best among three."""
    orders = [one.labels[np.argsort(-score)] for one, score in zip(cases, scores, strict=True)]
    return {
        "best_first": _share(order[0] == "best" for order in orders),
        "good_first": _share(order[0] in ("best", "good") for order in orders),
        "best_in_three": _share("best" in order[:3] for order in orders),
    }


def _share(holds: object) -> float:
    return round(float(np.mean(list(holds))), 3)  # type: ignore[call-overload]


def cross_validated(cases: Sequence[Case]) -> list[Features]:
    """Scores of each case by weights fitted on others."""
    folds = np.random.default_rng(0).integers(_FOLDS, size=len(cases))
    fitted = [fit([c for c, f in zip(cases, folds, strict=True) if f != n]) for n in range(_FOLDS)]
    return [c.signals @ fitted[f] for c, f in zip(cases, folds, strict=True)]


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description="Fit the ranker of sentences.")
    parser.add_argument("--out", type=Path, default=ranking.PARAMETERS)
    asked = parser.parse_args()
    settings = load_settings()
    index = open_index(settings)
    answers = load_answers()
    others = [
        Answer(question=q.question, kind=q.kind, best=q.sentence)
        for q in load_calibrating()
        if q.sentence
    ]
    fitted_on = [c for a in answers if (c := case(index, a, settings.passages))]
    judged_on = [c for a in others if (c := case(index, a, settings.passages))]
    weights = fit(fitted_on)
    told = {
        "fitted_on": len(fitted_on),
        "without_candidate": len(answers) - len(fitted_on),
        "cross_validated": measured(fitted_on, cross_validated(fitted_on)),
        "judged_on": len(judged_on),
        "others": measured(judged_on, [c.signals @ weights for c in judged_on]),
        "date": time.strftime("%Y-%m-%d"),
    }
    names = {name: round(float(w), 3) for name, w in zip(ranking.NAMES, weights, strict=True)}
    replace_text(asked.out, json.dumps({"weights": names, "measured": told}, indent=2) + "\n")
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
