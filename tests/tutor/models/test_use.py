"""Taking models into use: proven first, and on any error the settings stay as they were."""

import shutil

import pytest

from corpus.errors import HomeError, ModelError, SettingsError, UsageError
from index.encoder import bundled_folder
from tutor.models.choice import choose
from tutor.models.proof import prove
from tutor.models.use import use, write_setting

pytestmark = pytest.mark.language_model

GIVEN = """# mine
passages = 5  # few

[model_options]  # for the server
top_p = 0.9
"""


@pytest.fixture
def toml(own):
    """A settings file with comments and a table."""
    file = own.home / "tutor.toml"
    file.write_text(GIVEN)
    return file


def refused(own, toml, error, match, name, **named):
    """Assert that ``use`` raises and leaves the settings alone."""
    with pytest.raises(error, match=match):
        use(name, own, **named)
    assert toml.read_text() == GIVEN


def test_a_model_proves_itself_and_is_written_down(own, toml, gguf):
    used = use(str(gguf), own)
    assert (used.setting, used.before, used.after) == ("model", "bundled", str(gguf))
    assert "tokens a second: “" in used.proof
    assert used.then == ()
    assert toml.read_text() == GIVEN.replace("few\n", f'few\nmodel = "{gguf}"\n')


def test_one_can_go_back(own, gguf):
    use(str(gguf), own)
    used = use("bundled", own.model_copy(update={"model": str(gguf)}))
    assert (used.before, used.after) == (str(gguf), "bundled")
    assert used.file.read_text() == 'model = "bundled"\n'


def test_what_does_not_fit_into_memory_is_not_loaded(own, toml, gguf):
    match = r"needs about 0\.6 GB of memory, 0\.1 GB are free"
    refused(own, toml, ModelError, match, str(gguf), free=lambda: 100_000_000)


def test_a_longer_context_needs_more(own, gguf):
    longer = own.model_copy(update={"context_tokens": 8192})
    assert choose(str(gguf), longer).memory > choose(str(gguf), own).memory


def test_more_context_than_a_model_was_trained_for_is_told(own, gguf):
    used = use(str(gguf), own.model_copy(update={"context_tokens": 9000}))
    assert "trained for 8192 tokens" in used.notes[0]


def test_a_damaged_model_is_refused(own, toml, tmp_path, gguf):
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(gguf.read_bytes()[:3_000_000])
    refused(own, toml, ModelError, "damaged", str(damaged))


@pytest.mark.parametrize(
    ("name", "kind", "error", "match"),
    [
        (
            "qwen3-8b",
            None,
            ModelError,
            r"not here yet \(5,028 MB\); run: tutor models pull qwen3-8b",
        ),
        ("bge-small-en-v1.5", None, ModelError, "tutor models pull bge-small-en-v1.5"),
        ("qwen3-8", None, UsageError, "do you mean qwen3-8b"),
        ("qwen3-8b", "embedding", UsageError, "no model 'qwen3-8b' is known"),
        ("none.gguf", None, ModelError, "cannot read the model none.gguf"),
        ("http://127.0.0.1:9/v1", None, ModelError, "127.0.0.1:9"),
        ("http://127.0.0.1:9/v1", "reranker", UsageError, "only language models run elsewhere"),
        ("llama-index:no.such.Class", None, ModelError, r"no\.such"),
        (".", None, UsageError, "--kind embedding"),
    ],
)
@pytest.mark.enable_socket
def test_what_cannot_be_used_is_one_line(own, toml, name, kind, error, match):
    refused(own, toml, error, match, name, kind=kind)


def test_a_file_is_no_embedding_model(own, toml, gguf):
    refused(own, toml, UsageError, "models are folders", str(gguf), kind="embedding")


def test_another_embedding_model_names_what_must_be_rebuilt(own):
    folder = bundled_folder()
    used = use(str(folder), own, "embedding")
    assert (used.setting, used.after) == ("embedding_model", str(folder))
    assert used.then == ("tutor index build", "tutor eval calibrate")
    assert used.proof.startswith("384 dimensions")


def test_the_same_one_again_needs_no_rebuilding(own):
    assert use("bundled", own, "embedding").then == ()


def test_a_folder_without_a_model_is_refused(own, toml, tmp_path):
    refused(own, toml, ModelError, "does not load", str(tmp_path), kind="embedding")


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    """Two classifiers of pairs with random weights, the second with those of its head negated."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    def make(labels):
        torch.manual_seed(1)
        folders = [tmp_path_factory.mktemp(name) for name in ("one", "other")]
        tokenizer = AutoTokenizer.from_pretrained(bundled_folder())
        config = BertConfig(
            vocab_size=len(tokenizer), hidden_size=4, num_hidden_layers=1, num_attention_heads=1,
            intermediate_size=8, num_labels=labels, initializer_range=1.0,
        )  # fmt: skip
        model = BertForSequenceClassification(config)
        for folder in folders:
            model.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
            model.classifier.weight.data *= -1
        return folders

    return make


def test_a_cross_encoder_must_prefer_the_right_passage(own, encoders):
    outcomes = []
    for folder in encoders(1):
        try:
            outcomes.append(use(str(folder), own, "reranker").then)
        except ModelError as fault:
            outcomes.append(str(fault).partition(" does")[2])
    outcomes.sort(key=str)
    assert outcomes[1] == ("tutor eval calibrate",)
    assert outcomes[0].startswith(" not tell a right passage")


def test_an_entailment_model_must_prefer_the_supporting_passage(own, encoders):
    outcomes = set()
    for folder in encoders(2):
        try:
            outcomes.add(
                prove("entailment", own.model_copy(update={"entailment_model": str(folder)}))[:6]
            )
        except ModelError as fault:
            outcomes.add(str(fault).rpartition("; ")[2])
    assert outcomes == {"loaded", "choose another model"}


def test_from_an_entailment_model_one_can_go_back(own):
    used = use("none", own.model_copy(update={"entailment_model": "/models/nli"}), "entailment")
    assert (used.before, used.after) == ("/models/nli", "")
    assert used.file.read_text() == 'entailment_model = ""\n'


def test_rerankers_without_a_model_are_taken_at_once(own):
    used = use("late-interaction", own)
    assert (used.setting, used.after, used.then) == ("reranker", "late-interaction", ())


def test_a_settings_file_that_is_no_toml_is_left_alone(tmp_path):
    file = tmp_path / "tutor.toml"
    file.write_text("model = ")
    with pytest.raises(SettingsError, match="is no TOML"):
        write_setting(file, "model", "bundled")
    assert file.read_text() == "model = "


def test_a_full_disk_leaves_the_old_settings(tmp_path, files_end_at):
    file = tmp_path / "tutor.toml"
    file.write_text(GIVEN)
    with files_end_at(40), pytest.raises(HomeError, match="cannot write"):
        write_setting(file, "model", "bundled")
    assert file.read_text() == GIVEN
    assert [f.name for f in tmp_path.iterdir()] == ["tutor.toml"]


def test_what_was_pulled_is_chosen_by_name(own, gguf):
    folder = own.models / "qwen2.5-0.5b-instruct"
    folder.mkdir()
    shutil.copy(gguf, folder / "qwen2.5-0.5b-instruct-q4_k_m.gguf")
    (folder / "pulled.json").write_text('{"files": {}}')
    chosen = choose("Qwen2.5-0.5B-instruct", own)
    assert (chosen.value, chosen.kind) == ("qwen2.5-0.5b-instruct", "language")
