"""Memory needed and free."""

import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import ModelError
from tutor.engines.gguf import model_file
from tutor.models import memory
from tutor.models.catalogue import catalogue, find, find_any
from tutor.models.memory import (
    check_memory,
    file_memory,
    folder_memory,
    free_memory,
    language_memory,
    memory_of,
)

# Loads a model as the tutor does and prints what the process holds at peak, in bytes. Not by
# ru_maxrss: that of a child begins at its parent's peak.
HELD = """
import re, sys
from pathlib import Path
from tutor.llama import LlamaEngine
engine = LlamaEngine(Path(sys.argv[1]), int(sys.argv[2]), 1)
"".join(engine.stream([("user", "word " * 600)], max_tokens=4))
status = Path("/proc/self/status").read_text()
print(1024 * int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]))
"""


def test_file_and_cache_and_what_the_tutor_needs_besides():
    one = language_memory(1_000_000_000, layers=28, kv_width=2048, context=2048)
    two = language_memory(1_000_000_000, layers=28, kv_width=2048, context=4096)
    assert two - one == 28 * 2048 * 2 * 2048  # layers x floats x two bytes x tokens
    assert one > 1_000_000_000 + 28 * 2048 * 2 * 2048


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
def test_the_estimate_holds_what_a_real_model_takes(settings):
    file, context = model_file("bundled", settings.models), 8192
    done = subprocess.run(
        [sys.executable, "-c", HELD, str(file), str(context)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    held = int(done.stdout)
    # The index and the embedding model, which this process has not, are in the estimate too.
    assert held < file_memory(file, context) < held + 450e6


def test_no_more_context_is_counted_than_a_model_has():
    model = find("smollm2-1.7b-instruct")
    assert memory_of(model, 100_000) == memory_of(model, model.context)


def test_larger_models_need_more():
    language = [model for model in catalogue() if model.kind == "language"]
    by_size = sorted(language, key=lambda model: model.size)
    needs = [memory_of(model, 2048) for model in by_size]
    assert needs[0] < 0.7e9
    assert 5.5e9 < needs[-1] < 7e9


def test_other_models_bring_torch_along(tmp_path):
    assert memory_of(find_any("bge-small-en-v1.5"), 2048) > 0.9e9
    (tmp_path / "model.safetensors").write_bytes(bytes(1000))
    assert folder_memory(tmp_path) == memory_of(find_any("bundled", "embedding"), 1) + 500_001_000


def test_what_does_not_fit_is_refused_with_what_to_do():
    with pytest.raises(
        ModelError, match=r"large needs about 6\.0 GB of memory, 2\.0 GB are free; "
    ):
        check_memory("large", 6_000_000_000, 2_000_000_000)


@pytest.mark.parametrize("free", [6_000_000_000, None])
def test_what_fits_or_cannot_be_known_passes(free):
    check_memory("large", 6_000_000_000, free)


def test_free_memory_is_some_of_this_machines():
    free = free_memory()
    assert free is None or 10e6 < free < 100e12


def test_a_container_leaves_no_more_than_its_limit(monkeypatch):
    monkeypatch.setattr(memory, "_cgroup", lambda: 5)
    assert free_memory() == 5


def test_without_meminfo_half_of_what_is_built_in_counts(monkeypatch):
    monkeypatch.setattr(memory, "_meminfo", lambda: None)
    monkeypatch.setattr(memory, "_cgroup", lambda: None)
    assert free_memory() > 100e6
