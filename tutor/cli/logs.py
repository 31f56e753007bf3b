"""``tutor logs``."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from corpus.errors import UsageError
from tutor.cli.options import Json, utf8_output


def logs(
    conversation: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Show one conversation in full.")
    ] = None,
    json_: Json = False,
    limit: Annotated[int, typer.Option("-n", help="How many conversations.", min=1)] = 20,
) -> None:
    """List the conversations of this home, or show one."""
    from tutor.log import ConversationLog
    from tutor.settings import load_settings

    utf8_output()
    log = ConversationLog(load_settings().log)
    if conversation is None:
        found = log.conversations(limit)
        if json_:
            typer.echo(json.dumps([asdict(c) for c in found], ensure_ascii=False, indent=2))
        for item in [] if json_ else found:
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(item.started))
            typer.echo(f"{item.id}  {when}  {item.turns:3} questions  {item.title}")
        return
    turns = log.turns(conversation)
    if not turns:
        raise UsageError(f"there is no conversation {conversation!r}; all of them: tutor logs")
    if json_:
        typer.echo(json.dumps([answer for _, answer in turns], ensure_ascii=False, indent=2))
        return
    for question, answer in turns:
        typer.echo(f"> {question}\n\n{answer['answer']}\n")
