"""Token vectors: what int8 costs, what is stored, and MaxSim by hand."""

import numpy as np
import pytest

from corpus.errors import IndexDamaged
from index.tokens import (
    TokenStore,
    encoded_row,
    max_similarities,
    max_similarity,
    quantize,
    write_tokens,
)

FILES = ["token_ends.npy", "tokens.npy", "token_spans.npy"]
ROWS = [
    (np.array([[127, 0], [0, -127]], np.int8), np.array([[0, 4], [5, 9]], np.int32)),
    (np.array([[0, 64]], np.int8), np.array([[0, 3]], np.int32)),
    (np.array([[-127, 0], [1, 2], [3, 4]], np.int8), np.array([[0, 1], [1, 2], [2, 3]], np.int32)),
]


def unit_vectors(count, dimension, seed):
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


# Quantization


@pytest.mark.parametrize(
    ("value", "step"),
    [(0, 0), (1, 127), (-1, -127), (0.5, 64), (0.003, 0), (0.005, 1), (1.01, 127), (-1.01, -127)],
)  # 0.5 · 127 = 63.5, the even neighbour; 0.003 · 127 = 0.38; 0.005 · 127 = 0.64
def test_step_of_a_value(value, step):
    assert quantize(np.array([[value]], np.float32)).tolist() == [[step]]


def test_vectors_lose_at_most_half_a_step_a_dimension():
    vectors = unit_vectors(50, 384, seed=1)
    assert np.abs(quantize(vectors) / 127 - vectors).max() <= 0.5 / 127 + 1e-6


def test_cosines_of_real_tokens_lose_less_than_a_hundredth(encoder):
    question, text = encoder.encode(
        ["How does LoRA save memory?", "LoRA trains two small matrices, and freezes the rest."]
    )
    exact = question.tokens @ text.tokens.T
    stored = question.tokens @ (encoded_row(text)[0].astype(np.float32) / 127).T
    assert np.abs(exact - stored).max() < 0.01


# The store


@pytest.fixture
def folder(tmp_path):
    write_tokens(tmp_path, ROWS)
    return tmp_path


@pytest.mark.parametrize("row", [0, 1, 2])
def test_row_comes_back_as_written(folder, row):
    vectors, spans = TokenStore(folder).raw(row)
    assert vectors.tolist() == ROWS[row][0].tolist()
    assert spans.tolist() == ROWS[row][1].tolist()


def test_vectors_come_back_as_floats_of_about_unit_length(folder):
    assert TokenStore(folder).vectors(0).tolist() == [[1.0, 0.0], [0.0, -1.0]]


def test_row_without_tokens_is_empty_and_shifts_nobody(tmp_path):
    empty = (np.zeros((0, 2), np.int8), np.zeros((0, 2), np.int32))
    write_tokens(tmp_path, [ROWS[0], empty, ROWS[1]])
    store = TokenStore(tmp_path)
    assert store.vectors(1).shape == (0, 2)
    assert store.raw(2)[0].tolist() == [[0, 64]]


def test_encoded_text_has_a_vector_and_a_span_for_each_token(encoder):
    text = "LoRA adapts."
    vectors, spans = encoded_row(encoder.encode([text])[0])
    assert vectors.dtype == np.int8
    assert vectors.shape == (len(spans), encoder.dimension)
    assert "".join(text[left:right] for left, right in spans) == "LoRAadapts."


@pytest.mark.parametrize("file", FILES)
def test_missing_file_is_named_with_the_remedy(folder, file):
    (folder / file).unlink()
    with pytest.raises(IndexDamaged, match="tutor index build --fresh"):
        TokenStore(folder)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", [b"no array", b"\x93NUMPY\x01\x00"])
def test_corrupt_file_is_damage(folder, file, content):
    (folder / file).write_bytes(content)
    with pytest.raises(IndexDamaged):
        TokenStore(folder)


def test_file_cut_short_is_damage(folder):
    file = folder / "tokens.npy"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(IndexDamaged):
        TokenStore(folder)


@pytest.mark.parametrize("file", FILES)
def test_empty_file_is_damage(folder, file):
    (folder / file).write_bytes(b"")
    with pytest.raises(IndexDamaged):
        TokenStore(folder)


# Late interaction


def test_each_question_token_takes_its_best_match():
    question = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    tokens = np.array([[0.8, 0.6], [0, -1]], np.float32)
    # [1, 0]: max(0.8, 0) · [0, 1]: max(0.6, -1) · [0.6, 0.8]: max(0.48 + 0.48, -0.8)
    assert max_similarity(question, tokens) == pytest.approx([0.8, 0.6, 0.96])


def test_best_match_may_be_an_opposite():
    question, tokens = np.array([[1, 0]], np.float32), np.array([[-1, 0]], np.float32)
    assert max_similarity(question, tokens).tolist() == [-1.0]


def test_text_without_tokens_meets_nothing():
    question = np.array([[1, 0], [0, 1]], np.float32)
    assert max_similarity(question, np.zeros((0, 2), np.float32)).tolist() == [0.0, 0.0]


def test_question_without_tokens_asks_nothing():
    assert max_similarity(np.zeros((0, 2), np.float32), np.eye(2, dtype=np.float32)).shape == (0,)


def test_many_texts_at_once_are_the_means_of_each():
    question = unit_vectors(5, 8, seed=2)
    texts = [quantize(unit_vectors(n, 8, seed=n)) for n in (3, 0, 1, 40, 0)]
    each = [
        float(max_similarity(question, t.astype(np.float32) / 127).mean()) if len(t) else 0.0
        for t in texts
    ]
    assert max_similarities(question, texts) == pytest.approx(each)
    assert max_similarities(question[:0], texts) == [0.0] * 5
    assert max_similarities(question, [texts[1]]) == [0.0]
    assert max_similarities(question, []) == []
