"""What the measures of wording compare, and when there is something to compare."""

from __future__ import annotations

import pytest

from eval.measures.rouge import rouge
from eval.measures.strings import CHRF, STRING_SIMILARITY
from eval.measures.wording import wordings

MEASURES = [rouge(), rouge("recall"), CHRF, STRING_SIMILARITY]


@pytest.mark.parametrize(
    ("answer", "bare"),
    [
        ("It freezes. [1] It trains.[2][3]", "It freezes. It trains."),
        ("Both do. [1, 2]", "Both do."),
        ("See [1](https://example.org) and row[i].", "See [1](https://example.org) and row[i]."),
    ],
)
def test_markers_are_left_out(make_record, answer, bare):
    record = make_record({"reference": "It freezes."}, {"answer": answer})
    assert wordings(record) == ("It freezes.", bare)


NOTHING = [
    ({}, None),
    ({}, {"status": "abstained"}),
    ({}, {"answer": ""}),
    ({}, {"answer": " [1]"}),
    ({"reference": ""}, {}),
    ({"expect": "decline"}, {}),
    ({"expect": "correct"}, {}),
]


@pytest.mark.parametrize(("question", "reply"), NOTHING)
def test_there_is_nothing_to_compare_without_an_answer_and_a_reference(
    make_record, question, reply
):
    assert wordings(make_record(question, reply)) is None
    assert {m.score(make_record(question, reply)) for m in MEASURES} == {None}


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_the_reference_itself_scores_one_and_citing_it_costs_nothing(make_record, measure):
    reference = "LoRA freezes the weights and trains low-rank matrices."
    record = make_record({"reference": reference}, {"answer": f"{reference} [1]"})
    assert measure.score(record) == pytest.approx(1.0)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_another_script_scores_zero(make_record, measure):
    record = make_record({"reference": "LoRA freezes."}, {"answer": "Λόρα"})
    assert measure.score(record) == 0.0
