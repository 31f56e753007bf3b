"""Asking golden questions: every reply is kept as it comes; a system's failure is a record."""

from __future__ import annotations

import os
import platform
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from eval.golden import Question
from eval.records import Record
from eval.runs import RunFolder
from eval.systems.system import System

Report = Callable[[str, int, int], None]


def ask(system: System, question: Question) -> Record:
    """Ask a system one question."""
    try:
        reply = system.ask(question.question, question.history)
    except Exception as fault:  # noqa: BLE001 - whatever a system raises is a finding, not our end
        return Record(question=question, reply=None, fault=one_line(fault))
    return Record(question=question, reply=reply)


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
    with ThreadPoolExecutor(max(1, min(workers, system.workers))) as pool:
        for record in pool.map(lambda question: ask(system, question), left):
            run.append(record)
            count += 1
            report(stage, count, len(questions))


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
    return f"{type(fault).__name__}: {text}"[:500]
