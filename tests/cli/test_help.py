"""Help comes at once: nothing heavy is imported before a command needs it."""

import re
import subprocess
import sys

import pytest

HEAVY = {
    "torch", "chromadb", "llama_index", "llama_cpp", "onnxruntime", "numpy", "pydantic_settings",
    "gradio", "fastapi",
}  # fmt: skip
# Typer itself reads the options of a command with pydantic, but not the first help.
FIRST = HEAVY | {"pydantic"}
COMMANDS = [
    (), ("ask",), ("chat",), ("search",), ("index",), ("index", "build"), ("index", "status"),
    ("index", "clear"), ("stations",), ("sources",), ("sources", "list"), ("sources", "show"),
    ("sources", "fetch"), ("sources", "add"), ("sources", "remove"), ("sources", "export"),
    ("sources", "import"), ("logs",), ("doctor",), ("config",),
    ("models",), ("models", "list"), ("models", "pull"), ("models", "use"), ("models", "bench"),
    ("eval",), ("eval", "run"), ("eval", "list"), ("eval", "compare"), ("eval", "report"),
    ("eval", "baseline"), ("eval", "calibrate"), ("eval", "check"), ("eval", "propose"),
    ("eval", "review"), ("eval", "accept"),
]  # fmt: skip


def listed(help_text):
    """Names under "Commands:"."""
    return re.findall(r"^  (\w+) ", help_text.partition("Commands:")[2], re.M)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_without_heavy_imports(new_shell, command):
    shell = new_shell()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tutor", *command, "--help"],
        capture_output=True, text=True, cwd=shell.folder, env=shell.environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    # A line of it: "import time:       399 |      74099 |     typer.main"
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    unwanted = HEAVY if command else FIRST
    assert {name.partition(".")[0] for name in imported} & unwanted == set()


def test_no_command_is_missing_above(shell):
    commands = {(name,) for name in listed(shell("--help").out)}
    for group in ("index", "sources", "models", "eval"):
        commands |= {(group, name) for name in listed(shell(group, "--help").out)}
    assert commands == set(COMMANDS) - {()}


def test_without_a_command_the_help_is_shown_as_wrong_usage(shell):
    result = shell()
    assert result.status == 2
    assert "Commands:" in result.out + result.err


def test_version(shell):
    assert re.fullmatch(r"tutor \d+\.\d+\.\d+\n", shell("--version").out)


@pytest.mark.parametrize("wrong", [("nothing",), ("ask", "--nothing", "x"), ("index", "nothing")])
def test_an_unknown_command_or_option_is_wrong_usage(shell, wrong):
    result = shell(*wrong)
    assert (result.status, result.out) == (2, "")
    assert "nothing" in result.err
    assert "Traceback" not in result.err
