"""Questions that are several, taken apart; and those that look like several and are one."""

import pytest

from tutor.asking.parts import MOST, split_question


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
        ("What is BLEU, what is ROUGE and when do I use which?",
         ("What is BLEU?", "What is ROUGE?", "When do I use BLEU and when ROUGE?")),
        ("What is a jailbreak? How does it differ from prompt injection? How do I defend against "
         "both?",
         ("What is a jailbreak?", "How does jailbreak differ from prompt injection?",
          "How do I defend against jailbreak and prompt injection?")),
        ("Explain RLHF, DPO and PPO. Which of these is the simplest?",
         ("Explain RLHF, DPO and PPO.", "Which of RLHF, DPO and PPO is the simplest?")),
        ("How do GPTQ and AWQ work and when should I prefer one over the other?",
         ("How do GPTQ and AWQ work?", "When should I prefer GPTQ over AWQ?")),
        ("What's the difference between RAG and fine-tuning, which is cheaper and which one is "
         "better for private data?",
         ("What's the difference between RAG and fine-tuning?",
          "Which is cheaper, RAG or fine-tuning?",
          "Which one is better for private data, RAG or fine-tuning?")),
        # Neither is a name of the curriculum, but the question says what it asks for.
        ("What are precision and recall? When does each matter?",
         ("What are precision and recall?", "When does each of precision and recall matter?")),
        ("What is LoRA and what rank should I choose?",
         ("What is LoRA?", "What rank should I choose (LoRA)?")),
        # Declined by itself, and said so.
        ("What is DPO? What is the capital of France?",
         ("What is DPO?", "What is the capital of France?")),
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
        # "That" may be all that was said; a work's own traits.
        "What is RAG and why does that matter?",
        "Is there a tutorial on DPO, and what model does it reproduce?",
        "Is RAG better than fine-tuning and which station covers it?",
        "Should I use RAG or fine-tune? What is each one good for?",
        "What went wrong and what is the cure?",
    ],
)
def test_a_question_whose_parts_lean_on_each_other_stays_whole(names, question):
    assert split_question(question, names) == (question,)


def test_a_part_that_cannot_stand_alone_stays_with_the_one_before(names):
    assert split_question("What is HNSW? What is RAG? Why does that matter?", names) == (
        "What is HNSW?",
        "What is RAG? Why does that matter?",
    )


def test_an_abbreviation_ends_no_sentence(names):
    question = "Why are transformers preferred over RNNs, i.e. how do the two compare?"
    assert split_question(question, names) == (question,)


def test_more_questions_than_allowed_are_left_in_the_last_part(names):
    parts = split_question("What is GGUF? What is GPTQ? What is AWQ? What is HQQ?", names)
    assert len(parts) == MOST
    assert parts[-1] == "What is AWQ? What is HQQ?"
