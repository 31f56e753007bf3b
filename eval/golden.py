"""Golden questions: what is asked, what an answer must hold, and where it stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from corpus.errors import TutorError

FOLDER = Path(__file__).parent / "golden"
Split = Literal["dev", "test"]


class GoldenError(TutorError):
    """A golden question breaks the schema."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Message(_Strict):
    """An earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


class Fact(_Strict):
    """A fact that a right answer holds.

    Attributes:
        any: regular expressions, case-insensitive; one that matches is enough.
    """

    fact: str
    any: Annotated[list[str], Field(min_length=1)]

    @field_validator("any")
    @classmethod
    def _compiles(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            re.compile(pattern)
        return patterns

    def holds(self, text: str) -> bool:
        """Whether a text holds the fact."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.any)


class Question(_Strict):
    """One golden question (eval/golden/README.md).

    Attributes:
        sections: keys of the topics ("file-id/topic-id") that answer it; any of them will do.
        urls: addresses that answer a look-up.
        must_not: regular expressions of plainly wrong statements.
        expect: answer, decline, or correct (a false premise: declining is right as well).
    """

    id: str
    split: Split
    kind: str
    question: str
    history: list[Message]
    station: int | None
    sections: list[str]
    urls: list[str]
    facts: list[Fact]
    must_not: list[str]
    reference: str
    expect: Literal["answer", "decline", "correct"]

    def fact_recall(self, text: str) -> float:
        """Share of the facts that a text holds; 1 if there are none to hold."""
        return sum(fact.holds(text) for fact in self.facts) / len(self.facts) if self.facts else 1.0

    def wrong(self, text: str) -> bool:
        """Whether a text says what it must not."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.must_not)


def load(split: Split, folder: Path = FOLDER) -> list[Question]:
    """All questions of a split, answerable ones first.

    Raises:
        GoldenError: a line breaks the schema, an id stands twice, or a question is filed under
            another split; with file and line.
    """
    return _loaded(split, sorted(folder.glob(f"{split}.*.jsonl")))


def load_references(split: Split, folder: Path = FOLDER) -> list[Question]:
    """Questions over the full texts of references; ``urls`` are the pages that answer.

    Raises:
        GoldenError: as ``load``.
    """
    return _loaded(split, sorted(folder.glob(f"references*.{split}.jsonl")))


def _loaded(split: Split, files: Iterable[Path]) -> list[Question]:
    questions: dict[str, Question] = {}
    for file in files:
        for number, question in _lines(file):
            if question.split != split or question.id in questions:
                raise GoldenError(f"{file.name}:{number}: id twice, or of another split")
            questions[question.id] = question
    return list(questions.values())


def answerable(questions: Iterable[Question]) -> list[Question]:
    """Those that the corpus answers."""
    return [q for q in questions if q.expect == "answer"]


def _lines(file: Path) -> Iterator[tuple[int, Question]]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield number, Question.model_validate(json.loads(line))
        except (ValidationError, ValueError, re.error) as fault:
            first = str(fault).splitlines()[0]
            raise GoldenError(f"{file.name}:{number}: {first}") from fault
