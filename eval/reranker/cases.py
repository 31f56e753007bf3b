"""Questions with their candidate sentences, as the tutor has them when it chooses what to say."""

from __future__ import annotations

import hashlib
import pickle
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.pairs import TRAINING
from eval.ranking import Answer, label_of, load_answers, load_calibrating
from index.search import CANDIDATES, Index
from tutor import gate, ranking
from tutor.app import open_index
from tutor.asking import spelled_out
from tutor.reranker import READ
from tutor.settings import load_settings

Floats = NDArray[np.float32]

_FILES = ("answers.jsonl", "asked.jsonl")
# What a question's best sentence weighs beside those that belong into a good answer.
_BEST = 0.7
# One question in eight is held out.
_HELD = 8


@dataclass(frozen=True, slots=True)
class Case:
    """The sentences of a question that the cross-encoder is to read, best by the signals first.

    Attributes:
        wanted: share of each sentence in what is to be said first; sums to 1.
        scores: of the linear ranker.
        labels: "best", "good", "off" or "other".
    """

    question: str
    sentences: tuple[str, ...]
    wanted: Floats
    scores: Floats
    labels: tuple[str, ...]

    @property
    def is_held(self) -> bool:
        """Whether it judges instead of teaching."""
        return int(hashlib.sha256(self.question.encode()).hexdigest(), 16) % _HELD == 0

    def sample(self, others: int, draw: random.Random) -> Case:
        """The labelled sentences with some of the others."""
        rest = [n for n, label in enumerate(self.labels) if label == "other"]
        left = set(draw.sample(rest, min(others, len(rest))))
        kept = [n for n, label in enumerate(self.labels) if label != "other" or n in left]
        return Case(
            self.question,
            tuple(self.sentences[n] for n in kept),
            self.wanted[kept],
            self.scores[kept],
            tuple(self.labels[n] for n in kept),
        )


def case(index: Index, answer: Answer, passages: int, complete: bool = True) -> Case | None:
    """The candidates of a question; None if the best sentence is not among them.

    Args:
        complete: add labelled sentences that the linear ranker places too far behind to be read;
            they teach all the same, but must not judge.
    """
    found = index.search(spelled_out(answer.question), CANDIDATES)
    asked = ranking.read(found.query)
    hits = gate.hits_of(found, "curriculum")[:passages]
    ranked = [r for hit in hits for r in ranking.signals(index, asked, hit)]
    ranked.sort(key=lambda r: -r.score)
    labelled = [(r, label_of(r.text, answer)) for r in ranked]
    kept = labelled[:READ]
    if complete:
        kept += [(r, label) for r, label in labelled[READ:] if label != "other"]
    labels = tuple(str(label) for _, label in kept)
    if "best" not in labels:
        return None
    return Case(
        found.query.text,
        tuple(r.text for r, _ in kept),
        _wanted(labels),
        np.array([r.score for r, _ in kept], np.float32),
        labels,
    )


def _wanted(labels: Sequence[str]) -> Floats:
    best, good = (
        np.array([label == name for label in labels], np.float32) for name in ("best", "good")
    )
    wanted: Floats = _BEST * best / best.sum() + (1 - _BEST) * good / max(1.0, good.sum())
    share: Floats = wanted / wanted.sum()
    return share


def load_cases(kept: Path | None = None) -> tuple[list[Case], list[Case], list[Case]]:
    """To fit, held out, and by other writers.

    Args:
        kept: file to keep them in between runs; making them takes minutes.
    """
    if kept and kept.exists():
        found: tuple[list[Case], list[Case], list[Case]] = pickle.loads(kept.read_bytes())
        return found
    settings = load_settings()
    index = open_index(settings)
    answers = [a for name in _FILES for a in load_answers(TRAINING / name)]
    others = [
        Answer(question=q.question, kind=q.kind, best=q.sentence)
        for q in load_calibrating()
        if q.sentence
    ]
    fitted, held = [], []
    for answer in answers:
        if (one := case(index, answer, settings.passages)) is None:
            continue
        if not one.is_held:
            fitted.append(one)
        elif (judged := case(index, answer, settings.passages, complete=False)) is not None:
            held.append(judged)
    judges = [case(index, a, settings.passages, complete=False) for a in others]
    found = fitted, held, [one for one in judges if one is not None]
    if kept:
        kept.write_bytes(pickle.dumps(found))
    return found
