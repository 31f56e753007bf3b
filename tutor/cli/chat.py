"""``tutor chat``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tutor.cli.options import utf8_output


def chat(
    host: Annotated[str, typer.Option("--host", help="Address to serve at.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="Port; 0 takes any that is free.", min=0, max=65535)
    ] = 7860,
    auth: Annotated[
        list[str] | None,
        typer.Option("--auth", metavar="USER:PASSWORD", help="Who may use it; repeatable."),
    ] = None,
    auth_file: Annotated[
        Path | None,
        typer.Option("--auth-file", help="File of them, USER:PASSWORD a line."),
    ] = None,
    open_to_network: Annotated[
        bool,
        typer.Option("--open-to-network", help="Serve others at --host without a password."),
    ] = False,
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="Another name it is reached at, behind a proxy; repeatable."),
    ] = None,
    browser: Annotated[
        bool | None,
        typer.Option("--browser/--no-browser", help="Open it in the browser of this desktop."),
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="A name, a GGUF file or a server's address.")
    ] = None,
    level: Annotated[
        str | None,
        typer.Option("--level", help="Whom answers are for: beginner, practitioner, expert."),
    ] = None,
) -> None:
    """Open the chat page: the tutor in a browser, on this machine, until Ctrl-C.

    The settings chat_openai and chat_mcp serve programs beside it.
    """
    from tutor.settings import load_settings
    from ui.serving.accounts import read_accounts
    from ui.serving.serve import serve
    from ui.serving.site import Site

    utf8_output()
    settings = load_settings(model=model, level=level)
    site = Site(host, port, tuple(name or ()), open_to_network)
    serve(settings, site, accounts=read_accounts(auth or (), auth_file), browser=browser)
