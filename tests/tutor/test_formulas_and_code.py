"""Formulas and code come through an answer as the curriculum has them."""

import re

import pytest

from index.search import EVERYWHERE
from tutor.check import check_sentence
from tutor.evidence import Evidence
from tutor.run import Run

_FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
FORMULAS = {
    "perplexity": r"\mathrm{PPL}",
    "scaled dot-product attention": r"\mathrm{softmax}",
    "the DPO loss": r"\pi_{\mathrm{ref}}",
    "cosine similarity": r"\frac{a \cdot b}",
    "the distillation loss": r"\mathrm{KL}",
    "affine quantization": r"\mathrm{round}",
    "softmax": r"e^{z_i}",
    "cross-entropy loss": r"-\log p",
    "the Euclidean norm": r"\sqrt",
    "Bayes' theorem": "P(",
}
CODE = {
    "LoRA with PEFT": "LoraConfig",
    "a multilayer perceptron in PyTorch": "nn.",
    "tool use": "```",
    "a DSPy program": "dspy",
    "a Gradio demo": "gradio",
    "a ReAct prompt": "Thought:",
    "a vLLM server": "vllm",
    "local deployment with Ollama": "ollama",
    "scikit-learn": "sklearn",
    "a knowledge graph query": "```",
}


@pytest.fixture(scope="session")
def sentences(index):
    """Every sentence of the curriculum that is or holds a formula or code."""
    return [
        Evidence(text, chunk, span, 1.0)
        for _, chunk in index.texts.every_chunk()
        if chunk.kind == "curriculum"
        for span in chunk.sentences
        if "$" in (text := chunk.sentence(span)) or "`" in text
    ]


def spoken(*evidence):
    run = Run("?", None, EVERYWHERE, "quotation", "index", check_sentence)
    for item in evidence:
        run.say(item.text, [item])
    return run.finish("answered", run.text())


def test_there_are_enough_to_tell(sentences):
    assert sum(e.text.startswith("```") for e in sentences) >= 10
    assert sum("$" in e.text for e in sentences) >= 100


def test_all_are_whole_and_verbatim(index, sentences):
    for item in sentences:
        assert index.texts.text(item.chunk.document_id)[slice(*item.span)] == item.text
        assert item.text.count("```") in (0, 2), item.text
        assert item.text.replace("\\$", "").count("$") % 2 == 0 or "```" in item.text, item.text
        for formula in _FORMULA.findall(item.text) if "```" not in item.text else ():
            assert formula.count("{") == formula.count("}"), formula


def test_the_check_lets_all_out(sentences):
    for item in sentences:
        assert check_sentence(item.text, [item.text]).support == "supported", item.text


def test_no_marker_stands_inside(sentences):
    for item in sentences:
        answer = spoken(item).answer
        assert answer.startswith(item.text)
        assert answer.removeprefix(item.text).strip() == "[1]"


def test_a_block_stands_by_itself(sentences):
    block = next(e for e in sentences if e.text.startswith("```"))
    before, after = [e for e in sentences if not e.text.startswith("```")][:2]
    answer = spoken(before, block, after).answer
    assert f"[1]\n\n{block.text}\n[2]\n\n{after.text} [3]" in answer


@pytest.mark.parametrize("subject", FORMULAS)
def test_a_formula_that_is_asked_for_comes_whole(quoting, subject):
    answer = quoting.ask(f"What is the formula of {subject}?")
    formulas = [f for s in answer.sentences for f in _FORMULA.findall(s.text)]
    assert any(FORMULAS[subject] in formula for formula in formulas)
    assert all(formula in answer.answer for formula in formulas)
    assert all(c.quote in answer.answer for c in answer.citations)


@pytest.mark.parametrize("subject", CODE)
def test_code_that_is_asked_for_comes_whole(quoting, subject):
    answer = quoting.ask(f"Show me code for {subject}")
    blocks = [s.text for s in answer.sentences if s.text.startswith("```")]
    assert any(CODE[subject] in block for block in blocks)
    for block in blocks:
        assert block.endswith("```")
        assert f"\n\n{block}\n[" in f"\n\n{answer.answer}"
