"""Scores, and failures that are neither zeros nor the end of a run."""

from __future__ import annotations

import math
import threading

import pytest

from eval.golden import Question
from eval.measures.measure import Measure, Statistic
from eval.records import Record
from eval.scoring import Failure, score


def test_value_of_every_record_in_order():
    scores = score(_records("a", "b", "c"), [_measure({"a": 1, "b": 0.5, "c": 0})])
    assert list(scores.values("m").items()) == [("a", 1.0), ("b", 0.5), ("c", 0.0)]
    assert scores.failures == []


def test_record_that_a_measure_does_not_apply_to_is_missing():
    scores = score(_records("a", "b"), [_measure({"a": None, "b": 1})])
    assert scores.values("m") == {"b": 1.0}
    assert scores.failed("m") == 0


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (math.nan, "not a number"),
        (math.inf, "not a number"),
        (Exception("no JSON\nin the reply"), "Exception: no JSON in the reply"),
        (TimeoutError(), "TimeoutError"),
        ("many", "ValueError: could not convert string to float: 'many'"),
    ],
)
def test_failure_keeps_its_reason_and_is_no_zero(outcome, reason):
    scores = score(_records("a", "b", "c"), [_measure({"a": 1, "b": outcome, "c": 0})])
    assert scores.values("m") == {"a": 1.0, "c": 0.0}
    assert scores.failures == [Failure("b", "m", reason)]
    assert scores.failed("m") == 1


def test_long_reason_is_cut():
    scores = score(_records("a"), [_measure({"a": Exception("x" * 9999)})])
    assert len(scores.failures[0].reason) == 300


def test_statistic_keeps_its_row_and_fails_on_a_nan_in_it():
    rows = {"a": (0.5, 1.0), "b": (math.nan, 1.0), "c": None}
    scores = score(_records("a", "b", "c"), [_statistic(rows)])
    assert scores.rows["s"] == {"a": (0.5, 1.0)}
    assert scores.failures == [Failure("b", "s", "not a number")]


def test_workers_score_at_once_and_keep_the_order():
    meeting = threading.Barrier(4, timeout=10)  # breaks unless four are there at once

    def wait(record: Record) -> float:
        meeting.wait()
        return float(record.question.id)

    measure = Measure("m", "judge", "", "", wait)
    scores = score(_records(*"3102"), [measure], workers=4)
    assert list(scores.values("m").items()) == [("3", 3.0), ("1", 1.0), ("0", 0.0), ("2", 2.0)]


def test_one_worker_scores_in_the_thread_of_the_caller():
    threads = []
    measure = Measure("m", "answer", "", "", lambda _: threads.append(threading.get_ident()))
    score(_records("a", "b"), [measure])
    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("workers", [1, 3])
def test_progress_counts_failures_too(workers):
    done = []
    measures = [_measure({"a": 1, "b": Exception("no")}), _statistic({"a": (1.0,), "b": None})]
    score(_records("a", "b"), measures, workers, lambda: done.append(1))
    assert len(done) == 4


def test_an_interrupt_ends_the_run():
    measure = _measure({"a": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        score(_records("a"), [measure])


def test_scores_of_some_questions_only():
    scores = score(_records("a", "b", "c"), [_measure({"a": 1, "b": math.nan, "c": math.nan})])
    some = scores.only(["a", "b"])
    assert some.values("m") == {"a": 1.0}
    assert some.failed("m") == 1


def test_two_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two records of question 'a'"):
        score(_records("a", "a"), [_measure({"a": 1})])
    with pytest.raises(ValueError, match="two measures called 'm'"):
        score(_records("a"), [_measure({"a": 1}), _measure({"a": 1})])


def _records(*ids: str) -> list[Record]:
    rest = {"split": "dev", "kind": "definition", "question": "?", "history": [], "station": None}
    none = {"sections": [], "urls": [], "facts": [], "must_not": [], "reference": ""}
    questions = [Question(id=id, expect="answer", **rest, **none) for id in ids]
    return [Record(question=question, reply=None) for question in questions]


def _measure(outcomes) -> Measure:
    def outcome(record: Record):
        value = outcomes[record.question.id]
        if isinstance(value, BaseException):
            raise value
        return value

    return Measure("m", "answer", "", "", outcome)


def _statistic(rows) -> Statistic:
    return Statistic("s", "answer", "", "", lambda r: rows[r.question.id], lambda rows: 0.0)
