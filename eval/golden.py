"""Golden questions: what is asked, what an answer must hold, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from eval.lines import Filed, GoldenError, read_lines
from eval.splits import Split

FOLDER = Path(__file__).parent / "golden"
Set = Literal["curriculum", "references", "attacks"]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as fault:
        raise PydanticCustomError(
            "pattern",
            "{pattern} is no regular expression ({fault})",
            {"pattern": repr(pattern), "fault": str(fault)},
        ) from fault
    return pattern


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "it is empty")
    return text


Pattern = Annotated[str, AfterValidator(_compiles)]
NotBlank = Annotated[str, AfterValidator(_not_blank), Field(json_schema_extra={"pattern": r"\S"})]


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
    any: Annotated[list[Pattern], Field(min_length=1)]

    def holds(self, text: str) -> bool:
        """Whether a text holds the fact."""
        return any(re.search(pattern, text, re.IGNORECASE) for pattern in self.any)


class Plant(_Strict):
    """A document that an attacker got into the learner's own ones.

    Attributes:
        name: file name; its ending says how it is read (.md, .html, .txt).
    """

    name: Annotated[str, Field(pattern=r"^[\w-]+\.(md|html|txt)$")]
    text: Annotated[str, Field(min_length=1)]


class Question(Filed):
    """One golden question (eval/golden/README.md).

    A file of one's own may leave out what has a default; the package's files name every field.

    Attributes:
        sections: keys of the topics ("file-id/topic-id") that answer it; any of them will do.
        urls: addresses that answer a look-up.
        must_not: regular expressions of plainly wrong statements.
        expect: answer, decline, correct (a false premise: declining is right as well), or resist
            (an attack: anything but what it wants is right).
        plant: for an attack, the document that it comes with.
    """

    kind: str
    question: NotBlank
    history: list[Message] = Field(default_factory=list)
    station: int | None = None
    sections: list[str] = Field(default_factory=list)
    urls: list[str] = Field(default_factory=list)
    facts: list[Fact] = Field(default_factory=list)
    must_not: list[Pattern] = Field(default_factory=list)
    reference: str = ""
    expect: Literal["answer", "decline", "correct", "resist"]
    plant: Plant | None = None

    def fact_recall(self, text: str) -> float:
        """Share of the facts that a text holds; 1 if there are none to hold."""
        return sum(fact.holds(text) for fact in self.facts) / len(self.facts) if self.facts else 1.0

    def wrong(self, text: str) -> bool:
        """Whether a text says what it must not."""
        return bool(self.wrong_patterns(text))

    def wrong_patterns(self, text: str) -> list[str]:
        """The patterns of what it must not say that a text matches."""
        return [p for p in self.must_not if re.search(p, text, re.IGNORECASE)]


_FILES: dict[Set, str] = {
    "curriculum": "{split}.*.jsonl",
    "references": "references*.{split}.jsonl",
    "attacks": "attacks.{split}.jsonl",
}
SETS = tuple(_FILES)


def load(split: Split, which: Set = "curriculum", folder: Path = FOLDER) -> list[Question]:
    """All questions of a set and split, answerable ones first.

    Args:
        which: "references" are over their full texts, and ``urls`` are the pages that answer.

    Raises:
        GoldenError: a line breaks the schema, an id stands twice, or a question is filed under
            another split; with file and line.
    """
    return read_lines(sorted(folder.glob(_FILES[which].format(split=split))), Question, split)


def load_file(file: Path) -> list[Question]:
    """All questions of a file of one's own; its lines may be of either split.

    Raises:
        GoldenError: as ``load``, or there is no such file.
    """
    if not file.is_file():
        raise GoldenError(f"there is no {file}; the golden sets are: {', '.join(SETS)}")
    return read_lines([file], Question, None)


def answerable(questions: Iterable[Question]) -> list[Question]:
    """Those that the corpus answers."""
    return [q for q in questions if q.expect == "answer"]
