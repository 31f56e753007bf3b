"""Questions that are several, taken apart; and those that look like several and are one."""

import pytest

from tutor.parts import MOST, split_question


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What is LoRA and how does QLoRA differ from it?",
            ("What is LoRA?", "How does QLoRA differ from LoRA?"),
        ),
        (
            "What is BM25? And when is dense retrieval better?",
            ("What is BM25?", "When is dense retrieval better?"),
        ),
        (
            "What is perplexity, how is it computed and when is it useful?",
            ("What is perplexity?", "How is perplexity computed?", "When is perplexity useful?"),
        ),
        ("Explain RLHF and tell me which book covers it.",
         ("Explain RLHF.", "Tell me which book covers RLHF.")),
        ("Define overfitting. How do I prevent it?",
         ("Define overfitting.", "How do I prevent overfitting?")),
        ("What's a reward model, and does DPO need one?",
         ("What's a reward model?", "Does DPO need reward model?")),
        ("What is BLEU; what is ROUGE?", ("What is BLEU?", "What is ROUGE?")),
        (
            "What is LoRA? What is QLoRA? How do they differ?",
            ("What is LoRA?", "What is QLoRA?", "How do LoRA and QLoRA differ?"),
        ),
        ("Where does LoRA go in the network and how many parameters does it add?",
         ("Where does LoRA go in the network?", "How many parameters does LoRA add?")),
        ("I am new here. What is a transformer and where should I start?",
         ("What is a transformer?", "Where should I start?")),
    ],
)  # fmt: skip
def test_each_part_stands_alone(names, question, parts):
    assert split_question(question, names) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between LoRA and QLoRA?",
        "What are precision and recall?",
        "How do data, tensor and pipeline parallelism differ?",
        "What is mixed precision and gradient checkpointing?",
        "Why and when is PEFT used?",
        "How does an LLM work with a knowledge graph and why?",
        "Which metric is faster and cheaper, BLEU or human evaluation?",
        "What should I learn before RAG and agents?",
        "Which index is fast and is used on CPUs?",
        "Which model is small and is a decoder?",
        "How can I speed up inference and reduce memory?",
        "I want to fine-tune a model. What is LoRA? Explain it in simple words.",
        "Parameters or hyperparameters, what is the difference? I always mix them up.",
        "hi! what is dpo? thanks",
        "lora qlora",
        "",
    ],
)
def test_one_question_stays_one_and_unchanged(names, question):
    assert split_question(question, names) == (question,)


@pytest.mark.parametrize(
    "question",
    [
        # "That" may be all that was said; nothing names what "it" is; a work's own traits.
        "What is RAG and why does that matter?",
        "What is frobnication and how does it work?",
        "Is there a tutorial on DPO, and what model does it reproduce?",
        "Is RAG better than fine-tuning and which station covers it?",
        "Should I use RAG or fine-tune? What is each one good for?",
        "What went wrong and what is the cure?",
    ],
)
def test_a_question_whose_parts_lean_on_each_other_stays_whole(names, question):
    assert split_question(question, names) == (question,)


def test_more_questions_than_allowed_are_left_in_the_last_part(names):
    parts = split_question("What is GGUF? What is GPTQ? What is AWQ? What is HQQ?", names)
    assert len(parts) == MOST
    assert parts[-1] == "What is AWQ? What is HQQ?"
