"""The labelled pairs keep their own rules (eval/golden/README.md)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import corpus
from eval.pairs import load_pairs, load_training_pairs
from index.sentences import split_sentences
from tutor.verifier import LABELS

CORPUS = Path(corpus.__file__).parent
SPLITS = ("dev", "test")
EACH = pytest.mark.parametrize("split", SPLITS)


@EACH
def test_split_has_enough_of_each_label(split):
    labels = Counter(pair.label for pair in load_pairs(split))
    assert labels.keys() == {"supported", "partial", "unsupported"}
    assert min(labels.values()) >= 50


@EACH
def test_passage_stands_in_its_document(split):
    for pair in load_pairs(split):
        text = (CORPUS / pair.document).read_text(encoding="utf-8")
        assert pair.passage in text, pair.id


@EACH
def test_passage_falls_into_the_sentences_of_its_document(split):
    """So that the check reads what it would read in the tutor."""
    pairs = load_pairs(split)
    documents = {pair.document for pair in pairs}
    sentences = {
        document: set(split_sentences((CORPUS / document).read_text(encoding="utf-8")))
        for document in documents
    }
    for pair in pairs:
        assert set(split_sentences(pair.passage)) <= sentences[pair.document], pair.id


@EACH
def test_every_station_is_there(split):
    stations = {p.document for p in load_pairs(split) if "/stations/" in p.document}
    assert len(stations) == 18


@EACH
def test_pair_is_filled_in(split):
    for pair in load_pairs(split):
        assert 5 <= len(pair.sentence.split()) <= 40, pair.id
        assert pair.how, pair.id
        assert pair.why, pair.id


def test_a_way_of_making_a_sentence_goes_with_one_label():
    ways = {(pair.how, pair.label) for split in SPLITS for pair in load_pairs(split)}
    assert len({how for how, _ in ways}) == len(ways)


def test_nothing_stands_twice_or_in_both_splits():
    pairs = [pair for split in SPLITS for pair in load_pairs(split)]
    assert len({pair.id for pair in pairs}) == len(pairs)
    assert len({" ".join(pair.sentence.lower().split()) for pair in pairs}) == len(pairs)


def test_no_sentence_of_a_passage_stands_in_both_splits():
    """A rule fitted to dev has then not seen what test asks it about."""
    dev, test = (
        {sentence for pair in load_pairs(split) for sentence in split_sentences(pair.passage)}
        for split in SPLITS
    )
    assert not dev & test


def test_training_pairs_share_no_sentence_of_a_passage_with_dev_or_test():
    labelled = {
        sentence
        for split in SPLITS
        for pair in load_pairs(split)
        for sentence in split_sentences(pair.passage)
    }
    fitted = load_training_pairs()
    assert not {s for pair in fitted for s in split_sentences(pair.passage)} & labelled
    assert not {p.sentence for p in fitted} & {p.sentence for s in SPLITS for p in load_pairs(s)}


def test_each_training_passage_has_sentences_of_every_label():
    counts = Counter((pair.passage, pair.label) for pair in load_training_pairs())
    passages = {passage for passage, _ in counts}
    assert len(passages) >= 4000
    for passage in passages:
        assert all(counts[passage, label] for label in LABELS), passage


def test_training_passages_of_the_curriculum_stand_in_it():
    files = CORPUS.rglob("curriculum/**/*.md")
    texts = [" ".join(file.read_text(encoding="utf-8").split()) for file in files]
    quoted = {p.passage for p in load_training_pairs() if p.source == "curriculum"}
    assert not [
        passage
        for passage in quoted
        if not any(" ".join(passage.split()) in text for text in texts)
    ]
