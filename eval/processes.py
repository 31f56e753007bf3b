"""Whole processes: how long a command takes, and how much memory it needs at most."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Process:
    """One run of a command: wall time in seconds, peak memory in megabytes."""

    seconds: float
    megabytes: float


def in_turns(
    commands: Mapping[str, Sequence[str]], runs: int, environment: Mapping[str, str]
) -> dict[str, Process]:
    """Medians of each command; one after the other in every round, so that all meet the same load.

    A round before them warms the disk cache.
    """
    found: dict[str, list[Process]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            found[name].append(timed(command, environment))
    return {
        name: Process(median(r.seconds for r in rest), median(r.megabytes for r in rest))
        for name, (_, *rest) in found.items()
    }


def timed(command: Sequence[str], environment: Mapping[str, str]) -> Process:
    """Run a command to its end, its output thrown away.

    Raises:
        CalledProcessError: it failed.
    """
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command],
        check=True, capture_output=True, text=True, env=dict(environment),
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    status, seconds, kilobytes = json.loads(told.stdout)
    if status:
        raise subprocess.CalledProcessError(status, list(command))
    return Process(seconds, kilobytes / 1024)


# A process's peak begins with that of the one that starts it, so a small one must (getrusage(2):
# "resource usage metrics are preserved across an execve(2)").
_LAUNCHER = """
import json, os, sys, time
null = os.open(os.devnull, os.O_RDWR)
outputs = [(os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
started = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=outputs)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - started
print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss]))
"""
