"""Where to look for an answer: the choices of the page and their scopes."""

from __future__ import annotations

from corpus import Line
from index.search import EVERYWHERE, Catalogue, Scope
from tutor.asking import scope_of
from ui.panes.strings import Strings

_ALL = "all"


def choices(catalogue: Catalogue, strings: Strings) -> list[tuple[str, str]]:
    """(label, value) of everything, the kinds of documents, the lines and the stations."""
    lines = dict.fromkeys(str(s.line) for s in catalogue.stations if s.line)
    return [
        (strings.everywhere, _ALL),
        (strings.curriculum, "curriculum"),
        (strings.references, "references"),
        (strings.mine, "mine"),
        *((strings.line.format(line=line.capitalize()), f"line {line}") for line in lines),
        *(
            (strings.station.format(number=s.number, title=s.title), f"station {s.number}")
            for s in catalogue.stations
        ),
    ]


def scope(value: str, catalogue: Catalogue) -> Scope:
    """The scope of a choice.

    Raises:
        UsageError: there is no such choice.
    """
    kind, _, name = value.partition(" ")
    if kind == _ALL:
        return EVERYWHERE
    if kind == "line":
        return scope_of(None, None, _stations_of(name, catalogue))
    if kind == "station":
        return scope_of(None, int(name))
    return scope_of(kind, None)


def _stations_of(line: Line | str, catalogue: Catalogue) -> list[int]:
    return [s.number for s in catalogue.stations if s.line == line and s.number is not None]
