"""The sentences an answer is made of."""

import pytest

from index import Chunk
from index.lexical import terms
from tutor.evidence import Evidence, choose_evidence, in_reading_order


def chosen(question, index, kind="definition", count=6, sides=()):
    return choose_evidence(index, index.search(question, 10), kind, count, sides)


def sentence(text, chunk_id, topic, start, score=1.0):
    """A piece of evidence by hand: only its place and score matter."""
    end = start + len(text)
    chunk = Chunk(chunk_id, "a.md", "Title", text, start, end, (), "curriculum", topic=topic)
    return Evidence(text, chunk, (start, end), score)


@pytest.mark.parametrize("count", [1, 3, 6])
def test_as_many_as_wanted(index, count):
    assert len(chosen("What is LoRA?", index, count=count)) == count


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is LoRA?", "definition"),
        ("Why is quantization used?", "why"),
        ("How does self-attention work?", "how"),
        ("Show the formula of attention", "other"),
    ],
)
def test_every_sentence_is_verbatim_and_of_a_hit(index, question, kind):
    hits = {hit.chunk.id for hit in index.search(question, 10).hits}
    for evidence in chosen(question, index, kind):
        start, end = evidence.span
        assert index.texts.text(evidence.chunk.document_id)[start:end] == evidence.text
        assert evidence.span in evidence.chunk.sentences
        assert evidence.chunk.id in hits


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("What is LoRA?", "LoRA (Low-Rank Adaptation) is "),
        ("What is HNSW?", "HNSW (Hierarchical Navigable Small World"),
        ("What is self-attention?", "Self-attention is "),
        ("What is DPO?", "DPO (Direct Preference Optimization) is "),
    ],
)
def test_a_definition_opens_the_answer(index, question, opening):
    assert chosen(question, index)[0].text.startswith(opening)


def test_no_two_sentences_say_the_same(index):
    texts = [set(terms(e.text)) for e in chosen("What is quantization?", index, count=12)]
    for position, one in enumerate(texts):
        for other in texts[:position]:
            assert len(one & other) / len(one | other) < 0.7


def test_both_sides_of_a_comparison_are_defined(index):
    sides = ("supervised-fine-tuning/lora", "supervised-fine-tuning/qlora")
    evidence = chosen("LoRA vs QLoRA", index, "comparison", sides=sides)
    opened = {e.chunk.topic for e in evidence if e.chunk.leads and e.span == e.chunk.sentences[0]}
    assert opened.issuperset(sides)


@pytest.mark.parametrize(
    ("question", "code"),
    [("What is a DSPy program?", False), ("Python code for a DSPy program", True)],
)
def test_code_is_for_those_who_ask(index, question, code):
    blocks = [e for e in chosen(question, index, "other") if e.text.startswith("```")]
    assert bool(blocks) == code


def test_reading_order_is_by_topic_of_the_best_then_by_place():
    lora_late = sentence("LoRA has a rank.", "d#1", "lora", 50, score=2.0)
    dora = sentence("DoRA splits weights.", "d#3", "dora", 100)
    lora_early = sentence("LoRA freezes weights.", "d#0", "lora", 10)
    assert in_reading_order([lora_late, dora, lora_early]) == [lora_early, lora_late, dora]


def test_nothing_found_gives_no_evidence(index):
    found = index.search("What is LoRA?", 10)
    assert choose_evidence(index, type(found)(found.query, ()), "definition", 6) == []
