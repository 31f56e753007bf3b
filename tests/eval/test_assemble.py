"""From runs on disk to what a report shows."""

from __future__ import annotations

import json
import math

import pytest

from eval import assemble, suite
from eval.assemble import report_data, run_data
from eval.baseline import BaselineFile
from eval.measures.measure import Measure
from eval.records import Passage, Quoted, Reply, Said
from eval.report.model import Baseline
from eval.runs import RunError
from eval.suite import Wanted, evaluate, figures, start
from tutor.llama import BUNDLED

GOOD, BAD = "LoRA is low-rank.", "LoRA is of full rank."


def _reply(answer: str, confidence: float, **fields) -> Reply:
    timings = {"total": 100.0 * confidence, "retrieve": 0.0}
    return Reply(
        status="answered", answer=answer, confidence=confidence, timings_ms=timings, **fields
    )


@pytest.fixture
def run(scored, make_question):
    """Four questions to answer, one to decline, one attack."""
    questions = [
        make_question("right"),
        make_question("bad", history=[{"role": "user", "content": "Hello."}],
                      sections=["supervised-fine-tuning/lora"]),
        make_question("empty"),
        make_question("broken"),
        make_question("declined", kind="near-domain", expect="decline", facts=[], station=None),
        make_question("attacked", kind="prompt-leak", expect="resist", facts=[], station=None,
                      must_not=["secret"]),
    ]  # fmt: skip
    found = [
        Passage(id="p", unit="p", keys=["supervised-fine-tuning/lora"], title="T", section="S",
                text="Of LoRA."),
        Passage(id="q", unit="q", keys=["rag/hyde"], text="Of HyDE."),
    ]  # fmt: skip
    return scored(
        questions,
        {
            "right": _reply(GOOD, 0.9),
            "bad": _reply(
                BAD,
                0.8,
                read_as="definition",
                retrieved=found,
                sentences=[Said(text=BAD, citations=[1])],
                citations=[Quoted(n=1, quote="LoRA is.", url="https://a.example/")],
            ),
            "empty": _reply("", 0.2),
            "broken": RuntimeError("out of memory"),
            "attacked": _reply("The secret is 42.", 0.7),
        },
        "one",
    )


def test_only_what_went_wrong_is_shown(run):
    failures = {failure.id: failure for failure in run_data(run).failures}
    assert list(failures) == ["bad", "empty", "broken", "attacked"]
    assert failures["bad"].findings == ["wrong statement", "facts missing"]
    assert failures["empty"].findings == ["facts missing"]
    assert failures["broken"].findings == ["no reply"]
    assert failures["attacked"].findings == ["attack succeeded"]


def test_a_failed_question_has_all_that_is_needed_to_see_why(run):
    bad = next(failure for failure in run_data(run).failures if failure.id == "bad")
    assert (bad.set, bad.kind, bad.station) == ("mine.jsonl", "definition", 7)
    assert (bad.question, bad.expect, bad.status, bad.answer) == ("bad", "answer", "answered", BAD)
    assert (bad.read_as, bad.confidence, bad.reference) == ("definition", 0.8, GOOD)
    assert (bad.missing, bad.wrong) == (["low rank"], ["full rank"])
    assert [(e.text, e.relevant) for e in bad.evidence] == [("Of LoRA.", True), ("Of HyDE.", False)]
    assert [tuple(c) for c in bad.citations] == [(1, "LoRA is.", "https://a.example/")]
    assert (bad.verdicts["fact recall"], bad.verdicts["wrong"]) == (0.0, 1.0)
    assert [message.content for message in bad.history] == ["Hello."]


def test_a_system_that_failed_is_told_with_its_words(run):
    broken = next(failure for failure in run_data(run).failures if failure.id == "broken")
    assert (broken.status, broken.answer, broken.confidence) == ("error", "", None)
    assert broken.faults == ["RuntimeError: out of memory"]
    assert broken.verdicts == {"failed": 1.0}


def test_curves_are_over_what_has_a_confidence(run):
    data = run_data(run)
    # Without a text there is no threshold at which it would have been answered: it comes last.
    assert [tuple(point) for point in data.risk_coverage] == [
        (pytest.approx(1 / 3), 0.0), (pytest.approx(2 / 3), 0.5), (1.0, pytest.approx(2 / 3)),
    ]  # fmt: skip
    assert sum(one.n for one in data.reliability) == 3
    # Three were answered, of the four that had a reply and are no attack.
    assert data.operating is not None
    assert data.operating.coverage == 0.75
    assert data.latency["total"] == pytest.approx([90.0, 80.0, 20.0, 70.0])
    assert "retrieve" not in data.latency  # no time taken


def test_a_report_is_json_without_nan(run):
    data = report_data([run])
    assert json.dumps(data.model_dump(mode="json"), allow_nan=False)
    assert data.date == run.info().finished[:10]
    assert data.runs[0].questions == {"mine.jsonl": 6}
    assert data.runs[0].description == {"replies": 5}
    assert data.runs[0].confusion is None  # the tutor's check is none of this system's


def test_headlines_are_figures_of_what_was_asked(run):
    headline = report_data([run]).headline
    assert "fact recall (mine.jsonl)" in headline
    assert {row.name for row in figures(run)} >= set(headline[1:])
    run.write_info(run.info().model_copy(update={"sets": {"curriculum": []}}))
    assert report_data([run]).headline == assemble.HEADLINE


def test_an_answer_that_every_measure_fails_on_is_shown(
    scored, make_question, encoder, monkeypatch
):
    def broken(record):
        raise RuntimeError("no judge")

    measures = [Measure(name, "judge", "", "", broken) for name in ("one", "two")]
    monkeypatch.setattr(suite, "measures_of", lambda *_: measures)
    run = scored([make_question("a")], {"a": GOOD}, "one")
    data = run_data(run)
    (failure,) = data.failures
    assert failure.findings == ["measure failed"]
    assert failure.faults == ["one: RuntimeError: no judge", "two: RuntimeError: no judge"]
    assert all(map(math.isnan, failure.verdicts.values()))
    assert [tuple(fault) for fault in data.faults] == [
        ("a", "one", "RuntimeError: no judge"), ("a", "two", "RuntimeError: no judge"),
    ]  # fmt: skip
    assert json.dumps(data.model_dump(mode="json"), allow_nan=False)


def test_a_run_without_answers_has_an_empty_report(here, golden_file, make_question, encoder):
    run = start(here, Wanted("scripted", "dev", file=golden_file([make_question("a")])))
    evaluate(run, encoder)
    data = run_data(run)
    assert (data.figures, data.failures, data.risk_coverage) == ([], [], [])
    assert (data.operating, data.reliability, data.latency) == (None, [], {})
    assert report_data([run]).date == run.info().started[:10]


def test_a_run_that_was_not_scored_has_no_report(here, golden_file, make_question):
    run = start(here, Wanted("scripted", "dev", file=golden_file([make_question("a")])), "new")
    with pytest.raises(RunError, match="run new has no figures yet"):
        report_data([run])


@pytest.mark.parametrize(
    ("fields", "is_held"),
    [
        ({}, True),
        ({"system": "bare"}, False),
        ({"quick": True}, False),
        ({"file": "mine.jsonl"}, False),
    ],
)
def test_a_whole_run_of_the_tutor_is_held_against_the_baseline(run, monkeypatch, fields, is_held):
    figure = Baseline(0.7, 0.9, 0.8)
    baseline = BaselineFile(
        system="tutor", split="dev", date="2026-01-02", machine={}, configuration={},
        figures={"recall@5": figure},
    )  # fmt: skip
    monkeypatch.setattr(assemble, "load_baseline", {"dev": baseline}.get)
    monkeypatch.setattr(assemble, "set_of", lambda name: next(iter(run.info().sets)))
    run.write_info(run.info().model_copy(update={"system": "tutor", "file": "", **fields}))
    assert report_data([run]).baseline == ({"recall@5": figure} if is_held else {})


def test_a_baseline_of_a_set_that_was_not_asked_is_left_out(run, monkeypatch):
    baseline = BaselineFile(
        system="tutor", split="dev", date="2026-01-02", machine={}, configuration={},
        figures={"recall@5 (references)": Baseline(0.7, 0.9, 0.8)},
    )  # fmt: skip
    monkeypatch.setattr(assemble, "load_baseline", {"dev": baseline}.get)
    run.write_info(run.info().model_copy(update={"system": "tutor", "file": ""}))
    assert report_data([run]).baseline == {}


def test_the_tutors_run_shows_what_its_check_is_worth(run):
    run.write_info(run.info().model_copy(update={"system": "tutor"}))
    assert run_data(run).confusion is None  # of a file of one's own nobody asked for it
    run.write_info(run.info().model_copy(update={"file": ""}))
    confusion = run_data(run).confusion
    assert confusion is not None
    assert sum(n for row in confusion.counts.values() for n in row.values()) == 180


@pytest.mark.parametrize(("judge", "labelled"), [(BUNDLED, True), ("gpt", False), ("", False)])
def test_a_judge_that_means_nothing_is_labelled(run, judge, labelled):
    run.write_info(run.info().model_copy(update={"judge": judge}))
    assert report_data([run]).labelled is labelled
