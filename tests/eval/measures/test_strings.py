"""String measures."""

from __future__ import annotations

import pytest
from rapidfuzz.distance import Levenshtein
from sacrebleu import sentence_chrf

from eval.measures.strings import CHRF, STRING_SIMILARITY

REFERENCE = "LoRA freezes the weights and trains low-rank matrices."
ANSWER = "The weights are frozen by LoRA; low-rank matrices are trained."


def test_string_similarity_by_hand(make_record):
    # kitten -> sitting: two letters replaced, one added; the longer has 7.
    record = make_record({"reference": "kitten"}, {"answer": "sitting"})
    assert STRING_SIMILARITY.score(record) == pytest.approx(1 - 3 / 7)


def test_chrf_by_hand(make_record):
    # Reference "abc": 3 unigrams, 2 bigrams, 1 trigram; answer "abd": the same numbers. In common
    # are a, b; ab; none. So precision = recall = 2/3, 1/2, 0, on average 7/18 over the three orders
    # that both have, and F with any weight of recall is 7/18 as well.
    record = make_record({"reference": "abc"}, {"answer": "abd"})
    assert CHRF.score(record) == pytest.approx(7 / 18)


def test_chrf_counts_recall_twice(make_record):
    # Reference "a", answer "ab": of order 1 only; precision 1/2, recall 1.
    # F2 = (1 + 4) * (1/2 * 1) / (4 * 1/2 + 1) = 5/6.
    record = make_record({"reference": "a"}, {"answer": "ab"})
    assert CHRF.score(record) == pytest.approx(5 / 6)


def test_they_agree_with_their_libraries(make_record):
    record = make_record({"reference": REFERENCE}, {"answer": f"{ANSWER} [1]"})
    assert CHRF.score(record) == pytest.approx(sentence_chrf(ANSWER, [REFERENCE]).score / 100)
    similarity = Levenshtein.normalized_similarity(REFERENCE, ANSWER)
    assert STRING_SIMILARITY.score(record) == pytest.approx(similarity)
