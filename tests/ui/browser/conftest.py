"""A real browser on a real `tutor chat`: Debian's chromium, driven by Playwright.

``TUTOR_SCREENSHOTS`` names a folder for the screenshots that the tests write of every view.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.ui.browser.journal import Journal
from tests.ui.browser.learner import DESK, PATIENCE, Learner, Open, visit
from tests.ui.browser.serving import Serving

SHOTS = os.environ.get("TUTOR_SCREENSHOTS")


def pytest_collection_finish() -> None:
    """To the tutor it would be an unknown setting; all processes of the run have read it by now."""
    os.environ.pop("TUTOR_SCREENSHOTS", None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, which reaches this machine alone: everything else goes to a dead proxy."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no chromium here; make setup installs Debian's")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox"],
            proxy={"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"},
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the screenshots go."""
    if SHOTS is None:
        return tmp_path_factory.mktemp("screenshots")
    folder = Path(SHOTS)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def own_home(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes homes with the session's models and index (read only), and nothing else."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("home")
        for part in ("models", "index"):
            (folder / part).symlink_to(home / part)
        return folder

    return make


@pytest.fixture(scope="session")
def quoting_page(own_home: Callable[[], Path]) -> Iterator[Serving]:
    """A page that answers by quotation alone.

    All modules share it, since its learners do not see one another (test_learners.py).
    """
    with Serving(own_home(), written_sentences=0) as serving:
        yield serving


@pytest.fixture(scope="module")
def serving(quoting_page: Serving) -> Serving:
    """The page that a module's tests are about; a module may put its own here."""
    return quoting_page


@pytest.fixture
def journal(serving: Serving) -> Iterator[Journal]:
    """What the browser did; looked through after every test."""
    written = Journal(serving.address)
    yield written
    written.check()
    assert serving.faults == []


@pytest.fixture
def browse(browser: Browser, serving: Serving, journal: Journal, shots: Path) -> Iterator[Open]:
    """Opens the page in a browser of its own (another learner's, that is): ``browse("?c=…")``.

    Keyword arguments are those of Playwright's ``new_context``; ``on`` is DESK or PHONE.
    """
    contexts = []

    def open_page(
        path: str = "", on: dict[str, Any] = DESK, before: str = "", **given: Any
    ) -> Learner:
        context = browser.new_context(**{**on, **given})
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        journal.record(context)
        page = context.new_page()
        if before:
            page.add_init_script(before)
        return visit(page, f"{serving.address}/{path}", shots)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def learner(browse: Open) -> Learner:
    """A learner who has not asked anything yet."""
    return browse()
