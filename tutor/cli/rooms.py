"""Commands of the rooms to the right: the command line does not import them, they register.

``pyproject.toml`` names them as entry points of the group "tutor.commands".
"""

from __future__ import annotations

from importlib.metadata import distributions

import typer

GROUP = "tutor.commands"
_DISTRIBUTION = "metromap-tutor"


def add_rooms(app: typer.Typer) -> None:
    """Add the commands that the other rooms of this distribution have registered.

    Only this distribution's are read: searching all installed ones takes longer than the rest of
    ``tutor --help``. There may be several records of it, one of them out of date: an old build's
    ``egg-info`` in the working folder.
    """
    found = distributions(name=_DISTRIBUTION)
    points = {p.name: p for d in found for p in d.entry_points.select(group=GROUP)}
    for name, point in points.items():
        app.add_typer(point.load(), name=name)
