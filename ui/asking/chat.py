"""A question on its way through the desk, as the page shows it, and its place in the log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.errors import TutorError
from index import Hit
from index.search import EVERYWHERE, Scope
from tutor.answer import Tutor
from tutor.asking import clean_question
from tutor.levels import Level
from tutor.log import ConversationLog, uncited
from tutor.records import Answer, Event, Finished, Retrieved, Spoken, Stage, Turn
from tutor.settings import Settings
from ui.asking.desk import Asked, Desk, Place
from ui.panes.answers import SoFar


@dataclass(frozen=True, slots=True)
class Asking:
    """What a learner asks, and how.

    Attributes:
        conversation: "" for a new one.
        replaces: number of the turn that is asked again; it and all after it are dropped.
    """

    question: str
    owner: str
    conversation: str = ""
    scope: Scope = EVERYWHERE
    level: Level | None = None
    socratic: bool | None = None
    passages: int | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a question is.

    Attributes:
        number: its turn's, 1-based.
        said: the answer, whole or so far.
        stages: what has been done, in order, with seconds since the question was asked.
        place: in line; None when it is its turn.
        done: whether nothing more comes.
        stopped: whether the learner stopped it.
        fault: why there is no answer, in a line.
    """

    asking: Asking
    conversation: str
    number: int
    said: Answer | SoFar = field(default_factory=SoFar)
    retrieved: tuple[Hit, ...] = ()
    stages: tuple[tuple[Stage | Retrieved | Place, float], ...] = ()
    place: int | None = None
    done: bool = False
    stopped: bool = False
    fault: str = ""

    @property
    def answer_id(self) -> str:
        """As the page's anchors have it."""
        return f"{self.conversation or 'new'}-{self.number}"


class Chat:
    """Asks the desk, and keeps what was answered.

    Args:
        log: with the conversations of all owners.
    """

    def __init__(self, desk: Desk, log: ConversationLog, settings: Settings) -> None:
        self._desk, self._log, self._settings = desk, log, settings
        self._running: dict[str, Asked[Event]] = {}

    def ask(self, asking: Asking, session: str) -> Iterator[Progress]:
        """Answer, event by event; the answer is in the log when the last one comes.

        Args:
            session: of the browser's tab, to stop the question by.
        """
        progress = Progress(asking, asking.conversation, self._number(asking))
        started = time.perf_counter()
        try:
            text = clean_question(asking.question, self._settings.question_characters)
            asked = self._desk.ask(asking.owner, self._job(replace(asking, question=text)))
        except TutorError as fault:
            yield replace(progress, fault=str(fault), done=True)
            return
        self._running[session] = asked
        try:
            for event in asked:
                progress = _after(progress, event, time.perf_counter() - started)
                if not isinstance(event, Finished):
                    yield progress
            yield self._kept(progress)
        except TutorError as fault:
            yield replace(progress, fault=str(fault), done=True)
        finally:
            asked.close()
            if self._running.get(session) is asked:
                del self._running[session]

    def waits(self, session: str) -> bool:
        """Whether a tab waits for an answer."""
        return session in self._running

    def stop(self, session: str) -> None:
        """Stop what a tab is waiting for, if anything."""
        if asked := self._running.get(session):
            asked.close()

    def _number(self, asking: Asking) -> int:
        if asking.replaces is not None:
            return asking.replaces
        if not asking.conversation:
            return 1
        return len(self._log.turns(asking.conversation, asking.owner)) + 1

    def _job(self, asking: Asking):  # type: ignore[no-untyped-def]  # an iterator of events
        history: list[Turn] = (
            self._log.history(asking.conversation, owner=asking.owner, before=asking.replaces)
            if asking.conversation
            else []
        )

        def job(tutor: Tutor) -> Iterator[Event]:
            return tutor.stream(
                asking.question,
                history,
                scope=asking.scope,
                level=asking.level,
                socratic=asking.socratic,
                passages=asking.passages,
            )

        return job

    def _kept(self, progress: Progress) -> Progress:
        """The last event: with the answer, or what was said before it was stopped, in the log."""
        said = progress.said
        stopped = isinstance(said, SoFar)
        if isinstance(said, SoFar):
            if not said.spoken:
                return replace(progress, done=True, stopped=True)
            said = _cut_short(progress, said)
        asking = progress.asking
        retrieved = uncited(progress.retrieved, said)
        conversation = asking.conversation or self._log.start(said.question, asking.owner)
        if asking.replaces is not None:
            number = self._log.replace(conversation, asking.replaces, said, retrieved, asking.owner)
        else:
            number = self._log.add(conversation, said, retrieved, asking.owner)
        return replace(
            progress, conversation=conversation, number=number, said=said, done=True,
            stopped=stopped,
        )  # fmt: skip


def _after(progress: Progress, event: Event | Place, seconds: float) -> Progress:
    if isinstance(event, Finished):
        return replace(progress, said=event.answer)
    if isinstance(event, Spoken):
        assert isinstance(progress.said, SoFar)
        return replace(progress, said=progress.said.then(event), place=None)
    stages = (*progress.stages, (event, seconds))
    if isinstance(event, Place):
        return replace(progress, stages=stages, place=event.number)
    if isinstance(event, Retrieved):
        return replace(progress, stages=stages, retrieved=event.hits)
    return replace(progress, stages=stages, place=None)


def _cut_short(progress: Progress, said: SoFar) -> Answer:
    return Answer(
        id=None,
        question=progress.asking.question,
        standalone_question=progress.asking.question,
        status="answered",
        answer=said.answer,
        sentences=said.sentences,
        citations=said.citations,
    )
