"""What people type, spelled out."""

import pytest

from tutor.asking.shorthand import spelled_out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wat is rag", "what is rag"),
        ("Wats LoRA?", "What is LoRA?"),
        ("hwo does teh DB work", "how does the database work"),
        ("diff lora qlora", "difference lora qlora"),
        ("vector db list", "vector database list"),
        ("lora pls", "lora"),
        ("Hi, what is RAG?", "what is RAG?"),
        ("What is RAG? Thanks!", "What is RAG?"),
        ("RAG w/o a vector DB?", "RAG without a vector database?"),
    ],
)
def test_shorthand_is_spelled_out(typed, meant):
    assert spelled_out(typed) == meant


@pytest.mark.parametrize(
    "question",
    [
        "What is LoRA?",
        "What does `diff` print?",
        "def f(x): wat",
        "What is the WEN protocol?",
        "hello",
        "thanks",
        "",
    ],
)
def test_what_is_none_is_left_alone(question):
    assert spelled_out(question) == question
