"""Proposals of golden questions, and the file that keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.errors import TutorError
from eval.files import replace_text
from eval.golden import Fact, Message, Question
from eval.lines import read_lines

# Below the home.
FILE = Path("eval") / "proposed.jsonl"
# Kinds that can be proposed, with their part of an id.
KINDS = {
    "definition": "def",
    "comparison": "cmp",
    "why": "why",
    "how": "how",
    "list": "list",
    "lookup": "look",
    "path": "path",
    "typo": "typo",
    "paraphrase": "para",
    "followup": "fol",
}
# Those that only learners' feedback proposes, with theirs.
DECLINED = {"near-domain": "near", "false-premise": "fp"}
SHORT = {**KINDS, **DECLINED}


class ProposeError(TutorError):
    """A proposal cannot be made or accepted."""


class Proposal(Question):
    """A question that waits for a person; its id and split are placeholders.

    Attributes:
        why: how it was made, and what to look at before accepting it.
    """

    why: str

    def question_as(self, id_: str, split: str) -> Question:
        """The golden question that it becomes."""
        fields = self.model_dump(exclude={"why"})
        return Question.model_validate({**fields, "id": id_, "split": split})


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal before it has been chosen and numbered; fields as in ``Proposal``."""

    kind: str
    question: str
    station: int | None
    sections: tuple[str, ...]
    facts: tuple[Fact, ...]
    reference: str
    why: str
    urls: tuple[str, ...] = ()
    history: tuple[Message, ...] = ()
    expect: Literal["answer", "decline", "correct"] = "answer"

    def holds(self) -> bool:
        """Whether its facts stand in its reference answer, and none already in what is asked."""
        return bool(self.facts and self.question.strip()) and all(
            fact.holds(self.reference) and not fact.holds(self.question) for fact in self.facts
        )

    def numbered(self, number: int) -> Proposal:
        return Proposal(
            id=f"proposal-{SHORT[self.kind]}-{number:03d}",
            split="dev",
            kind=self.kind,
            question=self.question,
            history=list(self.history),
            station=self.station,
            sections=list(self.sections),
            urls=list(self.urls),
            facts=list(self.facts),
            must_not=[],
            reference=self.reference,
            expect=self.expect,
            why=self.why,
        )


def stop_of(question: Question | Draft) -> str:
    """Id of the station or companion that a question is about; "" for none."""
    return question.sections[0].split("/")[0] if question.sections else ""


def read_proposals(file: Path) -> list[Proposal]:
    """All proposals of a file; none if it is not there.

    Raises:
        GoldenError: a line breaks the schema (they may be edited by hand), with file and line.
    """
    return read_lines([file], Proposal, None) if file.exists() else []


def write_proposals(file: Path, proposals: Sequence[Proposal]) -> None:
    """Replace a file of proposals.

    Raises:
        ProposeError: it cannot be written; the old one is still there.
    """
    write(file, "".join(as_line(proposal) for proposal in proposals))


def append_numbered(file: Path, drafts: Iterable[Draft]) -> list[Proposal]:
    """Add drafts to a file of proposals, each under the next number of its kind.

    Raises:
        ProposeError: it cannot be written; the old one is still there.
        GoldenError: it breaks the schema.
    """
    waiting = read_proposals(file)
    ids = [proposal.id for proposal in waiting]
    last = {kind: max(numbers(ids, f"proposal-{SHORT[kind]}-"), default=0) for kind in SHORT}
    new: list[Proposal] = []
    for draft in drafts:
        last[draft.kind] += 1
        new.append(draft.numbered(last[draft.kind]))
    write_proposals(file, [*waiting, *new])
    return new


def as_line(question: Question) -> str:
    """A line of a golden file: fields in the order of the schema; no plant where there is none."""
    fields = question.model_dump(exclude=None if question.plant else {"plant"})
    return json.dumps(fields, ensure_ascii=False) + "\n"


def write(file: Path, text: str) -> None:
    """Replace a file.

    Raises:
        ProposeError: it cannot be written; the old one is still there.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_text(file, text)
    except OSError as fault:
        raise ProposeError(
            f"{file} cannot be written ({fault.strerror}); nothing was changed"
        ) from fault


def numbers(ids: Iterable[str], prefix: str) -> list[int]:
    """Numbers of the ids with a prefix: 7 for "dev-def-007" with "dev-def-"."""
    rests = (id_.removeprefix(prefix) for id_ in ids if id_.startswith(prefix))
    return [int(rest) for rest in rests if rest.isdigit()]
