"""The gate is fitted on dev, and written down with what was measured."""

from __future__ import annotations

import json
import tomllib

import numpy as np
import pytest

from corpus.errors import SettingsError, UsageError
from eval.calibrate import FALSELY_DECLINED, calibrate, calibration_set, fit, use_own_gate
from eval.golden import load
from tutor import gate
from tutor.settings import TOML


@pytest.mark.parametrize("side", gate.KINDS)
def test_calibrating_on_test_is_refused(side):
    with pytest.raises(UsageError, match="dev"):
        calibration_set("test", side)


@pytest.mark.parametrize("side", gate.KINDS)
def test_calibration_set_holds_dev_questions_only(side):
    assert {q.split for q in calibration_set("dev", side)} == {"dev"}


def test_each_side_is_calibrated_on_what_it_may_answer_and_on_what_nothing_answers():
    curriculum, sources = (calibration_set("dev", side) for side in ("curriculum", "sources"))
    declined = {q.id for q in curriculum if q.expect == "decline"}
    assert declined < {q.id for q in sources if q.expect == "decline"}
    assert all(q.urls for q in sources if q.expect == "answer")
    assert not {q.id for q in curriculum} & {q.id for q in load("dev", "references")}


@pytest.mark.parametrize("side", gate.KINDS)
def test_fit_separates_what_can_be_separated(side):
    generator = np.random.default_rng(0)
    names = gate.FEATURES[side]
    helps = np.array([not name.startswith("unknown") for name in names])
    inside = generator.normal(np.where(helps, 0.7, 0.0), 0.05, (60, len(names)))
    outside = generator.normal(np.where(helps, 0.3, 0.6), 0.05, (40, len(names)))
    answerable = np.array([True] * 60 + [False] * 40)
    fitted = fit(np.vstack([inside, outside]), answerable, side, 0.04, 100)
    assert tuple(fitted["weights"]) == names
    assert fitted["measured"]["dev"]["auc"] == 1.0
    assert fitted["measured"]["dev"]["declined"] == 1.0
    assert all((fitted["weights"][n] > 0) == h for n, h in zip(names, helps, strict=True))


@pytest.mark.parametrize("side", gate.KINDS)
def test_fit_gives_up_no_more_of_dev_than_it_may(side):
    generator = np.random.default_rng(1)
    width = len(gate.FEATURES[side])
    inside, outside = (generator.normal(mean, 0.2, (200, width)) for mean in (0.55, 0.45))
    others = generator.normal(0.5, 0.2, (100, width))  # nothing tells them apart
    most = FALSELY_DECLINED[side]
    answerable = np.concatenate([np.repeat([True, False], 200), np.arange(100) % 2 == 0])
    fitted = fit(np.vstack([inside, outside, others]), answerable, side, most, 400)
    measured = fitted["measured"]["dev"]
    assert measured["falsely_declined"] == pytest.approx(most, abs=0.005)
    assert 0.5 < measured["auc"] < 1
    assert fitted["measured"]["training"]["questions"] == 100


FITTED = {
    "curriculum": {
        "weights": dict.fromkeys(gate.FEATURES["curriculum"], 1.0),
        "intercept": 0.5,
        "measured": {
            "folds": 10,
            "dev": {"questions": 151, "auc": 0.98, "falsely_declined": 0.04, "declined": 0.9},
            "date": "2026-11-22",
        },
    }
}


def test_own_gate_is_used_by_the_homes_settings_with_its_figures(tmp_path, settings):
    own = settings.model_copy(update={"home": tmp_path})
    (tmp_path / TOML).write_text("# mine\npassages = 7\n")
    file = use_own_gate(own, FITTED)
    assert tomllib.loads(file.read_text()) == {"passages": 7, "gate": "own"}
    assert "# mine" in file.read_text()
    assert "0.900 of what cannot be answered declined" in file.read_text()
    gates = gate.load(own.model_copy(update={"gate": "own"}).gate_file)
    assert gates["curriculum"].intercept == 0.5
    assert gates["sources"] == gate.load()["sources"]  # was not fitted


def test_settings_file_that_is_no_toml_is_left_alone(tmp_path, settings):
    (tmp_path / TOML).write_text("passages = = 7")
    with pytest.raises(SettingsError, match="is no TOML"):
        use_own_gate(settings.model_copy(update={"home": tmp_path}), FITTED)
    assert (tmp_path / TOML).read_text() == "passages = = 7"


def test_calibrating_gives_up_no_more_than_asked(tutor):
    fitted = calibrate(tutor, "dev", ["curriculum"], most=0.1)["curriculum"]
    assert fitted["measured"]["dev"]["falsely_declined"] == pytest.approx(0.1, abs=0.01)
    bundled = json.loads(gate.PARAMETERS.read_text())["curriculum"]
    assert fitted["measured"]["dev"]["declined"] >= bundled["measured"]["dev"]["declined"]
