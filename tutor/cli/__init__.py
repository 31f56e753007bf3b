"""The command line. Nothing heavy is imported before a command needs it."""

from tutor.cli.main import main, run

__all__ = ["main", "run"]
