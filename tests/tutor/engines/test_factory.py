"""What the setting ``model`` may name, and what is told at once when it names nothing."""

import threading

import pytest

from corpus.errors import ModelError
from tutor.engines.factory import lazy_engine
from tutor.engines.gguf import bundled_file
from tutor.engines.lazy import Lazy, LazyLlama
from tutor.engines.server import LazyServer

pytestmark = pytest.mark.language_model

SMALL = "qwen2.5-0.5b-instruct"


def engine(settings, model, **others):
    return lazy_engine(settings.model_copy(update={"model": model, **others}))


@pytest.mark.parametrize(
    ("model", "kind", "name"),
    [
        ("bundled", LazyLlama, "SmolLM2-135M-Instruct"),
        (SMALL, LazyLlama, SMALL),
        ("/models/Some-1.5B.Q4_0.gguf", LazyLlama, "Some-1.5B.Q4_0"),
        ("http://127.0.0.1:8080/v1", LazyServer, "http://127.0.0.1:8080/v1"),
        ("HTTPS://models.example", LazyServer, "https://models.example/v1"),
        ("llama-index:llama_index.core.llms.MockLLM", Lazy, "llama_index.core.llms.MockLLM"),
    ],
)
def test_what_a_model_can_be(settings, model, kind, name):
    made = engine(settings, model)
    assert type(made) is kind
    assert made.name == name


def test_the_bundled_one_is_there(settings):
    engine(settings, "bundled").check()


def test_the_path_of_a_file(settings, tmp_path):
    link = tmp_path / "mine.gguf"
    link.symlink_to(bundled_file())
    made = engine(settings, str(link), context_tokens=512, threads=1)
    made.check()
    assert made().name == "mine.gguf"
    made.close()


def test_a_model_of_the_catalogue(settings, tmp_path):
    made = engine(settings, SMALL, home=tmp_path)
    line = f"^the model {SMALL} is not here yet; run: tutor models pull {SMALL}$"
    for use in (made.check, made):
        with pytest.raises(ModelError, match=line):
            use()


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("qwen2.5-0.5b", f"no model 'qwen2.5-0.5b' is known; do you mean .*{SMALL}"),
        ("%&!", "no model '%&!' is known; see: tutor models list"),
        ("/nowhere/model.gguf", "cannot read the model /nowhere/model.gguf"),
        ("model.gguf", "cannot read the model model.gguf"),
        ("", "cannot read the model"),
    ],
)
def test_a_model_that_there_is_not_is_told_at_once(settings, model, line):
    with pytest.raises(ModelError, match=line):
        engine(settings, model).check()


@pytest.mark.parametrize("model", ["localhost:8080", "127.0.0.1:8080/v1"])
def test_an_address_without_its_scheme(settings, model):
    with pytest.raises(ModelError, match=r"lacks its http://; put it in front$"):
        engine(settings, model)


class Loaded:
    """Stands for an engine; counts how often it is freed."""

    closed = 0

    def close(self):
        self.closed += 1


def test_an_engine_is_loaded_once_and_again_after_it_was_freed():
    made = []
    lazy = Lazy("m", lambda: made.append(Loaded()) or made[-1], lambda: None)
    lazy.close()
    threads = [threading.Thread(target=lazy) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lazy() is made[0]
    lazy.close()
    assert lazy() is made[1]
    assert [engine.closed for engine in made] == [1, 0]
