"""The tutor with one part broken on purpose: each measure must notice the damage it is meant for.

A ruler that shows the same length for everything measures nothing. ``tests/eval/test_damage.py``
asks these the golden questions, and anybody can run them:
``tutor eval run --system wrong-chunks``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from eval.systems.tutor import TutorSystem
from index.search import CURRICULUM, EVERYWHERE, Found, Index, Scope
from tutor.answer import Tutor
from tutor.app import Say, open_index
from tutor.check import Verdict, check_sentence
from tutor.engines.factory import lazy_engine
from tutor.settings import Settings

_SEED = 0


class _WrongChunks:
    """An index whose search hands out chunks of the curriculum at random, with the right scores."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._rows = [(r, c) for r, c in index.texts.every_chunk() if c.kind in CURRICULUM]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def search(self, text: str, k: int, scope: Scope = EVERYWHERE) -> Found:
        """As the index's."""
        found = self._index.search(text, k, scope)
        draw = random.Random(f"{_SEED} {text}")
        wrong = draw.sample(self._rows, len(found.hits))
        hits = [
            replace(hit, row=row, chunk=chunk)
            for hit, (row, chunk) in zip(found.hits, wrong, strict=True)
        ]
        return replace(found, hits=tuple(hits))


def _passes_everything(sentence: str, passages: Sequence[str]) -> Verdict:
    """A check that finds every sentence supported, by the passage that is most like it.

    Not by the first: that one is quoted before the model writes, so that its sentence would be
    dropped as a repetition, and the damage with it.
    """
    return Verdict("supported", check_sentence(sentence, passages).passages)


def wrong_chunks(settings: Settings, say: Say) -> TutorSystem:
    """Retrieval returns anything: recall, nDCG and fact recall must fall."""
    index = cast(Index, _WrongChunks(open_index(settings, say)))
    return TutorSystem(Tutor(index, settings, lazy_engine(settings)), "wrong-chunks")


def no_checker(settings: Settings, say: Say) -> TutorSystem:
    """The model's sentences go out unchecked: citation recall and precision must fall."""
    index = open_index(settings, say)
    tutor = Tutor(index, settings, lazy_engine(settings), _passes_everything)
    return TutorSystem(tutor, "no-checker")


def never_declines(settings: Settings, say: Say) -> TutorSystem:
    """The threshold is 0: the share declined must fall, and the risk rise."""
    never = settings.model_copy(update={"answer_threshold": 0.0})
    return TutorSystem(Tutor(open_index(never, say), never, lazy_engine(never)), "never-declines")


DAMAGED: dict[str, Callable[[Settings, Say], TutorSystem]] = {
    "wrong-chunks": wrong_chunks,
    "no-checker": no_checker,
    "never-declines": never_declines,
}
