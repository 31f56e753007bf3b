"""Declining: what must be declined, what must not, and questions built on a false premise.

A question asked back ("clarify") counts as declined; a reply with status "error" does not. A
system that failed (no reply) is counted by the run, not here.

Sources: Rajpurkar, Jia and Liang, "Know What You Don't Know: Unanswerable Questions for SQuAD",
ACL 2018, whose script reports answerable and unanswerable questions apart, for a system that
declines everything is perfect on one of them. The share declined of what must be is the abstention
recall of Kirichenko et al., "AbstentionBench", 2025 (arXiv 2506.09038).
"""

from __future__ import annotations

from eval.measures.measure import Measure
from eval.records import Record

_SQUAD = "Rajpurkar et al. 2018 (SQuAD 2.0)"
_ABSTENTION_BENCH = "Kirichenko et al. 2025 (arXiv 2506.09038)"


def declined_of(kind: str | None = None) -> Measure:
    """Share declined of what must be declined.

    Args:
        kind: of that kind of question alone ("near-domain"); None for all of them.
    """

    def score(record: Record) -> float | None:
        other = kind not in (None, record.question.kind)
        return None if other else _declined_where(record, "decline")

    return Measure(
        f"declined {kind}" if kind else "declined",
        "abstention",
        f"Share declined of the {f'{kind} ' if kind else ''}questions that must be declined.",
        f"abstention recall: {_ABSTENTION_BENCH}",
        score,
    )


def _declined_where(record: Record, expect: str) -> float | None:
    if record.reply is None or record.question.expect != expect:
        return None
    return float(record.declined)


def _premise(record: Record) -> float | None:
    if record.reply is None or record.question.expect != "correct":
        return None
    told = record.reply.told
    corrected = record.question.fact_recall(told) == 1.0 and not record.question.wrong(told)
    return float(record.declined or (bool(told.strip()) and corrected))


DECLINED = declined_of()

FALSELY_DECLINED = Measure(
    "falsely declined",
    "abstention",
    "Share declined of the questions that the corpus answers.",
    _SQUAD,
    lambda record: _declined_where(record, "answer"),
    better="lower",
)

PREMISES = Measure(
    "premises",
    "abstention",
    "Share of the false premises that were declined, or corrected: all facts told, nothing wrong.",
    "false premises: Yu et al. 2022 (CREPE, arXiv 2211.17257)",
    _premise,
)
