"""``python -m eval.bench``: whole commands, timed against each other in one run.

Ratios are what counts: seconds are this machine's. Every figure is the median of RUNS; each
command is a process of its own. The home is the user's own, with its index built before timing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tutor.app import build, open_tutor
from tutor.cli import run
from tutor.records import Spoken
from tutor.settings import load_settings

RUNS = 5
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
class Process:
    """One run of a command: wall time in seconds, peak memory in megabytes."""

    seconds: float
    megabytes: float


def timed(command: Sequence[str]) -> Process:
    """Run a command to its end, its output thrown away."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0  # waited for above: Popen must not wait again
    return Process(time.perf_counter() - started, usage.ru_maxrss / 1024)


def repeated(command: Sequence[str]) -> Process:
    """Medians over RUNS, after one run to warm the disk cache."""
    timed(command)
    runs = [timed(command) for _ in range(RUNS)]
    return Process(median(r.seconds for r in runs), median(r.megabytes for r in runs))


def main() -> None:
    """Print all figures as a Markdown table."""
    settings = load_settings()
    build(settings)
    rows: list[tuple[str, str]] = []
    ask = repeated([str(_BIN / "tutor"), "ask", "--no-log", QUESTION])
    bare = _bare_model()
    rows.append(("`tutor ask` cold, whole process", f"{ask.seconds:.2f} s"))
    rows.append(('`llm -m SmolLM2` "What is LoRA?"', f"{bare.seconds:.2f} s"))
    rows.append(("ratio of the two (bar: at most 3)", f"{ask.seconds / bare.seconds:.2f}"))
    rows.append(("peak memory of `tutor ask` (bar: 900 MB)", f"{ask.megabytes:.0f} MB"))
    rows.append(("peak memory of `llm`", f"{bare.megabytes:.0f} MB"))
    help_ = repeated([str(_BIN / "tutor"), "--help"])
    rows.append(("`tutor --help` (bar: 0.5 s)", f"{help_.seconds:.2f} s"))
    rows += _warm()
    rows += _building()
    print("| what | median of 5 |\n|---|---|")
    for what, figure in rows:
        print(f"| {what} | {figure} |")
    print(f"\npeak memory of this process: {_own_peak():.0f} MB")


def _bare_model() -> Process:
    """The same model with no tutor around it, from the same environment."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LLM_USER_PATH"] = folder
        return repeated([str(_BIN / "llm"), "-m", "SmolLM2", QUESTION])


def _warm() -> list[tuple[str, str]]:
    """Time to the first checked sentence, the whole answer, and search alone, in one process."""
    tutor = open_tutor(load_settings())
    tutor.ask(QUESTION)
    first: list[float] = []
    whole: list[float] = []
    search: list[float] = []
    for question in WARM_QUESTIONS:
        started = time.perf_counter()
        for event in tutor.stream(question):
            if isinstance(event, Spoken) and len(first) == len(whole):
                first.append(time.perf_counter() - started)
        whole.append(time.perf_counter() - started)
        search.append(_seconds(lambda question=question: tutor.search(question, 5)))  # type: ignore[misc]
    return [
        ("first checked sentence, warm", f"{1000 * median(first):.0f} ms"),
        ("whole answer, warm", f"{median(whole):.2f} s"),
        ("search alone, warm", f"{1000 * median(search):.0f} ms"),
    ]


def _building() -> list[tuple[str, str]]:
    """Building the index against encoding the same chunks alone, each once a run, three runs."""
    code = (
        "import json,sys,time\n"
        "from pathlib import Path\n"
        "from corpus.loader import load_curriculum\n"
        "from index.build import embedding_text\n"
        "from index.chunker import chunk_documents\n"
        "from index.encoder import load_encoder\n"
        "encoder = load_encoder('bundled', Path(sys.argv[1]))\n"
        "documents = load_curriculum().documents\n"
        "texts = [embedding_text(c) for c in chunk_documents(documents, encoder.count_tokens)]\n"
        "encoder.encode(texts[:8])\n"
        "started = time.perf_counter()\n"
        "encoder.encode(texts)\n"
        "print(json.dumps(time.perf_counter() - started))\n"
    )
    models = str(load_settings().models)
    builds, alone = [], []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "models").symlink_to(models)
            environment = {**os.environ, "TUTOR_HOME": folder}
            command = [str(_BIN / "tutor"), "index", "build"]
            builds.append(_seconds(lambda c=command, e=environment: _quiet(c, e)))  # type: ignore[misc]
        out = subprocess.run(
            [sys.executable, "-c", code, models], check=True, capture_output=True, text=True
        )
        alone.append(float(json.loads(out.stdout)))
    built, encoded = median(builds), median(alone)
    return [
        ("`tutor index build --fresh`, whole process", f"{built:.1f} s"),
        ("encoding the same chunks alone", f"{encoded:.1f} s"),
        ("ratio of the two (bar: at most 1.3)", f"{built / encoded:.2f}"),
    ]


def _quiet(command: Sequence[str], environment: dict[str, str]) -> None:
    subprocess.run(command, check=True, capture_output=True, env=environment)


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _own_peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    run(main)
