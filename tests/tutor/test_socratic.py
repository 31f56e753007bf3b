"""Hints lead to the answer and do not give it."""

import pytest

from index import Chunk
from tutor.asking import read_intent
from tutor.evidence import Evidence, choose_evidence
from tutor.gaps import GAP, stems
from tutor.navigate import map_evidence
from tutor.socratic import hint

QUESTIONS = [
    "What is LoRA?",
    "What is quantization?",
    "What is perplexity?",
    "What is overfitting?",
    "Why does LoRA save memory?",
    "Why are activation functions non-linear?",
    "How does RAG work?",
    "How does backpropagation work?",
    "LoRA vs QLoRA",
    "GPT versus BERT",
    "RAG or fine-tuning, what is the difference?",
    "Which quantization methods are there?",
    "What types of parallelism are there?",
    "What is a knowledge graph?",
    "How is BLEU computed?",
]


@pytest.fixture(scope="session")
def hinted(index):
    def made(question):
        kind = read_intent(question)
        evidence = choose_evidence(index, index.search(question, 10), kind, 6)
        return hint(question, kind, evidence, index.bm25.idf)

    return made


def by_hand(text, **fields):
    chunk = Chunk("d#0", "d", "Title", text, 0, len(text), ("Line", "Section"), "curriculum")
    return Evidence(text, chunk, (0, len(text)), 1.0, **fields)


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_is_left_out_is_nowhere_in_the_hint(hinted, question):
    made = hinted(question)
    assert made.hidden
    seen = stems(made.question.replace(GAP, " ")) | stems(made.where)
    for words in made.hidden:
        assert stems(words) - seen


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_passage_to_read_holds_what_is_left_out(index, hinted, question):
    made = hinted(question)
    for passage in made.read:
        assert index.texts.text(passage.chunk.document_id)[slice(*passage.span)] == passage.text
    text = " ".join(passage.text for passage in made.read)
    assert all(words in text for words in made.hidden)
    assert made.where.startswith("Read: ")


@pytest.mark.parametrize(
    ("question", "ask"),
    [
        ("What is LoRA?", "What belongs in the gaps?"),
        ("Why does LoRA save memory?", "What is the reason?"),
        ("How does backpropagation work?", "Which three are missing?"),
        ("LoRA vs QLoRA", "Before you compare"),
    ],
)
def test_the_kind_of_question_makes_the_hint(hinted, question, ask):
    assert ask in hinted(question).question


def test_a_comparison_asks_once_a_side(hinted):
    lines = [line for line in hinted("LoRA vs QLoRA").question.splitlines() if line[:2] == "- "]
    assert len(lines) == 2
    assert all(line.count(GAP) == 1 for line in lines)


def test_of_code_the_first_line_is_shown(hinted):
    made = hinted("Python code for LoRA with PEFT")
    assert made.question.count("```") == 2
    assert len(made.hidden) > 3
    assert not any(line.strip() in made.question for line in made.hidden if len(line.strip()) > 9)


@pytest.mark.parametrize("subject", ["perplexity", "softmax", "cosine similarity"])
def test_of_a_formula_the_left_side_is_shown(hinted, subject):
    made = hinted(f"What is the formula of {subject}?")
    (formula,) = made.hidden
    left, right = formula.strip("$").split("=", maxsplit=1)
    assert left.strip() in made.question
    assert right.strip() not in made.question
    assert made.question.count("$") % 2 == 0
    assert made.question.count("{") == made.question.count("}")


def test_the_way_over_the_map_is_to_be_found_on_it(index, names):
    question = "What should I know before fine-tuning?"
    made = hint(question, "path", map_evidence(question, index, names), index.bm25.idf)
    assert GAP in made.question
    assert "map" in made.where.lower()


def test_a_look_up_is_no_exercise():
    assert hint("Which book on maths?", "lookup", [by_hand("A book.")]) is None


def test_without_evidence_there_is_no_hint():
    assert hint("What is LoRA?", "definition", []) is None


def test_where_nothing_can_be_left_out_the_passage_is_named():
    made = hint("What is it?", "definition", [by_hand("It is what it is.")])
    assert made.hidden == ()
    assert made.question.endswith("?")
    assert made.where == "Read: Line > Section"
