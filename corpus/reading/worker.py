"""Readers in processes of their own: a file that crashes or stalls one of them stops nothing.

PDF and archive libraries are C and C++, and what they read comes from anywhere. Each worker takes
one document at a time, may use so much memory and so many seconds, and is replaced when it dies.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue

from corpus.errors import CorpusError
from corpus.reading.blocks import Raw, Reading, UnreadableError

# The main process and two readers together take 260 MB at most while they read the 150 mirrored
# pages (docs/log.md, "Fetching, against the mirror's server").
WORKERS = min(2, os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read.

    Attributes:
        key: echoed with the outcome.
        file: holds the bytes.
    """

    key: str
    file: Path
    content_type: str = ""
    charset: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost.

    Attributes:
        seconds: of wall time.
        bytes_read: of text formats; what follows is cut off and the reading says so.
        memory: in bytes, of the whole worker.
    """

    seconds: float = 120.0
    bytes_read: int = 4_000_000
    memory: int = 3_000_000_000


Outcome = Reading | UnreadableError
# Formats that can be read in part; of the others half a file is a damaged one.
_DIVISIBLE = ("html", "markdown", "rst", "text")


def read_all(jobs: Iterable[Job], limits: Limits, on_read: Callable[[Job, Outcome], None]) -> None:
    """Read documents side by side.

    Args:
        on_read: called in this thread, once a document, as each is done.
    """
    jobs = list(jobs)
    workers: SimpleQueue[_Worker] = SimpleQueue()
    started = [_Worker(limits) for _ in range(min(WORKERS, len(jobs)))]
    for worker in started:
        workers.put(worker)

    def run(job: Job) -> Outcome:
        worker = workers.get()
        try:
            return worker.read(job)
        finally:
            workers.put(worker)

    try:
        with ThreadPoolExecutor(max(1, len(started))) as pool:
            futures = {pool.submit(run, job): job for job in jobs}
            try:
                for future in as_completed(futures):
                    on_read(futures[future], future.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for worker in started:
                    worker.end()
                raise
    finally:
        for worker in started:
            worker.stop()


class _Worker:
    """One process and the pipe to it; started when it is first needed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._ended = False

    def end(self) -> None:
        """Kill it for good, from another thread than the one that reads.

        That thread sees the pipe end and puts the rest away; two must not.
        """
        self._ended = True
        process = self._process
        if process is not None and process.pid is not None:
            process.kill()

    def read(self, job: Job) -> Outcome:
        if self._ended:
            return UnreadableError("damaged", "reading was stopped")
        if self._process is None or not self._process.is_alive():
            self._start()
        assert self._pipe is not None
        try:
            self._pipe.send(job)
            if not self._pipe.poll(self._limits.seconds):
                self.stop()
                took = f"{self._limits.seconds:.0f} s"
                return UnreadableError("damaged", f"reading it takes more than {took}; left out")
            fault, found = self._pipe.recv()
        except (EOFError, OSError):
            self.stop()
            return UnreadableError("damaged", "its reader crashed; left out")
        return found if fault is None else UnreadableError(fault, found)

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._limits), daemon=True)
        try:
            process.start()
        except OSError as fault:
            raise CorpusError(
                f"no process can be started to read with ({fault.strerror}); free memory"
            ) from fault
        self._process = process
        theirs.close()
        if self._ended:  # while it started
            self._process.kill()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None


def _serve(pipe: Connection, limits: Limits) -> None:
    """The worker: reads what it is sent until the pipe closes."""
    import resource
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops us
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        # Its parent ends a stalled worker, unless it was killed itself.
        signal.alarm(int(limits.seconds) + 2)
        pipe.send(_outcome(job, limits))
        signal.alarm(0)


def _outcome(job: Job, limits: Limits) -> tuple[str | None, object]:
    """A reading, or a fault and its message: exceptions of ours do not survive a pipe."""
    try:
        return None, read_bounded(job, limits)
    except UnreadableError as fault:
        return fault.fault, str(fault)
    except MemoryError:
        return "damaged", "reading it takes too much memory; left out"
    except CorpusError as fault:
        return "damaged", str(fault)
    except Exception as fault:  # noqa: BLE001  a parser's own fault on a file from anywhere
        return "damaged", f"it cannot be read ({type(fault).__name__}); left out"


def read_bounded(job: Job, limits: Limits) -> Reading:
    """Read a file, at most so much of it."""
    from dataclasses import replace

    from corpus.reading import read
    from corpus.reading.detect import detect

    data = job.file.read_bytes()
    raw = Raw(data, job.charset, job.name)
    if len(data) <= limits.bytes_read or detect(raw, job.content_type) not in _DIVISIBLE:
        return read(raw, job.content_type)
    cut = Raw(data[: limits.bytes_read], job.charset, job.name)
    return replace(read(cut, job.content_type), truncated=True)
