"""An answer to a comparison: a table, or what tells the sides apart."""

import pytest

from tutor.comparing.sidebyside import offers_choice, side_by_side, sides_of
from tutor.comparing.statements import contrasts
from tutor.evidence import choose_evidence


@pytest.fixture(scope="session")
def told(index, names):
    def made(question):
        found = index.search(question, 10)
        chosen = choose_evidence(index, found, "comparison", 6)
        return side_by_side(index, found, names, chosen, 6)

    return made


@pytest.mark.parametrize(
    ("question", "both"),
    [
        ("covariance vs correlation", ("Covariance", "correlation")),
        ("How does L1 regularization differ from L2?", ("L1", "L2")),
        ("greedy decoding versus beam search", ("Greedy", "beam search")),
        ("Pandas vs NumPy", ("NumPy", "pandas")),
        ("cosine similarity vs dot product", ("Cosine similarity", "dot product")),
        ("perplexity vs accuracy", ("Perplexity", "accuracy")),
    ],
)
def test_the_sentence_that_contrasts_both_leads(told, question, both):
    answer = told(question)
    assert answer.table is None
    assert contrasts(answer.evidence[0].text)
    assert all(name in answer.evidence[0].text for name in both)


@pytest.mark.parametrize(
    ("question", "opening"),
    [
        ("temperature vs top p", ("Temperature", "Top-p")),
        ("direct vs indirect prompt injection", ("direct", "indirect")),
        ("L2 regularization vs dropout", ("L2", "Dropout")),
    ],
)
def test_without_a_contrast_each_side_is_introduced_in_order(told, question, opening):
    first, second, *_ = told(question).evidence
    assert opening[0] in first.text
    assert opening[1] in second.text


def test_lists_of_the_sides_say_nothing(told):
    said = [e.text for e in told("L2 regularization vs dropout").evidence]
    assert not any(text.startswith("Common regularization techniques are") for text in said)


def test_beside_a_table_no_fourth_thing_is_contrasted(told):
    answer = told("LoRA vs DoRA vs full fine-tuning")
    assert answer.table
    assert not any("QLoRA" in e.text for e in answer.evidence)


def test_what_no_passage_speaks_of_is_named(told):
    answer = told("pandas vs polars")
    assert answer.unspoken == ("polars",)
    assert all("pandas" in e.text.lower() for e in answer.evidence)


def test_words_that_nothing_is_said_of_are_not_answered_with_something_near(told):
    assert told("difference between precision and recall").evidence == []


def test_a_question_without_sides_keeps_its_sentences(told, index):
    answer = told("What is LoRA?")
    assert answer.table is None
    assert answer.evidence


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Should I use full fine-tuning or LoRA?", True),
        ("PPO or DPO for alignment?", True),
        ("Is BM25 better or a dense retriever?", True),
        ("What is RAG or retrieval-augmented generation?", False),
        ("Why is BERT an encoder or a decoder?", False),
        ("What is LoRA?", False),
    ],
)
def test_a_choice_is_offered(question, expected):
    assert offers_choice(question) is expected


def test_everyday_words_are_led_to_what_the_topic_compares(index, names):
    question = "should i teach the model my docs or just look them up at question time"
    sides = sides_of(index, index.search(question, 10), names)
    assert [side.name for side in sides] == ["RAG", "Fine-Tuning"]
