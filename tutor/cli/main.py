"""``tutor``: the commands, and one place where errors become one line and an exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from corpus.errors import SettingsError, TutorError, UsageError
from tutor import __version__
from tutor.app import private
from tutor.cli import ask, chat, doctor, index, logs, models, search, sources, stations
from tutor.cli.rooms import add_rooms

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

app = typer.Typer(
    name="tutor",
    help="A tutor for generative AI: answers from the curriculum, with the passage behind "
    "every sentence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tutor {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before a command."""


app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.command("search")(search.search)
app.add_typer(index.app, name="index")
app.command("stations")(stations.stations)
app.add_typer(sources.app, name="sources")
app.add_typer(models.app, name="models")
app.command("logs")(logs.logs)
app.command("doctor")(doctor.doctor)
app.command("config")(doctor.config)


def main() -> None:
    """Run a command."""
    run(lambda: command_line().main(standalone_mode=False))


@cache
def command_line() -> Any:
    """The whole command line, with the commands of the other rooms.

    Those are added here and not on import: they import this package themselves.
    """
    add_rooms(app)
    return typer.main.get_command(app)


def run(command: Callable[[], object]) -> None:
    """Call ``command`` and exit; an error of ours is one line on standard error.

    Exit status: that of the command, 2 for wrong usage, 1 for any other error of ours, 130 when
    interrupted.
    """
    private()
    try:
        status = command()
        sys.exit(status if isinstance(status, int) else 0)
    except (UsageError, SettingsError) as fault:
        _fail(str(fault), WRONG_USAGE)
    except TyperException as fault:
        message = str(fault.format_message())
        if message.startswith("Usage:"):  # no command named: that is its help
            sys.stderr.write(f"{message}\n")
            sys.exit(WRONG_USAGE)
        _fail(f"{message} See: tutor --help", WRONG_USAGE)
    except TutorError as fault:
        _fail(str(fault), FAILED)
    except (KeyboardInterrupt, typer.Abort):
        sys.stderr.write("\n")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone: nothing is left to say
        sys.stderr.close()
        sys.exit(FAILED)


def _fail(message: str, status: int) -> None:
    line = " ".join(message.split())
    sys.stderr.write(f"tutor: {line}\n")
    sys.exit(status)
