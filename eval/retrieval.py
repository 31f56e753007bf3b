"""``python -m eval.retrieval``: what each stage of the search contributes.

The suite's own measures (``eval.measures``), asked of the ranking after each stage instead of the
last one alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from statistics import fmean

from corpus.errors import UsageError
from eval.golden import Question, answerable, load
from eval.measures.measure import Measure
from eval.measures.ndcg import ndcg
from eval.measures.recall import recall
from eval.measures.reciprocal_rank import RECIPROCAL_RANK
from eval.records import Record, Reply
from eval.scoring import score
from eval.splits import Split
from eval.systems.tutor import passage
from index import Chunk
from index.search import EVERYWHERE
from tutor.answer import Tutor
from tutor.app import open_tutor
from tutor.asking import narrowed
from tutor.cli import run
from tutor.records import Turn
from tutor.settings import load_settings

MEASURES: tuple[Measure, ...] = (recall(1), recall(5), RECIPROCAL_RANK, ndcg(10))
STAGES = ("bm25", "dense", "fused", "reranked")
# Chunks of each ranking that are looked at.
_DEPTH = 40
Rankings = Mapping[str, Sequence[Chunk]]


def rankings_of(tutor: Tutor, questions: Sequence[Question]) -> dict[str, Rankings]:
    """The rankings after each stage, by id of the question."""
    return {question.id: _rankings(tutor, question) for question in questions}


def by_stage(
    questions: Sequence[Question], rankings: Mapping[str, Rankings]
) -> dict[str, dict[str, float]]:
    """Measures by stage, averaged over the questions."""
    return {stage: _measured(questions, rankings, stage) for stage in STAGES}


def by_kind(
    questions: Sequence[Question], rankings: Mapping[str, Rankings]
) -> dict[str, dict[str, float]]:
    """Measures of the last stage by kind of question."""
    kinds = sorted({q.kind for q in questions})
    groups = {kind: [q for q in questions if q.kind == kind] for kind in kinds}
    return {kind: _measured(group, rankings, STAGES[-1]) for kind, group in groups.items()}


def searchable(questions: Sequence[Question]) -> list[Question]:
    """Those with a section to be found; look-ups are answered from the references as data."""
    return [q for q in answerable(questions) if q.sections and q.kind != "lookup"]


def fetched(tutor: Tutor, questions: Sequence[Question]) -> list[Question]:
    """Questions of which a page is in the index; raises UsageError if there are none."""
    documents = tutor.index.texts.documents()
    there = {url for d in documents if d["kind"] == "reference" for url in d["urls"]}
    kept = [q for q in questions if there & set(q.urls)]
    if not kept:
        raise UsageError("no reference has been fetched; first: tutor sources fetch --all")
    return kept


def _rankings(tutor: Tutor, question: Question) -> Rankings:
    history = [Turn(m.role, m.content) for m in question.history]
    asked = tutor.stand_alone(question.question, history)
    return tutor.index.rankings(asked, _DEPTH, narrowed(asked, EVERYWHERE))


def _measured(
    questions: Sequence[Question], rankings: Mapping[str, Rankings], stage: str
) -> dict[str, float]:
    records = [_record(question, rankings[question.id][stage]) for question in questions]
    scores = score(records, MEASURES)
    return {m.name: fmean(scores.values(m.name).values()) for m in MEASURES}


def _record(question: Question, chunks: Sequence[Chunk]) -> Record:
    retrieved = [passage(chunk) for chunk in chunks]
    return Record(question=question, reply=Reply(status="answered", answer="", retrieved=retrieved))


def table(rows: Mapping[str, Mapping[str, float]], first: str) -> str:
    """A Markdown table."""
    names = list(next(iter(rows.values())))
    lines = [f"| {first} | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for row, values in rows.items():
        lines.append(f"| {row} | {' | '.join(f'{values[n]:.3f}' for n in names)} |")
    return "\n".join(lines)


def main() -> None:
    """Print the ablation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument(
        "--references",
        action="store_true",
        help="the questions over the references' full texts, which must have been fetched",
    )
    arguments = parser.parse_args()
    split: Split = arguments.split
    tutor = open_tutor(load_settings())
    if arguments.references:
        questions = fetched(tutor, answerable(load(split, "references")))
    else:
        questions = searchable(load(split))
    print(f"{len(questions)} questions of {split}\n")
    rankings = rankings_of(tutor, questions)
    print(table(by_stage(questions, rankings), "stage"))
    print()
    print(table(by_kind(questions, rankings), "kind (reranked)"))


if __name__ == "__main__":
    run(main)
