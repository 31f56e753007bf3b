"""Coroutines from sync code: any thread, one loop, nothing left behind."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from eval.measures.ragas_sync import _Looping, run_sync

ROOT = Path(__file__).parents[3]


async def _double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


def test_gives_the_result():
    assert run_sync(_double(21)) == 42


def test_runs_many_threads_coroutines_in_one_loop():
    async def loop() -> int:
        return id(asyncio.get_running_loop())

    before = run_sync(loop())
    threads = threading.active_count()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda n: run_sync(_double(n)), range(200))) == [*range(0, 400, 2)]
        assert set(pool.map(lambda _: run_sync(loop()), range(8))) == {before}
    assert threading.active_count() == threads


def test_coroutines_of_several_threads_run_side_by_side():
    met = asyncio.Barrier(3)

    async def meet() -> None:
        async with asyncio.timeout(10):
            await met.wait()

    with ThreadPoolExecutor(3) as pool:  # each waits for the others
        assert list(pool.map(lambda _: run_sync(meet()), range(3))) == [None] * 3


def test_works_where_a_loop_is_running():
    async def outer() -> int:
        return run_sync(_double(4))

    assert asyncio.run(outer()) == 8


def test_raises_what_the_coroutine_raises():
    async def fail() -> None:
        raise KeyError("judge")

    with pytest.raises(KeyError, match="judge"):
        run_sync(fail())


def test_refuses_to_wait_for_itself():
    async def nested() -> int:
        return run_sync(_double(1))

    with pytest.raises(RuntimeError, match="await it instead"):
        run_sync(nested())


def test_closing_ends_thread_and_loop():
    looping = _Looping()
    loop, thread = looping.loop(), looping.thread
    assert thread is not None
    looping.close()
    looping.close()  # a second time there is nothing to close
    assert loop.is_closed()
    assert not thread.is_alive()


SCORE = """
import asyncio
from eval.measures.ragas_sync import ragas, run_sync

metric = ragas("ragas.metrics._string").NonLLMStringSimilarity()
sample = ragas("ragas.dataset_schema").SingleTurnSample(reference="abc", response="abc")
print(run_sync(metric.single_turn_ascore(sample)))
"""


def test_ragas_warns_of_nothing_and_writes_nothing_into_the_users_folders(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCORE],
        env={"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "1.0\n", "")
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]
