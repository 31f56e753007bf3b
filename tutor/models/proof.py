"""Does a model work? Each kind is loaded and asked one thing of which the answer is known."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from corpus.errors import ModelError
from tutor.models.catalogue import Kind
from tutor.settings import Settings

if TYPE_CHECKING:
    from tutor.engines.protocol import Engine

_ASKED = "In one sentence: what is a language model?"
_MOST_TOKENS = 48
_QUESTION = "What does a tokenizer do?"
_RIGHT = "A tokenizer splits text into tokens, the units that a language model reads."
_WRONG = "The ferry to the island leaves twice a day, except on Sundays."
_CLAIM = "A tokenizer splits text."


def prove(kind: Kind, settings: Settings) -> str:
    """Load the model that the settings name, and try it.

    Returns:
        What it did, in one line.

    Raises:
        ModelError: it does not load, or does not do what a model of its kind is for.
    """
    return _PROOFS[kind](settings)


def _language(settings: Settings) -> str:
    from tutor.engines.factory import lazy_engine

    lazy = lazy_engine(settings)
    lazy.check()
    try:
        begun = perf_counter()
        engine = lazy()
        loaded = perf_counter()
        said, writing = _said(engine)
        speed = engine.count_tokens(said) / max(writing, 1e-9)
        return (
            f"loaded in {loaded - begun:.1f} s, wrote {speed:.0f} tokens a second: "
            f"“{' '.join(said.split())}”"
        )
    finally:
        lazy.close()


def _said(engine: Engine) -> tuple[str, float]:
    """An answer, and the seconds from its first piece to its last.

    Raises:
        ModelError: it is empty.
    """
    first = last = perf_counter()
    pieces: list[str] = []
    for piece in engine.stream([("user", _ASKED)], max_tokens=_MOST_TOKENS):
        last = perf_counter()
        first = first if pieces else last
        pieces.append(piece)
    said = "".join(pieces).strip()
    if not said:
        raise ModelError(f"{engine.name} says nothing when it is asked; choose another model")
    return said, last - first


def _embedding(settings: Settings) -> str:
    from index.encoder import load_encoder

    encoder = load_encoder(settings.embedding_model, settings.models)
    begun = perf_counter()
    question, right, wrong = (e.vector for e in encoder.encode([_QUESTION, _RIGHT, _WRONG]))
    seconds = perf_counter() - begun
    near, far = float(question @ right), float(question @ wrong)
    _check_order(settings.embedding_model, near, far)
    return (
        f"{encoder.dimension} dimensions, reads {encoder.max_tokens} tokens; three sentences in "
        f"{seconds:.2f} s; the right passage at a cosine of {near:.2f}, a wrong one at {far:.2f}"
    )


def _reranker(settings: Settings) -> str:
    from index.rerank import LateInteraction, load_reranker

    reranker = load_reranker(settings.reranker)
    if isinstance(reranker, LateInteraction) or settings.reranker == "none":
        return "needs no model of its own"
    begun = perf_counter()
    scores = reranker.scores(_QUESTION, {0: _candidate(_RIGHT), 1: _candidate(_WRONG)})
    seconds = perf_counter() - begun
    _check_order(settings.reranker, scores[0], scores[1])
    return (
        f"two passages in {seconds:.2f} s; the right one scores {scores[0]:.2f}, "
        f"a wrong one {scores[1]:.2f}"
    )


def _candidate(text: str) -> Any:
    from index.records import Chunk, Signals

    return Chunk("proof#0", "proof", "Proof", text, 0, len(text), ("Proof",), "mine"), Signals()


def _entailment(settings: Settings) -> str:
    from tutor.entailment import Entailment

    if not settings.entailment_model:
        return "the bundled check needs no model of its own"
    begun = perf_counter()
    model = Entailment(settings.entailment_model, settings.models)
    supported, unsupported = model.scores(_CLAIM, [_RIGHT, _WRONG])
    seconds = perf_counter() - begun
    _check_order(settings.entailment_model, supported, unsupported)
    return (
        f"loaded and read two pairs in {seconds:.1f} s; the supported sentence at "
        f"{supported:.2f}, an unsupported one at {unsupported:.2f}"
    )


def _check_order(name: str, right: float, wrong: float) -> None:
    if not (math.isfinite(right) and right > wrong):
        raise ModelError(
            f"{Path(name).name} does not tell a right passage ({right:.2f}) from a wrong one "
            f"({wrong:.2f}); choose another model"
        )


_PROOFS: dict[Kind, Callable[[Settings], str]] = {
    "language": _language,
    "embedding": _embedding,
    "reranker": _reranker,
    "entailment": _entailment,
}
