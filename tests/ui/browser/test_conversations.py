"""Conversations: kept, found, renamed, deleted, taken away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.browser.journal import Journal
from tests.ui.browser.learner import Learner
from tests.ui.browser.serving import Serving


def test_a_reloaded_page_has_the_conversation_with_its_evidence(learner: Learner) -> None:
    turn = learner.ask("What is LoRA?")
    answer, evidence = turn.inner_text(), learner.page.locator("#evidence").inner_text()
    learner.reload()
    expect(learner.turns).to_have_count(1)
    assert learner.turns.first.inner_text() == answer
    assert learner.page.locator("#evidence").inner_text() == evidence
    learner.turns.first.locator("a.cite").nth(1).click()
    expect(learner.passages.nth(1).locator("mark").first).to_be_visible()


def test_a_restarted_server_has_the_conversation_with_its_evidence(
    learner: Learner, serving: Serving
) -> None:
    turn = learner.ask("What is LoRA?")
    answer, address = turn.inner_text(), learner.page.url
    learner.page.goto("about:blank")  # a page that is open would complain that the server is gone
    serving.restart()
    learner.page.goto(address)
    learner.ready()
    expect(learner.turns).to_have_count(1)
    assert learner.turns.first.inner_text() == answer
    learner.turns.first.locator("a.cite").first.click()
    expect(learner.passages.first.locator("mark").first).to_be_visible()
    learner.ask("What is RAG?")


def test_conversations_are_named_by_their_first_question_and_searched(learner: Learner) -> None:
    two_conversations(learner)
    expect(titles(learner)).to_have_text(["What is RAG?", "What is LoRA?"])
    search = learner.page.locator("#search").locator("input, textarea")
    search.fill("low-RANK adaptation")  # stands in an answer
    expect(titles(learner)).to_have_text(["What is LoRA?"])
    search.fill("100%")
    expect(learner.page.locator("#list")).to_contain_text("No conversation holds that")
    search.fill("")
    expect(titles(learner)).to_have_count(2)


def test_one_goes_from_one_conversation_to_the_other(learner: Learner) -> None:
    two_conversations(learner)
    titles(learner).nth(1).click()
    expect(learner.turns).to_have_count(1)
    expect(learner.turns.first.locator(".asked .words")).to_have_text("What is LoRA?")
    expect(learner.passages.first.locator("mark").first).to_contain_text("LoRA")
    expect(learner.page.locator("#list [aria-current]")).to_contain_text("What is LoRA?")
    learner.ask("What is QLoRA?")
    expect(titles(learner)).to_have_count(2)
    learner.page.get_by_role("button", name="New conversation").click()
    expect(learner.log.locator(".empty")).to_be_visible()
    expect(learner.page.locator("#evidence section")).to_have_count(0)


def test_a_conversation_is_renamed(learner: Learner, journal: Journal) -> None:
    learner.ask("What is LoRA?")
    journal.answers.append("Adapters, first lesson")
    learner.manage("What is LoRA?", "Rename")
    expect(titles(learner)).to_have_text(["Adapters, first lesson"])
    learner.reload()
    expect(titles(learner)).to_have_text(["Adapters, first lesson"])


def test_a_conversation_is_deleted_when_that_is_confirmed(
    learner: Learner, journal: Journal
) -> None:
    two_conversations(learner)
    journal.answers.append(None)
    learner.manage("What is LoRA?", "Delete")
    expect(titles(learner)).to_have_count(2)
    journal.answers.append("")
    learner.reload()
    learner.manage("What is RAG?", "Delete")
    expect(titles(learner)).to_have_text(["What is LoRA?"])
    # it was the one that was open
    expect(learner.log.locator(".empty")).to_be_visible()
    learner.reload()
    expect(titles(learner)).to_have_text(["What is LoRA?"])


@pytest.fixture
def exported(learner: Learner, tmp_path: Path) -> dict[str, str]:
    """The files of a conversation of two questions, by the end of their names."""
    learner.ask("What is LoRA?")
    learner.ask("What is RAG?")
    files = {}
    for form in ("Markdown", "JSON"):
        with learner.page.expect_download() as download:
            learner.manage("What is LoRA?", f"Export as {form}")
        name = download.value.suggested_filename
        download.value.save_as(tmp_path / name)
        files[name.rpartition(".")[2]] = (tmp_path / name).read_text(encoding="utf-8")
        learner.reload()
    return files


def test_a_conversation_is_exported_with_its_sources(exported: dict[str, str]) -> None:
    assert exported["md"].startswith("# What is LoRA?\n")
    assert exported["md"].count("**Sources**") == 2
    told = json.loads(exported["json"])
    assert [turn["question"] for turn in told["turns"]] == ["What is LoRA?", "What is RAG?"]
    assert all(turn["answer"]["citations"] for turn in told["turns"])


def test_a_conversation_that_is_not_there_is_told_in_a_line(
    learner: Learner, serving: Serving
) -> None:
    learner.page.goto(f"{serving.address}/?c=0000beef")
    learner.ready()
    expect(learner.notice()).to_contain_text("not there any more")
    expect(learner.log.locator(".empty")).to_be_visible()


def titles(learner: Learner) -> Locator:
    return learner.page.locator("#list .title")


def two_conversations(learner: Learner) -> None:
    learner.ask("What is LoRA?")
    learner.page.get_by_role("button", name="New conversation").click()
    expect(learner.log.locator(".empty")).to_be_visible()
    learner.ask("What is RAG?")
