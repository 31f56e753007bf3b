"""Which questions a run asks: of the golden sets, or of a file of one's own."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import UsageError
from corpus.library.ledger import FILE as LEDGER
from corpus.library.ledger import Ledger
from eval.golden import SETS, Question, Set, load, load_file
from eval.runs import RunError, RunInfo
from eval.splits import Split
from tutor.settings import Settings

# Two of each kind: 28 questions, a minute's work.
_QUICK = 2
_SEED = 0
Asked = dict[str, list[Question]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to be.

    Attributes:
        split: of the golden sets; a file's lines have their own.
        sets: golden sets; none for those that the home can be asked.
        file: a golden file of one's own instead.
        quick: two questions of each kind; of the curriculum's set if no other is named.
        each: so many questions of each kind, always the same ones; 0 for all.
        overrides: settings that differ from the home's.
    """

    system: str = "tutor"
    split: Split = "test"
    sets: tuple[str, ...] = ()
    file: Path | None = None
    quick: bool = False
    each: int = 0
    overrides: Mapping[str, str | int | float | bool] = field(default_factory=dict)


def chosen(settings: Settings, wanted: Wanted) -> Asked:
    """The questions of a run, by set.

    Raises:
        UsageError: an unknown set, references that were never fetched, sets beside a file, a
            folder for a file, or two sizes of sample.
        GoldenError: a golden file is damaged.
    """
    if wanted.quick and wanted.each:
        raise UsageError("--quick asks two of each kind, --each another number; leave out one")
    asked = _whole(settings, wanted)
    each = _QUICK if wanted.quick else wanted.each
    return {which: sample(questions, each) for which, questions in asked.items()} if each else asked


def _whole(settings: Settings, wanted: Wanted) -> Asked:
    if wanted.file and wanted.sets:
        raise UsageError("a golden file is asked instead of the sets; leave out one or the other")
    if wanted.file and wanted.file.is_dir():
        raise UsageError(f"{wanted.file} is a folder; name a golden file in it")
    if wanted.file:
        return {_own_set(wanted.file): load_file(wanted.file)}
    names = wanted.sets or (("curriculum",) if wanted.quick else ())
    return {which: load(wanted.split, which) for which in _sets(settings, names)}


def split_of(wanted: Wanted, asked: Asked) -> Split:
    """The split of a run: for a file of one's own that of its lines, dev if they are of both."""
    if not wanted.file:
        return wanted.split
    splits = {question.split for questions in asked.values() for question in questions}
    return splits.pop() if len(splits) == 1 else "dev"


def _own_set(file: Path) -> str:
    """What a golden file of one's own is called; never as one of the golden sets."""
    return file.name if file.suffix else f"{file.name} (file)"


def _sets(settings: Settings, names: Sequence[str]) -> list[Set]:
    unknown = sorted(set(names) - set(SETS))
    if unknown:
        raise UsageError(f"there is no set {unknown[0]!r}; there are: {', '.join(SETS)}")
    if "references" in names and not _has_references(settings):
        raise UsageError("no reference has been fetched; first: tutor sources fetch --all")
    if names:
        return [which for which in SETS if which in names]
    return [which for which in SETS if which != "references" or _has_references(settings)]


def _has_references(settings: Settings) -> bool:
    """Whether a reference has been fetched; documents of the learner's own are none."""
    if not (settings.references / LEDGER).exists():
        return False
    ledger = Ledger(settings.references)
    try:
        return any(entry.readable for entry in ledger.entries("reference"))
    finally:
        ledger.close()


def sample(questions: Sequence[Question], each: int) -> list[Question]:
    """Some questions of each kind, always the same ones."""
    kinds: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        kinds[question.kind].append(question)
    draw = random.Random(_SEED)
    return [q for of_kind in kinds.values() for q in draw.sample(of_kind, min(each, len(of_kind)))]


def questions_of(info: RunInfo) -> Asked:
    """The questions of a run by set, as the golden files have them today.

    Raises:
        RunError: one of them is gone.
    """
    asked: Asked = {}
    for which, ids in info.sets.items():
        split: Split = "dev" if info.split == "dev" else "test"
        there = load_file(Path(info.file)) if info.file else load(split, _set(which, info))
        known = {question.id: question for question in there}
        if missing := [name for name in ids if name not in known]:
            raise RunError(f"the question {missing[0]} of run {info.name} is gone; start a new run")
        asked[which] = [known[name] for name in ids]
    return asked


def _set(name: str, info: RunInfo) -> Set:
    for which in SETS:
        if which == name:
            return which
    raise RunError(f"the set {name} of run {info.name} is gone; start a new run")
