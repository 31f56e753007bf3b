"""Claims as bags of normal words."""

import pytest

from tutor.premises.claims import contrary, opposed, read_claim


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("LoRA updates the weights", "Why does LoRA change the weights?"),
        ("RAG eliminates hallucination", "How does RAG remove hallucinations?"),
        ("temperature zero", "temperature 0"),
        ("station 12 requires station 3", "you have to do station 3 for station 12"),
        ("a non-linear function", "nonlinear functions"),
    ],
)
def test_the_same_said_otherwise_shares_all_words(one, other):
    a, b = read_claim(one), read_claim(other)
    assert a.share_of(b, dict.fromkeys(a.words, 1.0)) == 1.0


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("DPO has no reward", True),
        ("DPO needs neither a reward model nor a value model", True),
        ("it isn't without limits", False),
        ("DPO has a reward", False),
    ],
)
def test_negations_are_counted(text, denied):
    assert read_claim(text).denied is denied


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("updates all weights", "freezes the weights", 1),
        ("higher perplexity is better", "a lower perplexity is better", 1),
        ("higher perplexity is worse", "a lower perplexity is better", 2),
        ("higher perplexity", "higher perplexity", 0),
    ],
)
def test_opposites(one, other, count):
    assert len(opposed(read_claim(one).words, read_claim(other).words)) == count


def test_a_part_of_a_claim_is_less_than_the_whole():
    claim = read_claim("the learning rate is learned")
    assert claim.share_of(read_claim("learning rate"), dict.fromkeys(claim.words, 1.0)) < 0.7


@pytest.mark.parametrize(
    ("text", "other", "pairs"),
    [
        ("BERT is decoder-only", "BERT is an encoder-only model", {("decoderon", "encoderon")}),
        ("several answers", "one answer", set()),
        ("larger chunks", "chunks, larger or smaller", set()),
        ("little models from the huge one", "smaller models", set()),
    ],
)
def test_opposites_of_the_lexicon(text, other, pairs):
    assert {frozenset(pair) for pair in contrary(text, other)} == set(map(frozenset, pairs))
