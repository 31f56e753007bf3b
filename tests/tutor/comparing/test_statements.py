"""Sentences that speak of the sides of a comparison."""

import numpy as np
import pytest

from index.search import Scope
from tutor.comparing.sides import find_sides
from tutor.comparing.statements import begins_with, compared, halves, meaning, settled, subject


@pytest.fixture
def lora(index, names):
    return find_sides("LoRA vs QLoRA", names, index.catalogue)


CONTRAST = "LoRA keeps the base model in 16 bits, whereas QLoRA keeps the base model in 4 bits."


def test_a_contrast_has_two_whole_statements(lora):
    assert halves(CONTRAST, lora) == {
        0: "LoRA keeps the base model in 16 bits",
        1: "QLoRA keeps the base model in 4 bits.",
    }


@pytest.mark.parametrize(
    "text",
    [
        "LoRA saves memory.",
        "LoRA saves memory, whereas DoRA learns magnitudes.",  # one side
        "LoRA and QLoRA freeze weights, whereas full fine-tuning does not.",  # both in one
        "LoRA is small, whereas QLoRA is smaller, whereas nothing is smallest.",
        "",
    ],
)
def test_other_sentences_contrast_no_two_sides(lora, text):
    assert halves(text, lora) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In LoRA the weights stay.", 0),
        ("The QLoRA paper is by Dettmers, unlike LoRA's.", 1),
        ("Full LoRA is a word of its own.", None),
        ("The LoRA OS is another thing.", None),
        ("Nothing.", None),
    ],
)
def test_what_a_sentence_begins_with(lora, text, expected):
    assert begins_with(text, lora) == expected


def test_what_corrects_an_error_contrasts_nothing(lora):
    text = "A misconception is that LoRA is slow, whereas QLoRA is in fact slower."
    assert halves(text, lora) == {}


def test_a_statement_about_two_sides_is_said_of_both(index, names):
    three = find_sides("GPTQ vs AWQ vs GGUF", names, index.catalogue)
    text = "GPTQ and AWQ are methods, whereas GGUF is a file format."
    assert halves(text, three) == {
        0: "GPTQ and AWQ are methods",
        1: "GPTQ and AWQ are methods",
        2: "GGUF is a file format.",
    }


def test_a_long_form_before_the_name_is_the_name(index, names):
    found = find_sides("ReLU vs tanh", names, index.catalogue)
    assert begins_with("The Rectified Linear Unit (ReLU) returns a number.", found) == 0


def test_a_word_of_its_own_does_not_begin_a_compound(index, names):
    found = find_sides("precision vs recall", names, index.catalogue)
    assert begins_with("Recall measures what was found.", found) == 1
    assert begins_with("Recall rate is a word of its own.", found) is None


def test_the_whole_name_goes_before_the_word_alone(index, names):
    question = "direct vs indirect prompt injection"
    found = index.search(question, 10)
    direct, _ = settled(find_sides(question, names, index.catalogue), found)
    assert direct.keys == {("direct", "prompt", "inject")}


def test_a_subject_stands_early_and_alone(lora):
    assert subject("Training with QLoRA needs little memory.", lora) == 1
    assert subject("Training of a very large model may use QLoRA.", lora) is None
    assert subject("LoRA and QLoRA save memory.", lora) is None


def test_both_sides_are_spoken_of_best_first(index, lora):
    evidence = compared(index, index.search("LoRA vs QLoRA", 10), lora)
    assert {begins_with(e.text, lora) for e in evidence} >= {0, 1}
    assert any(halves(e.text, lora) for e in evidence)
    assert [e.score for e in evidence] == sorted((e.score for e in evidence), reverse=True)
    for e in evidence:
        assert index.texts.text(e.chunk.document_id)[slice(*e.span)] == e.text


def test_a_side_that_is_only_a_word_is_searched_for(index, names):
    sides = find_sides("zero-shot vs few-shot", names, index.catalogue)
    assert sides[0].topics == ()
    evidence = compared(index, index.search("zero-shot vs few-shot", 1), sides)
    assert any(begins_with(e.text, sides) == 0 for e in evidence)


def test_nothing_found_gives_nothing(index, lora):
    found = index.search("LoRA vs QLoRA", 10, Scope(("mine",)))
    assert compared(index, found, lora) == []


def test_what_is_said_is_near_though_the_names_differ(index, lora):
    evidence = compared(index, index.search("LoRA vs QLoRA", 10), lora)
    memory = [e for e in evidence if "saves memory because" in e.text]
    born = [e for e in evidence if "was introduced by" in e.text]
    assert len(memory) >= 2
    one, two, other = meaning(index, lora)([*memory[:2], born[0]])
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert one @ two > one @ other
