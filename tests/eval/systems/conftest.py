"""A home of one's own with the models of the session, and ears for what a model is asked."""

from __future__ import annotations

import pytest

from tutor.llama import LlamaEngine


@pytest.fixture(scope="module")
def fresh(settings, tmp_path_factory):
    """Settings of a home that holds the exported models and nothing else; one thread.

    On a busy machine two threads wait for each other at every layer.
    """
    home = tmp_path_factory.mktemp("home")
    (home / "models").symlink_to(settings.models)
    return settings.model_copy(update={"home": home, "threads": 1})


@pytest.fixture
def heard(monkeypatch):
    """Every conversation that the real model is asked to go on with: [(role, content), …]."""
    conversations = []
    stream = LlamaEngine.stream

    def listening(engine, messages, **options):
        conversations.append(list(messages))
        return stream(engine, messages, **options)

    monkeypatch.setattr(LlamaEngine, "stream", listening)
    return conversations
