"""A run from its beginning to its figures: choose questions, ask them, score the replies."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from eval.figures import figures_of
from eval.golden import Question
from eval.kept import figures, keep, scores_of
from eval.measures.catalogue import measures_of
from eval.plants import planted
from eval.records import Record
from eval.report.model import FigureRow
from eval.runner import Report, answer_all, machine, now, peak_mb
from eval.runs import Configuration, RunError, RunFolder, RunInfo, new_run
from eval.scoring import AnyMeasure, Scores, score
from eval.selection import Wanted, chosen, questions_of, split_of
from eval.systems.catalogue import open_system
from tutor.app import Say
from tutor.settings import Settings

if TYPE_CHECKING:
    from eval.judge import Judge
    from index.encoder import Encoder

__all__ = [
    "Wanted",
    "ask_all",
    "evaluate",
    "figures",
    "scores_of",
    "silent",
    "start",
]


def silent(stage: str, done: int, total: int) -> None:
    """No progress bar."""


def start(settings: Settings, wanted: Wanted, name: str | None = None) -> RunFolder:
    """A new run, with its questions chosen and none asked.

    Raises:
        UsageError: as ``chosen``, none of its questions, or a name that is taken.
        GoldenError: a golden file is damaged.
    """
    asked = chosen(settings, wanted)
    sets = {which: [q.id for q in questions] for which, questions in asked.items()}
    if not any(sets.values()):
        raise UsageError(f"there is no question in {', '.join(sets)}; nothing can be measured")
    split = split_of(wanted, asked)
    run = new_run(settings.home, wanted.system, split, name)
    run.write_info(
        RunInfo(
            name=run.name,
            system=wanted.system,
            split=split,
            sets=sets,
            file=str(wanted.file.resolve()) if wanted.file else "",
            quick=wanted.quick,
            each=wanted.each,
            overrides=dict(wanted.overrides),
            machine=machine(),
            started=now(),
        )
    )
    return run


def ask_all(
    settings: Settings,
    run: RunFolder,
    report: Report = silent,
    workers: int = 1,
    say: Say = lambda line: None,
) -> None:
    """Ask what a run has not asked yet.

    Args:
        say: told in a line what takes long before the first question.

    Raises:
        RunError: the golden questions, the index or the settings have changed since the run was
            started.
    """
    info = run.info()
    settings = settings.model_copy(update=info.overrides)
    asked = questions_of(info)
    answered = {record.question.id for record in run.records()}
    started = time.perf_counter()
    try:
        for which, questions in asked.items():
            if any(question.id not in answered for question in questions):
                _ask(settings, run, info, which, questions, report, workers, say)
    finally:  # also of a run that was interrupted
        info.seconds = round(info.seconds + time.perf_counter() - started, 1)
        info.peak_mb = max(info.peak_mb, peak_mb())
        run.write_info(info)
    info.finished = info.finished or now()
    run.write_info(info)


def _ask(
    settings: Settings,
    run: RunFolder,
    info: RunInfo,
    which: str,
    questions: Sequence[Question],
    report: Report,
    workers: int,
    say: Say,
) -> None:
    # An attack also meets the documents that came with the others.
    system = open_system(info.system, planted(settings, questions), say)
    try:
        _describe(run, info, which, system.describe())
        answer_all(system, questions, run, report, workers)
    finally:
        system.close()


def _describe(run: RunFolder, info: RunInfo, which: str, described: Configuration) -> None:
    """Note what answers a set; a run that goes on must be answered by the same."""
    if info.described.setdefault(which, described) != described:
        raise RunError(
            f"the index or the settings have changed since {run.name} was begun; start a new run"
        )
    info.configuration = info.configuration or described
    run.write_info(info)


def evaluate(
    run: RunFolder,
    encoder: Encoder,
    *,
    costly: bool = True,
    judge: Judge | None = None,
    report: Report = silent,
) -> list[FigureRow]:
    """Score a run, compute its figures, and keep both in its folder.

    Args:
        costly: whether RAGAS's measures are wanted, too.
        judge: for the measures that need one; of attacks they say nothing.
    """
    info = run.info()
    info.judge = judge.name if judge else ""
    rows: list[FigureRow] = []
    every: dict[str, Scores] = {}
    records = {record.question.id: record for record in run.records()}
    for which, ids in info.sets.items():
        of_set = [records[name] for name in ids if name in records]
        measures = measures_of(which, encoder, costly)
        scores = _scored(of_set, measures, f"scoring {which}", report)
        if judge and which != "attacks":
            asked = _judged(judge, encoder)
            verdicts = _scored(of_set, asked, f"judging {which}", report, judge.workers)
            scores = Scores(
                {**scores.rows, **verdicts.rows}, [*scores.failures, *verdicts.failures]
            )
            measures += asked
        rows += figures_of(which, of_set, measures, scores)
        every[which] = scores
    run.write_info(info)
    rows += _of_the_process(info)
    keep(run, rows, every)
    return rows


def _judged(judge: Judge, encoder: Encoder) -> list[AnyMeasure]:
    from eval.measures.judged import judged

    return list(judged(judge, encoder))


def _scored(
    records: Sequence[Record],
    measures: Sequence[AnyMeasure],
    stage: str,
    report: Report,
    workers: int = 1,
) -> Scores:
    total, done = len(records) * len(measures), count(1)
    return score(records, measures, workers, lambda: report(stage, next(done), total))


def _of_the_process(info: RunInfo) -> list[FigureRow]:
    if not info.peak_mb:
        return []
    nan = float("nan")
    return [
        FigureRow(
            name="peak memory",
            group="speed",
            better="lower",
            definition="Most memory that the process held while answering, in megabytes.",
            source="getrusage(2), ru_maxrss",
            value=info.peak_mb,
            low=nan,
            high=nan,
            n=1,
        )
    ]
