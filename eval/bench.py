"""``python -m eval.bench``: whole commands, timed against each other in one run.

Ratios are what counts: seconds are this machine's. Every figure is a median; each command is a
process of its own. The home is the user's own, with its index built before timing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from eval.golden import answerable, load
from eval.processes import in_turns, timed
from tutor.app import build, open_tutor
from tutor.cli import run
from tutor.records import Spoken
from tutor.settings import Settings, load_settings

if TYPE_CHECKING:
    from tutor.answer import Tutor

RUNS = 5
BUILDS = 3
QUESTION = "What is LoRA?"
WARM_QUESTIONS = (
    "What is retrieval-augmented generation?",
    "How does a key-value cache work?",
    "Why is multi-head attention used?",
    "What is the difference between HNSW and IVF?",
    "Which activation functions are there?",
)
_BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure.

    Attributes:
        unit: "s", "ms", "MB", or "" for a ratio.
        bar: what it may be at most; None where nothing is promised.
    """

    what: str
    value: float
    unit: str = ""
    bar: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether it is within its bar."""
        return None if self.bar is None else self.value <= self.bar


def main() -> None:
    """Print all figures, as a Markdown table or as JSON."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="a list of figures instead of a table")
    parser.add_argument("--no-build", action="store_true", help="leave out building, minutes")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each command and question")
    arguments = parser.parse_args()
    settings = load_settings()
    build(settings)
    figures = [*commands(arguments.runs), *warm(settings, arguments.runs)]
    figures += [] if arguments.no_build else building(settings)
    if arguments.json:
        print(json.dumps([{**asdict(f), "met": f.met} for f in figures], indent=2))
    else:
        print(table(figures, arguments.runs))


def table(figures: Sequence[Figure], runs: int) -> str:
    """Figures and their bars as a Markdown table."""
    lines = [f"| what | median of {runs} | at most | met |", "|---|---|---|---|"]
    for figure in figures:
        bar = "–" if figure.bar is None else _shown(figure.bar, figure.unit)
        met = {None: "–", True: "yes", False: "no"}[figure.met]
        lines.append(f"| {figure.what} | {_shown(figure.value, figure.unit)} | {bar} | {met} |")
    return "\n".join(lines)


def _shown(value: float, unit: str) -> str:
    digits = {"MB": 0, "ms": 1}.get(unit, 2)
    return f"{value:.{digits}f} {unit}".rstrip()


# Whole commands


def commands(runs: int) -> list[Figure]:
    """``tutor ask`` against ``llm`` with the same question, and the first help."""
    with tempfile.TemporaryDirectory() as folder:
        both = in_turns(
            {
                "ask": [str(_BIN / "tutor"), "ask", "--no-log", QUESTION],
                "llm": [str(_BIN / "llm"), "-m", "SmolLM2", QUESTION],
                "help": [str(_BIN / "tutor"), "--help"],
            },
            runs,
            {**os.environ, "LLM_USER_PATH": folder},
        )
    ask, bare, help_ = both["ask"], both["llm"], both["help"]
    return [
        Figure("`tutor ask` cold, whole process", ask.seconds, "s"),
        Figure("`llm -m SmolLM2`, the same question", bare.seconds, "s"),
        Figure("ratio of the two", ask.seconds / bare.seconds, "", 2.0),
        Figure("peak memory of `tutor ask`", ask.megabytes, "MB", 700),
        Figure("peak memory of `llm`", bare.megabytes, "MB"),
        Figure("`tutor --help`", help_.seconds, "s", 0.5),
    ]


# In one process


def warm(settings: Settings, runs: int) -> list[Figure]:
    """The first checked sentence, the whole answer, and searching alone, all loaded before."""
    tutor = open_tutor(settings)
    tutor.ask(QUESTION)
    answers = [_answered(tutor, question) for _ in range(runs) for question in WARM_QUESTIONS]
    asked = [question.question for question in answerable(load("dev"))]
    searches = _each(lambda question: tutor.index.search(question, 5), asked, runs)
    commands = _each(lambda question: tutor.search(question, 5), asked, runs)
    tutor.close()
    return [
        Figure("first checked sentence, warm", median(first for first, _ in answers), "s", 0.5),
        Figure("whole answer, warm", median(whole for _, whole in answers), "s"),
        Figure(f"search warm, median of {len(asked)} questions", median(searches), "ms"),
        Figure("search warm, 95th percentile", _p95(searches), "ms", 20),
        Figure("the same with look-ups in the references too, median", median(commands), "ms"),
        Figure("… 95th percentile", _p95(commands), "ms"),
    ]


def _answered(tutor: Tutor, question: str) -> tuple[float, float]:
    """Seconds to the first checked sentence (to the end, if there is none) and to the end."""
    started = time.perf_counter()
    first = 0.0
    for event in tutor.stream(question):
        if isinstance(event, Spoken):
            first = first or time.perf_counter() - started
    whole = time.perf_counter() - started
    return first or whole, whole


def _each(call: Callable[[str], object], questions: Sequence[str], runs: int) -> list[float]:
    """Milliseconds by question, the median of its runs; each is asked once a round."""
    rounds = [[1000 * _seconds(lambda q=q: call(q)) for q in questions] for _ in range(runs)]  # type: ignore[misc]
    return [median(times) for times in zip(*rounds, strict=True)]


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1]


# Building


def building(settings: Settings) -> list[Figure]:
    """Building the index against encoding the same chunks alone, each once a round."""
    models = str(settings.models)
    builds, alone = [], []
    for _ in range(BUILDS):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "models").symlink_to(models)
            environment = {**os.environ, "TUTOR_HOME": folder}
            builds.append(timed([str(_BIN / "tutor"), "index", "build"], environment).seconds)
        told = subprocess.run(
            [sys.executable, "-c", _ENCODING, models], check=True, capture_output=True, text=True
        )
        alone.append(float(told.stdout))
    built, encoded = median(builds), median(alone)
    return [
        Figure(f"`tutor index build`, whole process (of {BUILDS})", built, "s"),
        Figure(f"encoding the same chunks alone (of {BUILDS})", encoded, "s"),
        Figure("ratio of the two", built / encoded, "", 1.3),
    ]


_ENCODING = """
import sys, time
from pathlib import Path
from corpus.loader import load_curriculum
from index.build import embedding_text
from index.chunker import chunk_documents
from index.encoder import load_encoder
encoder = load_encoder('bundled', Path(sys.argv[1]))
documents = load_curriculum().documents
texts = [embedding_text(c) for c in chunk_documents(documents, encoder.count_tokens)]
encoder.encode(texts[:8])
started = time.perf_counter()
encoder.encode(texts)
print(time.perf_counter() - started)
"""


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    run(main)
