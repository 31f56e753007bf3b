"""An answer on the screen: colours and stages on a terminal, plain text in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from tutor.records import Answer, Citation, Event, Finished, Spoken, Stage


def show(events: Iterator[Event], *, stream: bool, passages: bool) -> Answer:
    """Print an answer as it comes, then its sources.

    Args:
        stream: print sentence by sentence; otherwise all at once.
        passages: print the quoted passages under the sources.
    """
    console = Console(soft_wrap=not sys.stdout.isatty(), highlight=False)
    status = Console(stderr=True).status("searching") if sys.stderr.isatty() else None
    if status:
        status.start()
    try:
        answer = _print_events(console, events, stream, status)
    finally:
        if status:
            status.stop()
    if answer.citations:
        _print_sources(console, answer.citations, passages)
    for note in answer.notes:
        sys.stderr.write(f"note: {note}\n")
    return answer


def _print_events(
    console: Console, events: Iterator[Event], stream: bool, status: object | None
) -> Answer:
    printed, table = False, ""
    for event in events:
        if isinstance(event, Stage) and status:
            status.update(f"{event.name} {event.detail}".strip())  # type: ignore[attr-defined]
        elif isinstance(event, Spoken) and stream:
            if console.is_terminal and (table or event.before.lstrip().startswith("|")):
                table += event.before + event.sentence.marked + event.after
                if event.after:  # its last cell
                    _print_table(console, table)
                    table = ""
            else:
                said = Text(event.before).append(_coloured(event.sentence.marked))
                console.print(said.append(event.after), end="")
            sys.stdout.flush()
            printed = True
        elif isinstance(event, Finished):
            if printed:
                console.print()
            else:
                console.print(_coloured(event.answer.answer))
            return event.answer
    raise AssertionError("a stream ends with Finished")


def _print_table(console: Console, table: str) -> None:
    """A Markdown table drawn with lines."""
    from rich.markdown import Markdown  # 0.2 s to import, and seldom needed

    console.print(Markdown(table))


def _coloured(text: str) -> Text:
    """Text with its markers in colour; whatever else it holds is shown as it is."""
    coloured = Text(text)
    coloured.highlight_regex(r"\[\d+\]", style="cyan")
    return coloured


def _print_sources(console: Console, citations: tuple[Citation, ...], passages: bool) -> None:
    console.print()
    console.print(Text("Sources", style="bold"))
    for citation in citations:
        console.print(_source(citation))
        if passages:
            console.print(Text(f"    “{citation.quote}”", style="dim"))


def _source(citation: Citation) -> Text:
    place = f" (station {citation.station})" if citation.station else ""
    page = f", page {citation.page}" if citation.page else ""
    site = f" — {citation.site}" if citation.page or citation.link != citation.url else ""
    line = Text(f"[{citation.n}] ", style="cyan")
    line.append(f"{citation.section}{site}{page}{place}", style="")
    return line.append(f" {citation.link}", style="underline") if citation.link else line
