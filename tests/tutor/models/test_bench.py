"""Measuring a language model."""

import pytest

from corpus.errors import ModelError
from tutor.models.bench import bench, resident

pytestmark = pytest.mark.language_model


def test_the_bundled_model_is_measured(own):
    found = bench(own, runs=1)
    assert found.model == "SmolLM2-135M-Instruct"
    assert 200 < found.prompt_tokens < 500
    assert found.read_speed == pytest.approx(found.prompt_tokens / found.first_seconds)
    # It reads faster than it writes, and takes at least its file of 145 MB.
    assert found.read_speed > found.write_speed > 1
    assert found.memory is None or found.memory > 100e6


def test_what_is_not_here_cannot_be_measured(own):
    with pytest.raises(ModelError, match="tutor models pull"):
        bench(own.model_copy(update={"model": "qwen3-8b"}))


def test_a_process_has_some_memory():
    assert 10e6 < resident() < 1e12
