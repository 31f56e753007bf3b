"""``tutor chat`` in a process of its own, as a learner starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

# To load the models on a machine that does other things as well.
_SECONDS = 300


class Serving:
    """A chat page with a home: ``with Serving(home) as page: page.address``.

    Keyword arguments are settings, given by the environment. Nothing else of the environment but
    PATH is passed on, and proxies that lead nowhere: the server reaches nobody.

    Attributes:
        address: without a slash at its end; the same after ``restart``.
    """

    def __init__(self, home: Path, **settings: object) -> None:
        self.home, self.address = home, ""
        self._port = 0
        self._said = home / "chat.out"
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TUTOR_HOME": str(home),
            "TUTOR_THREADS": "1",
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
            **{f"TUTOR_{name.upper()}": str(value) for name, value in settings.items()},
        }

    def __enter__(self) -> Serving:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def said(self) -> str:
        """What it has printed since it was started, its errors included."""
        return self._said.read_text(encoding="utf-8")

    @property
    def faults(self) -> list[str]:
        """Lines of it that are no announcements."""
        told = ("loading ", "the tutor is at ", "closing ")
        return [line for line in self.said.splitlines() if not line.startswith(told)]

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it is announced, and healthy."""
        command = [sys.executable, "-m", "tutor", "chat", "--no-browser", "--port", str(self._port)]
        with self._said.open("w", encoding="utf-8") as said:
            self._process = subprocess.Popen(
                command,
                stdout=said,
                stderr=said,
                env=self._environment,
                # Not the home: Python would take its folder "index" for the package.
                cwd=self.home.parent,
                # A test run in the background ignores SIGINT, and its children would inherit that.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
            )
        self.address = self._announced()
        self._port = int(self.address.rpartition(":")[2])

    def restart(self) -> None:
        """End it and start it again, at the same port."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _announced(self) -> str:
        until = time.monotonic() + _SECONDS
        while time.monotonic() < until:
            if found := re.search(r"the tutor is at (http://\S+)/ ", self.said):
                return found.group(1)
            assert self._process.poll() is None, f"tutor chat ended: {self.said}"
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"tutor chat was not ready after {_SECONDS} s: {self.said}")
