"""``tutor eval propose|review|accept``: golden questions proposed by code, taken by a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from eval.cli import options as o
from tutor.cli.options import utf8_output

Proposals = Annotated[
    Path | None,
    typer.Option("--file", help="Where proposals wait; HOME/eval/proposed.jsonl if not given."),
]
Folder = Annotated[
    Path | None, typer.Option("--folder", help="Folder of the golden files; the package's own.")
]


def propose(
    count: Annotated[int, typer.Option("-n", min=1, help="How many questions.")] = 20,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only this kind, may be repeated.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, other questions.")] = 0,
    judge: o.JudgeAt = "",
    judge_model: o.JudgeModel = "",
    file: Proposals = None,
    folder: Folder = None,
) -> None:
    """Propose new golden questions from the curriculum; with --judge by RAGAS and that model."""
    from corpus.loader import load_curriculum
    from eval.golden import FOLDER
    from eval.propose import propose as from_templates

    utf8_output()
    waiting, golden, curriculum = _file(file), folder or FOLDER, load_curriculum()
    if judge:
        from eval.judge import open_judge
        from eval.propose.generated import generate
        from tutor.settings import load_settings

        opened = open_judge(judge, load_settings(), judge_model)
        try:
            made = generate(waiting, opened, curriculum, count, seed, golden)
        finally:
            opened.close()
        new = made.proposals
        typer.echo(f"{made.failed} failed, {made.unusable} were of no use", err=True)
    else:
        new = from_templates(waiting, curriculum, count, seed, kind or (), golden)
    for proposal in new:
        typer.echo(f"{proposal.id}  {proposal.kind}  {proposal.question}")
    typer.echo(f"\n{len(new)} new in {waiting}; look at them: tutor eval review")


def review(file: Proposals = None, folder: Folder = None) -> None:
    """Look at proposals one by one: take into dev or test, skip, or drop."""
    from corpus.loader import load_curriculum
    from eval.golden import FOLDER
    from eval.propose import review as offer

    utf8_output()
    offer(_file(file), load_curriculum(), folder or FOLDER)


def accept(
    ids: Annotated[list[str], typer.Argument(help="Ids of proposals.")],
    split: o.SplitName = "dev",
    file: Proposals = None,
    folder: Folder = None,
) -> None:
    """Take proposals into a golden set by their ids."""
    from corpus.loader import load_curriculum
    from eval.golden import FOLDER
    from eval.propose import accept as take

    utf8_output()
    target = o.checked_split(split)
    for question in take(_file(file), ids, target, load_curriculum(), folder or FOLDER):
        typer.echo(f"{question.id}  {question.question}")


def _file(given: Path | None) -> Path:
    from eval.propose import FILE
    from tutor.settings import load_settings

    return given or load_settings().home / FILE
