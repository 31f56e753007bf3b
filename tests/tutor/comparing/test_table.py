"""Two things side by side: a table of quotations."""

import re

import pytest

from index import Chunk
from tutor.check import check_sentence
from tutor.comparing.aspects import aspect
from tutor.comparing.naming import Side
from tutor.comparing.sides import find_sides
from tutor.comparing.statements import compared, meaning
from tutor.comparing.table import Cell, Row, Table, beside, joints, table
from tutor.evidence import Evidence


@pytest.fixture(scope="session")
def compare(index, names):
    def made(question):
        found = index.search(question, 10)
        sides = find_sides(found.query.text, names, index.catalogue)
        evidence = compared(index, found, sides)
        return table(sides, evidence, meaning(index, sides), index.bm25.idf)

    return made


QUESTIONS = [
    "LoRA vs QLoRA",
    "difernce lora qlora",
    "How does HNSW relate to IVF?",
    "encoder-only vs decoder-only",
    "quantization versus distillation",
    "Chain-of-thought versus tree of thoughts?",
    "LoRA vs QLoRA vs full fine-tuning",
    "What is the difference between DPO and PPO?",
    "RAG or fine-tuning?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_cell_is_a_quotation_that_the_check_lets_out(index, compare, question):
    made = compare(question)
    assert 3 <= len(made.rows) <= 5
    for cell in [cell for row in made.rows for cell in row.cells if cell]:
        text, (start, end) = index.texts.text(cell.evidence.chunk.document_id), cell.evidence.span
        assert text[start:end] == cell.text == cell.evidence.text
        assert check_sentence(cell.text, [cell.evidence.text]).support == "supported"


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_side_is_spoken_of_and_nothing_twice(compare, question):
    made = compare(question)
    for column in zip(*(row.cells for row in made.rows), strict=True):
        said = [cell.text for cell in column if cell]
        assert len(said) >= 2
        assert len(said) == len(set(said))


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_aspect_is_words_of_the_passages_or_a_kind_of_row(compare, question):
    kinds = {"in short", "used for", "why", "limits"}
    for row in [row for row in compare(question).rows if row.aspect not in kinds]:
        held = " ".join(f"{c.text} {c.evidence.chunk.path[-1]}" for c in row.cells if c)
        assert all(word in held for word in row.aspect.replace("…", " ").split())


def test_the_two_statements_of_a_contrast_stand_side_by_side(compare):
    cells = [tuple(c.text for c in row.cells) for row in compare("LoRA vs QLoRA").rows]
    assert (
        "LoRA normally keeps the frozen base model in 16 bits",
        "QLoRA stores the frozen base model in 4 bits.",
    ) in cells


def test_typos_and_keywords_find_the_same(compare):
    assert compare("difernce lora qlora").sides == ("LoRA", "QLoRA")
    assert "frozen base model" in {row.aspect for row in compare("difernce lora qlora").rows}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_two_rows_are_about_the_same(compare, question):
    aspects = [row.aspect[:5] for row in compare(question).rows if row.aspect]
    assert len(aspects) == len(set(aspects))


def test_every_side_has_what_it_is_and_what_it_is_for(compare):
    short, used, *_ = compare("chain of thought vs tree of thoughts vs self-consistency").rows
    assert short.aspect == "in short"
    assert all(short.cells)
    assert all(cell.evidence.chunk.leads for cell in short.cells)
    assert all(used.cells)


def test_to_choose_one_wants_to_know_first_what_each_is_for(index, names):
    found = index.search("RAG or fine-tuning?", 10)
    sides = find_sides(found.query.text, names, index.catalogue)
    evidence = compared(index, found, sides)
    made = table(sides, evidence, meaning(index, sides), index.bm25.idf, choice=True)
    assert made.rows[1].aspect == "used for"
    assert all("better choice" in cell.text for cell in made.rows[1].cells)


def test_what_is_said_of_two_stands_in_both_columns(compare):
    made = compare("GPTQ vs AWQ vs GGUF")
    both = [row.cells for row in made.rows if row.cells[0] and "AWQ" in row.cells[0].text]
    assert both
    assert all(one == other for one, other, _ in both)


@pytest.mark.parametrize(
    "question", ["distinguish bagging from boosting", "WordPiece vs BPE", "red vs blue"]
)
def test_few_points_make_no_table(compare, question):
    assert compare(question) is None


def test_a_cell_holds_no_pipe_and_no_block(index, names):
    sides = (Side("L1", frozenset({("l1",)})), Side("L2", frozenset({("l2",)})))
    texts = ["L1 is a norm that adds $|w|$.", "L2 is a norm of squares.", "```python\nL1 = 1\n```"]
    evidence = [Evidence(t, _chunk(t), (0, len(t)), 1.0) for t in texts]
    assert table(sides, evidence, lambda e: None, index.bm25.idf) is None


def _chunk(text, heading="About"):
    return Chunk("d#0", "d", "T", text, 0, len(text), ("P", heading), "curriculum", "t/x")


def _table(*rows, sides=("A", "B")):
    def cell(text):
        return Cell(text, Evidence(text, _chunk(text), (0, len(text)), 1.0)) if text else None

    return Table(sides, tuple(Row(name, tuple(map(cell, texts))) for name, *texts in rows))


def written(made):
    cells, closing = joints(made)
    return "".join(f"{before}{cell.text} [1]" for before, cell in cells) + closing


def test_the_pieces_are_a_table_in_markdown():
    made = _table(
        ("memory", "A needs much.", "B needs little."),
        ("", None, "B is old."),
        ("x", "A is new.", None),
    )
    text = written(made)
    assert text.splitlines() == [
        "| | A | B |",
        "| --- | --- | --- |",
        "| memory | A needs much. [1] | B needs little. [1] |",
        "|  |  | B is old. [1] |",
        "| x | A is new. [1] |  |",
    ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_line_has_as_many_cells(compare, question):
    made = compare(question)
    text = written(made)
    assert {line.count("|") for line in text.splitlines()} == {len(made.sides) + 2}


def test_a_side_brings_no_markup_of_its_own():
    made = _table(("", "A is.", "B is."), sides=("<img src=x>", "B|C\n# [d](e)"))
    head = joints(made)[0][0][0].splitlines()[0]
    assert not re.search(r"[<>\[\]\n]", head)
    assert head.count("|") == 4


def test_what_the_table_does_not_hold_stands_beside():
    made = _table(("", "A freezes weights", "B trains weights."))
    whole = "A freezes weights, whereas B trains weights."
    other = "Both save memory on small cards."
    evidence = [Evidence(t, _chunk(t), (0, len(t)), 1.0) for t in (whole, other)]
    assert [e.text for e in beside(made, evidence)] == [other]


def test_an_aspect_is_a_noun_that_both_share(index):
    sides = (Side("HNSW", frozenset({("hnsw",)})), Side("IVF", frozenset({("ivf",)})))
    texts = ["HNSW needs extra memory for its links", "IVF needs little extra memory"]
    context = ["HNSW trades the extra memory for speed."]
    assert aspect(texts, sides, index.bm25.idf, context) == "extra memory"
    assert aspect(["HNSW walks", "IVF searches"], sides, index.bm25.idf, context) == ""
    shared = {"memori", "extra"}
    assert aspect(texts, sides, index.bm25.idf, context, shared) == ""
    assert aspect(["HNSW needs $x$ bits", "IVF needs $x$ bytes"], sides, lambda s: 9.0, []) == ""
