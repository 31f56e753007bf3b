"""Entailment models: found, read in windows, and asked; small ones, built here, stand for them."""

import shutil

import pytest

from corpus.errors import ModelError
from index.encoder import bundled_folder
from index.sentences import split_sentences
from tutor.cli.doctor import _entailment_model as doctor_says
from tutor.entailment import Entailment, supporting_label
from tutor.models.use import use
from tutor.settings import load_settings

FACTCG = "factcg-deberta-v3-large"
SENTENCE = "LoRA freezes the weights."
PASSAGES = [
    "LoRA freezes the pre-trained weights of the model.",
    "The ferry leaves twice a day.",
    "Quantization stores the weights of a model in fewer bits, which saves memory.",
    "LoRA was introduced by Hu et al. in 2021.",
]
LONG = " ".join(PASSAGES * 4)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Makes a folder with a small classifier of pairs, random but for what is asked for."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(bundled_folder())

    def make(name="model", kind=BertForSequenceClassification, sign=1, **config):
        torch.manual_seed(1)
        small = {
            "vocab_size": len(tokenizer), "hidden_size": 4, "num_hidden_layers": 1,
            "num_attention_heads": 1, "intermediate_size": 8, "initializer_range": 1.0,
            "num_labels": 2,
        }  # fmt: skip
        model = kind(BertConfig(**{**small, **config}))
        if sign < 0:
            model.classifier.weight.data *= -1
        folder = tmp_path_factory.mktemp("built") / name
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder

    return make


@pytest.fixture
def own(tmp_path):
    """Settings with a home of its own."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").mkdir()
    return load_settings(home=home)


@pytest.fixture
def pulled(own, built):
    """Puts a model where a pull would have put FactCG."""

    def put(**config):
        folder = own.models / FACTCG
        shutil.copytree(built(**config), folder)
        (folder / "pulled.json").write_text('{"files": ["model.safetensors"]}')
        return folder

    return put


def test_a_probability_for_each_passage(built):
    scores = Entailment(str(built()), None).scores(SENTENCE, PASSAGES)
    assert len(scores) == len(PASSAGES) == len(set(scores))
    assert all(0 < score < 1 for score in scores)


def test_a_passage_scores_the_same_beside_others_of_other_lengths(built, monkeypatch):
    model = Entailment(str(built()), None)
    alone = [model.scores(SENTENCE, [passage])[0] for passage in PASSAGES]
    assert model.scores(SENTENCE, PASSAGES) == pytest.approx(alone, abs=1e-6)
    monkeypatch.setattr("tutor.entailment._BATCH_TOKENS", 40)  # one or two a run
    assert model.scores(SENTENCE, PASSAGES) == pytest.approx(alone, abs=1e-6)


def test_the_probability_is_that_of_the_supporting_label(built):
    given = {"id2label": {0: "contradiction", 1: "neutral", 2: "entailment"}, "num_labels": 3}
    turned = {0: "entailment", 1: "neutral", 2: "contradiction"}
    scores = Entailment(str(built(**given)), None).scores(SENTENCE, PASSAGES[:1])
    others = Entailment(str(built(**{**given, "id2label": turned})), None)
    assert 0 < scores[0] + others.scores(SENTENCE, PASSAGES[:1])[0] < 1  # the rest is neutral


def test_a_cross_encoder_with_one_score_is_read_as_a_probability(built):
    score = Entailment(str(built(num_labels=1)), None).scores(SENTENCE, PASSAGES[:1])
    other = Entailment(str(built(num_labels=1, sign=-1)), None).scores(SENTENCE, PASSAGES[:1])
    assert score[0] + other[0] == pytest.approx(1)


def test_a_cross_encoder_as_sentence_transformers_saves_it(built, tmp_path):
    from sentence_transformers import CrossEncoder

    folder = built(num_labels=1)
    CrossEncoder(str(folder), device="cpu").save_pretrained(str(tmp_path / "saved"))
    same = [
        Entailment(str(f), None).scores(SENTENCE, PASSAGES) for f in (folder, tmp_path / "saved")
    ]
    assert same[0] == pytest.approx(same[1])


def test_a_long_passage_is_read_in_windows_of_whole_sentences(built):
    model = Entailment(str(built(max_position_embeddings=48)), None)
    windows = model._windows(SENTENCE, LONG)
    assert len(windows) > 4
    assert split_sentences(" ".join(windows)) == split_sentences(LONG)
    assert all(window.endswith(".") for window in windows)
    assert model.scores(SENTENCE, [LONG]) == [max(model.scores(SENTENCE, windows))]


def test_a_sentence_too_long_for_a_window_is_cut(built):
    model = Entailment(str(built(max_position_embeddings=48)), None)
    endless = "weights " * 100
    windows = model._windows(SENTENCE, endless)
    assert " ".join(windows).split() == endless.split()
    assert len(model.scores(SENTENCE, [endless])) == 1


def test_a_sentence_that_leaves_no_room_is_not_supported(built):
    model = Entailment(str(built(max_position_embeddings=48)), None)
    assert model.scores("weights " * 60, PASSAGES) == [0.0] * len(PASSAGES)


def test_no_passage_has_no_score(built):
    assert Entailment(str(built()), None).scores(SENTENCE, []) == []


def test_a_model_with_a_prompt_reads_one_text_with_the_question_at_its_end(built):
    for name in (FACTCG, "FactCG-DeBERTa-v3-Large"):  # by our name and by its authors'
        model = Entailment(str(built(name)), None)
        ((text,),) = model._put(SENTENCE, ["A {passage}."])
        assert text.startswith("A {passage}.\n\nChoose your answer: ")
        assert SENTENCE in text
        assert model._context == 512
    assert len(model._windows(SENTENCE, LONG * 4)) > 1


def test_one_of_the_catalogue_goes_by_its_name(own, pulled):
    pulled()
    model = Entailment(FACTCG, own.models)
    assert model.name == FACTCG
    assert len(model.scores(SENTENCE, PASSAGES)) == len(PASSAGES)


def test_one_in_the_cache_of_the_hub_goes_by_its_name_there(built, tmp_path, monkeypatch):
    snapshot = tmp_path / "models--somebody--nli" / "snapshots" / ("1" * 40)
    shutil.copytree(built(), snapshot)
    (tmp_path / "models--somebody--nli" / "refs").mkdir()
    (tmp_path / "models--somebody--nli" / "refs" / "main").write_text("1" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    model = Entailment("somebody/nli", None)
    assert (model.name, len(model.scores(SENTENCE, PASSAGES))) == ("nli", len(PASSAGES))


@pytest.mark.parametrize(
    ("setting", "match"),
    [
        (FACTCG, f"the entailment model {FACTCG} is not here; run: tutor models pull {FACTCG}$"),
        ("nobody/nothing", "nobody/nothing is not here; pull one"),
        ("/nowhere/at/all", "/nowhere/at/all is not here; pull one"),
        (".", r"there is no entailment model in \.; pull one"),
    ],
)
def test_what_is_not_here_is_told_at_once(tmp_path, monkeypatch, setting, match):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=match):
        Entailment(setting, tmp_path)


def told(folder):
    """The one line in which a model that cannot be used says so."""
    model = Entailment(str(folder), None)
    with pytest.raises(ModelError) as caught:
        model.scores(SENTENCE, PASSAGES)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"the entailment model {folder.name} cannot be used (")
    assert line.endswith("; pull one (tutor models list --kind entailment), or leave "
                         "entailment_model empty")  # fmt: skip
    return line


def test_a_model_without_a_classifier_is_refused(built):
    from transformers import BertModel

    assert "it lacks classifier.bias: no classifier of pairs" in told(built(kind=BertModel))


def test_labels_of_which_none_means_support_are_refused(built):
    assert "none of its labels means support: LABEL_0, LABEL_1" in told(built(num_labels=3))


def test_damaged_weights_are_refused(built):
    folder = built()
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    told(folder)


def test_weights_that_are_no_numbers_are_refused(built):
    assert "it computes no probability" in told(built(initializer_range=1e30))


def test_a_pickle_is_not_opened(built):
    folder = built()
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    told(folder)


def test_program_code_of_a_model_is_not_run(built):
    folder = built()
    config = folder / "config.json"
    config.write_text(
        config.read_text().replace(
            '"model_type": "bert"',
            '"model_type": "its_own", "auto_map": {"AutoConfig": "own.Config", '
            '"AutoModelForSequenceClassification": "own.Model"}',
        )
    )
    (folder / "own.py").write_text("raise SystemExit('it was run')")
    told(folder)


def test_too_little_memory_is_told(built, start):
    """In a process of its own, which may take no more than 60 MB beside what it has."""
    folder = built(hidden_size=1024, intermediate_size=1024)  # 130 MB, most of them words
    process = start(
        """
import resource, sys, warnings
import torch, transformers
from tutor.entailment import Entailment
from corpus.errors import ModelError
from transformers import BertForSequenceClassification
torch.zeros(10).sum()
model = Entailment(sys.argv[1], None)
model._tokenizer
has = next(int(x.split()[1]) for x in open("/proc/self/status") if x.startswith("VmSize"))
resource.setrlimit(resource.RLIMIT_AS, (1024 * has + 60_000_000,) * 2)
try:
    print(model.scores("A sentence.", ["A passage."]))
except ModelError as fault:
    print(fault)
""",
        folder,
    )
    out, err = process.communicate(timeout=300)
    assert out == (
        "not enough memory for the entailment model model; close something, or take a smaller "
        "one: tutor models list --kind entailment\n"
    ), err


@pytest.mark.parametrize(
    ("labels", "supporting"),
    [
        ({0: "entailment", 1: "neutral", 2: "contradiction"}, 0),
        ({0: "contradiction", 1: "ENTAILMENT"}, 1),
        ({0: "not_entailment", 1: "entailment"}, 1),
        ({0: "SUPPORTS", 1: "REFUTES", 2: "NOT ENOUGH INFO"}, 0),
        ({0: "unsupported", 1: "supported"}, 1),
        ({0: "LABEL_0", 1: "LABEL_1"}, 1),
    ],
)
def test_the_label_that_means_support(labels, supporting):
    assert supporting_label(labels) == supporting


def test_models_use_proves_one_and_sets_it_and_doctor_tells(own, built):
    """Of two models that differ in sign, one prefers the right passage."""
    outcomes = {}
    for sign in (1, -1):
        folder = built(sign=sign)
        try:
            used = use(str(folder), own, "entailment", free=lambda: None)
        except ModelError as fault:
            outcomes["refused"] = str(fault)
        else:
            outcomes["used"] = used
    assert "does not tell a right passage" in outcomes["refused"]
    used = outcomes["used"]
    assert used.setting == "entailment_model"
    assert used.file.read_text() == f'entailment_model = "{used.after}"\n'
    asked = load_settings(home=own.home, entailment_model=used.after)
    assert doctor_says(asked).endswith("; it stands beside the bundled check")
    assert Entailment(asked.entailment_model, asked.models).scores(SENTENCE, PASSAGES)
