"""Whether the corpus answers a question, estimated before anything is written.

Two logistic regressions over signals of the search, one for the curriculum and one for what has no
names to go by: references and the learner's own documents. Each looks only at its own side, so that
what has been fetched hardly changes whether the curriculum answers. Fitted on the ``dev`` questions
and on questions written to be hard (eval/golden/training/questions.jsonl), by ``tutor eval
calibrate``, with the measurement beside the weights in ``gate.json``. More signals fitted better
and let questions of other domains through (docs/log.md, "The gate").
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from corpus.errors import SettingsError
from index import Hit
from index.lexical import content_words, stem
from index.search import Found, Index
from tutor import ranking
from tutor.asking import asks_for_limits

Side = Literal["curriculum", "sources"]
KINDS: dict[Side, tuple[str, ...]] = {
    "curriculum": ("curriculum", "map"),
    "sources": ("reference", "mine"),
}
# Where a word counts as known. The cards name works and people that the stations only allude to.
_KNOWN_IN: dict[Side, tuple[str, ...]] = {
    "curriculum": ("curriculum", "map", "card"),
    "sources": ("reference", "mine"),
}
FEATURES: dict[Side, tuple[str, ...]] = {
    "curriculum": ("probe", "unknown_names", "answer"),
    "sources": ("dense", "match", "unknown_words"),
}
PARAMETERS = Path(__file__).parent / "gate.json"
# Hits whose sentences are read: as many as an answer is made of by default.
_READ = 10
_TOKEN = re.compile(r"[A-Za-z0-9'’.+-]+")


def hits_of(found: Found, side: Side) -> tuple[Hit, ...]:
    """The hits of one side, best first."""
    return tuple(hit for hit in found.hits if hit.chunk.kind in KINDS[side])


def features(
    index: Index, found: Found, side: Side, reader: ranking.Reader | None = None
) -> dict[str, float]:
    """The signals that the gate reads.

    Args:
        reader: that has read hits of the question before.

    Returns:
        probe: best cosine of the question with a name
        of the topics of the first five; unknown_names: share of the question's weight on names and
        rare words that this side does not hold, unknown_words: on any such words; dense: best
        cosine of the first three hits; match: best product of MaxSim and coverage among them;
        answer: score of the sentence that answers best (``tutor.ranking``).
    """
    hits = hits_of(found, side)
    first = [hit.signals for hit in hits[:3]]
    names, words = _unknown(found.query.text, index, _KNOWN_IN[side])
    values = {
        "probe": max((hit.signals.probe for hit in hits[:5]), default=0.0),
        "dense": max((s.dense for s in first), default=0.0),
        "match": max((s.late * s.coverage for s in first), default=0.0),
        "unknown_names": names,
        "unknown_words": words,
    }
    if "answer" in FEATURES[side]:
        values["answer"] = _answer(index, found, hits, reader)
    return {name: values[name] for name in FEATURES[side]}


def _answer(
    index: Index, found: Found, hits: Sequence[Hit], reader: ranking.Reader | None
) -> float:
    reader = reader or ranking.Reader(index, ranking.read(found.query))
    best = reader.best(hits[:_READ])
    return best.score if best else 0.0


def _unknown(question: str, index: Index, kinds: Sequence[str]) -> tuple[float, float]:
    """Shares of the idf weight of the question's words on unknown names and unknown words, 0..1.

    A name is a word with capitals or digits, or one that the encoder's vocabulary does not hold
    whole. A common word that the corpus lacks says little: learners paraphrase.
    """
    looks_like_name = _name_test(question, index.encoder.knows)
    total = names = unknown = 0.0
    words = content_words(question)
    # "memory-bound" is read as its parts, and as one word besides.
    compounds = {one + other for one, other in pairwise(words)}
    for word in words:
        weight, known = index.weight(stem(word), kinds)
        if asks_for_limits(word) or (not known and word in compounds):
            continue  # of which subject, the other words tell
        total += weight
        unknown += weight if not known else 0.0
        names += weight if not known and looks_like_name(word) else 0.0
    return (names / total, unknown / total) if total else (1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Gate:
    """The fitted regression of one side."""

    side: Side
    weights: Mapping[str, float]
    intercept: float

    def __call__(self, values: Mapping[str, float]) -> float:
        """Estimated probability that this side of the corpus answers the question, 0..1."""
        logit = self.intercept + sum(self.weights[n] * values[n] for n in FEATURES[self.side])
        return 1 / (1 + math.exp(-logit))


def load(file: Path | None = None) -> dict[Side, Gate]:
    """The gates of both sides.

    Args:
        file: written by ``tutor eval calibrate``; None for the bundled one.

    Raises:
        SettingsError: the file is not there, or is none of a gate.
    """
    file = file or PARAMETERS
    try:
        fitted = json.loads(file.read_text(encoding="utf-8"))
        return {
            side: Gate(
                side,
                {name: float(fitted[side]["weights"][name]) for name in FEATURES[side]},
                float(fitted[side]["intercept"]),
            )
            for side in KINDS
        }
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise SettingsError(
            f"{file} holds no gate ({type(fault).__name__}: {fault}); set gate to 'bundled', or "
            f"run: tutor eval calibrate"
        ) from fault


def _name_test(question: str, is_common: Callable[[str], bool]) -> Callable[[str], bool]:
    written = {
        word.lower()
        for position, word in enumerate(_TOKEN.findall(question))
        if sum(c.isupper() for c in word) > 1
        or (position and word[0].isupper())
        or any(c.isdigit() for c in word)
    }
    return lambda word: word in written or not is_common(word)
