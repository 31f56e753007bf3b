"""Judge the cross-encoder that ranks sentences: ``python -m eval.reranker.judge``.

What it weighs beside the linear ranker is fitted on the questions that its training held out; both
are judged on questions by other writers. Writes ``tutor/reranker.json``.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from eval.files import replace_text
from eval.reranker.cases import Case, Floats, load_cases
from tutor.reranker import PARAMETERS, WEIGHTS, SentenceReranker

_WEIGHTS = [round(0.25 * n, 2) for n in range(33)]
# The linear ranker was fitted on pairs, and is surer of itself than a list of sentences allows.
_TEMPERATURES = (0.5, 0.7, 1, 1.4, 2, 3, 4)


def main() -> None:
    """Fit, judge, write."""
    parser = argparse.ArgumentParser(description="Judge the cross-encoder that ranks sentences.")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    parser.add_argument("--cases", type=Path, help="file to keep the candidates in between runs")
    asked = parser.parse_args()
    fitted, held, others = load_cases(asked.cases)
    reranker = SentenceReranker(asked.weights)
    logits = [reranker.logits(c.question, c.sentences) for c in held]
    weight = best_weight(held, logits)
    told = {
        "fitted_on": len(fitted),
        "held_on": len(held),
        "held": measured(held, logits, weight),
        "judged_on": len(others),
        "others": measured(
            others, [reranker.logits(c.question, c.sentences) for c in others], weight
        ),
        "date": time.strftime("%Y-%m-%d"),
    }
    replace_text(asked.out, json.dumps({"weight": weight, "measured": told}, indent=2) + "\n")
    print(json.dumps({"weight": weight, "measured": told}, indent=2))


def best_weight(cases: Sequence[Case], logits: Sequence[Floats]) -> float:
    """What a logit weighs beside the linear score: what makes the wanted sentences likeliest."""

    def likelihood(weight: float, temperature: float) -> float:
        told = 0.0
        for one, own in zip(cases, logits, strict=True):
            score = (one.scores + weight * own) / temperature
            told += float((one.wanted * (score - np.logaddexp.reduce(score))).sum())
        return told

    return max(_WEIGHTS, key=lambda w: max(likelihood(w, t) for t in _TEMPERATURES))


def measured(
    cases: Sequence[Case], logits: Sequence[Floats], weight: float = 1.0
) -> dict[str, dict[str, float]]:
    """How often the best sentence, or a good one, comes first, and the best among three."""
    return {
        name: _shares(cases, [a * c.scores + b * own for c, own in zip(cases, logits, strict=True)])
        for name, a, b in (("linear", 1, 0), ("network", 0, 1), ("both", 1, weight))
    }


def _shares(cases: Sequence[Case], scores: Sequence[Floats]) -> dict[str, float]:
    orders = [
        [c.labels[i] for i in np.argsort(-score, kind="stable")]
        for c, score in zip(cases, scores, strict=True)
    ]
    return {
        "best_first": _mean(order[0] == "best" for order in orders),
        "good_first": _mean(order[0] in ("best", "good") for order in orders),
        "best_in_three": _mean("best" in order[:3] for order in orders),
    }


def _mean(holds: Iterator[bool]) -> float:
    return round(float(np.mean(list(holds))), 3)


if __name__ == "__main__":
    main()
