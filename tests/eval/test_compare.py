"""Two runs over the same questions."""

from __future__ import annotations

import pytest

from corpus.errors import UsageError
from eval.compare import common_questions, compare
from eval.figures import figure_name
from eval.measures.catalogue import measures_of
from eval.measures.measure import Statistic
from eval.records import Reply
from eval.runs import RunError, find_run
from eval.suite import Wanted, figures, start

GOOD, BAD = "LoRA is low-rank.", "LoRA is of full rank."
NAMES = [f"q{n}" for n in range(10)]


@pytest.fixture
def questions(make_question):
    return [make_question(name) for name in NAMES]


@pytest.fixture
def compared(scored, questions):
    """Run b puts eight of ten right, and one wrong that was right."""
    a = scored(questions, {**dict.fromkeys(NAMES, BAD), "q9": GOOD}, "a")
    b = scored(questions, {**dict.fromkeys(NAMES, GOOD), "q8": BAD, "q9": BAD}, "b")
    return {one.name.removesuffix(" (mine.jsonl)"): one for one in compare(a, b)}


def test_what_got_better_and_worse(compared):
    facts = compared["fact recall"]
    assert (facts.a, facts.b, facts.paired.n) == (0.1, 0.8, 10)
    assert facts.paired.difference == pytest.approx(0.7)
    assert facts.paired.better == NAMES[:8]
    assert facts.paired.worse == ["q9"]
    # Nine signs, eight of one kind: (1 + 9) * 2 of 512 draws are as extreme.
    assert facts.paired.p == pytest.approx(20 / 512)


def test_for_wrong_statements_fewer_are_better(compared):
    wrong = compared["wrong"].paired
    assert wrong.difference == pytest.approx(-0.7)
    assert (wrong.better, wrong.worse) == (NAMES[:8], ["q9"])


def test_many_measures_need_a_smaller_p(compared):
    smallest = min(one.paired.p for one in compared.values())
    assert all(one.adjusted >= one.paired.p for one in compared.values())
    assert min(one.adjusted for one in compared.values()) >= smallest * 3


def test_order_is_that_of_the_figures(compared):
    told = ["fact recall", "wrong", "right", "failed", "falsely declined"]
    assert [name for name in compared if name in told] == told


def test_speed_and_statistics_have_no_value_of_a_question(scored, questions, encoder):
    timed = Reply(status="answered", answer=GOOD, confidence=0.9, timings_ms={"total": 5.0})
    a, b = (scored(questions, dict.fromkeys(NAMES, timed), name) for name in "ab")
    left_out = [m for m in measures_of("mine.jsonl", encoder) if isinstance(m, Statistic)]
    statistics = {figure_name(m.name, "mine.jsonl") for m in left_out}
    measured = {row.name for row in figures(a)} & statistics
    assert {"total p50 (mine.jsonl)", "AURC (mine.jsonl)"} <= measured
    assert not measured & {one.name for one in compare(a, b)}


def test_a_run_is_no_better_than_itself(scored, questions):
    run = scored(questions, dict.fromkeys(NAMES, GOOD), "a")
    for one in compare(run, run):
        assert (one.paired.difference, one.paired.p, one.adjusted) == (0.0, 1.0, 1.0)
        assert one.paired.better == one.paired.worse == []


def test_only_common_questions_are_paired(scored, make_question):
    a = scored([make_question("x"), make_question("y")], {"x": BAD, "y": BAD}, "a")
    b = scored([make_question("y"), make_question("z")], {"y": GOOD, "z": BAD}, "b")
    facts = next(one for one in compare(a, b) if one.name.startswith("fact recall"))
    assert (facts.paired.n, facts.paired.better) == (1, ["y"])
    assert (facts.a, facts.b) == (0.0, 1.0)  # of the one question alone
    assert common_questions(a, b) == ["y"]


@pytest.mark.parametrize(
    "changed",
    [
        {"question": "Another text"},
        {"history": [{"role": "user", "content": "Hello."}]},
        {"facts": [{"fact": "of full rank", "any": ["full rank"]}]},
    ],
)
def test_a_question_that_was_changed_is_another(scored, make_question, changed):
    same = make_question("x")
    a = scored([same, make_question("y")], {"x": BAD, "y": BAD}, "a")
    b = scored([same, make_question("y", **changed)], {"x": GOOD, "y": GOOD}, "b")
    assert common_questions(a, b) == ["x"]
    facts = next(one for one in compare(a, b) if one.name.startswith("fact recall"))
    assert (facts.a, facts.b, facts.paired.n) == (0.0, 1.0, 1)


def test_a_question_on_which_one_system_failed_is_not_paired(scored, make_question):
    questions = [make_question("x"), make_question("y")]
    a = scored(questions, {"x": RuntimeError("broken"), "y": GOOD}, "a")
    b = scored(questions, {"x": GOOD, "y": GOOD}, "b")
    compared = {one.name.split(" (")[0]: one.paired for one in compare(a, b)}
    assert compared["fact recall"].n == 1
    assert compared["failed"].better == ["x"]


def test_runs_without_a_common_question(scored, make_question):
    a = scored([make_question("x")], {"x": GOOD}, "a")
    b = scored([make_question("y")], {"y": GOOD}, "b")
    with pytest.raises(UsageError, match="a and b have no question in common"):
        compare(a, b)


def test_a_run_that_was_not_scored_cannot_be_compared(scored, here, golden_file, questions):
    a = scored(questions, {}, "a")
    b = start(here, Wanted("scripted", "dev", file=golden_file(questions)), "b")
    with pytest.raises(RunError, match="run b has no figures yet"):
        compare(a, find_run(here.home, b.name))
