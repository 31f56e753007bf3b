"""On a phone one pane is there at a time, and nothing goes out of the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.ui.browser.learner import PHONE, Learner, Open, sideways


@pytest.fixture
def phone(browse: Open) -> Learner:
    return browse(on=PHONE)


def panes(learner: Learner) -> list[str]:
    """Which panes are seen."""
    names = ("left", "chat", "right")
    return [name for name in names if learner.page.locator(f"#pane-{name}").is_visible()]


def test_one_pane_is_there_at_a_time(phone: Learner) -> None:
    assert panes(phone) == ["chat"]
    phone.ask("What is LoRA?")
    assert sideways(phone.page) == []
    phone.shot("phone-chat")
    phone.pane("Conversations")
    assert panes(phone) == ["left"]
    assert sideways(phone.page) == []
    phone.shot("phone-conversations")
    phone.pane("Evidence")
    assert panes(phone) == ["right"]
    assert sideways(phone.page) == []
    phone.shot("phone-evidence")
    phone.tab("Map")
    assert sideways(phone.page) == []
    phone.shot("phone-map")
    phone.tab("Settings")
    assert sideways(phone.page) == []
    phone.shot("phone-settings")


def test_a_citation_leads_to_its_pane_and_back(phone: Learner) -> None:
    turn = phone.ask("What is LoRA?")
    turn.locator("a.cite").nth(1).tap()
    expect(phone.passages.nth(1)).to_be_in_viewport()
    assert panes(phone) == ["right"]
    phone.passages.nth(1).get_by_role("link", name="sentence 2", exact=True).tap()
    expect(turn.locator(".said").nth(1)).to_be_in_viewport()
    assert panes(phone) == ["chat"]


def test_choosing_a_conversation_or_a_topic_shows_the_chat(phone: Learner) -> None:
    phone.ask("What is LoRA?")
    phone.pane("Conversations")
    phone.conversations.first.locator("button.open").tap()
    expect(phone.page.locator("#pane-chat")).to_be_visible()
    phone.pane("Evidence")
    phone.tab("Map")
    phone.page.locator("#map [data-station='12']").tap()
    phone.page.locator("#card [data-ask]").first.tap()
    expect(phone.page.locator("#pane-chat")).to_be_visible()
    phone.answered(2)


@pytest.mark.parametrize("size", ["larger"])
def test_large_text_fits_as_well(phone: Learner, size: str) -> None:
    phone.pane("Evidence")
    phone.tab("Settings")
    phone.page.get_by_label(size, exact=True).check()
    phone.pane("Chat")
    phone.ask("How do LoRA and QLoRA differ?")
    assert sideways(phone.page) == []
    expect(phone.question).to_be_in_viewport(ratio=1)
    phone.shot("phone-large-text")
