"""``tutor ask``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.errors import UsageError
from tutor.cli.lines import answer_lines
from tutor.cli.options import AtStation, Json, JsonLines, Only, utf8_output
from tutor.records import Answer, Event, Finished, Retrieved, Spoken, Turn

if TYPE_CHECKING:
    from index import Hit
    from index.search import Scope
    from tutor.answer import Tutor
    from tutor.log import ConversationLog

ANSWERED, NOT_ANSWERED = 0, 3


def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="The question; standard input without it.")
    ] = None,
    json_: Json = False,
    jsonl: JsonLines = False,
    continue_: Annotated[
        bool, typer.Option("-c", "--continue", help="Go on with the last conversation.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="A name, a GGUF file or a server's address.")
    ] = None,
    passages: Annotated[
        int | None, typer.Option("-k", "--passages", help="Chunks to retrieve.", min=1, max=50)
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", help="Whom the answer is for: beginner, practitioner, expert."),
    ] = None,
    socratic: Annotated[
        bool,
        typer.Option("--socratic", help="A leading question and what to read, not the answer."),
    ] = False,
    only: Only = None,
    station: AtStation = None,
    no_stream: Annotated[
        bool, typer.Option("--no-stream", help="Print the answer when it is complete.")
    ] = False,
    no_log: Annotated[bool, typer.Option("--no-log", help="Do not keep the question.")] = False,
    show_sources: Annotated[
        bool, typer.Option("--show-sources", help="Print the passages behind the sentences.")
    ] = False,
) -> None:
    """Ask a question; the answer cites the passage behind every sentence.

    Exit status: 0 answered, 3 declined or asked back, 2 wrong usage, 1 failed.
    """
    from tutor.app import open_tutor
    from tutor.asking import clean_question, scope_of
    from tutor.log import ConversationLog
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings(model=model, passages=passages, level=level, socratic=socratic or None)
    scope = scope_of(only, station)
    if jsonl:
        tutor = open_tutor(settings, _say)
        answer_lines(lambda asked: _answer_line(tutor, asked, scope))
        return
    text = _question(question)
    log = ConversationLog(settings.log)
    conversation = log.last() if continue_ else None
    if continue_ and conversation is None:
        raise UsageError("there is no conversation to continue; ask without -c first")
    history = log.history(conversation) if conversation else []
    clean_question(text, settings.question_characters)  # before anything is loaded
    tutor = open_tutor(settings, _say)
    keeper = _Keeper(None if no_log else log, conversation, text)
    events = keeper.watch(tutor.stream(text, history, scope=scope))
    with keeper.interruptible():
        if json_:
            answer = _last(events)
            sys.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2) + "\n")
        else:
            from tutor.cli.screen import show

            answer = show(events, stream=not no_stream, passages=show_sources)
    raise typer.Exit(ANSWERED if answer.status == "answered" else NOT_ANSWERED)


class _Keeper:
    """Writes the conversation to the log, also when the learner interrupts the answer."""

    def __init__(self, log: ConversationLog | None, conversation: str | None, text: str) -> None:
        self._log, self._conversation, self._text = log, conversation, text
        self._spoken: list[str] = []
        self._hits: Sequence[Hit] = ()
        self._kept = False

    def watch(self, events: Iterator[Event]) -> Iterator[Event]:
        """Pass events on, and keep the answer."""
        for event in events:
            if isinstance(event, Retrieved):
                self._hits = event.hits
            if isinstance(event, Spoken):
                self._spoken.append(event.sentence.marked)
            if isinstance(event, Finished):
                self._keep(event.answer)
            yield event

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Keep what was said if the learner interrupts: the writing, or the printing of it."""
        try:
            yield
        except KeyboardInterrupt:
            if not self._kept:
                text = f"{' '.join(self._spoken)} (interrupted)"
                self._keep(Answer(None, self._text, self._text, "error", text))
            raise

    def _keep(self, answer: Answer) -> None:
        if self._log:
            self._conversation = self._conversation or self._log.start(self._text)
            from tutor.log import uncited

            self._log.add(self._conversation, answer, uncited(self._hits, answer))
        self._kept = True


def _answer_line(tutor: Tutor, asked: dict[str, Any], scope: Scope) -> dict[str, Any]:
    history = _history(asked.get("history"))
    asked_id = asked.get("id")
    answer = tutor.ask(asked["question"], history, scope=scope).as_json()
    return {**answer, "id": asked_id}


def _history(turns: Any) -> Sequence[Turn]:
    """Earlier messages of a JSON line.

    Raises:
        ValueError: they are no list of {"role", "content"} with role user or assistant.
    """
    if turns is None:
        return []
    if not isinstance(turns, list):
        raise ValueError('"history" must be a list of {"role", "content"}')
    history = []
    for turn in turns:
        role = turn.get("role") if isinstance(turn, dict) else None
        content = turn.get("content") if isinstance(turn, dict) else None
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise ValueError('"history" must hold {"role": "user" | "assistant", "content": text}')
        history.append(Turn(role, content))
    return history


def _question(words: list[str] | None) -> str:
    if words:
        return " ".join(words)
    if sys.stdin.isatty():
        raise UsageError('no question given; try: tutor ask "What is LoRA?"')
    return sys.stdin.buffer.read().decode("utf-8", errors="replace")


def _last(events: Iterator[Event]) -> Answer:
    *_, last = events
    assert isinstance(last, Finished)
    return last.answer


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
