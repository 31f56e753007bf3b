"""A run from its beginning to its figures: choose questions, ask them, score the replies."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import UsageError
from corpus.library.ledger import FILE as LEDGER
from eval.figures import figures_of
from eval.golden import SETS, Question, Set, load, load_file
from eval.measures.catalogue import measures_of
from eval.plants import planted
from eval.records import Record
from eval.report.model import FigureRow
from eval.runner import Report, answer_all, machine, now, peak_mb
from eval.runs import RunError, RunFolder, RunInfo, new_run
from eval.scoring import AnyMeasure, Failure, Scores, score
from eval.splits import Split
from eval.systems.catalogue import open_system
from tutor.settings import Settings

if TYPE_CHECKING:
    from eval.judge import Judge
    from index.encoder import Encoder

# Two of each kind: 28 questions, a minute's work.
_QUICK = 2
_SEED = 0
Asked = dict[str, list[Question]]


def silent(stage: str, done: int, total: int) -> None:
    """No progress bar."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to be.

    Attributes:
        sets: golden sets; none for those that the home can be asked.
        file: a golden file of one's own instead.
        quick: two questions of each kind of the curriculum's set.
        overrides: settings that differ from the home's.
    """

    system: str = "tutor"
    split: Split = "test"
    sets: tuple[str, ...] = ()
    file: Path | None = None
    quick: bool = False
    overrides: Mapping[str, str | int | float | bool] = field(default_factory=dict)


def start(settings: Settings, wanted: Wanted, name: str | None = None) -> RunFolder:
    """A new run, with its questions chosen and none asked.

    Raises:
        UsageError: an unknown set, or a name that is taken.
        GoldenError: a golden file is damaged.
    """
    sets = {
        which: [q.id for q in questions] for which, questions in chosen(settings, wanted).items()
    }
    run = new_run(settings.home, wanted.system, wanted.split, name)
    run.write_info(
        RunInfo(
            name=run.name,
            system=wanted.system,
            split=wanted.split,
            sets=sets,
            file=str(wanted.file.resolve()) if wanted.file else "",
            quick=wanted.quick,
            overrides=dict(wanted.overrides),
            machine=machine(),
            started=now(),
        )
    )
    return run


def chosen(settings: Settings, wanted: Wanted) -> Asked:
    """The questions of a run, by set."""
    if wanted.file:
        return {wanted.file.stem: load_file(wanted.file)}
    if wanted.quick:
        return {"curriculum": sample(load(wanted.split), _QUICK)}
    return {which: load(wanted.split, which) for which in _sets(settings, wanted.sets)}


def _sets(settings: Settings, names: Sequence[str]) -> list[Set]:
    unknown = sorted(set(names) - set(SETS))
    if unknown:
        raise UsageError(f"there is no set {unknown[0]!r}; there are: {', '.join(SETS)}")
    there = [s for s in SETS if s != "references" or (settings.references / LEDGER).exists()]
    return [which for which in SETS if which in (names or there)]


def sample(questions: Sequence[Question], each: int) -> list[Question]:
    """Some questions of each kind, always the same ones."""
    kinds: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        kinds[question.kind].append(question)
    draw = random.Random(_SEED)
    return [q for of_kind in kinds.values() for q in draw.sample(of_kind, min(each, len(of_kind)))]


def ask_all(settings: Settings, run: RunFolder, report: Report = silent, workers: int = 1) -> None:
    """Ask what a run has not asked yet.

    Raises:
        RunError: the golden questions have changed since the run was started.
    """
    info = run.info()
    settings = settings.model_copy(update=info.overrides)
    started = time.perf_counter()
    for which, questions in questions_of(info).items():
        # An attack also meets the documents that came with the others.
        home = planted(settings, questions) if which == "attacks" else settings
        system = open_system(info.system, home)
        try:
            info.configuration = system.describe()
            answer_all(system, questions, run, report, workers)
        finally:
            system.close()
    info.seconds += round(time.perf_counter() - started, 1)
    info.peak_mb = max(info.peak_mb, peak_mb())
    info.finished = now()
    run.write_info(info)


def questions_of(info: RunInfo) -> Asked:
    """The questions of a run by set, as the golden files have them today.

    Raises:
        RunError: one of them is gone.
    """
    asked: Asked = {}
    for which, ids in info.sets.items():
        split: Split = "dev" if info.split == "dev" else "test"
        there = load_file(Path(info.file)) if info.file else load(split, _set(which))
        known = {question.id: question for question in there}
        if missing := [name for name in ids if name not in known]:
            raise RunError(f"the question {missing[0]} of run {info.name} is gone; start a new run")
        asked[which] = [known[name] for name in ids]
    return asked


def _set(name: str) -> Set:
    return next(which for which in SETS if which == name)


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
        judge: for the measures that need one; they are asked of the curriculum's set.
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
    _keep(run, rows, every)
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
    total, done = len(records) * len(measures), 0

    def advance() -> None:
        nonlocal done
        done += 1
        report(stage, done, total)

    return score(records, measures, workers, advance)


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


def _keep(run: RunFolder, rows: Sequence[FigureRow], every: Mapping[str, Scores]) -> None:
    run.write_json("figures.json", [row.model_dump(mode="json") for row in rows])
    run.write_json(
        "scores.json",
        {
            which: {
                "rows": scores.rows,
                "failures": [[f.id, f.measure, f.reason] for f in scores.failures],
            }
            for which, scores in every.items()
        },
    )


def figures(run: RunFolder) -> list[FigureRow]:
    """The figures of a run that has been scored.

    Raises:
        RunError: it has not been.
    """
    return [FigureRow.model_validate(row) for row in run.read_json("figures.json")]


def scores_of(run: RunFolder) -> dict[str, Scores]:
    """What every measure said of every question, by set.

    Raises:
        RunError: the run has not been scored.
    """
    return {
        which: Scores(
            {
                name: {i: tuple(numbers) for i, numbers in rows.items()}
                for name, rows in kept["rows"].items()
            },
            [Failure(*failure) for failure in kept["failures"]],
        )
        for which, kept in run.read_json("scores.json").items()
    }
