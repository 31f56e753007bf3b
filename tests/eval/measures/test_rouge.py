"""ROUGE-L."""

from __future__ import annotations

import pytest
from rouge_score.rouge_scorer import RougeScorer

from eval.measures.rouge import rouge

# Stemmed: police kill the gunman / the gunman polic kill. The longest common subsequence is "the
# gunman" (or "police kill"): 2 words of 4 and 4, so recall = precision = F = 1/2.
LIN = ("police killed the gunman", "the gunman police killed")


@pytest.mark.parametrize(
    ("reference", "answer", "fmeasure", "recall"),
    [
        (*LIN, 1 / 2, 1 / 2),
        # All 3 words of the reference, in order, among 6: recall 1, precision 1/2, F = 2/3.
        ("weights are frozen", "The weights of LoRA are frozen", 2 / 3, 1.0),
        # Stems: train, matric; "trains" and "trained" are one.
        ("trains matrices", "trained matrices", 1.0, 1.0),
        ("weights", "nothing common", 0.0, 0.0),
    ],
)
def test_by_hand(make_record, reference, answer, fmeasure, recall):
    record = make_record({"reference": reference}, {"answer": answer})
    assert rouge().score(record) == pytest.approx(fmeasure)
    assert rouge("recall").score(record) == pytest.approx(recall)


def test_agrees_with_the_scorer_of_google_research(make_record):
    reference = "LoRA freezes the pre-trained weights and trains two small low-rank matrices."
    answer = "With LoRA, small matrices of low rank are trained while all weights stay frozen. [1]"
    theirs = RougeScorer(["rougeL"], use_stemmer=True).score(reference, answer.removesuffix(" [1]"))
    record = make_record({"reference": reference}, {"answer": answer})
    assert rouge().score(record) == pytest.approx(theirs["rougeL"].fmeasure)
    assert rouge("recall").score(record) == pytest.approx(theirs["rougeL"].recall)
