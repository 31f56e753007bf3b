"""Asking: each question once, in order, and no fault of a system ends a run."""

from __future__ import annotations

import math
import platform
import signal
import threading
import time
from pathlib import Path

import pytest

from corpus.errors import UsageError
from eval.records import Reply
from eval.runner import answer_all, ask, machine, one_line, peak_mb
from eval.runs import RunFolder, RunInfo
from eval.systems.scripted import ScriptedSystem

ANSWER = Reply(status="answered", answer="It is low-rank.", timings_ms={"total": 1.0})


class System(ScriptedSystem):
    """Replies by calling a function with the question."""

    def __init__(self, reply, workers: int = 1) -> None:
        super().__init__({})
        self.reply, self.workers = reply, workers
        self.asked: list[str] = []

    def ask(self, question, history):
        self.asked.append(question)
        return self.reply(question)


@pytest.fixture
def questions(make_question):
    return [make_question(f"q{n:02d}") for n in range(12)]


@pytest.fixture
def run(tmp_path, questions):
    folder = RunFolder(tmp_path / "run")
    sets = {"mine": [question.id for question in questions]}
    folder.write_info(RunInfo(name="run", system="scripted", split="dev", sets=sets))
    return folder


# --- Faults of a system


def _raise(fault):
    raise fault


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (lambda q: _raise(RuntimeError("out of\nmemory")), "RuntimeError: out of memory"),
        (lambda q: _raise(KeyError()), "KeyError: no reason given"),
        (lambda q: _raise(UsageError("the question is empty")), "UsageError: the question is"),
        (lambda q: _raise(ValueError("half \ud800")), "ValueError: half ?"),
        (lambda q: None, "no reply"),
        (lambda q: "It is low-rank.", "ValidationError"),
        (lambda q: Reply(status="sure", answer=""), "ValidationError"),
        # JSON has no such number: the line could not be read again.
        (lambda q: ANSWER.model_copy(update={"timings_ms": {"total": math.nan}}), "Validation"),
    ],
    ids=["raises", "wordless", "ours", "half character", "None", "text", "status", "NaN"],
)
def test_what_is_no_reply_is_a_fault_in_one_line(make_question, reply, fault):
    record = ask(System(reply), make_question("q"))
    assert record.reply is None
    assert record.fault.startswith(fault)
    assert "\n" not in record.fault


def test_a_reply_is_kept_as_it_is(make_question):
    record = ask(System(lambda q: ANSWER), make_question("q"))
    assert (record.reply, record.fault) == (ANSWER, "")


def test_an_empty_answer_is_a_reply(make_question):
    record = ask(System(lambda q: Reply(status="answered", answer="")), make_question("q"))
    assert record.reply is not None
    assert (record.reply.answer, record.reply.told, record.fault) == ("", "", "")


def test_a_fault_is_counted_and_the_run_goes_on(run, questions):
    system = System(lambda q: ANSWER if q != "q03" else _raise(RuntimeError("broken")))
    answer_all(system, questions, run)
    records = run.records()
    assert [r.question.id for r in records] == [q.id for q in questions]
    assert [r.fault for r in records if r.reply is None] == ["RuntimeError: broken"]


def test_a_long_fault_is_cut():
    assert len(one_line(RuntimeError("x" * 9999))) == 500


# --- Each question once


@pytest.mark.parametrize("workers", [1, 4])
def test_every_question_is_asked_once_and_kept_in_order(run, questions, workers):
    # The first takes longest: what comes earlier must wait for it.
    system = System(lambda q: time.sleep(0.05 * (q == "q00")) or ANSWER, workers=8)
    answer_all(system, questions, run, workers=workers)
    assert sorted(system.asked) == [question.id for question in questions]
    assert [r.question.id for r in run.records()] == [question.id for question in questions]


def test_what_was_answered_is_not_asked_again(run, questions):
    stop = System(lambda q: ANSWER if q < "q05" else _raise(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        answer_all(stop, questions, run)
    assert len(run.records()) == 5
    again = System(lambda q: ANSWER)
    answer_all(again, questions, run)
    assert again.asked == [question.id for question in questions[5:]]
    assert len(run.records()) == 12


def test_an_interrupt_leaves_what_has_not_been_begun(run, questions):
    system = System(lambda q: time.sleep(0.03) or ANSWER, workers=2)

    def interrupt(stage, done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_all(system, questions, run, interrupt, workers=2)
    assert len(run.records()) == 1
    assert len(system.asked) < 8


_ASKING = """
import sys, time
from pathlib import Path
from eval.records import Reply
from eval.runner import answer_all
from eval.golden import load_file
from eval.runs import RunFolder
from eval.systems.scripted import ScriptedSystem
class Slow(ScriptedSystem):
    def ask(self, question, history):
        time.sleep(0.05)
        return super().ask(question, history)
run = RunFolder(Path(sys.argv[1]))
questions = load_file(Path(sys.argv[2]))
report = lambda stage, done, total: print(done, flush=True)
answer_all(Slow({q.question: "It is low-rank." for q in questions}), questions, run, report)
"""


def test_a_killed_process_loses_one_answer_at_most(run, questions, start, golden_file):
    process = start(_ASKING, run.folder, golden_file(questions))
    while process.stdout.readline().strip() != "4":
        assert process.poll() is None, process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with (run.folder / "answers.jsonl").open("ab") as answers:
        answers.write(b'{"question":{"id":"q0')  # and the kill came in the middle of a line
    kept = [record.question.id for record in run.records()]
    assert len(kept) in (4, 5)
    system = System(lambda q: ANSWER)
    answer_all(system, questions, run)
    assert kept + system.asked == [question.id for question in questions]
    assert len(run.records()) == 12


def test_no_questions_are_no_fault(run):
    system = System(lambda q: ANSWER)
    answer_all(system, [], run)
    assert (system.asked, run.records()) == ([], [])


# --- Workers and progress


def test_no_more_workers_than_the_system_takes(run, questions):
    threads = set()
    system = System(lambda q: threads.add(threading.get_ident()) or ANSWER, workers=1)
    answer_all(system, questions, run, workers=8)
    assert threads == {threading.get_ident()}


def test_workers_ask_at_once(run, questions):
    meeting = threading.Barrier(3, timeout=10)  # breaks unless three are there at once
    answer_all(System(lambda q: (meeting.wait(), ANSWER)[1], workers=3), questions, run, workers=3)
    assert [r.fault for r in run.records()] == [""] * 12


def test_progress_begins_where_the_run_was_left(run, questions):
    answer_all(System(lambda q: ANSWER), questions[:10], run)
    told = []
    answer_all(System(lambda q: ANSWER), questions, run, lambda *said: told.append(said))
    assert told == [("asking scripted", done, 12) for done in (10, 11, 12)]


# --- The machine


def test_the_machine_is_described_without_its_name():
    described = machine()
    assert described["cores"] >= 1
    assert platform.node() not in map(str, described.values())


def test_peak_memory_is_in_megabytes():
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("the system does not tell the peak of a process in /proc")
    told = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM:"))
    megabytes = int(told.split()[1]) * 1024 / 1e6
    # A process that was forked also answers for what its parent held.
    assert megabytes - 1 < peak_mb() < 64_000
