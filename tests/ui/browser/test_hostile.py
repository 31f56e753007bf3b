"""Forty hostile texts in a real browser: they are read, and do nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from index.version import current_version
from tests.ui.browser.journal import Journal
from tests.ui.browser.learner import Learner
from tests.ui.browser.planted import FORBIDDEN, INSPECT, PANES, PROVOKE, plant
from tests.ui.browser.serving import Serving
from tests.ui.hostile import HOSTILE
from tutor.log import ConversationLog
from tutor.settings import load_settings
from ui.serving.learners import COOKIE

TEXTS = list(HOSTILE.values())
# Four questions of ten texts, each below the longest that is taken.
QUESTIONS = [" ".join(TEXTS[at : at + 10])[:1990] for at in range(0, 40, 10)]
FILE = '"><img src=x onerror=window.hacked=1>\u202egnp.txt'


@pytest.fixture(scope="module")
def planted_home(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index of its own, in which a document holds the forty texts."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "models").symlink_to(home / "models")
    version = current_version(home / "index")
    (folder / "index").mkdir()
    shutil.copytree(version, folder / "index" / version.name)
    (folder / "index" / "current").write_text(version.name)
    file = tmp_path_factory.mktemp("own") / FILE
    file.write_text(_document(), encoding="utf-8")
    command = [sys.executable, "-m", "tutor", "sources", "add", str(file)]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TUTOR_HOME": str(folder)}
    done = subprocess.run(
        command, cwd=file.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def _document() -> str:
    said = "\n\n".join(f"The zebra protocol paints stripes: {text}" for text in TEXTS)
    return f"The zebra protocol is a scheme that paints stripes on tensors.\n\n{said}\n"


@pytest.fixture(scope="module")
def serving(planted_home: Path) -> Iterator[Serving]:
    with Serving(planted_home, written_sentences=0) as serving:
        yield serving


@pytest.fixture
def harmless(journal: Journal) -> Callable[[Page], None]:
    """Asserts that a page holds nothing that acts, and that nothing acts when it is touched."""

    def check(page: Page) -> None:
        assert page.evaluate(INSPECT, [list(PANES), FORBIDDEN]) == []
        page.evaluate(PROVOKE, list(PANES))
        page.wait_for_timeout(100)
        for frame in page.frames:
            assert frame.evaluate("[window.hacked, window.called]") == [None, None]
        assert len(page.frames) == 1
        assert len(page.context.pages) == 1
        assert journal.foreign == []
        assert journal.dialogs == []

    return check


def test_answers_evidence_and_names_are_read_and_do_nothing(
    learner: Learner, serving: Serving, harmless: Callable[[Page], None]
) -> None:
    (cookie,) = (c["value"] for c in learner.page.context.cookies() if c["name"] == COOKIE)
    owner = f"browser:{sha256(cookie.encode()).hexdigest()[:32]}"
    log = ConversationLog(load_settings(home=serving.home).log)
    for conversation in plant(log, owner, "curriculum/07-supervised-fine-tuning"):
        learner.page.goto(f"{serving.address}/?c={conversation}")
        learner.ready()
        expect(learner.turns).to_have_count(8)
        expect(learner.page.locator("#evidence section.passage")).to_have_count(8)
        harmless(learner.page)
    assert learner.conversations.count() == 5


@pytest.mark.parametrize("question", QUESTIONS, ids=range(4))
def test_questions_are_read_and_do_nothing(
    learner: Learner, harmless: Callable[[Page], None], question: str
) -> None:
    learner.question.fill(question)
    learner.question.press("Enter")
    expect(learner.page.locator("#send")).to_be_visible()
    expect(learner.turns).to_have_count(1)
    harmless(learner.page)
    learner.reload()
    harmless(learner.page)


def test_a_document_is_read_and_does_nothing(
    learner: Learner, harmless: Callable[[Page], None]
) -> None:
    turn = learner.ask("What is the zebra protocol?")
    expect(turn.locator("a.cite").first).to_be_visible()
    turn.locator("a.cite").first.click()
    expect(learner.page.locator("#evidence mark").first).to_be_visible()
    harmless(learner.page)
    for text in ("paints stripes", "gnp"):
        expect(learner.page.locator("#evidence")).to_contain_text(text)


@pytest.mark.parametrize("name", ["script", "img-onerror", "close-everything", "bidi-name"])
def test_a_conversation_takes_any_name(
    learner: Learner, journal: Journal, harmless: Callable[[Page], None], name: str
) -> None:
    learner.ask("What is LoRA?")
    journal.answers.append(HOSTILE[name])
    learner.manage("What is LoRA?", "Rename")
    expect(learner.page.locator("#list .title")).not_to_have_text("What is LoRA?")
    journal.dialogs.clear()
    learner.page.evaluate("delete window.called")
    harmless(learner.page)
