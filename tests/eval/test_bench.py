"""What the bench measures: processes in turns, percentiles by hand, and the table of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from eval.bench import Figure, _answered, _each, _p95, table
from eval.processes import in_turns, timed


def python(code):
    return [sys.executable, "-c", code]


def test_time_and_peak_memory_are_those_of_the_process():
    found = in_turns(
        {"slow": python("import time; time.sleep(0.4)"), "large": python("b'x' * 80_000_000")},
        runs=1,
        environment=os.environ,
    )
    assert found["slow"].seconds > 0.4
    assert found["large"].megabytes > found["slow"].megabytes + 60


def test_commands_take_turns_after_a_round_to_warm_up(tmp_path):
    note = "import sys; open({!r}, 'a').write({!r})"
    file = str(tmp_path / "order")
    in_turns({n: python(note.format(file, n)) for n in "ab"}, runs=2, environment=os.environ)
    assert (tmp_path / "order").read_text() == "ababab"


def test_a_command_that_fails_is_not_timed():
    with pytest.raises(subprocess.CalledProcessError, match="status 3"):
        timed(python("raise SystemExit(3)"), os.environ)


def test_each_question_is_asked_once_a_round():
    asked: list[str] = []
    times = _each(asked.append, ["a", "b"], 3)
    assert asked == ["a", "b"] * 3
    assert len(times) == 2


@pytest.mark.parametrize(
    ("values", "expected"),
    [(range(1, 102), 96), ([1.0, 2.0], 1.95)],  # of 0 … 100 percent, 95; 1 + 0.95 · (2 - 1)
)
def test_the_95th_percentile(values, expected):
    assert _p95(list(values)) == pytest.approx(expected)


def test_the_first_checked_sentence_comes_before_the_end(quoting):
    first, whole = _answered(quoting, "What is LoRA?")
    assert 0 < first <= whole


@pytest.mark.parametrize(
    ("figure", "row"),
    [
        (Figure("search", 12.34, "ms", 20), "| search | 12.3 ms | 20.0 ms | yes |"),
        (Figure("memory", 701, "MB", 700), "| memory | 701 MB | 700 MB | no |"),
        (Figure("ratio", 2.0, "", 2.0), "| ratio | 2.00 | 2.00 | yes |"),
        (Figure("help", 0.234, "s"), "| help | 0.23 s | – | – |"),
    ],
)
def test_a_row_of_the_table(figure, row):
    assert table([figure], runs=5).splitlines()[2:] == [row]
