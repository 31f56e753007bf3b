"""Sentences with exact offsets."""

import re

import pytest

from index.sentences import sentence_spans, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("\n \n", []),
        ("LoRA", ["LoRA"]),
        ("LoRA is small. QLoRA is smaller.", ["LoRA is small.", "QLoRA is smaller."]),
        ("Is it? Yes! No.", ["Is it?", "Yes!", "No."]),
        ("One has 3.5 billion. Two has v2.0.", ["One has 3.5 billion.", "Two has v2.0."]),
        ("Use adapters, e.g. LoRA. End.", ["Use adapters, e.g. LoRA.", "End."]),
        ("Dr. Hu et al. (2022) found LoRA. End.", ["Dr. Hu et al. (2022) found LoRA.", "End."]),
        ("See Fig. 3 vs. Fig. 4. End.", ["See Fig. 3 vs. Fig. 4.", "End."]),
        ("Call model.fit() first. End.", ["Call model.fit() first.", "End."]),
        ("“A word.” Another.", ["“A word.”", "Another."]),
        ("这是第一句。这是第二句。", ["这是第一句。", "这是第二句。"]),
    ],
)
def test_line_is_cut_at_its_sentences(text, sentences):
    assert split_sentences(text) == sentences


def test_line_break_ends_a_sentence():
    assert split_sentences("A heading\nA sentence.\n") == ["A heading", "A sentence."]


@pytest.mark.parametrize("bullet", ["-", "*", "+", "1.", "12)"])
def test_bullet_is_no_part_of_its_sentence(bullet):
    assert split_sentences(f"{bullet} One. Two.\n  {bullet} Three.") == ["One.", "Two.", "Three."]


def test_negative_number_is_no_bullet():
    assert split_sentences("-1 is less than 0.") == ["-1 is less than 0."]


@pytest.mark.parametrize(
    "block",
    ["```python\na = 1. b\n\n# c\n```", "~~~\nOne. Two.\n~~~", "$$\nx = 1.\ny = 2.\n$$"],
)
def test_code_and_formulas_are_one_sentence(block):
    assert split_sentences(f"Before.\n{block}\nAfter.") == ["Before.", block, "After."]


def test_fence_that_is_never_closed_keeps_the_rest_together():
    assert split_sentences("Before.\n```\nOne. Two.") == ["Before.", "```\nOne. Two."]


def test_spans_count_from_the_beginning_of_the_whole_text():
    text = "No. 𝑥 Yes. No."
    assert sentence_spans(text, 4, 10) == [(4, 10)]
    assert text[4:10] == "𝑥 Yes."


def test_nothing_of_the_curriculum_is_lost_between_its_sentences(curriculum):
    for document in curriculum.documents:
        for section in document.sections:
            spans = sentence_spans(document.text, section.start, section.end)
            edges = [section.start, *(edge for span in spans for edge in span), section.end]
            assert edges == sorted(edges)
            gaps = zip(edges[::2], edges[1::2], strict=True)
            between = [document.text[left:right] for left, right in gaps]
            assert [gap for gap in between if not re.fullmatch(r"\s*(-\s+)?", gap)] == []


def test_sentences_of_the_curriculum_have_no_white_space_at_their_ends(curriculum):
    for document in curriculum.documents:
        for section in document.sections:
            for left, right in sentence_spans(document.text, section.start, section.end):
                assert not document.text[left].isspace()
                assert not document.text[right - 1].isspace()


@pytest.mark.parametrize(
    "text",
    ["DeepLearning.AI offers short courses.", "In March 2024, Answer.AI combined QLoRA with FSDP."],
)
def test_name_with_a_full_stop_is_not_cut(text):
    assert split_sentences(text) == [text]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("The memory delivers 2000 GB/s.", "Quantization helps CPU inference."),
        ("A demo ran at transformer.huggingface.co.", "Data-centric AI improves the data."),
    ],
)
def test_unit_or_address_ends_a_sentence(first, second):
    assert split_sentences(f"{first} {second}") == [first, second]


@pytest.mark.parametrize("text", ["  ```\n  code\n  ```\n", "```\nnever closed\n\n"])
def test_block_leaves_out_white_space_at_its_ends(text):
    assert split_sentences(text) == [text.strip()]


def test_other_fence_inside_code_does_not_end_it():
    # CommonMark 4.5: the closing fence is of the same character as the opening one.
    text = "~~~\n```\nOne. Two.\n~~~"
    assert split_sentences(text) == [text]


def test_shorter_fence_inside_code_does_not_end_it():
    text = "````markdown\n```python\nmelt()\n```\n````"
    assert split_sentences(f"{text}\nAfter.") == [text, "After."]


def test_no_sentence_of_the_curriculum_is_a_fragment(curriculum):
    sentences = [
        sentence
        for document in curriculum.documents
        if document.kind == "curriculum"
        for section in document.sections
        for sentence in split_sentences(document.text[section.start : section.end])
    ]
    assert [sentence for sentence in sentences if len(sentence.split()) < 5] == []
