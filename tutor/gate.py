"""Whether the corpus answers a question, estimated before anything is written.

A logistic regression over three signals of the search, fitted on the ``dev`` questions only, by
``python -m eval.calibrate``, which writes ``gate.json`` with the measurement beside the weights.
More signals fitted better and held worse under cross-validation (docs/log.md, "The gate").
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from index.lexical import content_words, stem
from index.search import Found, Index

FEATURES = ("late", "probe", "unknown_names")
PARAMETERS = Path(__file__).parent / "gate.json"
_TOKEN = re.compile(r"[A-Za-z0-9'’.+-]+")


def features(index: Index, found: Found) -> dict[str, float]:
    """The signals that the gate reads.

    Returns:
        late: best MaxSim of the first three hits; probe: best cosine of the question with a name
        of the topics of the first five; unknown_names: share of the question's weight that lies
        on names and rare words which the corpus does not hold.
    """
    return {
        "late": max((h.signals.late for h in found.hits[:3]), default=0.0),
        "probe": max((h.signals.probe for h in found.hits[:5]), default=0.0),
        "unknown_names": unknown_names(found.query.text, index),
    }


def unknown_names(question: str, index: Index) -> float:
    """Share of the idf weight of the question's words on names that no chunk holds, 0..1.

    A name is a word with capitals or digits, or one that the encoder's vocabulary does not hold
    whole. A common word that the corpus lacks says little: learners paraphrase.
    """
    looks_like_name = _name_test(question, index.encoder.knows)
    total = unknown = 0.0
    for word in content_words(question):
        idf = index.bm25.idf(stem(word))
        weight = idf or index.bm25.rarest()
        total += weight
        unknown += weight if not idf and looks_like_name(word) else 0.0
    return unknown / total if total else 1.0


def confidence(values: dict[str, float]) -> float:
    """Estimated probability that the corpus answers the question, 0..1."""
    weights, intercept = _parameters()
    return 1 / (1 + math.exp(-intercept - sum(weights[name] * values[name] for name in FEATURES)))


@lru_cache(maxsize=1)
def _parameters() -> tuple[dict[str, float], float]:
    data = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    return data["weights"], data["intercept"]


def _name_test(question: str, is_common: Callable[[str], bool]) -> Callable[[str], bool]:
    written = {
        word.lower()
        for position, word in enumerate(_TOKEN.findall(question))
        if sum(c.isupper() for c in word) > 1
        or (position and word[0].isupper())
        or any(c.isdigit() for c in word)
    }
    return lambda word: word in written or not is_common(word)
