"""What was retrieved for a question, as a ranking of units of which some answer it.

A golden question names the topics or pages that answer it, and any one will do: there is one
thing to be found. So the measures of ranking rest on one number, the place of the first unit that
answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from corpus.errors import UsageError
from eval.golden import Question
from eval.records import Passage, Record

# The measures of context look at so many passages, as recall@5 does at units.
SHOWN = 5


def first_answering(record: Record) -> float | None:
    """The place of the first unit that answers, from 1; infinite if none does.

    None where nothing is to be found: questions to decline, attacks, look-ups (they are answered
    from the references as data), questions without a known source, and failed systems.
    """
    if not searched(record):
        return None
    places = (place for place, (_, answers) in enumerate(ranking(record), 1) if answers)
    return float(next(places, float("inf")))


def searched(record: Record) -> bool:
    """Whether the measures of ranking apply."""
    question = record.question
    return (
        record.reply is not None
        and question.expect == "answer"
        and question.kind != "lookup"
        and bool(targets(question))
    )


def ranking(record: Record, passages: int | None = None) -> list[tuple[str, bool]]:
    """The units retrieved, each once at its first place, and whether one of its passages answers.

    Args:
        passages: only so many of the first passages count; None for all.
    """
    units: dict[str, bool] = {}
    for passage in retrieved(record)[:passages]:
        answers = bool(answered(record.question, passage))
        units[passage.unit] = units.get(passage.unit, False) or answers
    return list(units.items())


def retrieved(record: Record) -> Sequence[Passage]:
    """The passages found, best first; none if the system failed."""
    return record.reply.retrieved if record.reply else []


def answered(question: Question, passage: Passage) -> frozenset[str]:
    """Which of a question's targets a passage answers.

    A passage of the map answers them all when it holds all facts: the map says again, in its own
    words, what the topics about it say.
    """
    wanted = targets(question)
    if passage.kind == "map" and question.facts and question.fact_recall(passage.text) == 1.0:
        return wanted
    return wanted & {spelled(key) for key in passage.keys}


def targets(question: Question) -> frozenset[str]:
    """Keys of the topics and addresses that answer, each in its one spelling."""
    return frozenset(spelled(key) for key in (*question.sections, *question.urls))


@lru_cache(maxsize=4096)
def spelled(key: str) -> str:
    """An address in its canonical spelling; any other key as it is."""
    if not key.lower().startswith(("http://", "https://")):
        return key
    from corpus.fetching import canonical

    try:
        return canonical(key)
    except UsageError:
        return key
