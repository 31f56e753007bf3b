"""``tutor eval propose|review|accept``: golden questions proposed by code, taken by a person."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import UsageError
from eval.cli import options as o
from tutor.cli.options import utf8_output

if TYPE_CHECKING:
    from corpus import Curriculum
    from eval.propose import Proposal

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
    feedback: Annotated[
        bool, typer.Option("--feedback", help="From what learners said of answers in the chat.")
    ] = False,
    judge: o.JudgeAt = "",
    judge_model: o.JudgeModel = "",
    file: Proposals = None,
    folder: Folder = None,
) -> None:
    """Propose new golden questions: from the curriculum, feedback, or by RAGAS with --judge."""
    from corpus.loader import load_curriculum
    from eval.golden import FOLDER
    from eval.propose import propose as from_templates

    if feedback and judge:
        raise UsageError("--feedback and --judge are two sources; give one of them")
    utf8_output()
    waiting, golden, curriculum = _file(file), folder or FOLDER, load_curriculum()
    if feedback:
        new = _by_learners(waiting, curriculum, count, kind or (), golden)
    elif judge:
        new = _by_a_judge(waiting, judge, judge_model, curriculum, count, seed, golden)
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


def _by_learners(
    waiting: Path, curriculum: Curriculum, count: int, kinds: Collection[str], golden: Path
) -> list[Proposal]:
    from eval.propose.learners import from_learners
    from tutor.feedback import FeedbackStore
    from tutor.settings import load_settings

    given = FeedbackStore(load_settings().log).all()
    made = from_learners(waiting, given, curriculum, count, kinds, golden)
    typer.echo(
        f"{len(given)} given, {made.known} asked already, {made.unfit} of no use, "
        f"{made.left} left for the next time",
        err=True,
    )
    return made.proposals


def _by_a_judge(
    waiting: Path,
    judge: str,
    model: str,
    curriculum: Curriculum,
    count: int,
    seed: int,
    golden: Path,
) -> list[Proposal]:
    from eval.judge import open_judge
    from eval.propose.generated import generate
    from tutor.settings import load_settings

    opened = open_judge(judge, load_settings(), model)
    try:
        made = generate(waiting, opened, curriculum, count, seed, golden)
    finally:
        opened.close()
    typer.echo(f"{made.failed} failed, {made.unusable} were of no use", err=True)
    return made.proposals


def _file(given: Path | None) -> Path:
    from eval.propose import FILE
    from tutor.settings import load_settings

    return given or load_settings().home / FILE
