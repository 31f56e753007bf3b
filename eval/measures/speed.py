"""Speed: quantiles of the time to the first sentence, in all and of each stage; tokens a second.

Over every reply, declined ones too: a learner waits for those as well. A stage that took no time
did not run, and is left out. Quantiles interpolate between neighbours (type 7 of Hyndman and Fan,
"Sample Quantiles in Statistical Packages", The American Statistician 1996, numpy's default).
"""

from __future__ import annotations

import numpy as np

from eval.measures.measure import Floats, Statistic
from eval.records import Record

STAGES = ("first_sentence", "total", "retrieve", "generate", "verify")
QUANTILES = (0.5, 0.95)


def stage(name: str, quantile: float) -> Statistic:
    """A quantile of the seconds that a stage takes.

    Args:
        name: key of ``Reply.timings_ms``.
        quantile: 0..1; 0.95 is called p95.
    """
    label = name.replace("_", " ")
    return Statistic(
        f"{label} p{quantile * 100:g}",
        "speed",
        f"Seconds that {quantile:.0%} of the replies stay below: {label}.",
        "quantile of type 7: Hyndman & Fan 1996",
        lambda record: _seconds(record, name),
        lambda rows: float(np.quantile(rows[:, 0], quantile)),
        better="lower",
    )


def _seconds(record: Record, name: str) -> tuple[float] | None:
    taken = record.reply.timings_ms.get(name) if record.reply else None
    return (taken / 1000,) if taken else None


def _written(record: Record) -> tuple[float, float] | None:
    seconds = _seconds(record, "generate")
    if record.reply is None or not record.reply.tokens or seconds is None:
        return None
    return float(record.reply.tokens), seconds[0]


def _rate(rows: Floats) -> float:
    tokens, seconds = rows.sum(axis=0)
    return float(tokens / seconds)


TOKENS_PER_SECOND = Statistic(
    "tokens per second",
    "speed",
    "All tokens written by the model, divided by all seconds of writing; no upper bound.",
    "ratio of totals: short replies do not count as much as long ones",
    _written,
    _rate,
)

SPEED = (*(stage(name, q) for name in STAGES for q in QUANTILES), TOKENS_PER_SECOND)
