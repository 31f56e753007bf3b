"""Proposals from what learners said of answers in the chat (tutor.feedback).

::

    thumb   on an answer                    becomes
    down    should have declined            a question to decline
    down    any other reason, or none       a question to answer, its facts to be written
    up      that answers                    a question with that answer as its reference
    up      that declines                   a question to decline
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from corpus import Curriculum
from eval.golden import FOLDER, Message
from eval.propose.material import entries
from eval.propose.novelty import Asked
from eval.propose.phrases import Rarity, key_facts
from eval.propose.places import Places
from eval.propose.records import KINDS, Draft, Proposal, append_numbered
from eval.propose.spread import asked_so_far, check_kinds
from tutor.feedback import Feedback
from tutor.inert import visible

# A confirmed answer is long: its three rarest phrases, of which a person keeps what matters.
_FACTS = 3
# As much of an answer as a reviewer reads to see what was wrong with it, in characters.
_SHOWN = 600
_DECLINED = "The curriculum does not cover this."
# What the tutor reads as no kind of golden question; generated.py guesses alike.
_GUESS = "how"
_NO_FACTS = "write facts and a reference answer into its line before accepting it"


@dataclass(frozen=True, slots=True)
class FromLearners:
    """What the feedback of a home came to.

    Attributes:
        proposals: those written to the file.
        known: asked by a golden question, another proposal or another learner already.
        unfit: of no use: the answer rests on the learner's own documents, or the learner liked a
            question back or what was broken off.
        left: more than were wanted.
    """

    proposals: list[Proposal]
    known: int
    unfit: int
    left: int


def from_learners(
    file: Path,
    given: Sequence[Feedback],
    curriculum: Curriculum,
    count: int,
    kinds: Collection[str] = (),
    folder: Path = FOLDER,
) -> FromLearners:
    """Add proposals from feedback to a file: thumbs down before thumbs up, each oldest first.

    Args:
        count: at most so many.
        kinds: only these; empty for all.
        folder: the golden sets, of which none is asked again; neither is what the file proposes.

    Raises:
        ProposeError: an unknown kind, or the file cannot be written.
        GoldenError: a golden file or the file of proposals breaks its schema.
    """
    check_kinds(kinds, declined=True)
    drafter = _Drafter(curriculum)
    ordered = sorted(given, key=lambda each: (each.verdict == "up", each.given, each.id))
    drafts = [drafter.draft(each) for each in ordered]
    fit = [draft for draft in drafts if draft and (not kinds or draft.kind in kinds)]
    asked = Asked(asked_so_far(file, folder))
    new: list[Draft] = []
    for draft in fit:
        if not asked.holds(draft):
            asked.add(draft)
            new.append(draft)
    proposals = append_numbered(file, new[:count])
    return FromLearners(
        proposals, len(fit) - len(new), drafts.count(None), len(new) - len(proposals)
    )


class _Drafter:
    def __init__(self, curriculum: Curriculum) -> None:
        self._curriculum, self._places = curriculum, Places(curriculum)

    @cached_property
    def _rarity(self) -> Rarity:
        return Rarity.over(entry.text for entry in entries(self._curriculum))

    def draft(self, given: Feedback) -> Draft | None:
        """What a piece of feedback becomes; None if it is of no use."""
        if not _line(given.question):
            return None
        if _to_decline(given):
            return self._declining(given)
        if self._places.own_alone(given.answer):
            return None
        if given.verdict == "down":
            return self._to_answer(given, "", f"{_told(given)}; {_NO_FACTS}")
        if given.answer["status"] != "answered":
            return None
        reference = " ".join(_line(sentence["text"]) for sentence in given.answer["sentences"])
        return self._to_answer(given, reference, f"{_told(given)}; check every word of it")

    def _declining(self, given: Feedback) -> Draft:
        false = given.answer.get("kind") == "false-premise"
        return Draft(
            kind="false-premise" if false else "near-domain",
            question=_line(given.question),
            station=None,
            sections=(),
            facts=(),
            reference=_DECLINED,
            why=f"{_told(given)}; make sure that nothing in the curriculum answers it",
            history=_history(given),
            expect="decline",
        )

    def _to_answer(self, given: Feedback, reference: str, why: str) -> Draft:
        found = self._places.of(given.answer)
        corrected = bool(reference) and given.answer.get("kind") == "false-premise"
        return Draft(
            kind="false-premise" if corrected else _kind(given),
            question=_line(given.question),
            station=found.station,
            sections=found.sections,
            urls=found.urls,
            facts=key_facts(reference, self._rarity, _FACTS, (given.question,)),
            reference=reference,
            why=why,
            history=_history(given),
            expect="correct" if corrected else "answer",
        )


def _to_decline(given: Feedback) -> bool:
    liked = given.verdict == "up" and given.answer["status"] == "abstained"
    return liked or given.reason == "should-have-declined"


def _told(given: Feedback) -> str:
    """Who found what, for the person who reviews: reason, note, and what the tutor had said."""
    day = time.strftime("%Y-%m-%d", time.gmtime(given.given))
    found = "right" if given.verdict == "up" else (given.reason or "wrong in some way")
    note = f", and wrote “{_line(given.note)}”" if given.note else ""
    told = f"on {day} a learner found the answer {found.replace('-', ' ')}{note}"
    if given.verdict == "up":
        return told
    said = _line(given.answer["answer"])
    cut = f"{said[:_SHOWN]}…" if len(said) > _SHOWN else said
    return f"{told}; it was ({given.answer['status']}): “{cut}”"


def _kind(given: Feedback) -> str:
    """As the tutor read the question; where that is no kind of golden question, by a guess."""
    if _history(given):
        return "followup"
    kind = given.answer.get("kind", "")
    return kind if kind in KINDS else _GUESS


def _history(given: Feedback) -> tuple[Message, ...]:
    """What was said before, if the question needs it."""
    if given.answer.get("standalone_question", given.question) == given.question:
        return ()
    return tuple(Message(role=turn.role, content=_shown(turn.content)) for turn in given.history)


def _shown(text: str) -> str:
    return visible(text).strip()


def _line(text: Any) -> str:
    """On one line, and without what would steer the terminal of whoever reviews it."""
    return " ".join(visible(str(text)).split())
