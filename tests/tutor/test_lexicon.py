"""Opposites and equals: the two lists, and what they mark in a text."""

import re

import numpy as np
import pytest

from tutor.lexicon import EQUALS, OPPOSITES, load


def spans_of(text):
    return np.array([m.span() for m in re.finditer(r"\S+", text)], dtype=np.int32)


def marked(text, other, column):
    """The words of a text that a column marks."""
    flags = load().flags(text, other, spans_of(text))
    return [word for word, flag in zip(text.split(), flags[:, column], strict=True) if flag]


@pytest.mark.parametrize(
    ("text", "other", "words"),
    [
        ("DoRA is slower", "DoRA is faster", ["slower"]),
        ("DoRA is slower", "DoRA is slower, LoRA is faster", []),  # the word itself is there
        ("it is read in parallel", "it is read one after another", ["in", "parallel"]),
        ("the encoder reads", "the decoder reads", ["encoder"]),
        ("the cat reads", "the dog reads", []),
    ],
)
def test_opposites(text, other, words):
    assert marked(text, other, 0) == words


@pytest.mark.parametrize(
    ("text", "other", "words"),
    [
        ("methods employ adapters", "methods use adapters", ["employ"]),
        ("methods use adapters", "methods use adapters", []),
        ("roughly ten", "about ten", ["roughly"]),
    ],
)
def test_equals(text, other, words):
    assert marked(text, other, 1) == words


def test_negations():
    assert marked("It does not learn without labels, hardly ever", "", 2) == [
        "not", "without", "hardly",
    ]  # fmt: skip


def test_figures_that_the_other_lacks():
    assert marked("It takes 16 bits and 3.5 GB", "It takes 4 bits and 3.5 GB", 3) == ["16"]


def test_a_text_of_nothing():
    assert load().flags("", "anything", np.zeros((0, 2), dtype=np.int32)).shape == (0, 4)


@pytest.mark.parametrize("file", [OPPOSITES, EQUALS])
def test_every_line_is_a_group(file):
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        poles = [[item.strip() for item in pole.split(",")] for pole in line.split("|")]
        words = [word for pole in poles for word in pole]
        assert all(words), line
        assert all(word == word.lower() and len(word.split()) <= 3 for word in words), line
        assert len(poles) in ((2, 3) if file == OPPOSITES else (1,)), line
        assert len(set(words)) == len(words), line


def test_opposition_goes_both_ways():
    opposites = load().opposites
    assert all(word in opposites[other] for word, others in opposites.items() for other in others)
