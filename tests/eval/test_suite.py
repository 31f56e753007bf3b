"""A run from its beginning to its figures, with a system that says what it is told to."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

import pytest

from corpus.errors import UsageError
from eval import suite
from eval.golden import SETS
from eval.lines import GoldenError
from eval.measures.measure import Measure
from eval.records import Passage, Reply
from eval.runs import RunError
from eval.suite import Wanted, ask_all, evaluate, figures, scores_of, start
from eval.systems import catalogue
from eval.systems.scripted import ScriptedSystem

GOOD, BAD = "LoRA is low-rank.", "LoRA is of full rank."


def _wanted(file) -> Wanted:
    return Wanted("scripted", "dev", file=file)


@pytest.mark.parametrize("name", ["curriculum.jsonl", "curriculum", "attacks.jsonl", "references"])
def test_a_file_of_ones_own_is_no_golden_set(
    here, golden_file, make_question, scripted, encoder, name
):
    scripted({"a": GOOD})
    run = start(here, _wanted(golden_file([make_question("a")], name)))
    (which,) = run.info().sets
    assert which not in SETS
    ask_all(here, run)
    named = {row.name for row in evaluate(run, encoder, costly=False)} - {"peak memory"}
    assert f"fact recall ({which})" in named
    assert all(figure.endswith(f" ({which})") for figure in named)


# --- Asking


@pytest.fixture
def four(make_question):
    return [make_question("a"), make_question("b"), make_question("c"),
            make_question("d", kind="near-domain", expect="decline", facts=[])]  # fmt: skip


def test_a_whole_run(here, golden_file, scripted, four, encoder):
    system = scripted({"a": GOOD, "b": BAD, "c": RuntimeError("broken")})
    run = start(here, _wanted(golden_file(four)), "whole")
    told = []
    ask_all(here, run, lambda *said: told.append(said))
    kept = evaluate(run, encoder, costly=False)
    rows = {row.name.removesuffix(" (mine.jsonl)"): row for row in kept}
    assert system.asked == ["a", "b", "c", "d"]
    assert (system.closed, told[-1]) == (1, ("asking scripted", 4, 4))
    info = run.info()
    assert info.configuration == {"replies": 3}
    assert info.finished >= info.started
    assert info.peak_mb > 0
    values = {name: (rows[name].value, rows[name].n) for name in rows}
    assert values["fact recall"] == (0.5, 2)
    assert values["wrong"] == (0.5, 2)
    assert values["right"] == (pytest.approx(2 / 3), 3)
    assert values["failed"] == (0.25, 4)
    assert values["declined"] == (1.0, 1)
    assert values["falsely declined"] == (0.0, 2)
    assert rows["fact recall"].by_kind == {"definition": (0.5, 2)}


def test_settings_of_the_run_reach_the_system(here, golden_file, scripted, four):
    system = scripted({})
    overrides = {"answer_threshold": 0.0, "passages": 3}
    wanted = Wanted("scripted", "dev", file=golden_file(four), overrides=overrides)
    ask_all(here, start(here, wanted))
    (settings,) = system.opened
    assert (settings.answer_threshold, settings.passages) == (0.0, 3)
    assert settings.home == here.home


def test_what_takes_the_tutor_long_is_said(here, golden_file, four, monkeypatch):
    def opened(settings, say):
        say("building the index")
        return ScriptedSystem({})

    monkeypatch.setitem(catalogue.SYSTEMS, "tutor", opened)
    said = []
    ask_all(here, start(here, Wanted("tutor", file=golden_file(four))), say=said.append)
    assert said == ["building the index"]


def test_an_interrupted_run_goes_on_where_it_stopped(here, golden_file, scripted, four):
    run = start(here, _wanted(golden_file(four)), "stopped")
    broken = scripted({})

    def interrupt(stage, done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask_all(here, run, interrupt)
    assert broken.closed == 1
    assert run.info().finished == ""
    assert run.info().peak_mb > 0
    left = scripted({})
    ask_all(here, run)
    assert left.asked == ["c", "d"]
    assert run.info().finished


def test_a_finished_run_is_not_asked_again(here, golden_file, scripted, four):
    scripted({})
    run = start(here, _wanted(golden_file(four)))
    ask_all(here, run)
    before = run.info()
    again = scripted({})
    ask_all(here, run)
    assert again.opened == []
    assert run.info().finished == before.finished


def test_a_run_goes_on_with_what_it_was_begun_with(here, golden_file, scripted, four):
    run = start(here, _wanted(golden_file(four)), "mixed")
    scripted({})
    with pytest.raises(ZeroDivisionError):
        ask_all(here, run, lambda stage, done, total: 1 // (1 - done))
    scripted({"a": GOOD})  # describes itself differently
    with pytest.raises(RunError, match="have changed since mixed was begun; start a new run"):
        ask_all(here, run)
    assert len(run.records()) == 1


def test_a_question_that_is_gone_is_named(here, golden_file, scripted, four):
    scripted({})
    run = start(here, _wanted(golden_file(four)), "mine")
    golden_file([four[0], *four[2:]])
    with pytest.raises(RunError, match="the question b of run mine is gone; start a new run"):
        ask_all(here, run)


def test_a_file_that_is_gone_is_named(here, golden_file, four):
    file = golden_file(four)
    run = start(here, _wanted(file))
    file.unlink()
    with pytest.raises(GoldenError, match=r"there is no .*mine\.jsonl"):
        ask_all(here, run)


def test_a_set_that_is_gone_is_named(here):
    run = start(here, Wanted("scripted", "dev", sets=("attacks",)), "old")
    run.write_info(run.info().model_copy(update={"sets": {"riddles": ["a"]}}))
    with pytest.raises(RunError, match="the set riddles of run old is gone"):
        ask_all(here, run)


def test_a_system_that_is_not_there(here, golden_file, four):
    run = start(here, Wanted("oracle", "dev", file=golden_file(four)))
    with pytest.raises(UsageError, match="there is no system 'oracle'"):
        ask_all(here, run)


# --- Figures


def test_a_measure_that_always_fails_is_shown_and_ends_nothing(
    here, golden_file, scripted, four, encoder, monkeypatch
):
    def broken(record):
        raise RuntimeError("no judge")

    measures = [Measure("broken", "judge", "", "", broken), suite.measures_of("x", encoder)[6]]
    monkeypatch.setattr(suite, "measures_of", lambda *_: list(measures))
    scripted({"a": GOOD})
    run = start(here, _wanted(golden_file(four)))
    ask_all(here, run)
    failed, other, _ = evaluate(run, encoder)
    assert (failed.n, failed.failed) == (0, 4)
    assert all(map(math.isnan, (failed.value, failed.low, failed.high)))
    assert other.failed == 0
    scores = scores_of(run)["mine.jsonl"]
    assert {(f.id, f.reason) for f in scores.failures} == {
        (name, "RuntimeError: no judge") for name in "abcd"
    }


def test_figures_and_scores_come_back_as_they_were(scored, make_question):
    question = make_question("a", station=None, sections=["interpretability/probing"])
    passage = Passage(id="p", unit="p", keys=["interpretability/probing"], text="x")
    reply = Reply(status="answered", answer=GOOD, retrieved=[passage], confidence=0.9)
    run = scored([question, make_question("b")], {"a": reply, "b": BAD}, "kept")
    text = (run.folder / "figures.json").read_text()
    assert "NaN" not in text
    rows = {row.name: row for row in figures(run)}
    recall = rows["recall@1 (mine.jsonl)"]
    assert (recall.value, recall.n) == (1.0, 1)
    assert rows["fact recall (mine.jsonl)"].by_station == {"interpretability": (1.0, 1), 7: (0, 1)}
    # Of one confidence alone no area can be resampled.
    assert math.isnan(rows["AURC (mine.jsonl)"].low)
    assert json.loads(text)[-1]["low"] is None  # peak memory
    scores = scores_of(run)["mine.jsonl"]
    assert scores.values("fact recall") == {"a": 1.0, "b": 0.0}
    assert scores.rows["AURC"] == {"a": (0.9, 0.0)}
    assert asdict(scores)["failures"] == []


def test_a_run_without_answers_has_no_figures(here, golden_file, four, encoder):
    run = start(here, _wanted(golden_file(four)))
    assert evaluate(run, encoder) == []
    assert figures(run) == []


def test_a_run_that_was_not_scored_says_so(here, golden_file, four):
    run = start(here, _wanted(golden_file(four)), "new")
    for read in (figures, scores_of):
        with pytest.raises(RunError, match="run new has no figures yet; run: tutor eval run --res"):
            read(run)


@pytest.mark.parametrize("kept", [[{"name": "recall"}], {"mine": {"rows": 3}}, 7])
def test_figures_of_another_version_ask_for_scoring(here, golden_file, four, kept):
    run = start(here, _wanted(golden_file(four)), "old")
    for file, read in (("figures.json", figures), ("scores.json", scores_of)):
        run.write_json(file, kept)
        with pytest.raises(RunError, match="score it anew: tutor eval run --resume old"):
            read(run)
