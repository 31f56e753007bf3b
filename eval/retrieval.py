"""``python -m eval.retrieval``: what each stage of the search contributes.

Measures by ir_measures over topics: a ranking of chunks counts as the ranking of their topics,
each at its first place. Success@k is the share of questions with an answering topic among the
first k (written recall@k here: one topic suffices, so there is one thing to recall); RR and
nDCG@10 as in TREC.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import ir_measures
from ir_measures import RR, Success, nDCG

from corpus.errors import UsageError
from eval.golden import Question, answerable, load
from eval.splits import Split
from index import Chunk
from index.search import CURRICULUM, EVERYWHERE, Index
from tutor.answer import Tutor
from tutor.app import open_tutor
from tutor.cli import run
from tutor.records import Turn
from tutor.settings import load_settings

MEASURES = {"recall@1": Success @ 1, "recall@5": Success @ 5, "MRR": RR, "nDCG@10": nDCG @ 10}
STAGES = ("bm25", "dense", "fused", "reranked")


def relevant(question: Question, chunk: Chunk) -> bool:
    """Whether a chunk answers: by its topic or address, or, on the map, by holding the facts."""
    if chunk.topic in question.sections or set(chunk.urls) & set(question.urls):
        return True
    return chunk.kind == "map" and question.fact_recall(chunk.text) == 1.0


def evaluate(tutor: Tutor, questions: Sequence[Question]) -> dict[str, dict[str, float]]:
    """Measures by stage, averaged over the questions."""
    rankings = {q.id: _rankings(tutor, q) for q in questions}
    return {stage: _measured(questions, rankings, stage) for stage in STAGES}


def by_kind(tutor: Tutor, questions: Sequence[Question]) -> dict[str, dict[str, float]]:
    """Measures of the last stage by kind of question."""
    kinds = sorted({q.kind for q in questions})
    groups = {kind: [q for q in questions if q.kind == kind] for kind in kinds}
    return {k: evaluate(tutor, group)["reranked"] for k, group in groups.items()}


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


def _rankings(tutor: Tutor, question: Question) -> Mapping[str, Sequence[Chunk]]:
    history = [Turn(m.role, m.content) for m in question.history]
    index: Index = tutor.index
    asked = tutor.stand_alone(question.question, history)
    return index.rankings(asked, 40, tutor.narrowed(asked, EVERYWHERE))


def _unit(chunk: Chunk) -> str:
    """What is ranked: topics of the curriculum, passages of the map, whole references."""
    return chunk.topic or (chunk.id if chunk.kind in CURRICULUM else chunk.document_id)


def _measured(
    questions: Sequence[Question],
    rankings: Mapping[str, Mapping[str, Sequence[Chunk]]],
    stage: str,
) -> dict[str, float]:
    run: dict[str, dict[str, float]] = {}
    qrels: dict[str, dict[str, int]] = {}
    for question in questions:
        places: dict[str, float] = {}
        right: dict[str, int] = {}
        for rank, chunk in enumerate(rankings[question.id][stage], 1):
            name = _unit(chunk)
            places.setdefault(name, 1.0 / rank)
            if relevant(question, chunk):
                right[name] = 1
        run[question.id] = places
        qrels[question.id] = right or {"(not found)": 1}
    found = ir_measures.calc_aggregate(list(MEASURES.values()), qrels, run)
    return {name: float(found[measure]) for name, measure in MEASURES.items()}


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
    print(table(evaluate(tutor, questions), "stage"))
    print()
    print(table(by_kind(tutor, questions), "kind (reranked)"))


if __name__ == "__main__":
    run(main)
