"""The check against a person: figures by hand and by scikit-learn."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from eval.agreement import LABELS, agreement, balanced_accuracy
from eval.pairs import Pair, load_pairs
from tutor.check import Verdict, check_sentence


def pair(number, label, passage=None, sentence="", how="made up") -> Pair:
    return Pair(
        id=f"p{number}",
        split="dev",
        sentence=sentence or f"Sentence {number}.",
        passage=passage or f"Passage {number}.",
        document="curriculum/x.md",
        label=label,
        how=how,
        why="",
    )


def says(*verdicts):
    """A check that finds these, one after the other."""
    left = list(verdicts)
    return lambda sentence, passages: Verdict(left.pop(0))


S, P, U = LABELS


def test_figures_by_hand():
    labels = [S, S, S, S, P, P, U, U]
    found = agreement(
        [pair(n, label) for n, label in enumerate(labels)], says(S, S, S, U, P, S, U, P)
    )
    assert found.table == {S: {S: 3, P: 0, U: 1}, P: {S: 1, P: 1, U: 0}, U: {S: 0, P: 1, U: 1}}
    assert found.sensitivity.value == 3 / 4
    assert found.specificity.value == 3 / 4  # of four that are not supported, one was let pass
    assert found.two_way.value == 3 / 4
    assert found.three_way.value == pytest.approx((3 / 4 + 1 / 2 + 1 / 2) / 3)
    assert found.two_way.n == found.three_way.n == 8
    assert [reading.pair.id for reading in found.readings if not reading.agrees] == ["p3", "p5"]


def test_by_how_keeps_the_ways_apart():
    pairs = [pair(1, S, how="quotation"), pair(2, U, how="negated"), pair(3, S, how="quotation")]
    by_how = agreement(pairs, says(S, U, P)).by_how
    assert list(by_how) == ["quotation", "negated"]
    assert by_how["quotation"][S] == {S: 1, P: 1, U: 0}
    assert by_how["negated"][U] == {S: 0, P: 0, U: 1}


def test_agrees_with_scikit_learn():
    from sklearn.metrics import balanced_accuracy_score

    draw = random.Random(0)
    for _ in range(10):
        labels = [*LABELS, *draw.choices(LABELS, k=40)]
        verdicts = draw.choices(LABELS, k=43)
        found = agreement([pair(n, label) for n, label in enumerate(labels)], says(*verdicts))
        three = balanced_accuracy_score(labels, verdicts)
        two = balanced_accuracy_score([x == S for x in labels], [x == S for x in verdicts])
        assert found.three_way.value == pytest.approx(three, abs=1e-9)
        assert found.two_way.value == pytest.approx(two, abs=1e-9)


def test_interval_counts_passages_and_not_pairs():
    labels, verdicts = [S, U] * 20, [S, U] * 10 + [U, U] * 10
    apart = [pair(n, label) for n, label in enumerate(labels)]
    # The same pairs, five of each label to a passage that is read rightly or wrongly throughout.
    shared = [pair(n, label, passage=f"P{n // 10}.") for n, label in enumerate(labels)]
    wide, narrow = (agreement(pairs, says(*verdicts)).two_way for pairs in (shared, apart))
    assert wide.value == narrow.value == 0.75  # (10/20 + 20/20) / 2
    assert narrow.low < 0.75 < narrow.high
    assert wide.high - wide.low > narrow.high - narrow.low


def test_share_of_one_is_not_certain():
    found = agreement([pair(n, S if n < 2 else U) for n in range(20)], says(S, S, *[U] * 18))
    assert found.specificity.value == 1.0
    assert found.specificity.low < 0.9


def test_label_without_pairs_leaves_the_figure_open():
    found = agreement([pair(1, S)], says(S))
    assert math.isnan(found.two_way.value)
    assert math.isnan(found.specificity.value)
    assert found.sensitivity.value == 1.0
    assert math.isnan(agreement([], says()).three_way.value)
    assert balanced_accuracy(np.array([[2.0, 0.0], [1.0, 1.0]])) == 0.75


def test_check_gets_the_sentences_of_the_passage():
    given = []

    def check(sentence, passages):
        given.append((sentence, list(passages)))
        return Verdict(U)

    agreement([pair(1, U, passage="One holds. Two do not.", sentence="None does.")], check)
    assert given == [("None does.", ["One holds.", "Two do not."])]


def test_tutors_check_lets_no_changed_sentence_pass_and_every_quotation():
    found = agreement(load_pairs("dev"), check_sentence)
    assert found.specificity.value == 1.0
    assert found.by_how["quotation"][S] == {S: 8, P: 0, U: 0}
    assert found.two_way.low > 0.5  # better than guessing
