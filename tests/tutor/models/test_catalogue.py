"""The models that are known by name."""

import pytest

from corpus.errors import UsageError
from tutor.models.catalogue import KINDS, catalogue, find, find_any, known, nearest
from tutor.models.gguf_header import read_header

LANGUAGE = [model for model in catalogue() if model.kind == "language"]


def test_each_kind_has_models_and_all_but_entailment_a_bundled_one_first():
    for kind in KINDS:
        models = [model for model in catalogue() if model.kind == kind]
        assert len(models) >= 2
        assert models[0].bundled == (kind != "entailment")


def test_the_bundled_entry_agrees_with_the_file(gguf):
    entry, header = find("bundled"), read_header(gguf)
    assert (entry.layers, entry.kv_width, entry.context) == (
        header.layers, header.kv_width, header.context,
    )  # fmt: skip
    assert (entry.size, entry.file) == (gguf.stat().st_size, gguf.name)


@pytest.mark.parametrize("model", LANGUAGE, ids=lambda model: model.name)
def test_a_file_is_about_as_large_as_its_parameters_say(model):
    # Q4_K_M takes about 5 bits a parameter, Q8_0 8.5; small models more, for their vocabulary.
    bits = 8 * model.size / (model.parameters * 1e6)
    assert 4.5 < bits < 9


def test_the_models_go_from_a_half_to_eight_billion_parameters():
    parameters = sorted(model.parameters for model in LANGUAGE if not model.bundled)
    assert parameters[0] < 500
    assert parameters[-1] > 8000


def test_every_entry_says_where_its_figures_are_from():
    for model in catalogue():
        assert model.source.startswith("https://")
        if not model.bundled:
            assert model.source.endswith(model.repository)


def test_names_are_lower_case_and_given_once_a_kind():
    names = [(model.kind, model.name) for model in catalogue()]
    assert len(set(names)) == len(names)
    assert all(name == name.lower() for _, name in names)


def test_a_name_is_found_however_it_is_written():
    assert find(" Qwen3-8B ").repository == "Qwen/Qwen3-8B-GGUF"


def test_only_language_models_are_found_for_the_engine():
    assert find("bge-small-en-v1.5") is None
    assert find_any("bge-small-en-v1.5").kind == "embedding"


def test_the_bundled_model_is_that_of_the_kind_asked_for():
    assert find_any("bundled").kind == "language"
    assert find_any("bundled", "embedding").title == "all-MiniLM-L6-v2"


@pytest.mark.parametrize(
    ("meant", "name"),
    [("llama3.2-1b", "llama-3.2-1b-instruct"), ("phi4 mini", "phi-4-mini-instruct"),
     ("Qwen3-4B", "qwen3-4b-instruct-2507"), ("bge-small", "bge-small-en-v1.5")],
)  # fmt: skip
def test_what_is_nearly_a_name_is_offered(meant, name):
    assert name in nearest(meant)
    with pytest.raises(UsageError, match=name):
        known(meant)


def test_what_is_like_no_name_is_referred_to_the_list():
    with pytest.raises(UsageError, match="tutor models list"):
        known("zzzz")
