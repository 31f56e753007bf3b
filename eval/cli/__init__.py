"""``tutor eval``: the commands of the evaluation, found by the command line as an entry point."""

from eval.cli.main import app

__all__ = ["app"]
