"""Whether the corpus answers a question, estimated before anything is written."""

import datetime
import json
import math

import pytest

from index.lexical import stem
from tutor.gate import FEATURES, PARAMETERS, confidence, features, unknown_names

COVERED = [
    "What is LoRA?",
    "How does retrieval-augmented generation work?",
    "Why do language models hallucinate?",
    "What is the difference between HNSW and IVF?",
    "how does a KV cache speed up generation",
    "What is prompt injection?",
    "When should I use a reward model?",
    "what's tokenization",
]
NOT_COVERED = [
    "What is the capital of France?",
    "How do I bake sourdough bread?",
    "Who won the World Cup in 2018?",
    "What is the weather in Berlin tomorrow?",
    "How do I repair a bicycle tyre?",
    "Who is Zlatan Ibrahimovic?",
    "Which guitar strings should I buy?",
    "When did the Roman Empire fall?",
]


def asked(question, index):
    return features(index, index.search(question, 10))


@pytest.mark.parametrize("question", COVERED)
def test_a_question_that_the_corpus_answers(index, question):
    assert confidence(asked(question, index)) > 0.5


@pytest.mark.parametrize("question", NOT_COVERED)
def test_a_question_that_it_does_not(index, question):
    assert confidence(asked(question, index)) < 0.5


@pytest.mark.parametrize("question", [*COVERED, *NOT_COVERED, "zzzz", "the of and"])
def test_features_are_in_range(index, question):
    values = asked(question, index)
    assert set(values) == set(FEATURES)
    assert -1 <= values["late"] <= 1
    assert -1 <= values["probe"] <= 1
    assert 0 <= values["unknown_names"] <= 1


def test_confidence_is_the_logistic_of_the_weighted_sum():
    parameters = json.loads(PARAMETERS.read_text())
    values = {"late": 0.5, "probe": 0.25, "unknown_names": 1.0}
    logit = parameters["intercept"] + sum(parameters["weights"][n] * values[n] for n in values)
    assert math.log(confidence(values) / (1 - confidence(values))) == pytest.approx(logit)


@pytest.mark.parametrize(("name", "sign"), [("late", 1), ("probe", 1), ("unknown_names", -1)])
def test_each_signal_pulls_in_its_direction(name, sign):
    low = dict.fromkeys(FEATURES, 0.5)
    assert sign * (confidence({**low, name: 0.9}) - confidence(low)) > 0


def test_the_parameters_stand_beside_their_measurement():
    parameters = json.loads(PARAMETERS.read_text())
    measured = parameters["measured"]
    assert set(parameters["weights"]) == set(FEATURES)
    assert measured["split"] == "dev"
    assert measured["questions"] >= 60
    assert 0.5 < measured["auc"] <= 1
    assert 0 <= measured["falsely_declined"] <= 0.05  # the limit
    assert 0.85 <= measured["declined"] <= 1  # the limit
    datetime.date.fromisoformat(measured["date"])


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("What is LoRA?", 0.0),
        ("Who is Zlatan Ibrahimovic?", 1.0),  # both content words are names of nothing here
        ("How does Zlatan knit?", 0.5),  # two words of equal weight, one of them a name
        ("How do I knit?", 0.0),  # unknown, but a common word
        ("", 1.0),
    ],
)
def test_unknown_names(index, question, share):
    assert unknown_names(question, index) == pytest.approx(share)


def test_the_example_word_is_not_in_the_corpus(index):
    assert index.bm25.idf(stem("knit")) == 0
