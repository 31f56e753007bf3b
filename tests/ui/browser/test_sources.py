"""Own documents and the last evaluation's figures, each in its pane."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from index.version import current_version
from tests.ui.browser.journal import Journal
from tests.ui.browser.learner import Learner
from tests.ui.browser.serving import Serving

NOTES = """# Zebra protocol

The zebra protocol is a scheme that paints stripes on tensors before they are added. The zebra
protocol was made up for a test of the chat page.
"""


@pytest.fixture(scope="module")
def serving(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A page with an index of its own, which uploads change."""
    folder = tmp_path_factory.mktemp("uploads")
    (folder / "models").symlink_to(home / "models")
    version = current_version(home / "index")
    (folder / "index").mkdir()
    shutil.copytree(version, folder / "index" / version.name)
    (folder / "index" / "current").write_text(version.name)
    with Serving(folder, written_sentences=0) as serving:
        yield serving


def test_the_pane_tells_what_is_indexed(learner: Learner) -> None:
    learner.tab("Sources")
    pane = learner.page.locator("#sources-pane")
    expect(pane).to_contain_text("The curriculum, ", timeout=5000)
    expect(pane.locator("table").first).to_be_visible()
    expect(pane).to_contain_text("Can be read: ")


def test_an_uploaded_file_is_searchable_within_seconds(
    learner: Learner, journal: Journal, tmp_path: Path
) -> None:
    file = tmp_path / "zebra.md"
    file.write_text(NOTES, encoding="utf-8")
    learner.tab("Sources")
    learner.page.locator("#upload input[type=file]").set_input_files(file, timeout=5000)
    pane = learner.page.locator("#sources-pane")
    expect(pane).to_contain_text("zebra.md")
    expect(pane.locator(".own .state")).to_have_text("indexed")
    learner.page.locator("#where input").click()
    learner.page.get_by_role("option", name="My documents", exact=True).click()
    turn = learner.ask("What is the zebra protocol?")
    expect(turn.locator(".answer")).to_contain_text("paints stripes on tensors")
    expect(learner.passages.first).to_contain_text("your own document")
    journal.answers.append("")
    pane.get_by_role("button", name="Delete").click()
    expect(pane).to_contain_text("No documents yet.")


def test_a_file_that_cannot_be_read_costs_a_line(learner: Learner, tmp_path: Path) -> None:
    file = tmp_path / "damaged.pdf"
    file.write_bytes(b"%PDF-1.7 and then nothing")
    learner.tab("Sources")
    learner.page.locator("#upload input[type=file]").set_input_files(file, timeout=5000)
    expect(learner.page.locator("#pane-left")).to_contain_text("failed")
    learner.ask("What is LoRA?")


def test_the_last_figures_are_one_click_away(learner: Learner) -> None:
    learner.tab("Quality")
    pane = learner.page.locator("#quality-pane")
    expect(pane.locator("table").first).to_be_visible(timeout=5000)
    expect(pane).to_contain_text("tutor eval run")
