"""Quotations that can be checked, by hand."""

from __future__ import annotations

from eval.measures.verbatim import VERBATIM


def test_share_of_quotations_found_where_they_say(make_record):
    found = [{"n": 1, "quote": "a"}, {"n": 2, "quote": "b", "verbatim": False}]
    assert VERBATIM.score(make_record(reply={"citations": found})) == 1 / 2
    assert VERBATIM.score(make_record(reply={"citations": found[:1]})) == 1.0


def test_nothing_cited_has_no_figure(make_record):
    assert VERBATIM.score(make_record()) is None
    assert VERBATIM.score(make_record(reply=None)) is None
