"""The commands of ``tutor eval``; each imports what it needs when it runs."""

from __future__ import annotations

import typer

from eval.cli.calibrating import agreement, calibrate
from eval.cli.comparing import baseline, compare, list_runs, report
from eval.cli.proposing import accept, propose, review
from eval.cli.running import run

app = typer.Typer(
    help="Measure how good the answers are: run, compare, report, calibrate.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("run")(run)
app.command("list")(list_runs)
app.command("compare")(compare)
app.command("report")(report)
app.command("baseline")(baseline)
app.command("calibrate")(calibrate)
app.command("check")(agreement)
app.command("propose")(propose)
app.command("review")(review)
app.command("accept")(accept)
