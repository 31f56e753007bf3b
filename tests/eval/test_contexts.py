"""The passages that should have been found."""

from __future__ import annotations

from eval.contexts import reference_contexts
from eval.golden import load
from eval.splits import SPLITS


def test_texts_of_the_topics_in_the_order_of_the_question(make_question):
    keys = ["rag/rag-overview", "supervised-fine-tuning/lora"]
    one, other = reference_contexts(make_question("a", sections=keys))
    assert "retriev" in one.lower()
    assert "low-rank" in other
    assert reference_contexts(make_question("a", sections=keys[::-1])) == [other, one]


def test_a_topic_is_its_own_text_and_not_its_neighbours(make_question, curriculum):
    (text,) = reference_contexts(make_question("a", sections=["supervised-fine-tuning/lora"]))
    (document,) = [d for d in curriculum.documents if d.id.endswith("-supervised-fine-tuning.md")]
    others = [s for s in document.sections if s.topic and s.topic != "lora"]
    assert all(part in document.text for part in text.split("\n\n"))
    assert others
    assert not any(document.text[s.start : s.end].strip() in text for s in others)


def test_of_references_and_unknown_topics_no_text_is_known(make_question):
    question = make_question(
        "a", sections=["supervised-fine-tuning/none"], urls=["https://a.example/"]
    )
    assert reference_contexts(question) == []


def test_every_topic_of_a_golden_question_has_a_text():
    for split in SPLITS:
        for question in load(split):
            texts = reference_contexts(question)
            assert len(texts) == len(question.sections), question.id
            assert all(len(text) > 40 for text in texts), question.id
