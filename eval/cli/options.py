"""Options of ``tutor eval`` that become a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from corpus.errors import UsageError
from eval.splits import SPLITS, Split

Systems = Annotated[
    list[str] | None,
    typer.Option("--system", help="What to measure, may be repeated: tutor, starter, bare."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Golden set, may be repeated: curriculum, references, attacks. Without it all that "
        "the home can be asked: references only where some have been fetched.",
    ),
]
SplitName = Annotated[
    str, typer.Option("--split", help="dev (to calibrate on) or test (to report on).")
]
RunSplit = Annotated[
    str | None,
    typer.Option("--split", help="dev (to calibrate on) or test (to report on, the default)."),
]
Passages = Annotated[int | None, typer.Option("-k", help="Chunks retrieved for a question.")]
Sentences = Annotated[
    int | None, typer.Option("--sentences", help="Sentences of evidence an answer is made of.")
]
Written = Annotated[
    int | None,
    typer.Option("--written", help="How many the model puts into words; 0 loads no model."),
]
Model = Annotated[str | None, typer.Option("--model", help="GGUF file of the language model.")]
Reranker = Annotated[
    str | None, typer.Option("--reranker", help="late-interaction, none, or a cross-encoder.")
]
Threshold = Annotated[
    float | None, typer.Option("--threshold", help="Least confidence to answer with, 0 to 1.")
]
JudgeAt = Annotated[
    str,
    typer.Option(
        "--judge",
        help="For RAGAS's judged measures: an OpenAI-compatible address, a GGUF file, or bundled "
        "(whose verdicts mean nothing).",
    ),
]
JudgeModel = Annotated[str, typer.Option("--judge-model", help="Model's name on that server.")]
JudgeWorkers = Annotated[
    int,
    typer.Option("--judge-workers", min=1, help="Questions that the server is asked at once."),
]
Workers = Annotated[
    int,
    typer.Option("--workers", min=1, help="Questions at a time, where the engine takes several."),
]
Quick = Annotated[
    bool, typer.Option("--quick", help="Two questions of each kind, without RAGAS: a minute.")
]
Each = Annotated[
    int,
    typer.Option("--each", min=0, help="So many questions of each kind, always the same; 0: all."),
]
Name = Annotated[str | None, typer.Option("--name", help="Name of the run.")]
Resume = Annotated[
    str | None,
    typer.Option("--resume", help="Go on with a run: its name, or last (the last unfinished)."),
]
Against = Annotated[
    bool,
    typer.Option("--baseline", help="Exit with 4 if a figure is worse than the baseline's."),
]


def checked_split(name: str) -> Split:
    """The split of that name.

    Raises:
        UsageError: there is none.
    """
    for split in SPLITS:
        if name == split:
            return split
    raise UsageError(f"there is no split {name!r}; there are: {', '.join(SPLITS)}")


def checked_systems(names: Sequence[str]) -> list[str]:
    """The systems of those names, each once.

    Raises:
        UsageError: there is no such system.
    """
    from eval.systems.catalogue import SYSTEMS

    for name in names:
        if name not in SYSTEMS:
            raise UsageError(f"there is no system {name!r}; there are: {', '.join(SYSTEMS)}")
    return list(dict.fromkeys(names))
