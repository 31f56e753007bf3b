"""``tutor eval run``: ask golden questions, score the replies, write a report."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corpus.errors import HomeError, TutorError, UsageError
from eval.cli import options as o
from eval.cli.showing import (
    OUTSIDE_BASELINE,
    held_against_baseline,
    show_figures,
    write_reports,
)
from tutor.cli.options import progress, utf8_output

if TYPE_CHECKING:
    from eval.judge import Judge
    from eval.runs import RunFolder
    from tutor.settings import Settings


@dataclass(frozen=True, slots=True)
class Judging:
    """The judge that was asked for: address or file ("" for none), model, questions at once."""

    where: str
    model: str
    workers: int


def run(
    file: Annotated[
        Path | None, typer.Argument(help="A golden file of your own instead of the sets.")
    ] = None,
    system: o.Systems = None,
    set_: o.Sets = None,
    split: o.RunSplit = None,
    quick: o.Quick = False,
    each: o.Each = 0,
    model: o.Model = None,
    passages: o.Passages = None,
    sentences: o.Sentences = None,
    written: o.Written = None,
    reranker: o.Reranker = None,
    threshold: o.Threshold = None,
    workers: o.Workers = 1,
    judge: o.JudgeAt = "",
    judge_model: o.JudgeModel = "",
    judge_workers: o.JudgeWorkers = 4,
    name: o.Name = None,
    resume: o.Resume = None,
    baseline: o.Against = False,
) -> None:
    """Ask golden questions, score the replies, and write a report; a killed run can go on."""
    from eval.baseline import refuse_part
    from eval.suite import Wanted, start
    from tutor.app import prepare_home
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings()
    overrides = _overrides(
        model=model,
        passages=passages,
        evidence_sentences=sentences,
        written_sentences=written,
        reranker=reranker,
        answer_threshold=threshold,
    )
    judging = Judging(judge, judge_model, judge_workers)
    if resume is not None:
        if any((file, set_, system, split, quick, each, overrides, name)):
            raise UsageError("a resumed run keeps its questions and settings; leave out the others")
        folder = _left(settings, resume)
        if baseline:
            info = folder.info()
            refuse_part(info.file, info.quick, info.each)
        finish(settings, folder, workers, judging)
        _told(settings, [folder.name], baseline)
        return
    if baseline:
        refuse_part(file, quick, each)
    if file and split:
        raise UsageError("the lines of a golden file name their split; leave out --split")
    systems = o.checked_systems(system or ["tutor"])
    prepare_home(settings)
    if len(systems) > 1:
        names = _each_in_a_process_of_its_own(systems, name)
        _told(settings, names, baseline)
        return
    half = o.checked_split(split or "test")
    wanted = Wanted(systems[0], half, tuple(set_ or ()), file, quick, each, overrides)
    folder = start(settings, wanted, name)
    with _forgotten_if_nothing_was_asked(folder):
        finish(settings, folder, workers, judging)
    _told(settings, [folder.name], baseline)


def _told(settings: Settings, names: Sequence[str], baseline: bool) -> None:
    """Print figures, write reports, and hold the first run against the baseline if asked to."""
    from eval.runs import find_run

    show_figures(settings, names)
    write_reports(settings, names)
    if baseline and held_against_baseline(find_run(settings.home, names[0])):
        raise typer.Exit(OUTSIDE_BASELINE)


@contextmanager
def _forgotten_if_nothing_was_asked(run: RunFolder) -> Iterator[None]:
    """Take back a new run that could not begin: resumed, it would fail in the same way."""
    try:
        yield
    except HomeError:  # a full disk: its message says how to go on
        raise
    except TutorError:
        if not run.records():
            shutil.rmtree(run.folder)
        raise


def finish(settings: Settings, run: RunFolder, workers: int, judging: Judging) -> None:
    """Ask what the run has not asked yet, and score all of it."""
    from eval.suite import ask_all, evaluate
    from index.encoder import load_encoder

    with _judge(settings, judging) as judge, progress() as report:
        try:
            ask_all(settings, run, report, workers, _say)
        except KeyboardInterrupt:
            typer.echo(f"go on with: tutor eval run --resume {run.name}", err=True)
            raise
        encoder = load_encoder(settings.embedding_model, settings.models)
        evaluate(run, encoder, costly=not run.info().quick, judge=judge, report=report)


def _say(line: str) -> None:
    """Tell what takes long, also where standard error is no terminal and has no bars."""
    typer.echo(line, err=True)


@contextmanager
def _judge(settings: Settings, judging: Judging) -> Iterator[Judge | None]:
    """The judge, opened before anything is asked: one that is not there is told at once."""
    if not judging.where:
        yield None
        return
    from eval.judge import open_judge

    judge = open_judge(judging.where, settings, judging.model, workers=judging.workers)
    try:
        yield judge
    finally:
        judge.close()


def _overrides(**given: str | int | float | None) -> dict[str, str | int | float | bool]:
    """The settings that the command line names; an impossible value is said at once."""
    from tutor.settings import load_settings

    load_settings(**given)
    return {key: value for key, value in given.items() if value is not None}


def _left(settings: Settings, name: str) -> RunFolder:
    from eval.runs import all_runs, find_run, unfinished

    return unfinished(all_runs(settings.home)) if name == "last" else find_run(settings.home, name)


# Options of the whole, by how many values each takes.
_NOT_FOR_EACH = {"--system": 1, "--name": 1, "--baseline": 0}


def _each_in_a_process_of_its_own(systems: Sequence[str], name: str | None) -> list[str]:
    """Run each system by itself, so that none carries the memory of another; names of the runs."""
    stem = name or time.strftime("%Y%m%d-%H%M%S")
    arguments = _without(sys.argv[sys.argv.index("run") + 1 :], _NOT_FOR_EACH)
    names = []
    for system in systems:
        names.append(f"{stem}-{system}")
        command = ["-m", "tutor", "eval", "run", "--system", system, "--name", names[-1]]
        done = subprocess.run([sys.executable, *command, *arguments], check=False)
        if done.returncode:
            raise typer.Exit(done.returncode)
    return names


def _without(arguments: Sequence[str], options: Mapping[str, int]) -> list[str]:
    """Arguments without some options and their values, written "--x v" or "--x=v"."""
    kept: list[str] = []
    skip = 0
    for argument in arguments:
        name = argument.split("=", maxsplit=1)[0]
        if skip:
            skip -= 1
        elif name in options:
            skip = options[name] if name == argument else 0
        else:
            kept.append(argument)
    return kept
