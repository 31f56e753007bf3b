"""ALCE's citation recall and precision by hand."""

from __future__ import annotations

import pytest

from eval.measures.citation import by_check, citation_precision, citation_recall
from eval.systems.tutor import TutorSystem


def holds_all_words(sentence, passages):
    """Support by a rule that can be checked by eye: every word stands in one of the passages."""
    return bool(passages) and set(sentence.split()) <= set(" ".join(passages).split())


RECALL = citation_recall(holds_all_words)
PRECISION = citation_precision(holds_all_words)


@pytest.fixture
def cites(make_record):
    """A record of an answer: quotations in the order of their numbers, sentences with theirs."""

    def make(quotes, *sentences):
        citations = [{"n": n, "quote": quote} for n, quote in enumerate(quotes, 1)]
        told = [{"text": text, "citations": numbers} for text, numbers in sentences]
        return make_record(reply={"sentences": told, "citations": citations, "answer": "told"})

    return make


@pytest.mark.parametrize(
    ("case", "quotes", "sentence", "numbers", "recall", "precision"),
    [
        ("one citation that supports", ["a b c"], "a b", [1], 1, 1),
        ("one that does not", ["a c"], "a b", [1], 0, 0),
        ("each supports alone", ["a b", "b a c"], "a b", [1, 2], 1, 1),
        # ALCE's over-citation: [1] does it alone, [2] adds nothing: 1 of 2 is precise.
        ("an irrelevant one beside", ["a b", "x y"], "a b", [1, 2], 1, 1 / 2),
        # Neither does it alone, and without either the support breaks.
        ("a necessary pair", ["a x", "b y"], "a b", [1, 2], 1, 1),
        ("a necessary pair and a third", ["a x", "b y", "z"], "a b", [1, 2, 3], 1, 2 / 3),
        # [1] and [3] hold the same half: leaving out either breaks nothing. Only [2] is needed.
        ("a half held twice", ["a", "b", "a"], "a b", [1, 2, 3], 1, 1 / 3),
        ("partial support counts for nothing", ["a", "x"], "a b", [1, 2], 0, 0),
        ("no citation", ["a b"], "a b", [], 0, 0),
        ("a number without an entry", ["a b"], "a b", [1, 9], 0, 0),
    ],
)
def test_one_sentence(cites, case, quotes, sentence, numbers, recall, precision):
    record = cites(quotes, (sentence, numbers))
    assert RECALL.score(record) == recall, case
    assert PRECISION.score(record) == pytest.approx(precision), case


def test_recall_is_a_mean_over_sentences_and_precision_over_citations(cites):
    record = cites(["a b", "x y"], ("a b", [1, 2]), ("x y", [2]), ("b x", [1]), ("a", []))
    # Sentences: supported, supported, not, uncited. Citations: [1] and [2] of the first (the second
    # of them needless), [2] of the second, [1] of the third.
    assert RECALL.score(record) == 2 / 4
    assert PRECISION.score(record) == 2 / 4


def test_system_that_cites_nothing_has_neither(make_record):
    uncited = make_record(reply={"answer": "LoRA is small. It is fast."})
    assert RECALL.score(uncited) == PRECISION.score(uncited) == 0.0


@pytest.mark.parametrize("measure", [RECALL, PRECISION])
def test_declined_and_failed_replies_have_no_figure(make_record, measure):
    assert measure.score(make_record(reply={"status": "abstained", "answer": "I cannot."})) is None
    assert measure.score(make_record(reply={"answer": " "})) is None
    assert measure.score(make_record(reply=None, fault="out of memory")) is None


def test_product_check_as_judge():
    supports = by_check()
    quote = "LoRA freezes the base weights (all of them). It trains two small matrices."
    assert supports("LoRA freezes the base weights.", [quote])
    assert supports("It trains two small matrices.", ["Something else.", quote])
    assert not supports("LoRA trains the base weights.", [quote])
    assert not supports("LoRA freezes the base weights.", [])


def test_check_that_lets_all_pass_is_found_out(cites):
    said = "LoRA trains all of the weights."
    record = cites(["LoRA freezes the base weights."], (said, [1]))
    assert citation_recall(by_check()).score(record) == 0.0
    assert citation_precision(by_check()).score(record) == 0.0


def test_tutor_cites_what_it_says(quoting, make_record):
    reply = TutorSystem(quoting).ask("What is the difference between HNSW and IVF?", [])
    record = make_record(reply=reply)
    assert len(reply.sentences) > 1
    assert citation_recall(by_check()).score(record) == 1.0
    assert citation_precision(by_check()).score(record) == 1.0
