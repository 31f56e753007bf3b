"""``tutor eval calibrate``: fit the answerability gate on ``dev`` and write it down.

It refuses ``test``: what is reported there must not have been fitted there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import SettingsError, UsageError
from eval.files import replace_text
from eval.golden import Question, load
from eval.ranking import load_calibrating
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


def signals(
    tutor: Tutor, asked: Iterable[tuple[str, Sequence[Turn]]], side: gate.Side
) -> NDArray[np.float64]:
    """The gate's features, shape (questions, features).

    Args:
        asked: questions, each with what was said before.
    """
    rows = []
    for question, history in asked:
        found = tutor.index.search(tutor.stand_alone(question, history), CANDIDATES)
        values = gate.features(tutor.index, found, side)
        rows.append([values[name] for name in gate.FEATURES[side]])
    return np.array(rows)


def _asked(question: Question) -> tuple[str, list[Turn]]:
    return question.question, [Turn(m.role, m.content) for m in question.history]


def fit(
    features: NDArray[np.float64],
    answerable: NDArray[np.bool_],
    side: gate.Side,
    most: float,
    of_dev: int,
) -> dict[str, Any]:
    """Weights, intercept shifted so that the threshold is 0.5, and cross-validated figures.

    Args:
        features: shape (questions, features of the side).
        answerable: shape (questions,).
        most: share of the answerable questions of dev that may fall below the threshold, 0..1.
        of_dev: so many of the questions, the first, are of dev; the others are harder on purpose,
            and are fitted on only.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, features, answerable, cv=folds, method="decision_function")
    model.fit(features, answerable)
    threshold = float(np.quantile(held_out[:of_dev][answerable[:of_dev]], most))
    return {
        "weights": dict(zip(gate.FEATURES[side], map(float, model.coef_[0]), strict=True)),
        "intercept": float(model.intercept_[0]) - threshold,
        "measured": {
            "folds": FOLDS,
            "dev": _measured(held_out[:of_dev], answerable[:of_dev], threshold),
            **(
                {"training": _measured(held_out[of_dev:], answerable[of_dev:], threshold)}
                if of_dev < len(answerable)
                else {}
            ),
            "date": time.strftime("%Y-%m-%d"),
        },
    }


def _measured(
    logits: NDArray[np.float64], answerable: NDArray[np.bool_], threshold: float
) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    return {
        "questions": len(answerable),
        "auc": round(float(roc_auc_score(answerable, logits)), 3),
        "falsely_declined": round(float(np.mean(logits[answerable] < threshold)), 3),
        "declined": round(float(np.mean(logits[~answerable] < threshold)), 3),
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
        right = [q.expect == "answer" for q in questions]
        asked = [_asked(question) for question in questions]
        if side == "curriculum":
            written = load_calibrating()
            asked += [(q.question, []) for q in written]
            right += [q.answerable for q in written]
        share = FALSELY_DECLINED[side] if most is None else most
        rows = signals(tutor, asked, side)
        fitted[side] = fit(rows, np.array(right), side, share, len(questions))
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
    dev = measured["dev"]
    return (
        f"{side}: {dev['declined']:.3f} of what cannot be answered declined and "
        f"{dev['falsely_declined']:.3f} of what can ({dev['questions']} questions of "
        f"dev, {measured['folds']}-fold cross-validation, {measured['date']})"
    )
