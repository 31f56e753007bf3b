"""``tutor chat`` as a process: it loads, announces, serves, and ends."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from corpus.errors import UsageError
from tutor.settings import Settings
from ui.serving.instance import LOCK, NOTE, instance
from ui.serving.serve import FILES, serve

pytestmark = pytest.mark.enable_socket

# The commands of a page that needs no other module; answers by quotation alone.
SERVE = """
import sys
from pathlib import Path
from tutor.cli.main import run
from tutor.settings import load_settings
from ui.serving.serve import serve
from ui.serving.site import Site

def page(tutor, desk, settings, allowed):
    import gradio as gr

    with gr.Blocks(title="Small") as page:
        gr.Markdown("small")
    return page

settings = load_settings(home=Path(sys.argv[1]), written_sentences=0)
run(lambda: serve(settings, Site(port=int(sys.argv[2])), make_page=page, browser=False))
"""
Start = Callable[..., "subprocess.Popen[str]"]
ANNOUNCED = re.compile(r"the tutor is at (http://127\.0\.0\.1:\d+/) \(Ctrl-C ends it\)")


@pytest.fixture
def page(start: Start, ui_home: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts the page with the home of this test, at a free port unless one is given."""
    return lambda port=0: start(SERVE, ui_home, port)


def announced(process: subprocess.Popen[str]) -> str:
    """The address that it prints when it is ready."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := ANNOUNCED.fullmatch(line.strip()):
            return found[1]
    pytest.fail("".join(said) + (process.stderr.read() if process.stderr else ""))


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_from_start_to_end(page: Any, ui_home: Path, sign: signal.Signals) -> None:
    process = page()
    address = announced(process)
    report = httpx.get(f"{address}healthz").json()
    assert report["status"] == "ok"
    assert report["desk"]["answered"] == 1  # everything has been loaded before it was announced
    assert "Small" in httpx.get(address, headers={"accept": "text/html"}).text
    uploaded = httpx.post(f"{address}gradio_api/upload", files={"files": ("mine.txt", b"mine")})
    assert Path(uploaded.json()[0]).is_relative_to(ui_home / FILES)
    with httpx.stream("GET", f"{address}gradio_api/heartbeat/abc"):  # a page that is open
        process.send_signal(sign)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == "closing …\n"
    assert err == ""
    assert not (ui_home / NOTE).exists()
    assert not (ui_home / FILES).exists()


def test_a_second_one_points_to_the_first(page: Any, ui_home: Path) -> None:
    first = page()
    address = announced(first)
    second = page()
    out, err = second.communicate(timeout=60)
    assert (second.returncode, err) == (0, "")
    assert out == f"tutor chat runs already with this home, at {address}\n"
    assert httpx.get(f"{address}healthz").status_code == 200


def test_one_that_was_killed_is_not_in_the_way(page: Any) -> None:
    first = page()
    announced(first)
    first.kill()
    first.wait()
    assert announced(page())


def test_a_second_one_while_the_first_is_starting(
    ui_settings: Callable[..., Settings], ui_home: Path
) -> None:
    with instance(ui_home) as first:
        assert first.other is None
        with pytest.raises(UsageError, match="starting with this home already"):
            serve(ui_settings(), browser=False)
        first.announce("http://127.0.0.1:1/")
        said: list[str] = []
        serve(ui_settings(), browser=False, say=said.append)
    assert said == ["tutor chat runs already with this home, at http://127.0.0.1:1/"]


def test_what_a_dead_one_left_says_nothing(ui_home: Path) -> None:
    (ui_home / NOTE).write_text(json.dumps({"pid": 1, "address": "http://127.0.0.1:1/"}))
    with instance(ui_home), instance(ui_home) as second:
        assert second.other == ""
    assert not (ui_home / NOTE).exists()
    assert (ui_home / LOCK).parent == ui_home


def test_a_port_that_is_taken_ends_in_one_line(page: Any) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = page(other.getsockname()[1])
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert re.fullmatch(r"tutor: port \d+ is taken; try: tutor chat --port \d+\n", err)
