"""Which of all possible questions to propose: from stations and kinds that have the fewest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from random import Random

from corpus import Curriculum
from eval.golden import FOLDER, SETS, Question, answerable, load
from eval.propose.material import Entry, entries
from eval.propose.novelty import Asked
from eval.propose.phrases import Rarity
from eval.propose.records import (
    KINDS,
    SHORT,
    Draft,
    Proposal,
    ProposeError,
    append_numbered,
    read_proposals,
    stop_of,
)
from eval.propose.relations import about_references, along_the_map, between_topics
from eval.propose.templates import about_topic
from eval.propose.typos import Mistyper
from eval.splits import SPLITS
from index.lexical import words


def propose(
    file: Path,
    curriculum: Curriculum,
    count: int,
    seed: int = 0,
    kinds: Collection[str] = (),
    folder: Path = FOLDER,
) -> list[Proposal]:
    """Add proposals from templates to a file; the same seed gives the same ones.

    Args:
        kinds: only these; empty for all.
        folder: the golden sets, of which none is asked again; neither is what the file proposes.

    Returns:
        The new ones; fewer than ``count`` when the templates have no more.

    Raises:
        ProposeError: an unknown kind, or the file cannot be written.
        GoldenError: a golden file or the file of proposals breaks its schema.
    """
    check_kinds(kinds)
    drafts = [d for d in all_drafts(curriculum, seed) if not kinds or d.kind in kinds]
    return add(file, drafts, count, seed, folder)


def all_drafts(curriculum: Curriculum, seed: int) -> list[Draft]:
    """All that the templates make, in the order of the curriculum; some without a fact to hold."""
    topics = entries(curriculum)
    rarity = Rarity.over(entry.text for entry in topics)
    typos = _mistyper(curriculum, topics)
    return [
        *(
            draft
            for entry in topics
            # A generator of its own for each topic: a new one leaves the others' typos alone.
            for draft in about_topic(entry, rarity, typos, Random(f"{seed} {entry.key}"))
        ),
        *between_topics(topics, rarity),
        *about_references(curriculum),
        *along_the_map(curriculum),
    ]


def add(
    file: Path, drafts: Sequence[Draft], count: int, seed: int, folder: Path = FOLDER
) -> list[Proposal]:
    """Choose among drafts, number them and append them to a file; as ``propose``."""
    return append_numbered(file, choose(drafts, count, seed, asked_so_far(file, folder)))


def asked_so_far(file: Path, folder: Path = FOLDER) -> list[Question]:
    """All golden questions, and what a file of proposals holds."""
    return [*_golden(folder), *read_proposals(file)]


def check_kinds(kinds: Collection[str], declined: bool = False) -> None:
    """Refuse kinds that nobody proposes.

    Args:
        declined: whether kinds of questions to be declined are among the proposed.

    Raises:
        ProposeError: an unknown kind.
    """
    known = SHORT if declined else KINDS
    unknown = set(kinds) - set(known)
    if unknown:
        raise ProposeError(f"no kind {sorted(unknown)[0]!r}; there are: {', '.join(known)}")


def choose(
    drafts: Sequence[Draft], count: int, seed: int, known: Sequence[Question]
) -> list[Draft]:
    """Up to ``count`` drafts that nobody has asked and whose facts hold.

    Each is the next of the stop with the fewest questions so far (companions are stops as well),
    and there of the kind of which the fewest are proposed.
    """
    asked = Asked(known)
    stops = Counter(stop_of(question) for question in answerable(known) if question.sections)
    kinds = Counter(question.kind for question in known if isinstance(question, Proposal))
    left = list(drafts)
    Random(seed).shuffle(left)
    chosen: list[Draft] = []
    while left and len(chosen) < count:
        best = min(left, key=lambda d: (stops[stop_of(d)], kinds[d.kind]))
        left.remove(best)
        # Last, because it compiles patterns: three quarters of the time, were it done for all.
        if not asked.holds(best) and best.holds():
            asked.add(best)
            chosen.append(best)
            stops[stop_of(best)] += 1
            kinds[best.kind] += 1
    return chosen


def fewest_first(topics: Iterable[Entry], seed: int, folder: Path = FOLDER) -> list[Entry]:
    """Topics in turn from all stops, those with the fewest golden questions first."""
    asked = Counter(stop_of(question) for question in answerable(_golden(folder)))
    left = list(topics)
    Random(seed).shuffle(left)
    ordered: list[Entry] = []
    while left:
        best = min(left, key=lambda entry: asked[entry.station.id])
        left.remove(best)
        ordered.append(best)
        asked[best.station.id] += 1
    return ordered


def _golden(folder: Path) -> list[Question]:
    return [q for which in SETS for split in SPLITS for q in load(split, which, folder)]


def _mistyper(curriculum: Curriculum, topics: Iterable[Entry]) -> Mistyper:
    stops = (*curriculum.stations, *curriculum.companions)
    names = {t.key: (t.title, *t.names) for stop in stops for t in stop.topics}
    for entry in topics:
        names[entry.key] = (*names[entry.key], entry.subject)
    known = (w for d in curriculum.documents if d.kind == "curriculum" for w in words(d.text))
    return Mistyper(names, frozenset(known))
