"""False premises are corrected from the curriculum; true ones never."""

import pytest

from tutor.evidence import Evidence
from tutor.premises.premise import Premises


@pytest.fixture(scope="module")
def premises(index, names):
    return Premises(index, names)


@pytest.mark.parametrize(
    ("question", "correction"),
    [
        # What the curriculum calls a misconception.
        ("Why does LoRA update all the weights of the model?", "LoRA freezes the base weights"),
        ("Since FlashAttention only approximates attention, how much accuracy does it cost?",
         "same result"),
        ("How does RAG eliminate hallucinations completely?", "can still misread"),
        ("Why does RLHF ask a human at each training step?", "reward model"),
        ("Why does a bigger model never hallucinate?", "still hallucinate"),
        # The opposite of the same.
        ("Why is a model with higher perplexity the better one?", "ower perplexity"),
        ("Why do all activation functions have to be linear?", "non-linear"),
        ("Why is a higher perplexity a sign of a better language model?", "ower perplexity"),
        # Of another class.
        ("Since BERT is a decoder-only model, how does it generate text?", "encoder-only"),
        ("Why is BERT decoder-only?", "encoder-only"),
        ("Since GPT is an encoder-only model, how does it write text?", "decoder-only models are"),
        ("Why is T5 a decoder-only Transformer?", "encoder-decoder"),
        ("Why is BM25 a dense retrieval method?", "Sparse retrieval with BM25"),
        # "No", or something instead.
        ("Why does ORPO need a reference model?", "no reference model"),
        ("How does prompt tuning change the words of the prompt?", "instead of the words"),
        ("Why does L2 regularization make many weights exactly zero?", "without making them"),
        # Another figure.
        ("Since tanh outputs values between 0 and 1, is it a probability?", "between -1 and 1"),
        ("Why does QLoRA quantize the adapters to 4 bits?", "16-bit"),
        # A saving that is a cost.
        ("Why does the KV cache reduce memory use?", "trades memory for speed"),
        # What does without.
        ("How large should the separate reward model be that DPO trains first?", "reward model"),
        # What stays as it is.
        ("Why does in-context learning update the weights of the model?", "weights"),
        # Of the counterpart.
        ("Why do bi-encoders read query and passage together?", "cross-encoder"),
        # Another number, year, maker.
        ("Why does RLHF have seven stages?", "three stages"),
        ("Why does the map have 25 stations?", "18 stations"),
        ("Why was the transformer introduced in 2012?", "2017"),
        ("Which team at Google invented Constitutional AI?", "Anthropic"),
        ("Why did OpenAI invent LoRA?", "Microsoft"),
        # The order of the stations.
        ("Why do I have to finish station 11 before I may start station 12?", "station 3"),
        ("Why do I need RLHF before I can learn RAG?", "station 13"),
    ],
)  # fmt: skip
def test_a_false_premise_is_corrected(premises, question, correction):
    found = premises.correction(question)
    assert found is not None
    assert correction in found.text


@pytest.mark.parametrize(
    "question",
    [
        "Why does LoRA freeze the base weights?",
        "Why does full fine-tuning update all the weights?",
        "How many parameters does LoRA train?",
        "How does RAG reduce hallucinations?",
        "Why do larger models still hallucinate?",
        "Why does DPO need no reward model?",
        "Why does QLoRA store the base model in 4 bits?",
        "Why is a lower perplexity better?",
        "Why does a higher temperature make the output more varied?",
        "Why must activation functions be non-linear?",
        "Why does in-context learning leave the weights unchanged?",
        "Why do cross-encoders read query and passage together?",
        "Why does RLHF have three stages?",
        "Why does the map have 18 stations?",
        "Why was the transformer introduced in 2017?",
        "Why did Anthropic develop Constitutional AI?",
        "Why do I have to finish station 3 before I can start station 12?",
        "Why does correlation not prove causation?",
        "Why do more GPUs not shorten training in proportion?",
        "Why is the learning rate a hyperparameter?",
        "How does GPT generate one token after another?",
        "Since FlashAttention is exact, why is it faster?",
        "Why is BERT an encoder-only model?",
        "Since GPT is decoder-only, how does it understand the prompt?",
        "Why is K-means called unsupervised?",
        "Why does DPO use a reference model?",
        "Why does dropout switch off neurons during training?",
        "Why does self-consistency sample several answers?",
        "Why does reranking happen after retrieval?",
        "Why can an eigenvector be scaled?",
        "How did DeepSeek make little reasoning models from the huge one?",
        "Why does QLoRA store the frozen weights in 4 bits?",
        "Why does the KV cache use more memory for longer texts?",
    ],
)
def test_a_true_premise_is_not(premises, question):
    assert premises.correction(question) is None


@pytest.mark.parametrize(
    "question",
    [
        "Does LoRA update all the weights?",
        "Is it true that RAG eliminates hallucination?",
        "What is LoRA?",
        "lora weights",
        "",
        "?",
        "Why?",
        "Why is the sky green?",
    ],
)
def test_a_question_that_takes_nothing_for_granted_is_not(premises, question):
    assert premises.correction(question) is None


def test_a_correction_is_verbatim(premises, index):
    for question in (
        "Why does LoRA update all the weights?",
        "Why did OpenAI invent LoRA?",
        "Why do I need station 11 before I can start station 12?",
    ):
        found = premises.correction(question)
        start, end = found.span
        assert index.texts.text(found.chunk.document_id)[start:end] == found.text


def test_evidence_that_was_found_is_read_too(premises, index):
    chunk = next(iter(index.texts.topic("supervised-fine-tuning/lora").values()))
    text = "Reranking is 3 stages"
    found = Evidence(text, chunk, (0, len(text)), 1.0)
    assert premises.correction("Why does reranking have nine stages?", [found]) is not None
