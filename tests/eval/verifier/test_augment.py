"""Edits of pairs: what they change, and that they change nothing else."""

from itertools import islice

import pytest

from eval.verifier.augment import Editor, names_in, reordered, shortened
from tutor.lexicon import load

PASSAGE = "QLoRA stores the base model in 4 bits, whereas LoRA keeps the base model in 16 bits."
SENTENCE = "LoRA keeps the base model in 16 bits and QLoRA stores the base model in 4 bits."


@pytest.fixture
def editor():
    return Editor(load(), ["ReAct", "HNSW", "DPO"], seed=3)


def test_two_names_change_places(editor):
    assert editor.swapped("LoRA is faster than DoRA.") == "DoRA is faster than LoRA."


def test_one_name_is_nothing_to_swap(editor):
    assert editor.swapped("The LoRA adapter is small.") is None


def test_an_opposite(editor):
    assert editor.opposite("A larger model.") != "A larger model."
    assert editor.opposite("Zzzz qqqq.") is None


@pytest.mark.parametrize(
    ("text", "negated"),
    [("It cannot learn.", "It can learn."), ("It does not learn.", "It does learn.")],
)
def test_a_denial_becomes_an_assertion(editor, text, negated):
    assert editor.negated(text) == negated


def test_an_assertion_becomes_a_denial(editor):
    assert editor.negated("It is fast.") in {"It is not fast.", "It is never fast.",
                                             "It is hardly fast."}  # fmt: skip


def test_another_figure(editor):
    changed = {editor.other_figure("It takes 4 bits.") for _ in range(20)}
    assert "It takes 4 bits." not in changed
    assert all(text.startswith("It takes ") and text.endswith(" bits.") for text in changed)


def test_shortened():
    text = "It has few weights (about ten) and trains in less than an hour because it is small."
    assert shortened(text) == [
        "It has few weights (about ten).",
        "It has few weights (about ten) and trains in less than an hour.",
        "It has few weights and trains in less than an hour because it is small.",
    ]


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        (
            "The encoder reads the text, whereas the decoder writes it out.",
            ["The decoder writes it out, whereas the encoder reads the text."],
        ),
        (
            "LoRA saves a lot of memory because few weights are trained.",
            ["Because few weights are trained, LoRA saves a lot of memory."],
        ),
        ("Short.", []),
    ],
)
def test_reordered(text, turned):
    assert reordered(text) == turned


def test_half_of_the_made_pairs_are_supported(editor):
    made = list(islice(editor.pairs([(PASSAGE, SENTENCE), (PASSAGE, PASSAGE)]), 400))
    share = sum(pair.label == "supported" for pair in made) / len(made)
    assert 0.4 < share < 0.62
    assert {pair.label for pair in made} == {"supported", "unsupported"}


def test_the_same_seed_makes_the_same_pairs():
    one, other = (
        list(islice(Editor(load(), ["HNSW"], 5).pairs([(PASSAGE, SENTENCE)]), 30)) for _ in range(2)
    )
    assert one == other


def test_names():
    assert names_in([SENTENCE]) == ["LoRA", "QLoRA"]
