"""Words that point at several things, with those things in their place."""

import pytest

from tutor.asking.pointing import name_several, points_at_several


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("When do I use which?", "When do I use BLEU and when ROUGE?"),
        ("Which is faster?", "Which is faster, BLEU or ROUGE?"),
        ("Which of them is faster?", "Which of BLEU and ROUGE is faster?"),
        ("What is each one good for?", "What is each of BLEU and ROUGE good for?"),
        ("Do I need both of them?", "Do I need BLEU and ROUGE?"),
        ("How do the two compare?", "How do BLEU and ROUGE compare?"),
        ("When is one better?", None),
        ("Should I prefer one over the other?", "Should I prefer BLEU over ROUGE?"),
        ("Is either of these cheap?", "Is either BLEU or ROUGE cheap?"),
    ],
)
def test_each_in_the_way_of_its_grammar(question, told):
    assert name_several(question, ["BLEU", "ROUGE"]) == told


def test_three_are_listed():
    told = name_several("When do I use which?", ["PPO", "DPO", "KTO"])
    assert told == "When do I use PPO, when DPO and when KTO?"


@pytest.mark.parametrize(
    "question",
    [
        "Which is the largest planet?",
        "Which is better, LoRA or QLoRA?",
        "Which format is best for CPUs?",
        "What are the two stages of Auto-CoT?",
        "Is both BLEU and ROUGE needed?",
        "Why do they need tools?",
    ],
)
def test_what_points_at_nothing_or_at_one_is_left(question):
    assert not points_at_several(question)
