"""``tutor eval calibrate``: fit the answerability gate on ``dev`` and write it down.

It refuses ``test``: what is reported there must not have been fitted there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import SettingsError, UsageError
from eval.files import replace_text
from eval.golden import Question, load
from index.search import CANDIDATES
from tutor import gate
from tutor.answer import Tutor
from tutor.records import Turn
from tutor.settings import TOML, Settings

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

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
    features: NDArray[np.float64],
    answerable: NDArray[np.bool_],
    side: gate.Side,
    most: float,
) -> dict[str, Any]:
    """Weights, intercept shifted so that the threshold is 0.5, and cross-validated figures.

    Args:
        features: shape (questions, features of the side).
        answerable: shape (questions,).
        most: share of the answerable questions that may fall below the threshold, 0..1.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, features, answerable, cv=folds, method="decision_function")
    threshold = float(np.quantile(held_out[answerable], most))
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


def calibrate(
    tutor: Tutor, split: str, sides: Sequence[gate.Side], most: float | None = None
) -> dict[gate.Side, dict[str, Any]]:
    """Fit the gate of each side.

    Args:
        split: "dev".
        most: share of answerable questions that may be declined, 0..1; None for the usual one of
            each side.

    Raises:
        UsageError: any split but dev.
    """
    fitted = {}
    for side in sides:
        questions = calibration_set(split, side)
        right = np.array([q.expect == "answer" for q in questions])
        share = FALSELY_DECLINED[side] if most is None else most
        fitted[side] = fit(signals(tutor, questions, side), right, side, share)
    return fitted


def write_gate(file: Path, fitted: Mapping[gate.Side, Mapping[str, Any]]) -> None:
    """Write fitted sides; those that were not fitted stay as they were, or as they are bundled."""
    known = json.loads((file if file.exists() else gate.PARAMETERS).read_text(encoding="utf-8"))
    replace_text(file, json.dumps({**known, **fitted}, indent=2) + "\n")


def use_own_gate(settings: Settings, fitted: Mapping[gate.Side, Mapping[str, Any]]) -> Path:
    """Write the gate into the home, and into the home's settings that it is used, with its figures.

    Returns:
        The settings file.

    Raises:
        SettingsError: the settings file is there and is no TOML.
    """
    import tomlkit

    write_gate(settings.home / "gate.json", fitted)
    file = settings.home / TOML
    document = _read_toml(file)
    measured = "; ".join(_in_words(side, one["measured"]) for side, one in fitted.items())
    document["gate"] = tomlkit.string("own").comment(measured)
    replace_text(file, tomlkit.dumps(document))
    return file


def _read_toml(file: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(file.read_text(encoding="utf-8") if file.exists() else "")
    except (OSError, UnicodeDecodeError, ParseError) as fault:
        raise SettingsError(f"{file} is no TOML ({fault}); mend or remove it") from fault


def _in_words(side: str, measured: Mapping[str, Any]) -> str:
    return (
        f"{side}: {measured['declined']:.3f} of what cannot be answered declined and "
        f"{measured['falsely_declined']:.3f} of what can ({measured['questions']} questions of "
        f"{measured['split']}, {measured['folds']}-fold cross-validation, {measured['date']})"
    )
