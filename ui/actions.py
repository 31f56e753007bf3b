"""What the page does when a learner asks or presses something: each yields what to show.

Every event of the page goes through ``Actions.act`` with a name and a value, as the page's script
tells them; what it yields names the parts of the page to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from corpus.errors import TutorError, UsageError
from tutor.feedback import Reason
from tutor.levels import Level
from tutor.log import answer_from_json
from tutor.records import Answer
from tutor.settings import Settings
from ui import looking, models
from ui.asking.chat import Asking, Chat, Progress
from ui.asking.desk import Desk
from ui.panes import conversations
from ui.panes.answers import plain
from ui.panes.views import Views
from ui.sources.changing import Changing

Changes = Mapping[str, Any]
"""Values by part of the page: log, now, evidence, listing, map, card, effect, question, …"""


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab of a browser shows, and how its learner wants to be answered.

    Attributes:
        session: of the tab.
        conversation: "" for a new one.
        editing: number of the turn whose question is being edited; 0 for none.
        where: a value of ``ui.looking.choices``.
    """

    owner: str
    session: str
    conversation: str = ""
    editing: int = 0
    where: str = "all"
    level: Level = "practitioner"
    hints: bool = False
    passages: int = 10
    search: str = ""

    @property
    def user(self) -> str | None:
        """The account; None where the page asks for none."""
        kind, _, name = self.owner.partition(":")
        return name if kind == "user" else None


class Actions:
    """All that can be done on the page but loading it."""

    def __init__(
        self, chat: Chat, views: Views, desk: Desk, settings: Settings, changing: Changing
    ) -> None:
        self._chat, self._views, self._strings = chat, views, views.strings
        self._desk, self._settings, self._changing = desk, settings, changing
        self._done: dict[str, Callable[[Tab, str], Iterator[Changes]]] = {
            "ask": self.ask,
            "retry": self._retry,
            "edit": self._edit,
            "keep": self._keep,
            "copy": self._copy,
            "up": self._up,
            "down": self._down,
            "open": self.open,
            "new": lambda tab, _: self.open(tab, ""),
            "rename": self._rename,
            "delete": self._delete,
            "export-markdown": lambda tab, value: self._export(tab, value, "markdown"),
            "export-json": lambda tab, value: self._export(tab, value, "json"),
            "evidence": self._evidence,
            "station": lambda tab, value: self._stop(tab, int(value)),
            "companion": self._stop,
            "enlarge": self._enlarge,
            "source-remove": lambda tab, key: changing.remove(key, tab.user),
            "source-fetch": lambda tab, value: changing.fetch(value, tab.user),
            "source-index": lambda tab, _: changing.index_waiting(tab.user),
        }

    def act(self, tab: Tab, what: str, value: str) -> Iterator[Changes]:
        """Do what the page asks for; a fault is told in a line."""
        try:
            if what not in self._done:
                raise UsageError(f"there is nothing called {what!r} to do here")
            yield from self._done[what](tab, value)
        except (TutorError, ValueError, KeyError) as fault:
            told = str(fault).rstrip(".")
            yield {"effect": {"notice": self._strings.fault.format(fault=told)}}

    def ask(self, tab: Tab, question: str) -> Iterator[Changes]:
        """Answer a question, event by event."""
        if self._chat.waits(tab.session):
            return
        scope = looking.scope(tab.where, self._views.catalogue)
        asking = Asking(
            question, tab.owner, tab.conversation, scope, tab.level, tab.hints, tab.passages,
            tab.editing or None,
        )  # fmt: skip
        shown: Changes = {}
        if tab.editing:
            kept = self._views.conversation(tab.conversation, tab.owner, tab.editing)
            shown = {"log": kept}
        elif not tab.conversation:
            shown = {"log": "", "effect": {"beside": "evidence"}}
        yield {**shown, "question": "", "running": True, "editing": 0}
        cited = 0
        for progress in self._chat.ask(asking, tab.session):
            if progress.done:
                yield self._ended(tab, progress)
                continue
            changes: dict[str, Any] = {"now": self._views.running(progress)}
            if len(progress.said.citations) > cited:  # the pane grows with the answer
                cited = len(progress.said.citations)
                changes["evidence"] = self._views.evidence(
                    progress.said, progress.answer_id, progress.retrieved
                )
            yield changes

    def open(self, tab: Tab, conversation: str) -> Iterator[Changes]:
        """Show a conversation, or the empty page."""
        views, told = self._views, dict[str, str]()
        if conversation and views.log.conversation(conversation, tab.owner) is None:
            told, conversation = {"notice": self._strings.gone}, ""
        yield {
            "conversation": conversation,
            "log": views.conversation(conversation, tab.owner),
            "now": "",
            "evidence": (
                views.all_evidence(conversation, tab.owner) if conversation else views.no_evidence()
            ),
            "map": views.map(conversation, tab.owner),
            "listing": self.listing(replace(tab, conversation=conversation)),
            "editing": 0,
            "effect": {
                "conversation": conversation,
                "beside": "evidence" if conversation else "map",
                "show": "chat",
                "focus": "question",
                **told,
            },
        }

    def arrive(self, tab: Tab, conversation: str) -> Iterator[Changes]:
        """Show what the address names; what the learner does meanwhile is not disturbed."""
        for changes in self.open(tab, conversation):
            effect = dict(changes["effect"])
            left_out = ("show", "focus") if effect["conversation"] else ("show", "focus", "beside")
            kept = {name: value for name, value in effect.items() if name not in left_out}
            yield {**changes, "effect": kept}

    def _ended(self, tab: Tab, progress: Progress) -> Changes:
        """What stands there when nothing more comes."""
        common = {"running": False}
        if progress.fault:
            return {**common, "now": self._views.running(progress)}
        if not isinstance(progress.said, Answer):  # stopped before anything was said
            shown = self._views.conversation(tab.conversation, tab.owner)
            asked = progress.asking.question
            return {**common, "now": "", "log": shown, "question": asked}
        views, conversation = self._views, progress.conversation
        return {
            **common,
            "conversation": conversation,
            "log": views.conversation(conversation, tab.owner),
            "now": "",
            "evidence": views.all_evidence(conversation, tab.owner),
            "map": views.map(conversation, tab.owner),
            "listing": self.listing(replace(tab, conversation=conversation)),
            "effect": {"conversation": conversation, "answered": progress.answer_id},
        }

    def use_model(self, owner: str, name: str) -> Changes:
        """Take another language model into use; returns the effect that tells it."""
        try:
            models.take(name, owner, self._desk, self._settings)
        except TutorError as fault:
            return {"notice": self._strings.fault.format(fault=str(fault).rstrip("."))}
        return {"notice": self._strings.model_used.format(name=name)}

    def listing(self, tab: Tab) -> str:
        """The conversations that the search of the tab finds."""
        return conversations.listing(
            self._views.log, tab.owner, tab.conversation, tab.search, self._strings
        )

    def _turn(self, tab: Tab, answer_id: str) -> tuple[str, int]:
        """Conversation and number of an answer's id. Raises UsageError if it is not there."""
        conversation, _, number = answer_id.rpartition("-")
        turns = self._views.log.turns(conversation, tab.owner)
        if not number.isdigit() or not any(t.number == int(number) for t in turns):
            raise UsageError(self._strings.gone)
        return conversation, int(number)

    def _question_of(self, tab: Tab, answer_id: str) -> tuple[str, int]:
        conversation, number = self._turn(tab, answer_id)
        turns = self._views.log.turns(conversation, tab.owner)
        return next(t.question for t in turns if t.number == number), number

    def _retry(self, tab: Tab, answer_id: str) -> Iterator[Changes]:
        question, number = self._question_of(tab, answer_id)
        return self.ask(replace(tab, editing=number), question)

    def _edit(self, tab: Tab, answer_id: str) -> Iterator[Changes]:
        question, number = self._question_of(tab, answer_id)
        yield {"question": question, "editing": number, "effect": {"focus": "question"}}

    def _keep(self, tab: Tab, _: str) -> Iterator[Changes]:
        yield {"question": "", "editing": 0, "effect": {"focus": "question"}}

    def _copy(self, tab: Tab, answer_id: str) -> Iterator[Changes]:
        conversation, number = self._turn(tab, answer_id)
        turns = self._views.log.turns(conversation, tab.owner)
        answer = answer_from_json(next(t.answer for t in turns if t.number == number))
        told = plain(answer, self._strings.answers)
        yield {"effect": {"copy": told, "notice": self._strings.copied}}

    def _up(self, tab: Tab, answer_id: str) -> Iterator[Changes]:
        conversation, number = self._turn(tab, answer_id)
        given = self._views.feedback.of(tab.owner, conversation).get(number)
        if given and given.verdict == "up":
            self._views.feedback.withdraw(tab.owner, conversation, number)
        else:
            self._views.feedback.give(tab.owner, conversation, number, "up")
        yield {"log": self._views.conversation(conversation, tab.owner), "now": ""}

    def _down(self, tab: Tab, answer_id: str) -> Iterator[Changes]:
        conversation, number = self._turn(tab, answer_id)
        given = self._views.feedback.of(tab.owner, conversation).get(number)
        if given and given.verdict == "down":
            self._views.feedback.withdraw(tab.owner, conversation, number)
            yield {"log": self._views.conversation(conversation, tab.owner), "now": ""}
        else:
            yield {"judged": answer_id, "effect": {"focus": "feedback"}}

    def give(self, tab: Tab, answer_id: str, reason: str, note: str) -> Iterator[Changes]:
        """Keep what was wrong with an answer."""
        try:
            conversation, number = self._turn(tab, answer_id)
            if reason not in get_args(Reason):
                raise UsageError("choose what was wrong")
            self._views.feedback.give(tab.owner, conversation, number, "down", reason, note)  # type: ignore[arg-type]
        except TutorError as fault:
            yield {"effect": {"notice": self._strings.fault.format(fault=str(fault).rstrip("."))}}
            return
        yield {
            "log": self._views.conversation(conversation, tab.owner),
            "now": "",
            "judged": "",
            "effect": {"notice": self._strings.thanks},
        }

    def _rename(self, tab: Tab, value: str) -> Iterator[Changes]:
        conversation, _, title = value.partition("\t")
        self._views.log.rename(conversation, title, tab.owner)
        yield {"listing": self.listing(tab)}

    def _delete(self, tab: Tab, conversation: str) -> Iterator[Changes]:
        self._views.log.delete(conversation, tab.owner)
        if conversation == tab.conversation:
            yield from self.open(tab, "")
        else:
            yield {"listing": self.listing(tab)}

    def _export(self, tab: Tab, conversation: str, form: str) -> Iterator[Changes]:
        file = conversations.export(self._views.log, tab.owner, conversation, form)
        told = {"name": file.name, "kind": file.kind, "text": file.text}
        yield {"effect": {"save": told}}

    def _evidence(self, tab: Tab, answer_id: str) -> Iterator[Changes]:
        """The evidence of an answer that is not among those in the page."""
        conversation, number = self._turn(tab, answer_id)
        turns = self._views.log.turns(conversation, tab.owner)
        turn = next(t for t in turns if t.number == number)
        yield {"evidence": self._views.evidence_of(conversation, turn)}

    def _stop(self, tab: Tab, stop: int | str) -> Iterator[Changes]:
        yield {
            "card": self._views.card(stop),
            "map": self._views.map(tab.conversation, tab.owner, stop),
            "effect": {"show": "map", "stop": str(stop)},
        }

    def _enlarge(self, tab: Tab, _: str) -> Iterator[Changes]:
        yield {"effect": {"dialog": self._views.wide_map(tab.conversation, tab.owner)}}
