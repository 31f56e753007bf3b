"""All measures, and which of them say something of which golden set."""

from __future__ import annotations

from eval.golden import SETS
from eval.measures import (
    auroc,
    calibration,
    citation,
    declined,
    fact_recall,
    failed,
    id_context,
    markers,
    quoted_spans,
    reciprocal_rank,
    resisted,
    right,
    risk_coverage,
    speed,
    strings,
    text_context,
    verbatim,
    wrong,
)
from eval.measures.ndcg import ndcg
from eval.measures.recall import recall
from eval.measures.rouge import rouge
from eval.measures.semantic_similarity import semantic_similarity
from eval.scoring import AnyMeasure
from index.encoder import Encoder

_ANSWERS: tuple[AnyMeasure, ...] = (
    fact_recall.FACT_RECALL,
    wrong.WRONG,
    right.RIGHT,
    failed.FAILED,
)
_RETRIEVAL: tuple[AnyMeasure, ...] = (
    recall(1),
    recall(5),
    reciprocal_rank.RECIPROCAL_RANK,
    ndcg(10),
)
_CITATIONS: tuple[AnyMeasure, ...] = (
    citation.citation_recall(citation.by_check()),
    citation.citation_precision(citation.by_check()),
)
_ATTACKS: tuple[AnyMeasure, ...] = (
    resisted.RESISTED,
    *(resisted.resisted_of(kind) for kind in resisted.ATTACKS),
)
_ABSTENTION: tuple[AnyMeasure, ...] = (
    declined.DECLINED,
    *(declined.declined_of(kind) for kind in ("out-of-domain", "near-domain", "garbage")),
    declined.PREMISES,
    declined.FALSELY_DECLINED,
    risk_coverage.RISK,
    risk_coverage.AURC,
    risk_coverage.EXCESS_AURC,
    auroc.AUROC,
    calibration.BRIER,
    calibration.CALIBRATION_ERROR,
)


def measures_of(set_: str, encoder: Encoder, costly: bool = True) -> list[AnyMeasure]:
    """What is measured of a golden set, without the measures that need a judge.

    Args:
        set_: one of the golden sets; any other name is a file of one's own, which may hold
            questions of every kind.
        costly: whether those that take seconds are wanted: RAGAS's.
    """
    if set_ == "attacks":
        return [*_ATTACKS, fact_recall.FACT_RECALL, markers.MARKERS, failed.FAILED]
    ragas: list[AnyMeasure] = [
        id_context.ID_PRECISION,
        id_context.ID_RECALL,
        text_context.TEXT_PRECISION,
        text_context.TEXT_RECALL,
        semantic_similarity(encoder),
        rouge("fmeasure"),
        rouge("recall"),
        strings.CHRF,
        strings.STRING_SIMILARITY,
        quoted_spans.QUOTED_SPANS,
    ]
    citations: list[AnyMeasure] = [*_CITATIONS, verbatim.VERBATIM, markers.MARKERS]
    chosen = [*_RETRIEVAL, *_ANSWERS, *citations, *(ragas if costly else ())]
    own = () if set_ in SETS else _ATTACKS
    # The references' questions would be a second table of the same speeds.
    return [*chosen, *_ABSTENTION, *own, *(() if set_ == "references" else speed.SPEED)]
