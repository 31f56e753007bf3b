"""What the starter gets to read: the files of the curriculum, and what each stretch holds."""

import pytest

from eval.contexts import reference_contexts
from eval.golden import answerable, load
from eval.systems.starter_texts import Mark, Text, plain_texts


@pytest.fixture(scope="module")
def texts(curriculum):
    return {text.id: text for text in plain_texts(curriculum.documents)}


def test_every_file_and_one_list_of_references(texts, curriculum):
    files = {document.id for document in curriculum.documents if document.kind == "curriculum"}
    assert set(texts) == files | {"curriculum/references"}


def test_front_matter_is_left_out(texts):
    for text in texts.values():
        assert not text.text.startswith("---")
        assert "asked_as:" not in text.text


def test_marks_stand_where_the_loader_has_the_sections(texts, curriculum):
    for document in curriculum.documents:
        if document.kind != "curriculum":
            continue
        text = texts[document.id]
        held = [text.text[mark.start : mark.end] for mark in text.marks]
        assert held == [document.text[s.start : s.end] for s in document.sections]


def test_keys_are_those_of_the_golden_questions(texts):
    keys = {key for text in texts.values() for mark in text.marks for key in mark.keys}
    questions = [q for q in answerable(load("dev")) if reference_contexts(q)]
    assert questions
    assert {key for question in questions for key in question.sections} <= keys


def test_the_list_holds_every_address_where_its_mark_says(texts, curriculum):
    listed = texts["curriculum/references"]
    assert len(listed.marks) == len(curriculum.references)
    for mark in listed.marks:
        assert mark.keys[0] in listed.text[mark.start : mark.end]


def test_a_stretch_holds_what_it_overlaps():
    marks = (Mark(0, 10, ("a",), "A"), Mark(10, 20, ("b",), "B"), Mark(20, 30, ("c",), "C"))
    text = Text("id", "Title", "curriculum", 7, "x" * 30, marks)
    assert [mark.section for mark in text.held(9, 20)] == ["A", "B"]
    assert [mark.section for mark in text.held(10, 20)] == ["B"]
    assert text.held(10, 10) == []
