"""Labelled pairs of a sentence and a passage: what the check should find of them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.golden import FOLDER
from eval.lines import Filed, read_lines
from eval.splits import Split


class Pair(Filed):
    """A sentence and the passage that it cites, read by a person.

    Attributes:
        document: path of the passage's document under ``corpus/``.
        label: supported: the passage says every claim of the sentence; partial: it says a
            substantial one and is silent on another; unsupported: it contradicts the main claim or
            is silent on it (eval/golden/README.md).
        how: how the sentence was made from the passage.
        why: what decided the label.
    """

    sentence: str
    passage: str
    document: str
    label: Literal["supported", "partial", "unsupported"]
    how: str
    why: str


def load_pairs(split: Split, folder: Path = FOLDER) -> list[Pair]:
    """All pairs of a split.

    Raises:
        GoldenError: a line breaks the schema, an id stands twice, or a pair is filed under another
            split; with file and line.
    """
    return read_lines(sorted(folder.glob(f"pairs.{split}.jsonl")), Pair, split)


TRAINING = FOLDER / "training"
_OF_PAIRS = ("contrasts", "drafts", "mixed", "pairs", "roles")


class TrainingPair(BaseModel):
    """A pair to fit a check on; its passages share no sentence with those of dev and test.

    Attributes:
        source: curriculum (verbatim), docs or general (written for the purpose).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    passage: str
    source: Literal["curriculum", "docs", "general"]
    sentence: str
    label: Literal["supported", "partial", "unsupported"]
    how: str


def load_training_pairs(folder: Path = TRAINING) -> list[TrainingPair]:
    """All pairs to fit a check on, of all files.

    Raises:
        ValidationError: a line breaks the schema.
    """
    files = [folder / f"{name}.jsonl" for name in _OF_PAIRS]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [TrainingPair.model_validate_json(line) for line in lines]
