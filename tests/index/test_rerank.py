"""Rerankers: none, late interaction, and a cross-encoder of sentence-transformers."""

from dataclasses import replace

import pytest

from corpus.errors import ModelError
from index.encoder import bundled_folder
from index.records import Chunk, Signals
from index.rerank import combined, load_reranker
from index.search import Index

TEA = Chunk("t#0", "t", "Tea", "Tea is a drink.", 0, 15, ("Line", "Tea", "Green Tea"), "curriculum")
ICE = Chunk("i#0", "i", "Ice", "Ice is frozen water.", 0, 20, ("Line", "Ice"), "curriculum")
CANDIDATES = {
    4: (TEA, Signals(fused=0.03, late=0.2)),
    9: (ICE, Signals(fused=0.02, late=0.9)),
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A cross-encoder with random weights: one layer of four dimensions, the bundled vocabulary."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = AutoTokenizer.from_pretrained(bundled_folder())
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=4, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, num_labels=1, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_without_reranking_the_order_is_that_of_fusion():
    assert load_reranker("none").scores("tea", CANDIDATES) == {4: 0.03, 9: 0.02}


def test_late_interaction_outweighs_a_place_in_the_fusion():
    scores = load_reranker("late-interaction").scores("tea", CANDIDATES)
    # 0.2 + 7 · 0.03 = 0.41 and 0.9 + 7 · 0.02 = 1.04
    assert scores == pytest.approx({4: 0.41, 9: 1.04})


@pytest.mark.parametrize(
    ("signals", "score"),
    [
        (Signals(), 0.0),
        (Signals(late=0.7), 0.7),
        (Signals(dense=0.5), 0.15),
        (Signals(probe=0.4), 0.28),
        (Signals(coverage=1.0), 0.65),
        (Signals(bm25=1.0), 0.4),
        (Signals(bm25=9.0), 0.6),  # no more than at 1.5
        (Signals(0.5, 1.0, 0.4, 0.02, 0.7, 1.0), 0.15 + 0.4 + 0.28 + 0.14 + 0.7 + 0.65),
    ],
)
def test_the_weights_of_the_signals(signals, score):
    assert combined(TEA, signals) == pytest.approx(score)


@pytest.mark.parametrize(
    ("kind", "more"), [("curriculum", 0), ("map", 0), ("reference", 0.35), ("mine", 0.35)]
)
def test_what_has_no_names_is_helped(kind, more):
    assert combined(replace(TEA, kind=kind), Signals(late=0.5)) == pytest.approx(0.5 + more)


def test_a_cross_encoder_reads_question_and_passage_with_its_headings(tiny):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny)
    model = AutoModelForSequenceClassification.from_pretrained(tiny).eval()
    expected = {}
    for row, passage in {
        4: "Tea > Green Tea\nTea is a drink.",
        9: "Ice\nIce is frozen water.",
    }.items():
        with torch.no_grad():
            logit = model(**tokenizer("hot?", passage, return_tensors="pt")).logits[0, 0]
        expected[row] = float(torch.sigmoid(logit))
    scores = load_reranker(str(tiny)).scores("hot?", CANDIDATES)
    assert scores == pytest.approx(expected, abs=1e-5)
    assert abs(expected[4] - expected[9]) > 1e-3  # else the order of the two would show nothing


def test_a_search_is_ordered_by_the_cross_encoder(tiny, built_course, encoder):
    reranker = load_reranker(str(tiny))
    hits = Index(built_course.index, encoder, reranker).search("what is honey?").hits
    by_hand = reranker.scores("what is honey?", {hit.row: (hit.chunk, hit.signals) for hit in hits})
    assert [hit.row for hit in hits] == sorted(by_hand, key=lambda row: -by_hand[row])
    assert len(hits) == 10


@pytest.mark.parametrize("name", ["late", "no-such-model", "nobody/no-such-model", "/nowhere"])
def test_an_unknown_name_is_a_model_error(name):
    with pytest.raises(ModelError, match="late-interaction"):
        load_reranker(name)


def test_a_folder_without_a_model_is_a_model_error(tmp_path):
    with pytest.raises(ModelError, match="does not load"):
        load_reranker(str(tmp_path))


def test_damaged_weights_are_a_model_error(tiny, tmp_path):
    import shutil

    shutil.copytree(tiny, tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"no weights " * 99)
    with pytest.raises(ModelError, match="does not load"):
        load_reranker(str(tmp_path / "model"))


def test_an_embedding_model_is_no_cross_encoder():
    with pytest.raises(ModelError):
        load_reranker(str(bundled_folder()))
