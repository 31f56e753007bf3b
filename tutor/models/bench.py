"""How fast a language model reads and writes on this machine, and what memory it takes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from corpus.errors import ModelError
from tutor.models.choice import elsewhere
from tutor.settings import Settings

if TYPE_CHECKING:
    from tutor.engines.protocol import Engine

# About what an answer's prompt has (docs/log.md, "Speed"): some 300 tokens.
_PASSAGE = " ".join(
    f"Sentence {number} says that a model reads its prompt before it writes."
    for number in range(20)
)
_WRITTEN = 64  # most tokens written a run


@dataclass(frozen=True, slots=True)
class Bench:
    """Medians over the runs.

    Attributes:
        load_seconds: until the model can be asked.
        prompt_tokens: of the prompt that is read.
        first_seconds: from the question to the first piece of the answer.
        read_speed: tokens of the prompt a second.
        write_speed: tokens of the answer a second, after the first piece.
        memory: bytes by which the process has grown; None for a server's, and on systems that do
            not tell.
    """

    model: str
    runs: int
    load_seconds: float
    prompt_tokens: int
    first_seconds: float
    read_speed: float
    write_speed: float
    memory: int | None


def bench(settings: Settings, runs: int = 3) -> Bench:
    """Measure the language model of the settings.

    Raises:
        ModelError: it does not load, cannot be reached, or says nothing.
    """
    from tutor.engines.factory import lazy_engine

    lazy = lazy_engine(settings)
    lazy.check()
    before = resident()
    begun = perf_counter()
    engine = lazy()
    loaded = perf_counter() - begun
    try:
        timed = [_run(engine, number) for number in range(runs)]
        after = resident()
    finally:
        lazy.close()
    tokens = timed[0][0]
    first = median(one[1] for one in timed)
    grown = None if elsewhere(settings.model) or before is None or after is None else after - before
    return Bench(
        lazy.name, runs, loaded, tokens, first, tokens / first,
        median(one[2] for one in timed), grown,
    )  # fmt: skip


def _run(engine: Engine, number: int) -> tuple[int, float, float]:
    """(tokens of the prompt, seconds to the first piece, tokens a second after that).

    Raises:
        ModelError: too little was written to tell a speed.
    """
    # The number stands first: what two prompts begin with alike is read only once.
    prompt = f"Run {number}. {_PASSAGE} Now count from one to a hundred, in words."
    begun = last = perf_counter()
    first = 0.0
    pieces: list[str] = []
    for piece in engine.stream([("user", prompt)], max_tokens=_WRITTEN):
        last = perf_counter()
        first = first or last - begun
        pieces.append(piece)
    if len(pieces) < 2:
        raise ModelError(f"{engine.name} writes too little to be measured; choose another model")
    written = engine.count_tokens("".join(pieces[1:]))
    return engine.count_tokens(prompt), first, written / max(last - begun - first, 1e-9)


def resident() -> int | None:
    """Bytes of this process in memory; at peak where the system tells only that, else None."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    except (OSError, StopIteration):
        pass
    if sys.platform == "win32":
        return None
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
