"""Training questions for the cross-encoder that ranks sentences."""

import random
from pathlib import Path

import numpy as np
import pytest

import corpus
from eval.golden import load
from eval.pairs import TRAINING
from eval.ranking import Answer, load_answers
from eval.reranker.cases import Case, case
from tutor.reranker import READ

SPLITS = ("dev", "test")
FILES = ("answers.jsonl", "asked.jsonl")
ASKED = [answer for name in FILES for answer in load_answers(TRAINING / name)]


def made(labels):
    count = len(labels)
    return Case(
        "What is LoRA?",
        tuple(f"Sentence {n}." for n in range(count)),
        np.arange(count, dtype=np.float32),
        -np.arange(count, dtype=np.float32),
        tuple(labels),
    )


def test_a_sample_keeps_what_is_labelled():
    whole = made(["other", "best", "other", "off", "other", "good", "other"])
    part = whole.sample(2, random.Random(1))
    assert sorted(part.labels) == ["best", "good", "off", "other", "other"]
    for sentence, wanted, score, label in zip(
        part.sentences, part.wanted, part.scores, part.labels, strict=True
    ):
        place = whole.sentences.index(sentence)
        found = (whole.wanted[place], whole.scores[place], whole.labels[place])
        assert found == (wanted, score, label)


def test_a_sample_takes_no_more_than_there_are():
    assert made(["best", "other"]).sample(6, random.Random(1)).labels == ("best", "other")


def test_a_case_has_the_sentences_that_the_tutor_would_read(index):
    answer = Answer(
        question="What is LoRA?",
        kind="definition",
        best="LoRA (Low-Rank Adaptation) is a parameter-efficient fine-tuning method that freezes "
        "the pre-trained weights and trains small low-rank matrices, whose product is added to the "
        "frozen weights.",
    )
    found = case(index, answer, 10, complete=False)
    assert found is not None
    assert len(found.sentences) == READ
    assert found.labels.count("best") == 1
    assert found.wanted[found.labels.index("best")] == pytest.approx(1.0)
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_a_question_without_its_sentence_is_no_case(index):
    lost = Answer(question="What is LoRA?", kind="definition", best="No text says this at all.")
    assert case(index, lost, 10) is None


def test_what_is_best_stands_in_the_curriculum():
    text = " ".join(
        " ".join(file.read_text(encoding="utf-8").split())
        for file in Path(corpus.__file__).parent.rglob("curriculum/**/*.md")
    )
    lost = [a.question for a in ASKED if " ".join(a.best.split()).lstrip("- ") not in text]
    assert lost == []


def test_no_question_is_asked_twice():
    asked = [answer.question.casefold() for answer in load_answers(TRAINING / "asked.jsonl")]
    assert len(asked) == len(set(asked))


def test_no_question_is_a_golden_one():
    golden = {_plain(q.question) for split in SPLITS for q in load(split)}
    assert not golden & {_plain(a.question) for a in load_answers(TRAINING / "asked.jsonl")}


def _plain(question):
    return " ".join(question.casefold().strip(" ?.!").split())
