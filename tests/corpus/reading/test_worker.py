"""Readers in processes of their own: what one file does to its reader harms no other.

What a test wants done inside the worker is done where it takes a document's bytes: a file whose
``read_bytes`` is Python to be evaluated there.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus.reading import Raw, Reading, UnreadableError, worker
from corpus.reading.worker import WORKERS, Job, Limits, read_all, read_bounded

ROOT = Path(__file__).parents[3]
SLOW = Limits(seconds=60)


def doing(key: str, code: str, name: str = "x.txt") -> Job:
    return Job(key, SimpleNamespace(read_bytes=partial(eval, code)), name=name)


@pytest.fixture
def text(tmp_path):
    """Jobs of plain text files."""

    def job(key: str, content: str | bytes = "Ice floats.", name: str = "x.txt") -> Job:
        file = tmp_path / f"{key}.bytes"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Job(key, file, name=name)

    return job


def outcomes(jobs, limits=SLOW):
    found = {}
    read_all(jobs, limits, lambda job, outcome: found.setdefault(job.key, outcome))
    return found


def told(outcome):
    """Fault and message of a document that was left out."""
    assert isinstance(outcome, UnreadableError)
    assert "\n" not in str(outcome)
    return outcome.fault, str(outcome)


@pytest.fixture(autouse=True)
def _no_process_is_left():
    yield
    assert multiprocessing.active_children() == []


def test_every_document_is_read_once(text):
    jobs = [text(f"{n}", f"Ice {n} floats.") for n in range(5)]
    seen = []
    read_all(jobs, SLOW, lambda job, outcome: seen.append((job.key, outcome.blocks[0].text)))
    assert sorted(seen) == [(f"{n}", f"Ice {n} floats.") for n in range(5)]


def test_nothing_to_read_is_no_fault():
    assert outcomes([]) == {}


def test_a_worker_reads_as_the_reader_does(text):
    job = text("page", "<html><title>Ice 🧊</title><h1>Ice</h1><p>It floats.", name="x.html")
    found = outcomes([job])["page"]
    assert found == read_bounded(job, SLOW)
    assert found.title == "Ice 🧊"


def test_type_and_charset_of_the_server_reach_the_reader(tmp_path):
    (tmp_path / "page").write_bytes("# Größe\n\nViel Eis.".encode("cp1252"))
    job = Job("page", tmp_path / "page", "text/markdown", "windows-1252", "page")
    found = outcomes([job])["page"]
    assert (found.format, found.title) == ("markdown", "Größe")


# What goes wrong in a reader


def test_what_goes_wrong_stays_with_its_document(text):
    found = outcomes(
        [
            text("before"),
            doing("crash", "__import__('os').kill(__import__('os').getpid(), 9)"),
            doing("abort", "__import__('os').abort()"),
            doing("exit", "__import__('sys').exit(0)"),
            doing("fault", "1 / 0"),
            doing("deep", "eval('(' * 50_000 + ')' * 50_000)"),
            doing("memory", "bytes(10 ** 13)"),
            text("empty", b""),
            text("picture", b"\x89PNG\r\n\x1a\n" + bytes(100), name="x.png"),
            Job("missing", Path("/nowhere/at/all")),
            text("after"),
        ]
    )
    assert isinstance(found["before"], Reading)
    assert isinstance(found["after"], Reading)
    crashed = ("damaged", "its reader crashed; left out")
    assert [told(found[key]) for key in ("crash", "abort", "exit")] == [crashed] * 3
    assert told(found["fault"]) == ("damaged", "it cannot be read (ZeroDivisionError); left out")
    assert told(found["memory"]) == ("damaged", "reading it takes too much memory; left out")
    assert told(found["deep"])[0] == "damaged"
    assert told(found["empty"])[0] == "empty"
    assert told(found["picture"])[0] == "unsupported"
    assert told(found["missing"])[0] == "damaged"


def test_a_reader_that_stalls_is_ended_and_the_others_go_on(text):
    limits = Limits(seconds=3)
    begin = time.monotonic()
    found = outcomes(
        [doing("stall", "__import__('time').sleep(600)"), text("a"), text("b"), text("c")], limits
    )
    assert told(found["stall"]) == ("damaged", "reading it takes more than 3 s; left out")
    assert [isinstance(found[key], Reading) for key in "abc"] == [True] * 3
    assert time.monotonic() - begin < 30


def test_a_reader_cannot_take_more_memory_than_it_may(text):
    limits = Limits(seconds=60, memory=1_500_000_000)
    found = outcomes([doing("greedy", "b'x' * 2_000_000_000"), text("a"), text("b")], limits)
    assert told(found["greedy"])[1] == "reading it takes too much memory; left out"
    assert isinstance(found["a"], Reading)
    assert isinstance(found["b"], Reading)


def test_the_limit_on_memory_is_the_workers_alone(text):
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    outcomes([text("a")])
    assert resource.getrlimit(resource.RLIMIT_AS) == before


# Stopped


@pytest.mark.parametrize("wanted", [KeyboardInterrupt, ValueError])
def test_whoever_stops_leaves_no_process_behind(text, wanted):
    stalled = doing("stall", "__import__('time').sleep(600)")
    jobs = [text("first"), *[stalled] * (WORKERS - 1), *(text(f"{n}") for n in range(20))]
    seen = []

    def on_read(job, outcome):
        seen.append(job.key)
        raise wanted

    begin = time.monotonic()
    with pytest.raises(wanted):
        read_all(jobs, SLOW, on_read)
    assert time.monotonic() - begin < 30
    assert len(seen) == 1
    assert multiprocessing.active_children() == []


def test_ctrl_c_is_not_hidden_by_a_pipe_that_two_threads_close(monkeypatch, text):
    real = Connection._close

    def slowly(pipe):  # the thread of the worker comes first, this one second
        time.sleep(0.6 if threading.current_thread() is threading.main_thread() else 0.3)
        real(pipe)

    def on_read(job, outcome):
        raise KeyboardInterrupt

    monkeypatch.setattr(Connection, "_close", slowly)
    stalled = doing("stall", "__import__('time').sleep(600)")
    with pytest.raises(KeyboardInterrupt):
        read_all([text("first"), stalled, stalled], Limits(seconds=5), on_read)


INTERRUPTED = """
import signal, sys
from pathlib import Path
from functools import partial
from types import SimpleNamespace
from corpus.reading.worker import Job, Limits, read_all

stall = SimpleNamespace(read_bytes=partial(
    eval, "__import__('os').write(1, b'%d%c' % (__import__('os').getpid(), 10)) "
    "and __import__('time').sleep(600)"))
try:
    read_all([Job("a", stall), Job("b", stall)], Limits(float(sys.argv[1])), print)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" not in status.read_text()
    except OSError:
        return False


def interrupted(with_signal, seconds):
    """Start two workers that stall, stop their parent; pids of the workers, and what was said."""
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(seconds)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
        # A test run in the background ignores SIGINT, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    pids = [int(process.stdout.readline()) for _ in range(WORKERS)]
    process.send_signal(with_signal)
    try:
        # Its end is no end of the pipes: the workers hold them open as long as they live.
        process.wait(30)
        return pids, process.stdout.readline() if with_signal == 2 else ""
    finally:
        process.stdout.close()
        process.stderr.close()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_ctrl_c_ends_the_workers_with_their_parent():
    pids, said = interrupted(2, seconds=60)
    assert said == "stopped\n"
    assert not any(alive(pid) for pid in pids)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_a_stalled_worker_does_not_outlive_its_killed_parent():
    pids, _ = interrupted(9, seconds=3)
    end = time.monotonic() + 8
    while any(alive(pid) for pid in pids) and time.monotonic() < end:
        time.sleep(0.1)
    left = [pid for pid in pids if alive(pid)]
    for pid in left:
        os.kill(pid, 9)
    assert left == []


# Cut


LONG = "Ice floats on water, and melts in the sun.\n\n" * 40
PAGE = f"<!doctype html><html><title>Ice</title><body><main>{'<p>Ice floats.</p>' * 100}"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", LONG),
        ("x.md", f"# Ice\n\n{LONG}"),
        ("x.rst", f"Ice\n===\n\n{LONG}"),
        ("x.html", PAGE),
    ],
)
def test_a_text_is_cut_and_says_so(text, name, content):
    job = text("long", content, name)
    cut = read_bounded(job, Limits(bytes_read=700))
    assert cut.truncated
    assert 0 < cut.characters <= 700
    whole = read_bounded(job, Limits(bytes_read=len(content.encode())))
    assert not whole.truncated
    assert whole.characters > cut.characters
    assert whole.blocks[:5] == cut.blocks[:5]


@pytest.mark.parametrize("bytes_read", range(700, 706))
def test_a_text_cut_within_a_sign_keeps_its_encoding(text, bytes_read):
    job = text("long", "氷河は流れる氷です。🧊\n\n" * 80)
    found = read_bounded(job, Limits(bytes_read=bytes_read))
    assert found.blocks[0].text == "氷河は流れる氷です。🧊"
    assert "\ufffd" not in "".join(block.text for block in found.blocks[:-1])


def test_half_a_file_of_another_format_is_never_read(text, monkeypatch):
    taken = []

    def read(raw: Raw, content_type: str) -> Reading:
        taken.append(len(raw.data))
        return Reading("pdf", "", ())

    monkeypatch.setattr("corpus.reading.read", read)
    notebook = b'{"cells": [' + b" " * 2_000 + b'], "nbformat": 4}'
    files = {
        "a.pdf": b"%PDF-1.7" + b" " * 2_000,
        "b.ipynb": notebook,
        "c.docx": b"PK\x03\x04" * 500,
    }
    for name, data in files.items():
        assert not read_bounded(text(name, data, name), Limits(bytes_read=700)).truncated
    assert taken == [len(data) for data in files.values()]


def test_what_fits_is_not_said_to_be_cut(text):
    assert not read_bounded(text("a", "x" * 700), Limits(bytes_read=700)).truncated
    assert read_bounded(text("b", "x" * 701), Limits(bytes_read=700)).truncated


def test_there_are_few_workers(monkeypatch, text):
    started = []
    real = worker._Worker._start
    monkeypatch.setattr(
        worker._Worker, "_start", lambda self: (started.append(self), real(self))[1]
    )
    outcomes([text(f"{n}") for n in range(6)])
    assert 1 <= len(started) <= WORKERS
