"""After installation nothing opens a connection: a new user's first question, sockets blocked."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.language_model

# Python runs it at start-up, before the tutor: whatever reaches for the network is written down.
BLOCK = """
import socket

def blocked(name):
    def refuse(*arguments, **named):
        with open({record!r}, "a") as record:
            record.write(f"{{name}} {{arguments[-2:]}}\\n")
        raise OSError(f"{{name}} is blocked")
    return refuse

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, blocked(name))
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, blocked(name))
"""


# Native code passes Python by; where strace may be used, it sees that too.
TRACE = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg"]


def can_trace() -> bool:
    return bool(shutil.which("strace")) and not subprocess.call([*TRACE, "true"])


@pytest.fixture(scope="module")
def tracing():
    if not can_trace():
        pytest.skip("strace is not here, or may not trace")


@pytest.fixture(scope="module")
def offline(new_shell):
    """A shell with an empty home, in which whatever reaches for the network fails."""
    shell = new_shell()
    folder = shell.folder / "start-up"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(BLOCK.format(record=str(shell.folder / "reached")))
    shell.environment["PYTHONPATH"] = str(folder)
    return shell


def reached(shell) -> str:
    """What was reached for, line by line."""
    record: Path = shell.folder / "reached"
    return record.read_text() if record.exists() else ""


@pytest.fixture(scope="module")
def first(offline):
    """The first question in an empty home: it exports the encoder and builds the index."""
    if can_trace():
        offline.prefix = [*TRACE, "-o", str(offline.folder / "trace")]
    answered = offline("ask", "What is LoRA?", "--json", threads=1)
    offline.prefix = []
    return answered


@pytest.mark.parametrize(
    "reach",
    [
        "import urllib.request as u; u.urlopen('http://127.0.0.1:9')",
        "import socket; socket.socket().connect(('127.0.0.1', 9))",
        "import socket; socket.socket().connect_ex(('127.0.0.1', 9))",
        "import asyncio; asyncio.run(asyncio.open_connection('localhost', 9))",
    ],
)
def test_the_block_notices_who_reaches_for_the_network(new_shell, reach, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(BLOCK.format(record=str(tmp_path / "reached")))
    done = subprocess.run(
        [sys.executable, "-c", reach],
        env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert (tmp_path / "reached").read_text()


def test_the_first_question_builds_the_index_and_is_answered(first):
    assert first.status == 0, first.err
    assert first.json["citations"][0]["station"] == 7


def test_the_first_question_says_what_takes_long(first):
    assert "building the index for the first time" in first.err
    assert "Traceback" not in first.err


def test_building_and_asking_reach_for_nothing(first, offline):
    assert reached(offline) == ""


@pytest.mark.usefixtures("tracing")
def test_no_library_reaches_for_the_network_behind_python(first, offline):
    calls = (offline.folder / "trace").read_text().splitlines()
    assert [call for call in calls if "AF_INET" in call] == []


@pytest.mark.usefixtures("tracing")
def test_the_trace_notices_who_reaches_for_the_network(tmp_path):
    reach = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    trace = tmp_path / "trace"
    subprocess.run([*TRACE, "-o", str(trace), sys.executable, "-c", reach], check=True)
    assert "AF_INET" in trace.read_text()


def test_everything_is_written_into_the_home(first, offline):
    assert sorted(p.name for p in offline.home.iterdir()) == [
        "conversations.sqlite", "index", "models",
    ]  # fmt: skip
    # The working folder, which is also the user's own here (HOME): only what the test put there.
    assert {p.name for p in offline.folder.iterdir()} <= {"start-up", "trace"}


@pytest.mark.parametrize(
    "command",
    [("search", "attention"), ("index", "build"), ("doctor",), ("stations", "7"), ("logs",)],
    ids=" ".join,
)
def test_the_other_commands_reach_for_nothing(first, offline, command):
    result = offline(*command)
    assert result.out
    assert "Traceback" not in result.err
    assert reached(offline) == ""


def test_a_model_from_a_hub_is_not_fetched_unasked(first, offline):
    result = offline("search", "attention", embedding_model="sentence-transformers/no-such-model")
    assert (result.status, result.out) == (1, "")
    assert "no-such-model" in result.error
    assert reached(offline) == ""
