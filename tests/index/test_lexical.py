"""Words, BM25 by hand, and spelling: what is mended and what must stay."""

import math

import pytest

from index.lexical import Bm25, content_words, mend_spelling, stem, terms, words

# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("???", []),
        ("What is LoRA?", ["what", "is", "lora"]),
        ("fine-tuning", ["fine", "tuning", "finetuning"]),
        ("state-of-the-art", ["state", "of", "the", "art", "stateoftheart"]),
        ("GPT-4", ["gpt", "4", "gpt4"]),
        ("C++ and C#", ["c++", "and", "c#"]),
        ("node.js 3.5.", ["node.js", "3.5"]),
        ("The model’s", ["the", "model's"]),
        ("snake_case", ["snake", "case"]),
        ("Gordić 向量", ["gordić", "向量"]),
    ],
)
def test_words_of_a_text(text, expected):
    assert words(text) == expected


def test_version_number_is_not_joined_from_its_middle():
    assert "18b" not in words("Llama-3.1-8B")


def test_content_words_say_what_a_question_is_about_each_once():
    question = "Can you explain what the LoRA rank is, and why the rank matters?"
    assert content_words(question) == ["lora", "rank", "matters"]


def test_terms_are_stems_with_repetitions():
    assert terms("The models: a model, modelling") == ["model", "model", "model"]


@pytest.mark.parametrize(
    ("word", "expected"),
    # The Snowball project's own vocabulary for its English stemmer.
    [
        ("consistency", "consist"),
        ("knightly", "knight"),
        ("generations", "generat"),
        ("sky", "sky"),
    ],
)
def test_stem_is_snowball_s(word, expected):
    assert stem(word) == expected


# BM25


@pytest.fixture(scope="module")
def bm25(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bm25")
    Bm25.build(["The LoRA adapter is LoRA.", "Adapters", "Quantization of weights"], folder)
    return Bm25(folder)


# Terms a row: [lora, adapt, lora], [adapt], [quantiz, weight]; lengths 3, 1, 2, on average 2.
# Score of a term: ln(1 + (3 - n + 0.5) / (n + 0.5)) · tf / (tf + 1.5 · (0.25 + 0.75 · length / 2))
LORA = math.log(1 + 2.5 / 1.5) * 2 / (2 + 1.5 * 1.375)  # 0.9808 · 0.4923 = 0.4829
ADAPT = math.log(1 + 1.5 / 2.5)  # 0.4700
ADAPT_0 = ADAPT / (1 + 1.5 * 1.375)  # 0.1535
ADAPT_1 = ADAPT / (1 + 1.5 * 0.625)  # 0.2426
WEIGHT = math.log(1 + 2.5 / 1.5) / (1 + 1.5 * 1)  # 0.3923


@pytest.mark.parametrize(
    ("query", "scores"),
    [
        ("LoRA", [LORA, 0, 0]),
        ("What is an adapter?", [ADAPT_0, ADAPT_1, 0]),
        ("adapters of LoRA", [LORA + ADAPT_0, ADAPT_1, 0]),
        ("weight", [0, 0, WEIGHT]),
        ("weights, weights", [0, 0, 2 * WEIGHT]),
        ("LoRA and bananas", [LORA, 0, 0]),
        ("bananas", [0, 0, 0]),
        ("what is the", [0, 0, 0]),
        ("", [0, 0, 0]),
    ],
)
def test_scores_of_all_rows(bm25, query, scores):
    assert bm25.scores(query).tolist() == pytest.approx(scores, abs=1e-4)


@pytest.mark.parametrize(
    ("term", "idf"), [("lora", math.log(4)), ("adapt", math.log(2.5)), ("banana", 0), ("", 0)]
)  # ln(1 + 3/1), ln(1 + 3/2)
def test_idf_of_a_stem(bm25, term, idf):
    assert bm25.idf(term) == pytest.approx(idf)


def test_rarest_is_the_idf_of_a_stem_in_one_row(bm25):
    assert bm25.rarest() == pytest.approx(bm25.idf("lora"))


def test_vocabulary_holds_the_words_as_they_stand(bm25):
    assert bm25.vocabulary == {"the", "lora", "adapter", "is", "adapters"} | {
        "quantization",
        "of",
        "weights",
    }


def test_vocabulary_survives_other_scripts(tmp_path):
    Bm25.build(["Gordić wrote 向量"], tmp_path)
    assert Bm25(tmp_path).vocabulary == {"gordić", "wrote", "向量"}


# Spelling

VOCABULARY = frozenset(
    words("LoRA QLoRA rank token mast weights adapter retrieval transformer tuning Gordić")
)


@pytest.mark.parametrize(
    ("query", "mended"),
    [
        ("What is an adaptor?", "What is an adapter?"),  # one letter changed
        ("tokn", "token"),  # left out
        ("tokken", "token"),  # one too many
        ("wieghts", "weights"),  # two swapped
        ("retreivel", "retrieval"),  # two mistakes, nine letters
        ("fine-tunning", "fine-tuning"),
        ("Transfomer's weihgts!", "transformer's weights!"),
    ],
)
def test_near_miss_becomes_the_word_of_the_corpus(encoder, query, mended):
    assert mend_spelling(query, VOCABULARY, encoder.knows) == mended


def test_first_letter_decides_between_two_as_near(encoder):
    vocabulary = frozenset({"models", "vowels"})
    assert mend_spelling("vodels", vocabulary, encoder.knows) == "vowels"


def test_nearer_word_wins(encoder):
    # "trnsformer" lacks one letter of "transformer", and two of "transformers"
    vocabulary = frozenset({"transformers", "transformer"})
    assert mend_spelling("trnsformer", vocabulary, encoder.knows) == "transformer"


def test_a_function_word_is_mended_too(encoder):
    assert mend_spelling("exlpain token", VOCABULARY, encoder.knows) == "explain token"


def test_of_words_as_near_the_one_with_the_same_letters_is_meant_then_the_frequent_one(encoder):
    vocabulary = frozenset({"model", "mode", "modem"})
    assert mend_spelling("modle", vocabulary, encoder.knows) == "model"
    rows = {"tensor": 9, "tenson": 1}
    near = mend_spelling("tensot", frozenset(rows), encoder.knows, rows.__getitem__)
    assert near == "tensor"


def test_the_plural_of_a_common_word_stays(encoder):
    vocabulary = frozenset({"cnns", "prod"})
    assert mend_spelling("pros and cons", vocabulary, encoder.knows) == "pros and cons"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "What is QLoRA?",  # the corpus holds it, though "lora" too
        "must",  # not in the corpus, but common English, and one letter from "mast"
        "rnk",  # too short to tell
        "tokqq",  # two mistakes in a short word
        "Tolstoy",  # unknown, and nothing near
        "retrvl",  # too far: three letters missing
        "向量 ???",
    ],
)
def test_word_that_is_no_near_miss_stays(encoder, query):
    assert mend_spelling(query, VOCABULARY, encoder.knows) == query


@pytest.mark.parametrize(
    "query",
    ["Who is Tolstoy?", "Is Minecraft fun?", "the Bundesliga", "Explain photosynthesis."],
)
def test_subject_beyond_the_corpus_stays_unknown(index, query):
    """It is what shows that a question leaves the corpus."""
    assert mend_spelling(query, index.bm25.vocabulary, index.encoder.knows) == query
    assert any(not index.bm25.idf(stem) for stem in terms(query))


@pytest.mark.parametrize(
    ("query", "mended"),
    [
        ("What is quantizaton?", "What is quantization?"),
        ("speculatve decodng", "speculative decoding"),
        ("transfomer embedings", "transformer embeddings"),
    ],
)
def test_usual_slips_are_mended_on_the_bundled_corpus(index, query, mended):
    assert mend_spelling(query, index.bm25.vocabulary, index.encoder.knows) == mended


@pytest.mark.parametrize("query", ["Gordić", "Hervé Jégou"])
def test_word_with_other_letters_is_not_mended_in_part(encoder, query):
    vocabulary = VOCABULARY | {"here"}
    assert mend_spelling(query, vocabulary, encoder.knows) == query
