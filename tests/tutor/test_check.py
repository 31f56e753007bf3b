"""The check lets a sentence out only if a passage says the same."""

import time

import pytest

from tutor.check import check_sentence

QLORA = "QLoRA stores the frozen base model in 4-bit precision and trains adapters in 16 bits."
GRAPH = "HNSW (Hierarchical Navigable Small World) is an index of layered graphs, built in advance."
MEMORY = "HNSW needs more memory than IVF."
NEURON = "An activation function is a function that a neuron applies to the sum of its inputs."
AUTHORS = "LoRA was introduced by Hu et al. of Microsoft in 2021."
FROZEN = "LoRA freezes the pre-trained weights of the model."
NOT_FREE = "RLHF does not remove bias from a model."

SUPPORTED = {
    "verbatim": (QLORA, QLORA),
    "other white space": ("HNSW  needs more\nmemory than IVF. ", MEMORY),
    "shortened at a comma": (
        "HNSW (Hierarchical Navigable Small World) is an index of layered graphs.",
        GRAPH,
    ),
    "bracket left out": ("HNSW is an index of layered graphs, built in advance.", GRAPH),
    "bracket and end left out": ("HNSW is an index of layered graphs.", GRAPH),
    "another article": ("The HNSW needs more memory than an IVF.", MEMORY),
    "denial kept": ("RLHF does not remove the bias from a model.", NOT_FREE),
}

UNSUPPORTED = {
    "sides swapped": ("IVF needs more memory than HNSW.", MEMORY),
    "figure changed": (QLORA.replace("4-bit", "8-bit"), QLORA),
    "figure added": ("HNSW needs 2 times more memory than IVF.", MEMORY),
    "decimal changed": (
        "The threshold of top-p sampling is 0.95.",
        "The threshold of top-p sampling is 0.9.",
    ),
    "year changed": (AUTHORS.replace("2021", "2022"), AUTHORS),
    "name changed": (AUTHORS.replace("Microsoft", "Google"), AUTHORS),
    "abbreviation changed": (MEMORY.replace("IVF", "LSH"), MEMORY),
    "case of a name changed": (FROZEN.replace("LoRA", "LoRa"), FROZEN),
    "case of an identifier changed": (
        "Set max_Seq_len to limit the length.",
        "Set max_seq_len to limit the length.",
    ),
    "case of an option changed": ("Pass --dry-run to try it.", "Pass --Dry-run to try it."),
    "negation added": ("HNSW does not need more memory than IVF.", MEMORY),
    "negation dropped": ("RLHF does remove bias from a model.", NOT_FREE),
    "without dropped": (
        "Greedy decoding works with sampling.",
        "Greedy decoding works without sampling.",
    ),
    "misconception told as truth": (
        "RAG removes all hallucinations.",
        "It is a misconception that RAG removes all hallucinations.",
    ),
    "condition cut off": (
        "Quantization keeps the quality of a model.",
        "Quantization keeps the quality of a model, but only down to 8 bits.",
    ),
    "exception cut off": (
        "Every token attends to every token.",
        "Every token attends to every token, unless a causal mask hides later tokens.",
    ),
    "contrast cut off": (
        "A pruned model is smaller.",
        "A pruned model is smaller, although unstructured pruning keeps the size of the file.",
    ),
    "words from the middle removed": (
        "An activation function is a function that applies to the sum of its inputs.",
        NEURON,
    ),
    "beginning removed": ("A neuron applies to the sum of its inputs.", NEURON),
    "hedge dropped": ("Distillation preserves quality.", "Distillation may preserve quality."),
    "other subject": (
        "Rain falls mainly on Spanish plains.",
        "The decoder attends to the output of the encoder.",
    ),
    "named subject exchanged": (FROZEN.replace("LoRA", "DoRA"), FROZEN),
    "nothing but function words": ("It is what it is.", MEMORY),
    "empty": ("", MEMORY),
}


@pytest.mark.parametrize(("sentence", "passage"), SUPPORTED.values(), ids=SUPPORTED)
def test_supported(sentence, passage):
    verdict = check_sentence(sentence, [passage])
    assert (verdict.support, verdict.passages, verdict.reason) == ("supported", (0,), "")


@pytest.mark.parametrize(("sentence", "passage"), UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_unsupported(sentence, passage):
    verdict = check_sentence(sentence, [passage])
    assert verdict.support == "unsupported"
    assert verdict.reason


def test_an_apostrophe_is_the_same_straight_or_curved():
    verdict = check_sentence("Passages aren't instructions.", ["Passages aren’t instructions."])
    assert verdict.support == "supported"


def test_a_word_without_end_takes_no_long_time():
    begin = time.monotonic()
    long = "x" * 20_000
    assert check_sentence(f"LoRA is {long}.", [f"LoRA is {long}."]).support == "supported"
    assert time.monotonic() - begin < 2


def small_words(case, sentence, passage):
    return pytest.param(sentence, passage, id=case)


@pytest.mark.parametrize(
    ("sentence", "passage"),
    [
        small_words(
            "negation moved",
            "RAG does change the weights and does not change the prompt.",
            "RAG does not change the weights and does change the prompt.",
        ),
        small_words(
            "figure in words",
            "RAG has one phase.",
            "RAG has two phases.",
        ),
        small_words(
            "few made all",
            "All parameters of the model are trained.",
            "Few parameters of the model are trained.",
        ),
        small_words(
            "direction turned",
            "Quantization converts weights to 16 bits from 4 bits.",
            "Quantization converts weights from 16 bits to 4 bits.",
        ),
        small_words(
            "possibility made fact",
            "A language model does invent sources.",
            "A language model could invent sources.",
        ),
        small_words(
            "only added",
            "LoRA trains only the attention layers.",
            "LoRA trains the attention layers.",
        ),
    ],
)
def test_a_changed_small_word_is_not_supported(sentence, passage):
    assert check_sentence(sentence, [passage]).support != "supported"


def test_partial_when_most_words_stand_in_the_passage_and_none_contradicts_it():
    # decoder, attends, to, output of decoder, attends, to, whole, output: 4 of the 5 words that
    # are no article, above the share of 0.7 for "partial".
    verdict = check_sentence(
        "The decoder attends to the whole output.",
        ["The decoder attends to the output of the encoder."],
    )
    assert verdict.support == "partial"
    assert verdict.passages == (0,)
    assert "80%" in verdict.reason


def test_two_passages_joined():
    verdict = check_sentence(
        "LoRA freezes the pre-trained weights of the model, and LoRA was introduced by Hu et al. "
        "of Microsoft in 2021.",
        [MEMORY, AUTHORS, FROZEN],
    )
    assert (verdict.support, verdict.passages) == ("supported", (1, 2))


@pytest.mark.parametrize(
    "sentence",
    [
        "LoRA freezes the pre-trained weights of the model and IVF needs more memory than HNSW.",
        "HNSW needs more memory than IVF and freezes the pre-trained weights of the model.",
        "LoRA freezes the pre-trained weights of the model and was made by OpenAI in 2021.",
    ],
    ids=["second half false", "second half of another subject", "second half invented"],
)
def test_joined_wrongly(sentence):
    assert check_sentence(sentence, [MEMORY, AUTHORS, FROZEN]).support != "supported"


def test_names_the_passage_that_supports():
    assert check_sentence(MEMORY, [FROZEN, MEMORY, QLORA]).passages == (1,)


def test_names_the_nearest_passage_when_none_supports():
    verdict = check_sentence("HNSW needs less memory than IVF.", [FROZEN, MEMORY])
    assert verdict.support != "supported"
    assert verdict.passages == (1,)


def test_without_passages_nothing_is_supported():
    assert check_sentence(MEMORY, []).support == "unsupported"
