"""What the page's panes hold, made from the log, the index and the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from index.database import Database
from index.search import Index
from index.version import current_version
from tutor.feedback import FeedbackStore
from tutor.log import ConversationLog, LoggedTurn, answer_from_json
from tutor.records import Answer
from tutor.settings import Settings
from ui.asking.chat import Progress
from ui.metro import card, draw, lit_by, opening
from ui.panes.answers import Said
from ui.panes.evidence import pane
from ui.panes.messages import failed, logged, next_questions, turn_of, under_way
from ui.panes.strings import Strings
from ui.panes.suggestions import about, examples
from ui.text.escape import attribute, escaped
from ui.text.safe import inline

# So many answers have their evidence in the page at once; that of others is fetched.
_TURNS = 8


class Views:
    """Makes HTML; reads only.

    Args:
        index: read in this thread only: its catalogue, and what each stop is about.
    """

    def __init__(self, settings: Settings, index: Index, strings: Strings) -> None:
        self._settings, self.catalogue, self.strings = settings, index.catalogue, strings
        stops = (*self.catalogue.stations, *self.catalogue.companions)
        self._openings = {s.number or s.id: opening(index, s.number or s.id) for s in stops}
        self.log = ConversationLog(settings.log, "free some space, or set TUTOR_HOME")
        self.feedback = FeedbackStore(settings.log)

    def conversation(self, conversation: str, owner: str, before: int | None = None) -> str:
        """The log of a conversation; what the empty page says if it has no turn.

        Args:
            before: only the turns before this number.
        """
        turns = [
            turn
            for turn in self.log.turns(conversation, owner)
            if before is None or turn.number < before
        ]
        if not turns:
            return "" if before else self.empty()
        given = self.feedback.of(owner, conversation)
        return logged(conversation, turns, given, self.catalogue, self.strings)

    def empty(self) -> str:
        """What the tutor is, and questions to begin with."""
        strings = self.strings
        stations = examples(self.catalogue, strings.answers)
        titles = {s.number: s.title for s in self.catalogue.stations}
        folded = "".join(
            f"<details><summary>{escaped(strings.station.format(number=n, title=titles[n]))}"
            f'</summary><p class="following">{_asks(f"empty-{n}", questions)}</p></details>'
            for n, questions in stations.items()
        )
        return (
            f'<div class="empty"><h2>{escaped(strings.empty_title)}</h2>'
            f'<p>{escaped(strings.empty_text)}</p><p class="following">'
            f"{_asks('first', strings.first)}</p><h3>{escaped(strings.examples)}</h3>"
            f'<div class="examples">{folded}</div></div>'
        )

    def running(self, progress: Progress) -> str:
        """The turn that is being answered, or why it came to nothing."""
        show = failed if progress.fault else under_way
        return show(progress, self.strings)

    def finished(self, progress: Progress, owner: str) -> str:
        """The turn that has just been answered."""
        assert isinstance(progress.said, Answer)
        turns = self.log.turns(progress.conversation, owner)
        asked = [turn.question for turn in turns]
        following = next_questions(progress.said, self.catalogue, asked, self.strings)
        note = self.strings.stopped if progress.stopped else ""
        return turn_of(progress.said, progress.answer_id, self.strings, None, following, note)

    def evidence(self, said: Said, answer_id: str, retrieved: Sequence[object]) -> str:
        """The evidence of one answer."""
        # A connection of this thread's own: the tutor's is the desk's.
        texts = Database(current_version(self._settings.index))
        found = pane(said, answer_id, retrieved, texts, self.strings.answers)  # type: ignore[arg-type]
        return (
            f'<div class="of-turn last" id="evidence-{attribute(answer_id)}">\n\n{found}\n\n</div>'
        )

    def no_evidence(self) -> str:
        """What stands there before there is any."""
        return f'<p class="hint">{escaped(self.strings.no_evidence)}</p>'

    def all_evidence(self, conversation: str, owner: str) -> str:
        """The evidence of the last answers of a conversation; the last one's is shown."""
        turns = self.log.turns(conversation, owner)[-_TURNS:]
        shown = [self.evidence_of(conversation, turn) for turn in turns]
        kept = [text.replace('"of-turn last"', '"of-turn"') for text in shown[:-1]]
        return "\n\n".join([*kept, *shown[-1:]])

    def evidence_of(self, conversation: str, turn: LoggedTurn) -> str:
        """The evidence of one answer of the log."""
        answer = answer_from_json(turn.answer)
        return self.evidence(answer, f"{conversation}-{turn.number}", turn.retrieved)

    def map(self, conversation: str, owner: str, chosen: int | str | None = None) -> str:
        """The map, with what the conversation cites lit."""
        return draw(self.catalogue, self.lit(conversation, owner), chosen, self.strings.map_strings)

    def wide_map(self, conversation: str, owner: str) -> str:
        """The map in landscape."""
        lit = self.lit(conversation, owner)
        return draw(self.catalogue, lit, None, self.strings.map_strings, wide=True)

    def lit(self, conversation: str, owner: str) -> dict[int | str, Literal["cited", "visited"]]:
        """Stations that the last answer cites, and those that earlier ones cite."""
        answers = [answer_from_json(t.answer) for t in self.log.turns(conversation, owner)]
        lit: dict[int | str, Literal["cited", "visited"]] = {}
        for answer in answers[:-1]:
            lit.update(dict.fromkeys(lit_by(answer.citations), "visited"))
        for answer in answers[-1:]:
            lit.update(dict.fromkeys(lit_by(answer.citations), "cited"))
        return lit

    def card(self, stop: int | str) -> str:
        """What a stop of the map teaches. Raises KeyError if there is no such stop."""
        return card(
            self.catalogue,
            stop,
            self.strings.map_strings,
            opening=self._openings[stop],
            ask=lambda topic: about(topic, self.strings.answers),
        )


def _asks(name: str, questions: Sequence[str]) -> str:
    return " ".join(
        f'<a class="ask" role="button" href="#ask-{name}-{n}" '
        f'title="{attribute(question)}">{inline(question)}</a>'
        for n, question in enumerate(questions, 1)
    )
