"""Reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)
# Cormack, Clarke and Büttcher, SIGIR 2009.
RRF_K = 60


def reciprocal_rank_fusion(
    rankings: Iterable[Sequence[Item]], weights: Iterable[float] | None = None
) -> dict[Item, float]:
    """Sum of ``weight / (60 + rank)`` over the rankings that hold an item, best first.

    Args:
        rankings: items best first, each at most once a ranking.
        weights: one a ranking; 1 each by default.
    """
    rankings = list(rankings)
    scores: dict[Item, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + weight / (RRF_K + rank)
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))
