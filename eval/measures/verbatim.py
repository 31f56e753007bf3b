"""Whether citations can be checked: the quotation stands in its document where the citation says.

Source: the promise of docs/answer.md, "``quote`` equals the document's text between ``start`` and
``end``"; a quotation that cannot be found is worth no more than none.
"""

from __future__ import annotations

from statistics import fmean

from eval.measures.measure import Measure
from eval.records import Record


def _score(record: Record) -> float | None:
    if record.reply is None or not record.reply.citations:
        return None
    return fmean(citation.verbatim for citation in record.reply.citations)


VERBATIM = Measure(
    "verbatim",
    "citation",
    "Share of the answer's citations whose quotation stands verbatim in its document.",
    "docs/answer.md",
    _score,
)
