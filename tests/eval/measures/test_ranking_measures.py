"""Recall@k, MRR and nDCG@k: by hand, and against ir_measures."""

from __future__ import annotations

import math
import random

import ir_measures
import pytest
from ir_measures import RR, Success, nDCG

from eval.measures.ndcg import ndcg
from eval.measures.ranking import ranking
from eval.measures.recall import recall
from eval.measures.reciprocal_rank import RECIPROCAL_RANK

LORA = "fine-tuning/lora"
MEASURES = {
    recall(1): Success @ 1,
    recall(5): Success @ 5,
    RECIPROCAL_RANK: RR,
    ndcg(10): nDCG @ 10,
}


def test_they_go_by_their_usual_names():
    assert [measure.name for measure in MEASURES] == ["recall@1", "recall@5", "MRR", "nDCG@10"]


# The topic that answers is the third unit met; its passage is the fourth.
#   recall@1 = 0, recall@2 = 0, recall@3 = 1; reciprocal rank = 1/3; nDCG = 1 / log2(1 + 3) = 1/2
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (recall(1), 0.0),
        (recall(2), 0.0),
        (recall(3), 1.0),
        (RECIPROCAL_RANK, 1 / 3),
        (ndcg(10), 0.5),
        (ndcg(3), 0.5),
        (ndcg(2), 0.0),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_by_hand(make_record, make_passage, measure, expected):
    found = [make_passage(key) for key in ("x/a", "x/a", "x/b", LORA, "x/c")]
    assert measure.score(make_record(reply={"retrieved": found})) == pytest.approx(expected)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_nothing_found_is_zero(make_record, make_passage, measure):
    assert measure.score(make_record(reply={"retrieved": [make_passage("x/a")]})) == 0.0
    assert measure.score(make_record(reply={"retrieved": []})) == 0.0


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_second_section_gains_nothing(make_record, make_passage, measure):
    question = {"sections": [LORA, "fine-tuning/qlora"]}
    one = [make_passage(LORA), make_passage("x/a")]
    both = [make_passage(LORA), make_passage("fine-tuning/qlora")]
    assert measure.score(make_record(question, {"retrieved": one})) == 1.0
    assert measure.score(make_record(question, {"retrieved": both})) == 1.0


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_they_say_nothing_of_a_failure_or_of_what_is_to_be_declined(make_record, measure):
    assert measure.score(make_record(reply=None)) is None
    assert measure.score(make_record({"expect": "decline", "facts": []})) is None


@pytest.fixture(scope="module")
def rankings(make_record, make_passage):
    """Three hundred records with up to 20 passages of up to 12 units and 1 to 3 that answer."""
    rng = random.Random(4)
    topics = [f"file/topic-{n}" for n in range(12)]

    def one(number: int):
        found = [make_passage(rng.choice(topics)) for _ in range(rng.randint(1, 20))]
        question = {"id": f"dev-{number}", "sections": rng.sample(topics, rng.randint(1, 3))}
        return make_record(question, {"retrieved": found})

    return [one(number) for number in range(300)]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_they_agree_with_ir_measures(rankings, measure):
    # The first unit that answers is the one thing to be found; where none does, it was not.
    units = {record.question.id: ranking(record) for record in rankings}
    run = {
        key: {name: 1 / place for place, (name, _) in enumerate(found, 1)}
        for key, found in units.items()
    }
    right = {
        key: {next((name for name, answers in found if answers), "(not found)"): 1}
        for key, found in units.items()
    }
    theirs = {m.query_id: m.value for m in ir_measures.iter_calc([MEASURES[measure]], right, run)}
    ours = {record.question.id: measure.score(record) for record in rankings}
    assert len(set(ours.values())) > 1
    assert ours == {key: pytest.approx(value, abs=1e-9) for key, value in theirs.items()}


def test_the_discount_is_that_of_the_place(make_record, make_passage):
    for place in range(1, 11):
        others = [make_passage(f"x/{n}") for n in range(place - 1)]
        record = make_record(reply={"retrieved": [*others, make_passage(LORA)]})
        assert ndcg(10).score(record) == pytest.approx(1 / math.log2(1 + place))
