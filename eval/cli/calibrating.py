"""``tutor eval calibrate|check``: fit the gate on dev; hold the check against labelled pairs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from eval.cli import options as o
from tutor.cli.options import Json, utf8_output

if TYPE_CHECKING:
    from tutor.gate import Side


def calibrate(
    split: o.SplitName = "dev",
    side: Annotated[
        list[str] | None,
        typer.Option(
            "--side",
            help="curriculum, sources, or both; sources only with the references fetched that the "
            "golden questions are about. Without it: curriculum.",
        ),
    ] = None,
    most: Annotated[
        float | None,
        typer.Option("--most", min=0, max=1, help="Share of answerable questions given up."),
    ] = None,
    bundled: Annotated[
        bool, typer.Option("--bundled", help="Write the gate of the package, not the home's.")
    ] = False,
) -> None:
    """Fit the abstention threshold on dev, and write it with its figures into the settings."""
    from eval.calibrate import calibrate as fit
    from eval.calibrate import calibration_set, use_own_gate, write_gate
    from tutor import gate
    from tutor.app import open_tutor
    from tutor.settings import load_settings

    utf8_output()
    settings = load_settings()
    sides = [_side(name) for name in side or ["curriculum"]]
    for one in sides:
        calibration_set(split, one)  # refuses test before the index is opened, or even built
    # An own gate that cannot be read is what one calibrates for.
    opened = open_tutor(settings.model_copy(update={"gate": "bundled"}))
    fitted = fit(opened, split, sides, most)
    if bundled:
        write_gate(gate.PARAMETERS, fitted)
    else:
        typer.echo(f"in use from now on, by {use_own_gate(settings, fitted)}")
    typer.echo(json.dumps(fitted, indent=2))


def _side(name: str) -> Side:
    from corpus.errors import UsageError
    from tutor.gate import KINDS

    for side in KINDS:
        if name == side:
            return side
    raise UsageError(f"there is no side {name!r}; there are: {', '.join(KINDS)}")


def agreement(split: o.SplitName = "test", json_: Json = False) -> None:
    """Hold the check of sentences that is set against the pairs that people have labelled."""
    from eval.agreement import LABELS
    from eval.agreement import agreement as agreed
    from eval.pairs import load_pairs
    from eval.report.text import number
    from tutor.checks import open_check
    from tutor.settings import load_settings

    utf8_output()
    found = agreed(load_pairs(o.checked_split(split)), open_check(load_settings()))
    if json_:
        wrong = [r for r in found.readings if not r.agrees]
        typer.echo(
            json.dumps(
                {
                    "balanced_accuracy": found.two_way.value,
                    "table": found.table,
                    "by_how": found.by_how,
                    "disagreements": [
                        {
                            **r.pair.model_dump(),
                            "verdict": r.verdict.support,
                            "said": r.verdict.reason,
                        }
                        for r in wrong
                    ],
                },
                ensure_ascii=False,
            )
        )
        return
    two, three = found.two_way, found.three_way
    typer.echo(f"{len(found.readings)} pairs of {split}; rows: as read by a person")
    typer.echo("".join(f"{word:>14}" for word in ("", *LABELS)))
    for label, row in found.table.items():
        typer.echo(f"{label:>14}" + "".join(f"{row[verdict]:>14}" for verdict in LABELS))
    typer.echo(
        f"balanced accuracy, supported or not: {number(two.value)} "
        f"({number(two.low)} to {number(two.high)}); of all three: {number(three.value)}"
    )
