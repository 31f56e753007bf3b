"""What a comparison compares."""

import pytest

from tutor.comparing.naming import names_in, without_names
from tutor.comparing.sides import find_sides


@pytest.fixture
def sides(index, names):
    return lambda question: find_sides(question, names, index.catalogue)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("LoRA vs QLoRA", ["LoRA", "QLoRA"]),
        ("difference lora qlora", ["lora", "qlora"]),
        ("BM25 vs dense retrieval", ["BM25", "dense retrieval"]),  # of one topic
        ("GPT versus BERT", ["GPT", "BERT"]),  # one that no topic goes by
        ("precision vs recall", ["precision", "recall"]),  # neither
        ("How does data differ from model parallelism?", ["data parallelism", "model parallelism"]),
        ("Compare GGUF, GPTQ and AWQ", ["GGUF", "GPTQ", "AWQ"]),
        ("compare RAG with fine-tuning", ["RAG", "fine-tuning"]),
        ("How does DPO differ from RLHF with PPO?", ["DPO", "RLHF"]),
        ("Is prompt injection the same as jailbreaking?", ["prompt injection", "jailbreaking"]),
        ("Which is better for facts, RAG or fine-tuning?", ["RAG", "fine-tuning"]),
        ("Why are transformers preferred over RNNs?", ["transformers", "RNNs"]),
        ("zero-shot vs few-shot", ["zero-shot", "few-shot"]),  # not ZeRO
        ("What is the difference between SGD and Adam?", ["SGD", "Adam"]),
        ("temperature vs top p", ["temperature", "top p"]),
        ("cosine similarity vs dot product", ["cosine similarity", "dot product"]),
        ("How does L1 regularization differ from L2?", ["L1 regularization", "L2 regularization"]),
        ("pandas or polars for data frames?", ["pandas", "polars"]),
        ("What is the difference between a list and a tuple?", ["list", "tuple"]),
        ("human evaluation vs LLM as judge", ["human evaluation", "LLM as judge"]),
        ("zero-shot vs few-shot vs CoT", ["zero-shot", "few-shot", "CoT"]),
        ("greedy or beam search for translation?", ["greedy", "beam search"]),
    ],
)
def test_both_sides_in_order(sides, question, expected):
    assert [side.name for side in sides(question)] == expected


@pytest.mark.parametrize(
    "question", ["What is the difference?", "LoRA", "", "compare", "vs", "A vs B vs C vs D"]
)
def test_a_question_that_names_no_two_has_none(sides, question):
    assert sides(question) == ()


@pytest.mark.parametrize(
    ("name", "other_name"),
    [
        ("MQA", "multi-query attention"),
        ("RAG", "retrieval-augmented generation"),
        ("flash attention", "FlashAttention"),
        ("BPE", "byte pair encoding"),
        ("RNNs", "recurrent neural network"),
    ],
)
def test_a_side_goes_by_its_abbreviation_too(sides, name, other_name):
    (side, _) = found = sides(f"{name} vs temperature")
    assert side.name == name
    assert names_in(f"The {other_name} is old.", found)


def test_other_names_of_a_topic_are_other_things(sides):
    found = sides("GPTQ vs AWQ")
    assert names_in("GGUF is a file format.", found) == []


def test_the_longer_name_goes_first(sides):
    found = sides("quantization vs attention-aware quantization")
    text = "Attention-aware quantization extends quantization."
    assert [position for position, _, _ in names_in(text, found)] == [1, 0]


def test_a_longer_name_of_another_thing_is_not_the_side(sides):
    found = sides("difference between a tensor and a matrix")
    assert names_in("Tensor parallelism splits a layer.", found) == []
    assert [n[0] for n in names_in("A tensor has axes.", found)] == [0]


def test_a_word_that_both_sides_share_belongs_to_both(sides):
    first, second = sides("static vs continuous batching")
    assert ("static", "batch") in first.keys
    assert second.name == "continuous batching"


def test_a_word_may_be_cut_short(sides):
    found = sides("batch norm vs layer norm")
    assert [n[0] for n in names_in("Layer normalization and batch normalization", found)] == [1, 0]


def test_what_is_said_without_the_names(sides):
    found = sides("LoRA vs QLoRA")
    assert without_names("How QLoRA differs from LoRA", found) == "How … differs from …"
    assert without_names("Nothing here", found) == "Nothing here"
