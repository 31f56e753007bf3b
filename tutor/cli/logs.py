"""``tutor logs``."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from corpus.errors import UsageError
from tutor.cli.options import Json, utf8_output

if TYPE_CHECKING:
    from tutor.log import ConversationLog

Export = Literal["markdown", "json"]


def logs(
    conversation: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Show one conversation in full.")
    ] = None,
    json_: Json = False,
    export: Annotated[
        Export | None,
        typer.Option("--export", help="Write the conversation with its sources: markdown or json."),
    ] = None,
    limit: Annotated[int, typer.Option("-n", help="How many conversations.", min=1)] = 20,
) -> None:
    """List the conversations held on the command line, or show or export one."""
    from tutor.log import ConversationLog
    from tutor.settings import load_settings

    utf8_output()
    log = ConversationLog(load_settings().log)
    if export and (conversation is None or json_):
        raise UsageError("--export takes the ID of a conversation, and no --json")
    if conversation is None:
        _list(log, json_, limit)
    else:
        _show(log, conversation, json_, export)


def _list(log: ConversationLog, json_: bool, limit: int) -> None:
    found = log.conversations(limit)
    if json_:
        typer.echo(json.dumps([asdict(c) for c in found], ensure_ascii=False, indent=2))
    for item in [] if json_ else found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(item.started))
        typer.echo(f"{item.id}  {when}  {item.turns:3} questions  {item.title}")


def _show(log: ConversationLog, conversation: str, json_: bool, export: Export | None) -> None:
    found, turns = log.conversation(conversation), log.turns(conversation)
    if not (found and turns):
        raise UsageError(f"there is no conversation {conversation!r}; all of them: tutor logs")
    if export:
        from tutor import transcript

        write = transcript.as_markdown if export == "markdown" else transcript.as_json
        typer.echo(write(found.title, turns), nl=False)
    elif json_:
        typer.echo(json.dumps([turn.answer for turn in turns], ensure_ascii=False, indent=2))
    else:
        for turn in turns:
            typer.echo(f"> {turn.question}\n\n{turn.answer['answer']}\n")
