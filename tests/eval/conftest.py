"""Golden questions of one's own, and systems that say what they are told to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from eval.golden import Message, Question
from eval.records import Reply
from eval.runs import RunFolder
from eval.suite import Wanted, ask_all, evaluate, start
from eval.systems.catalogue import SYSTEMS
from eval.systems.scripted import ScriptedSystem
from tutor.app import Say
from tutor.settings import Settings, load_settings

MakeQuestion = Callable[..., Question]
Script = Mapping[str, Reply | str | Exception]


@pytest.fixture(scope="session")
def make_question() -> MakeQuestion:
    """A question that "LoRA is low-rank." answers; its text is its id."""

    def make(id: str, **fields: Any) -> Question:
        usual = {
            "split": "dev", "kind": "definition", "question": id, "history": [], "station": 7,
            "sections": [], "urls": [], "facts": [{"fact": "low rank", "any": ["low[- ]rank"]}],
            "must_not": ["full rank"], "reference": "LoRA is low-rank.", "expect": "answer",
        }  # fmt: skip
        return Question(**{"id": id, **usual, **fields})

    return make


@pytest.fixture
def golden_file(tmp_path: Path) -> Callable[..., Path]:
    """Write questions into a golden file of one's own."""

    def write(questions: Sequence[Question], name: str = "mine.jsonl") -> Path:
        file = tmp_path / name
        file.write_text("".join(q.model_dump_json() + "\n" for q in questions), encoding="utf-8")
        return file

    return write


class Listening(ScriptedSystem):
    """A scripted system that remembers what it was asked, and with which settings."""

    def __init__(self, replies: Script) -> None:
        super().__init__(replies)
        self.asked: list[str] = []
        self.opened: list[Settings] = []
        self.closed = 0

    def ask(self, question: str, history: Sequence[Message]) -> Reply:
        self.asked.append(question)
        return super().ask(question, history)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Script], Listening]:
    """Make the system called "scripted" reply from a table."""

    def register(replies: Script) -> Listening:
        system = Listening(replies)

        def opened(settings: Settings, say: Say) -> Listening:
            system.opened.append(settings)
            return system

        monkeypatch.setitem(SYSTEMS, "scripted", opened)
        return system

    return register


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Settings of an empty home."""
    return load_settings(home=tmp_path / "home")


@pytest.fixture
def scored(here, golden_file, scripted, encoder) -> Callable[..., RunFolder]:
    """A whole run of a scripted system over some questions, with its figures."""

    def run(questions: Sequence[Question], replies: Script, name: str) -> RunFolder:
        scripted(replies)
        wanted = Wanted("scripted", "dev", file=golden_file(questions))
        folder = start(here, wanted, name)
        ask_all(here, folder)
        evaluate(folder, encoder, costly=False)
        return folder

    return run
