"""A question as it comes in: cleaned of what nobody typed, and where to look for its answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from corpus.errors import UsageError
from index.search import CURRICULUM, EVERYWHERE, Scope
from tutor import prompts
from tutor.asking.intent import read_intent

# Invisible and control characters: nobody types them, and an injected text may hide in them.
# Invisible ones may stand inside a word; control characters divide words.
_INVISIBLE, _CONTROL = {"Cf", "Co", "Cs"}, {"Cc"}

# What a learner may narrow a question to.
ONLY: dict[str, tuple[str, ...]] = {
    "curriculum": ("curriculum", "map"),
    "references": ("reference",),
    "mine": ("mine",),
}
_STATIONS = 18
# No reference knows the order of the stations.
ABOUT_THE_MAP = Scope(CURRICULUM)


def scope_of(only: str | None, station: int | None, line: Sequence[int] = ()) -> Scope:
    """Where to look, by the names that learners use.

    Args:
        only: "curriculum", "references" or "mine"; None for all of them.
        station: number of a station; None for all.
        line: numbers of the stations of a line, where no one station is given; none for all.

    Raises:
        UsageError: another name, or a number that is on no map.
    """
    if only is not None and only not in ONLY:
        raise UsageError(f"there is no {only!r} to look in; there are: {', '.join(ONLY)}")
    if station is not None and not 1 <= station <= _STATIONS:
        raise UsageError(f"there is no station {station}; all of them: tutor stations")
    stations = tuple(line) if station is None else (station,)
    return Scope(ONLY[only] if only else EVERYWHERE.kinds, stations)


def narrowed(question: str, scope: Scope) -> Scope:
    """Where a question can be answered: those about the map by the curriculum alone."""
    about_the_map = scope == EVERYWHERE and read_intent(question) == "path"
    return ABOUT_THE_MAP if about_the_map else scope


def clean_question(question: str, limit: int) -> str:
    """The question without invisible characters and needless white space.

    Raises:
        UsageError: nothing is left, or more than ``limit`` characters are.
    """
    visible = "".join(
        " " if unicodedata.category(c) in _CONTROL else c
        for c in question
        if unicodedata.category(c) not in _INVISIBLE
    )
    text = " ".join(visible.split())
    if not text:
        raise UsageError('the question is empty; try: tutor ask "What is LoRA?"')
    if len(text) > limit:
        raise UsageError(
            f"the question has {len(text)} characters, at most {limit} are taken; shorten it"
        )
    return text


def not_a_question(text: str) -> str | None:
    """A short reply to what holds no words to search by, or words of another script."""
    letters = [c for c in text if c.isalpha()]
    if sum(c.isascii() for c in letters) * 2 < len(letters):
        return prompts.ENGLISH_ONLY
    return None if len(letters) >= 2 else prompts.CLARIFY
