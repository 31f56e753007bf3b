"""Accepting proposals into the golden sets: by name, or one by one with a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from corpus import Curriculum
from eval.golden import FOLDER, Question, load
from eval.propose.records import (
    SHORT,
    Proposal,
    ProposeError,
    as_line,
    numbers,
    read_proposals,
    write,
    write_proposals,
)
from eval.splits import Split
from index.lexical import words

_SPLITS: dict[str, Split] = {"d": "dev", "t": "test"}
_PROMPT = "[d]ev, [t]est, [s]kip, [x] drop, [q]uit? "


def accept(
    file: Path,
    ids: Sequence[str],
    split: Split,
    curriculum: Curriculum,
    folder: Path = FOLDER,
) -> list[Question]:
    """Move proposals into the golden files of a split under the next free ids of their kinds.

    What is to be answered goes into ``{split}.answerable.jsonl``, what is to be declined or
    corrected into ``{split}.unanswerable.jsonl``. The golden files are written first, then the
    proposals without them. When that fails in between, they stand in both; to accept them again
    files nothing twice and finishes the move.

    Raises:
        ProposeError: a folder without golden files, an unknown id, a topic or address that the
            curriculum does not have, an answer without facts, facts that the reference answer does
            not hold, wording that the index holds (for test), or a file that cannot be written.
        GoldenError: a file breaks its schema.
    """
    _check_folder(folder)
    waiting = read_proposals(file)
    wanted = _named(waiting, ids, file)
    for proposal in wanted:
        _check(proposal, split, curriculum)
    filed = load(split, "curriculum", folder)
    asked = {(q.question, tuple(q.history)) for q in filed}
    new = _numbered(
        [p for p in wanted if (p.question, tuple(p.history)) not in asked], filed, split
    )
    for name, answered in (("answerable", True), ("unanswerable", False)):
        _append(
            folder / f"{split}.{name}.jsonl", [q for q in new if (q.expect == "answer") is answered]
        )
    write_proposals(file, [p for p in waiting if p not in wanted])
    return new


def review(
    file: Path,
    curriculum: Curriculum,
    folder: Path = FOLDER,
    ask: Callable[[str], str] = input,
    show: Callable[[str], None] = print,
) -> int:
    """Offer the proposals one by one; what is skipped waits for the next time.

    Args:
        ask: gets the prompt, returns what the person types.

    Returns:
        How many were accepted.

    Raises:
        ProposeError: a folder without golden files, or a file that cannot be written.
        GoldenError: a file breaks its schema.
    """
    _check_folder(folder)
    accepted = 0
    waiting = read_proposals(file)
    if not waiting:
        show("nothing to review; first: tutor eval propose")
        return 0
    for place, proposal in enumerate(waiting, 1):
        show(described(proposal, f"{place} of {len(waiting)}"))
        answer = _answer(ask)
        if answer == "q":
            break
        if answer == "x":
            write_proposals(file, [p for p in read_proposals(file) if p.id != proposal.id])
            show("  dropped")
        elif answer in _SPLITS:
            accepted += _accept_one(file, proposal, _SPLITS[answer], curriculum, folder, show)
        else:
            show("  skipped")
    show(f"\n{accepted} taken")
    return accepted


def described(proposal: Proposal, place: str) -> str:
    """A proposal for a person to judge: why it was made stands first."""
    rows = [
        ("why", proposal.why),
        *((message.role, message.content) for message in proposal.history),
        ("question", proposal.question),
        ("answer", proposal.reference),
        *(("fact", f"{fact.fact}  ({' | '.join(fact.any)})") for fact in proposal.facts),
        ("where", ", ".join([*proposal.sections, *proposal.urls])),
        *([("expect", proposal.expect)] if proposal.expect != "answer" else ()),
    ]
    head = f"\n{place}: {proposal.id}, {proposal.kind}"
    return "\n".join([head, *(f"  {name:9} {text}" for name, text in rows)])


def _answer(ask: Callable[[str], str]) -> str:
    """The letter that the person chose; the end of the input is a q."""
    while True:
        try:
            letter = ask(_PROMPT).strip().lower()[:1]
        except EOFError:
            return "q"
        if letter and letter in "dtsxq":
            return letter


def _accept_one(
    file: Path,
    proposal: Proposal,
    split: Split,
    curriculum: Curriculum,
    folder: Path,
    show: Callable[[str], None],
) -> int:
    try:
        new = accept(file, [proposal.id], split, curriculum, folder)
    except ProposeError as fault:
        show(f"  not taken: {fault}")
        return 0
    show(f"  taken as {new[0].id}" if new else f"  {split} has it already")
    return len(new)


def _check_folder(folder: Path) -> None:
    """A mistyped folder would otherwise become a new one that no run reads."""
    if not any(folder.glob("*.answerable.jsonl")):
        raise ProposeError(
            f"{folder} is no folder of golden files (it has no *.answerable.jsonl); nothing was "
            f"moved"
        )


def _named(waiting: Iterable[Proposal], ids: Sequence[str], file: Path) -> list[Proposal]:
    by_id = {proposal.id: proposal for proposal in waiting}
    unknown = [id_ for id_ in ids if id_ not in by_id]
    if unknown:
        raise ProposeError(f"no proposal {unknown[0]} in {file}; tutor eval propose lists them")
    return [by_id[id_] for id_ in dict.fromkeys(ids)]


def _check(proposal: Proposal, split: Split, curriculum: Curriculum) -> None:
    topics = {t.key: t for s in (*curriculum.stations, *curriculum.companions) for t in s.topics}
    urls = {reference.url for reference in curriculum.references}
    for strange in [*(set(proposal.sections) - set(topics)), *(set(proposal.urls) - urls)]:
        raise ProposeError(f"{proposal.id}: the curriculum has no {strange}; correct it first")
    if proposal.expect == "answer" and not proposal.facts:
        raise ProposeError(
            f"{proposal.id}: without facts any answer would count as right; write facts and a "
            f"reference answer into its line of the file first"
        )
    if proposal.fact_recall(proposal.reference) < 1 or proposal.wrong(proposal.reference):
        raise ProposeError(
            f"{proposal.id}: its reference answer does not hold its facts, or says what it must "
            f"not; correct it first"
        )
    wordings = [w for key in proposal.sections for w in topics[key].asked_as]
    if split == "test" and any(_says(proposal.question, wording) for wording in wordings):
        raise ProposeError(
            f"{proposal.id}: the index holds this wording (asked_as), so search would find it by "
            f"heart; reword it first"
        )


def _says(question: str, wording: str) -> bool:
    return " ".join(words(wording)) in " ".join(words(question))


def _numbered(
    proposals: Iterable[Proposal], filed: Iterable[Question], split: Split
) -> list[Question]:
    taken = [question.id for question in filed]
    new: list[Question] = []
    for proposal in proposals:
        prefix = f"{split}-{SHORT.get(proposal.kind, proposal.kind)}-"
        number = max(numbers(taken, prefix), default=0) + 1
        new.append(proposal.question_as(f"{prefix}{number:03d}", split))
        taken.append(new[-1].id)
    return new


def _append(file: Path, questions: Sequence[Question]) -> None:
    if not questions:
        return
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    ended = before if not before or before.endswith("\n") else f"{before}\n"
    write(file, ended + "".join(map(as_line, questions)))
