"""Commands of the rooms to the right: the command line does not import them, they register.

``pyproject.toml`` names them as entry points of the group "tutor.commands".
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

import typer

GROUP = "tutor.commands"
_DISTRIBUTION = "metromap-tutor"


def add_rooms(app: typer.Typer) -> None:
    """Add the commands that the other rooms of this distribution have registered.

    Only this distribution's are read: searching all installed ones takes longer than the rest of
    ``tutor --help``.
    """
    try:
        points = distribution(_DISTRIBUTION).entry_points.select(group=GROUP)
    except PackageNotFoundError:  # run from a checkout that is not installed
        return
    for point in points:
        app.add_typer(point.load(), name=point.name)
