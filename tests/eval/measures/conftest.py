"""Records to score, built from what matters to a test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

import pytest

from eval.golden import Question
from eval.records import Passage, Record, Reply

NOTHING: Mapping[str, Any] = MappingProxyType({})
QUESTION: dict[str, Any] = {
    "id": "dev-x",
    "split": "dev",
    "kind": "definition",
    "question": "What is LoRA?",
    "history": [],
    "station": 7,
    "sections": ["fine-tuning/lora"],
    "urls": [],
    "facts": [{"fact": "small matrices", "any": ["low[- ]rank"]}],
    "must_not": ["updates all"],
    "reference": "LoRA freezes the weights and trains low-rank matrices.",
    "expect": "answer",
}
REPLY: dict[str, Any] = {
    "status": "answered",
    "answer": "LoRA trains low-rank matrices.",
    "timings_ms": {"total": 100.0},
}


class MakeRecord(Protocol):
    """Fields of the question and of the reply that differ from the ones above."""

    def __call__(
        self,
        question: Mapping[str, Any] | Question = NOTHING,
        reply: Mapping[str, Any] | Reply | None = NOTHING,
        fault: str = "",
    ) -> Record: ...


class MakePassage(Protocol):
    """A passage of a topic or of a page (an address), with fields that differ from the usual."""

    def __call__(self, key: str, text: str = "A text.", **fields: Any) -> Passage: ...


@pytest.fixture(scope="session")
def make_record() -> MakeRecord:
    """A record of an answered question; ``reply=None`` for a system that failed."""

    def make(
        question: Mapping[str, Any] | Question = NOTHING,
        reply: Mapping[str, Any] | Reply | None = NOTHING,
        fault: str = "",
    ) -> Record:
        asked = question if isinstance(question, Question) else Question(**{**QUESTION, **question})
        if reply is not None and not isinstance(reply, Reply):
            reply = Reply(**{**REPLY, **reply})
        return Record(question=asked, reply=reply, fault=fault)

    return make


@pytest.fixture(scope="session")
def make_passage() -> MakePassage:
    """A retrieved passage that counts under its key and holds it alone."""

    def make(key: str, text: str = "A text.", **fields: Any) -> Passage:
        usual = {"id": f"{key}#0", "unit": key, "keys": [key], "kind": "curriculum"}
        return Passage(**{**usual, "text": text, **fields})

    return make
