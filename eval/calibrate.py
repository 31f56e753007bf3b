"""``python -m eval.calibrate``: fit the answerability gate on ``dev`` and write it down.

It refuses ``test``: what is reported there must not have been fitted there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.errors import UsageError
from eval.golden import Question, load
from index.search import CANDIDATES
from tutor import gate
from tutor.answer import Tutor
from tutor.app import open_tutor
from tutor.cli import run
from tutor.records import Turn
from tutor.settings import load_settings

# At most this share of the answerable questions of dev may fall below the threshold. Of those over
# the references 0.12 are given up, nearly all of them paraphrases without a word of the page: at
# 0.05 only every second question that no page answers would be declined (docs/log.md, "The gate").
FALSELY_DECLINED: dict[gate.Side, float] = {"curriculum": 0.04, "sources": 0.12}
FOLDS = 10


def calibration_set(split: str, side: gate.Side) -> list[Question]:
    """The questions to fit on.

    False premises are left out: the corpus covers their subject. So are questions about the map,
    which are answered from the graph. For the sources they are those over the references, and all
    that nothing answers; what the curriculum answers, a reference may answer as well.

    Raises:
        UsageError: any split but dev.
    """
    if split != "dev":
        raise UsageError(f"calibrating on {split!r} would spoil its figures; use dev")
    curriculum = [q for q in load("dev") if q.expect != "correct" and q.kind != "path"]
    if side == "curriculum":
        return curriculum
    return [*load("dev", "references"), *(q for q in curriculum if q.expect == "decline")]


def signals(tutor: Tutor, questions: Sequence[Question], side: gate.Side) -> NDArray[np.float64]:
    """The gate's features, shape (questions, features)."""
    rows = []
    for question in questions:
        history = [Turn(m.role, m.content) for m in question.history]
        found = tutor.index.search(tutor.stand_alone(question.question, history), CANDIDATES)
        values = gate.features(tutor.index, found, side)
        rows.append([values[name] for name in gate.FEATURES[side]])
    return np.array(rows)


def fit(
    features: NDArray[np.float64], answerable: NDArray[np.bool_], side: gate.Side
) -> dict[str, object]:
    """Weights, intercept shifted so that the threshold is 0.5, and cross-validated figures."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, features, answerable, cv=folds, method="decision_function")
    threshold = float(np.quantile(held_out[answerable], FALSELY_DECLINED[side]))
    model.fit(features, answerable)
    return {
        "weights": dict(zip(gate.FEATURES[side], map(float, model.coef_[0]), strict=True)),
        "intercept": float(model.intercept_[0]) - threshold,
        "measured": {
            "split": "dev",
            "questions": len(answerable),
            "folds": FOLDS,
            "auc": round(float(roc_auc_score(answerable, held_out)), 3),
            "falsely_declined": round(float(np.mean(held_out[answerable] < threshold)), 3),
            "declined": round(float(np.mean(held_out[~answerable] < threshold)), 3),
            "date": time.strftime("%Y-%m-%d"),
        },
    }


def main() -> None:
    """Fit and write ``tutor/gate.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument(
        "--side",
        choices=tuple(gate.KINDS),
        required=True,
        help="sources: with the references fetched that the golden questions are about",
    )
    arguments = parser.parse_args()
    side: gate.Side = arguments.side
    questions = calibration_set(arguments.split, side)
    tutor = open_tutor(load_settings())
    answerable = np.array([q.expect == "answer" for q in questions])
    fitted = fit(signals(tutor, questions, side), answerable, side)
    known = json.loads(gate.PARAMETERS.read_text(encoding="utf-8"))
    parameters = {**known, side: fitted}
    gate.PARAMETERS.write_text(json.dumps(parameters, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=2))


if __name__ == "__main__":
    run(main)
