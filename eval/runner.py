"""Asking golden questions: every reply is kept as it comes; a system's failure is a record."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from eval.golden import Question
from eval.records import Record
from eval.runs import RunFolder
from eval.systems.system import System

Report = Callable[[str, int, int], None]


def ask(system: System, question: Question) -> Record:
    """Ask a system one question; what it raises, or replies that is no reply, is the fault."""
    try:
        reply = system.ask(question.question, question.history)
        record = Record(question=question, reply=reply, fault="" if reply else "no reply")
        # Read again at once: a line that cannot be read would end the run for good.
        return Record.model_validate_json(record.model_dump_json())
    except Exception as fault:  # noqa: BLE001 - whatever a system raises is a finding, not our end
        return Record(question=question, reply=None, fault=one_line(fault))


def answer_all(
    system: System,
    questions: Sequence[Question],
    run: RunFolder,
    report: Report = lambda stage, done, total: None,
    workers: int = 1,
) -> None:
    """Ask what the run has not asked yet.

    Args:
        workers: questions at a time; at most as many as the system takes.
    """
    run.drop_half_line()
    done = {record.question.id for record in run.records()}
    left = [q for q in questions if q.id not in done]
    count = len(questions) - len(left)
    stage = f"asking {system.name}"
    report(stage, count, len(questions))
    for record in _asked(system, left, min(workers, system.workers)):
        run.append(record)
        count += 1
        report(stage, count, len(questions))


def _asked(system: System, questions: Sequence[Question], workers: int) -> Iterator[Record]:
    """Records in the order of the questions.

    One worker asks in this thread: an interrupt ends the question under way, too.
    """
    if workers <= 1:
        yield from (ask(system, question) for question in questions)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda question: ask(system, question), questions)


def machine() -> dict[str, str | int]:
    """What the figures were measured on, without the machine's name."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count() or 1,
    }


def peak_mb() -> float:
    """Most memory that this process has held, in megabytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def now() -> str:
    """The time, as it stands in a run."""
    return time.strftime("%Y-%m-%dT%H:%M:%S%z")


def one_line(fault: BaseException) -> str:
    """What happened, in a line."""
    text = " ".join(str(fault).split()) or "no reason given"
    # No record holds half a character.
    text = text.encode(errors="replace").decode()
    return f"{type(fault).__name__}: {text}"[:500]
