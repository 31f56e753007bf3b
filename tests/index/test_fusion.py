"""Reciprocal rank fusion, worked out by hand."""

import pytest

from index.fusion import reciprocal_rank_fusion


def test_scores_add_up_over_the_rankings():
    scores = reciprocal_rank_fusion([["a", "b"], ["b", "c"]])
    assert scores == pytest.approx({"b": 1 / 62 + 1 / 61, "a": 1 / 61, "c": 1 / 62})


def test_items_come_best_first():
    # b 1/62 + 1/61 = 0.0325, a 1/61 = 0.0164, c 1/62 = 0.0161
    assert list(reciprocal_rank_fusion([["a", "b"], ["b", "c"]])) == ["b", "a", "c"]


def test_two_middling_ranks_beat_one_first_rank():
    # m 2/70 = 0.0286 against a 1/61 = 0.0164
    first = ["a", *"bcdefghi", "m"]
    second = ["n", *"opqrstuv", "m"]
    assert next(iter(reciprocal_rank_fusion([first, second]))) == "m"


def test_weights_count_a_ranking_more_or_less():
    scores = reciprocal_rank_fusion([["a"], ["b"], ["c", "a"]], weights=[1, 3, 0.5])
    assert list(scores) == ["b", "a", "c"]
    assert scores == pytest.approx({"b": 3 / 61, "a": 1 / 61 + 0.5 / 62, "c": 0.5 / 61})


def test_equals_keep_the_order_of_the_rankings():
    assert list(reciprocal_rank_fusion([["a"], ["b"]])) == ["a", "b"]
    assert list(reciprocal_rank_fusion([["b"], ["a"]])) == ["b", "a"]


@pytest.mark.parametrize("rankings", [[], [[]], [[], []]])
def test_nothing_in_nothing_out(rankings):
    assert reciprocal_rank_fusion(rankings) == {}


def test_every_ranking_needs_its_weight():
    with pytest.raises(ValueError, match="shorter"):
        reciprocal_rank_fusion([["a"], ["b"]], weights=[1.0])
