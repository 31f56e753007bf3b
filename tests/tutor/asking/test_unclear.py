"""A question back, where a question could mean anything; and none where it could not."""

import pytest

from tutor.asking.focus import Focus
from tutor.asking.unclear import ask_back
from tutor.records import Turn

ABOUT_LORA = [Turn("user", "What is LoRA?"), Turn("assistant", "LoRA freezes the weights. [1]")]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How does it work?", 'What do you mean by "it"?'),
        ("Is it better?", 'What do you mean by "it"?'),
        ("And the other one?", 'What do you mean by "the other one"?'),
        ("compare them", 'What do you mean by "them"?'),
        ("difference?", "The difference between what?"),
        ("What are the limits?", "The limits of what?"),
        ("example please", "An example of what?"),
        ("explain", "What would you like to know more about?"),
        ("Tell me more", "What would you like to know more about?"),
        ("hello", "What would you like to know about generative AI?"),
        ("What about the model?", "Which model do you mean?"),
        ("Why is the model so slow?", "Which model do you mean?"),
        ("What about the second one?", 'What do you mean by "one"?'),
        ("alignment vs", "With what should alignment be compared?"),
    ],
)
def test_it_asks_for_what_is_missing(names, question, asked):
    reply = ask_back(question, names, [])
    assert reply is not None
    assert reply.startswith(asked)


@pytest.mark.parametrize("question", ["memory", "Memory?", "explain memory"])
def test_a_name_of_several_things_is_asked_about_with_stations(names, question):
    reply = ask_back(question, names, [])
    assert reply == (
        "Which do you mean: the memory of a conversation (station 14), the memory that the "
        "key-value cache takes (station 16) or the memory that training takes (station 7)?"
    )


@pytest.mark.parametrize(
    "question",
    ["How does it work?", "Tell me more", "difference to QLoRA?", "What are the limits?", "Why?"],
)
def test_what_the_conversation_completes_is_not_asked(names, question):
    assert ask_back(question, names, ABOUT_LORA) is None


@pytest.mark.parametrize(
    "question",
    [
        "LoRA",
        "LoRA?",
        "What about the model in RAG?",
        "What is a model?",
        "attention",
        "Evaluation",
        "temperature",
        "RAG?",
        "What is memory?",  # the title of a topic
        "What is memory in an LLM app?",
        "Which one is better, LoRA or QLoRA?",
        "Is it possible to run an LLM on a phone?",
        "If it reads everything at once, how on earth does it know which bit came first?",
        "What is the capital of France?",
        "Where should I start?",
        "What next?",
        "asdf jkl",
    ],
)
def test_what_can_be_answered_or_declined_is_not_asked(names, question):
    assert ask_back(question, names, []) is None


@pytest.mark.parametrize(
    "question",
    ["How does it work?", "hello", "explain", "difference?", "example?", "What are the limits?",
     "alignment vs", "memory", "What about the data?"],
)  # fmt: skip
def test_every_question_back_is_known_as_one_afterwards(names, question):
    reply = ask_back(question, names, [])
    assert reply is not None
    assert Focus(asked=question).after_answer(reply, names).pending == question
