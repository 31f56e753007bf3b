"""Which questions lean on the conversation, and which only sound so."""

import pytest

from tutor.asking.leaning import leans


@pytest.mark.parametrize(
    "question",
    [
        "How does it work?",
        "Why is that?",
        "What about the second one?",
        "Which is easier to run?",
        "Is it hard to train?",
        "How many bits should I use?",
        "Which kinds of that family?",
        "And how does the quantised version save even more?",
        "ok, and what must I take care of before I rely on them in production?",
    ],
)
def test_what_points_back_or_leaves_a_gap_leans(names, question):
    assert leans(question, names)


@pytest.mark.parametrize(
    "question",
    [
        "Should I use guardrails?",
        "Will it rain in Lisbon tomorrow?",
        "Why is it important to define the scope of a project?",
        "My bike chain keeps slipping, how do I fix it?",
        "How should I cut up a thick manual before making it searchable?",
        "What key attributes should a model card include that our company writes?",
        "How can two networks be merged into one?",
        "What are the two stages of Auto-CoT?",
        "it runs but spits out one word every two seconds",
        "What is recall?",
        "TELEMETRY_ENABLED",
        "asdf jkl",
        "Which format is best for CPUs?",
    ],
)
def test_what_only_sounds_so_does_not(names, question):
    assert not leans(question, names)
