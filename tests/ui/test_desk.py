"""The line before the one worker, with real threads; nothing sleeps, everybody waits for a sign."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from corpus.errors import UsageError
from tutor.answer import Tutor
from tutor.records import Answer, Event, Finished
from ui.asking.desk import Desk, DeskClosed, DeskFull, Job, Place, ReaderGone

# Nothing here takes long: what is not there after this does not come.
SOON = 20.0


class Held:
    """A job that says when it runs and when it ends, and goes on when told.

    Its events are "begun" and "ended".
    """

    def __init__(self) -> None:
        self.runs, self.may_go_on, self.ended = (threading.Event() for _ in range(3))

    def __call__(self, tutor: Tutor) -> Iterator[str]:
        try:
            self.runs.set()
            yield "begun"
            assert self.may_go_on.wait(SOON)
            yield "ended"
        finally:
            self.ended.set()


def says(*words: str) -> Job[str]:
    return lambda tutor: iter(words)


def events(asked: Iterator[Any]) -> list[Any]:
    """All but the places in line."""
    return [event for event in asked if not isinstance(event, Place)]


@pytest.fixture
def new_desk(quoting: Tutor) -> Iterator[Callable[..., Desk]]:
    desks = []

    def make(waiting: int = 20, **options: float) -> Desk:
        desks.append(Desk(quoting, waiting, **options))
        return desks[-1]

    yield make
    assert all(desk.close() for desk in desks)


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    return new_desk()


@pytest.fixture
def held(desk: Desk) -> Iterator[Held]:
    """What keeps the worker busy, asked by "zoe"; it ends with the test."""
    job = Held()
    asked = desk.ask("zoe", job)
    assert job.runs.wait(SOON)
    yield job
    job.may_go_on.set()
    assert events(asked) == ["begun", "ended"]


def test_an_answer_comes_through_as_from_the_tutor(desk: Desk, quoting: Tutor) -> None:
    came = list(desk.ask("ada", lambda tutor: tutor.stream("What is LoRA?")))
    assert [type(e).__name__ for e in came[:3]] == ["Stage", "Retrieved", "Stage"]
    assert answer(came[-1]).answer == quoting.ask("What is LoRA?").answer


def answer(event: Event) -> Answer:
    assert isinstance(event, Finished)
    return event.answer


def test_a_job_need_not_be_a_generator(desk: Desk) -> None:
    found = events(desk.ask("ada", lambda tutor: [tutor.search("attention", 3)]))
    assert len(found[0].hits) == 3


def test_all_jobs_run_in_one_thread_that_is_not_the_askers(desk: Desk) -> None:
    def whose(tutor: Tutor) -> list[str]:
        return [threading.current_thread().name]

    with ThreadPoolExecutor(4) as askers:
        names = askers.map(lambda n: events(desk.ask(str(n), whose)), range(8))
    assert {name for (name,) in names} == {"tutor-desk"}


def test_owners_take_turns(desk: Desk, held: Held) -> None:
    """A learner with many questions delays each of the others by one at most."""
    order: list[str] = []
    asked = [
        desk.ask(name[0], lambda tutor, name=name: [order.append(name) or name])
        for name in ["a1", "a2", "a3", "a4", "b1", "b2", "c1"]
    ]
    held.may_go_on.set()
    for one in asked:
        events(one)
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3", "a4"]


def test_who_has_just_been_answered_stands_behind_who_came_meanwhile(
    desk: Desk, held: Held
) -> None:
    zoe = desk.ask("zoe", says("again"))  # she is being answered
    ada = desk.ask("ada", says("first"))
    assert (next(ada), next(zoe)) == (Place(1), Place(2))
    held.may_go_on.set()
    assert (events(ada), events(zoe)) == (["first"], ["again"])


def test_the_place_in_line_is_told_when_it_changes(desk: Desk) -> None:
    jobs = [Held() for _ in range(3)]
    ahead = [desk.ask(str(n), job) for n, job in enumerate(jobs)]
    assert jobs[0].runs.wait(SOON)
    asked = desk.ask("ada", says("here"))
    assert next(asked) == Place(3)
    for job, then in zip(jobs, [Place(2), Place(1), "here"], strict=True):
        job.may_go_on.set()
        assert next(asked) == then
    assert list(asked) == []
    assert [events(one) for one in ahead] == [["begun", "ended"]] * 3


def test_who_finds_nobody_before_them_is_told_no_place(desk: Desk) -> None:
    assert list(desk.ask("ada", says("here"))) == ["here"]


def test_leaving_the_line_lets_the_others_move_up(desk: Desk, held: Held) -> None:
    ran: list[str] = []
    leaver = desk.ask("ada", lambda tutor: [ran.append("ada") or "ada"])
    other = desk.ask("bob", says("bob"))
    assert next(other) == Place(2)
    leaver.close()
    assert next(other) == Place(1)
    held.may_go_on.set()
    assert list(other) == ["bob"]
    assert list(leaver) == []
    assert ran == []
    assert desk.state().stopped == 1


def test_closing_ends_the_iteration_of_a_thread_that_waits(desk: Desk, held: Held) -> None:
    """The stop button is pressed in another thread than the one that reads."""
    asked = desk.ask("ada", says("never"))
    with ThreadPoolExecutor(1) as reader:
        assert next(asked) == Place(1)
        rest = reader.submit(list, asked)
        asked.close()
        assert rest.result(SOON) == []


def test_stopping_a_running_job_frees_the_worker_at_its_next_event(desk: Desk) -> None:
    job = Held()
    asked = desk.ask("ada", job)
    assert next(asked) == "begun"
    asked.close()
    job.may_go_on.set()
    assert events(desk.ask("bob", says("mine"))) == ["mine"]
    assert job.ended.is_set()
    assert list(asked) == []
    assert desk.state().stopped == 1


def test_the_tutor_answers_on_after_it_was_stopped_in_mid_answer(desk: Desk) -> None:
    asked = desk.ask("ada", lambda tutor: tutor.stream("Compare LoRA and full fine-tuning."))
    next(asked)
    asked.close()
    came = events(desk.ask("bob", lambda tutor: tutor.stream("What is RAG?")))
    assert answer(came[-1]).status == "answered"


def test_a_reader_that_is_thrown_away_leaves_the_line(desk: Desk, held: Held) -> None:
    ran: list[str] = []
    asked = desk.ask("ada", lambda tutor: [ran.append("ada") or "ada"])
    del asked
    gc.collect()
    assert desk.state().waiting == 0
    held.may_go_on.set()
    assert events(desk.ask("bob", says("bob"))) == ["bob"]
    assert ran == []


def test_a_reader_who_stops_reading_holds_the_others_up_for_a_moment_only(
    new_desk: Callable[..., Desk],
) -> None:
    desk, made = new_desk(patience=0.05), []

    def endless(tutor: Tutor) -> Iterator[int]:
        for number in range(10_000):
            made.append(number)
            yield number

    asleep = desk.ask("ada", endless)
    assert events(desk.ask("bob", says("mine"))) == ["mine"]
    assert len(made) < 100  # what waits for a reader is bounded
    with pytest.raises(ReaderGone, match="ask again"):
        list(asleep)


def test_a_slow_reader_gets_everything(desk: Desk) -> None:
    assert list(desk.ask("ada", lambda tutor: range(500))) == list(range(500))


def test_a_full_line_says_so(new_desk: Callable[..., Desk]) -> None:
    desk, job = new_desk(waiting=2), Held()
    running = desk.ask("zoe", job)
    assert job.runs.wait(SOON)
    waiting = [desk.ask("ada", says("a")), desk.ask("bob", says("b"))]
    with pytest.raises(DeskFull, match=r"2 questions are waiting already; try again in about 3 s"):
        desk.ask("cyd", says("c"))
    job.may_go_on.set()
    assert [events(one) for one in (running, *waiting)] == [["begun", "ended"], ["a"], ["b"]]
    assert events(desk.ask("cyd", says("c"))) == ["c"]


def test_one_owner_cannot_fill_the_line(new_desk: Callable[..., Desk]) -> None:
    desk, job = new_desk(waiting=4), Held()
    running = desk.ask("ada", job)
    assert job.runs.wait(SOON)
    waiting = [desk.ask("ada", says(str(n))) for n in range(2)]
    with pytest.raises(DeskFull, match="2 of your questions are waiting") as full:
        desk.ask("ada", says("more"))
    assert full.value.retry_after >= 1
    other = desk.ask("bob", says("b"))
    assert next(other) == Place(1)
    job.may_go_on.set()
    assert list(other) == ["b"]
    assert [events(one) for one in (running, *waiting)] == [["begun", "ended"], ["0"], ["1"]]


def test_an_error_is_its_askers_and_the_worker_goes_on(desk: Desk) -> None:
    def fails(tutor: Tutor) -> Iterator[str]:
        yield "begun"
        raise ValueError("of this job")

    asked = desk.ask("ada", fails)
    assert next(asked) == "begun"
    with pytest.raises(ValueError, match="of this job"):
        next(asked)
    with pytest.raises(UsageError):
        events(desk.ask("ada", lambda tutor: tutor.stream("")))
    assert events(desk.ask("bob", says("mine"))) == ["mine"]
    state = desk.state()
    assert (state.failed, state.answered, state.alive) == (2, 1, True)


def test_sixteen_at_once_are_all_answered(desk: Desk) -> None:
    start = threading.Barrier(16)

    def learner(number: int) -> Answer:
        start.wait(SOON)
        question = ("What is LoRA?", "What is RAG?", "What is attention?")[number % 3]
        return answer(events(desk.ask(str(number), lambda t: t.stream(question)))[-1])

    with ThreadPoolExecutor(16) as learners:
        answers = list(learners.map(learner, range(16)))
    assert {a.status for a in answers} == {"answered"}
    assert len({a.answer for a in answers}) == 3  # each got the answer to their own question
    assert all(
        a.question in ("What is LoRA?", "What is RAG?", "What is attention?") for a in answers
    )
    state = desk.state()
    assert (state.answered, state.failed, state.waiting, state.working) == (16, 0, 0, 0)
    assert state.mean_seconds > 0


def test_closing_the_desk_lets_go_of_everybody(quoting: Tutor) -> None:
    desk, job = Desk(quoting, waiting=5), Held()
    running = desk.ask("ada", job)
    assert next(running) == "begun"
    waiting = desk.ask("bob", says("never"))
    assert not desk.close(timeout=0)  # the job is in the middle of something
    for asked in (waiting, running):
        job.may_go_on.set()
        with pytest.raises(DeskClosed, match="ask again when it is back"):
            events(asked)
    assert desk.close()
    with pytest.raises(DeskClosed):
        desk.ask("cyd", says("late"))
    assert not desk.state().alive
