"""Measures by a judge: RAGAS's, asked of the model that ``--judge`` names.

The judge reads the question, what the learner was told, the first passages and the reference
answer. Its failures propagate, to be counted. What the bundled model says is worth nothing and is
labelled so (eval/judge.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eval.judge import Judge, JudgeError
from eval.measures.measure import Better, Measure
from eval.measures.ragas_embeddings import ragas_embeddings
from eval.measures.ragas_sync import ragas, run_sync
from eval.records import Record
from index.encoder import Encoder

PASSAGES = 5
NOT_MEANINGFUL = "not meaningful: bundled judge, proves the way end to end"
_MARKER = re.compile(r"\s*\[\d+\](?![(\[:])")
_PAPER = "Es et al. 2023, arXiv 2309.15217; ragas.metrics.collections 0.4.3"
_DOCUMENTATION = "docs.ragas.io, Available Metrics; ragas.metrics.collections 0.4.3"
# Cosines and average precisions end a rounding error beyond 1.
_SLACK = 1e-6


@dataclass(frozen=True, slots=True)
class _Kind:
    """A metric of ragas.metrics.collections.

    Attributes:
        needs: what its ``ascore`` takes; where one of them is missing it does not apply.
    """

    name: str
    metric: str
    needs: tuple[str, ...]
    definition: str
    source: str = _DOCUMENTATION
    better: Better = "higher"
    lowest: float = 0.0


_KINDS = (
    _Kind(
        "faithfulness",
        "Faithfulness",
        ("user_input", "response", "retrieved_contexts"),
        "Share of the statements of the answer that follow from the first 5 passages.",
        _PAPER,
    ),
    _Kind(
        "answer relevancy",
        "AnswerRelevancy",
        ("user_input", "response"),
        "Mean cosine of the question with questions that the judge thinks were answered; 0 if the "
        "answer commits itself to nothing. Range -1..1.",
        _PAPER,
        lowest=-1.0,
    ),
    _Kind(
        "context precision",
        "ContextPrecisionWithReference",
        ("user_input", "retrieved_contexts", "reference"),
        "Average precision of the first 5 passages, by whether each helps to the reference answer.",
    ),
    _Kind(
        "context recall",
        "ContextRecall",
        ("user_input", "retrieved_contexts", "reference"),
        "Share of the statements of the reference answer that the first 5 passages hold.",
    ),
    _Kind(
        "factual correctness",
        "FactualCorrectness",
        ("response", "reference"),
        "F1 of the claims of answer and reference, each checked against the other.",
    ),
    _Kind(
        "noise sensitivity",
        "NoiseSensitivity",
        ("user_input", "response", "reference", "retrieved_contexts"),
        "Share of the statements of the answer that the reference does not hold, but a passage "
        "does that helps to the reference.",
        better="lower",
    ),
)


def judged(judge: Judge, encoder: Encoder) -> list[Measure]:
    """The six measures, asked of a judge.

    Args:
        encoder: for answer relevancy, which compares questions by their vectors.
    """
    # RAGAS asks three times, for the spread of the replies; where there is none, once will do.
    asks = 1 if judge.repeats_itself else 3
    special = {
        "AnswerRelevancy": {"embeddings": ragas_embeddings(encoder), "strictness": asks},
    }
    collections = ragas("ragas.metrics.collections")
    return [
        _measure(
            kind,
            judge,
            getattr(collections, kind.metric)(llm=judge.llm, **special.get(kind.metric, {})),
        )
        for kind in _KINDS
    ]


def _measure(kind: _Kind, judge: Judge, metric: Any) -> Measure:
    by = f"Judge: {judge.name}." if judge.meaningful else f"{NOT_MEANINGFUL.capitalize()}."
    return Measure(
        name=kind.name if judge.meaningful else f"{kind.name} (not meaningful)",
        group="judge",
        definition=f"{kind.definition} {by}",
        source=kind.source,
        score=_scoring(kind, judge, metric),
        better=kind.better,
        costly=True,
    )


def _scoring(kind: _Kind, judge: Judge, metric: Any) -> Callable[[Record], float | None]:
    def score(record: Record) -> float | None:
        given = inputs(record, judge)
        if not all(name in given for name in kind.needs):
            return None
        result = run_sync(metric.ascore(**{name: given[name] for name in kind.needs}))
        value = float(result.value)
        if value < kind.lowest - _SLACK or value > 1.0 + _SLACK:
            raise JudgeError(f"{kind.name} came out as {value:.3g}: a verdict was not 0 or 1")
        return value

    return score


def inputs(record: Record, judge: Judge) -> dict[str, Any]:
    """What a record gives a judge to read, by RAGAS's names; what it has not is left out.

    The reference counts only where the corpus answers the question: elsewhere it says that it does
    not. Of a follow-up the judge reads the question that the system made of it.
    """
    if record.reply is None:
        return {}
    question, reply = record.question, record.reply
    given = {
        "user_input": (question.history and reply.standalone_question) or question.question,
        "response": _MARKER.sub("", reply.told).strip(),
        "retrieved_contexts": judge.fit([p.text for p in reply.retrieved[:PASSAGES] if p.text]),
        "reference": question.reference if question.expect == "answer" else "",
    }
    return {name: value for name, value in given.items() if value}
