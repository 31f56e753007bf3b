"""The map: choosing a stop, its card, and what lights up."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.ui.browser.learner import Learner


@pytest.fixture
def mapped(learner: Learner) -> Learner:
    learner.tab("Map")
    return learner


def station(learner: Learner, number: int) -> Locator:
    return learner.page.locator(f'#map [data-station="{number}"]')


def card(learner: Learner) -> Locator:
    return learner.page.locator("#card section")


def test_the_map_shows_all_stations_and_companions(mapped: Learner) -> None:
    drawn = mapped.page.locator("#map [data-station]")
    assert len({one.get_attribute("data-station") for one in drawn.all()}) == 18
    assert mapped.page.locator("#map [data-companion]").count() > 0
    expect(station(mapped, 1)).to_be_visible()


def test_a_station_is_chosen_by_a_click(mapped: Learner) -> None:
    station(mapped, 7).click()
    expect(card(mapped).locator("h3")).to_contain_text("Supervised Fine-Tuning")
    expect(station(mapped, 7)).to_have_class("stop scientist chosen")
    expect(card(mapped)).to_be_in_viewport()
    prerequisite = card(mapped).locator("[data-station]").first
    title = prerequisite.inner_text().split("\n")[-1]
    prerequisite.click()
    expect(card(mapped).locator("h3")).to_contain_text(title)


def test_a_station_is_chosen_by_keyboard(mapped: Learner) -> None:
    station(mapped, 3).focus()
    mapped.page.keyboard.press("Enter")
    expect(card(mapped).locator("h3")).to_contain_text("Neural Nets")
    expect(station(mapped, 3)).to_be_focused()
    mapped.page.keyboard.press("Tab")
    mapped.page.keyboard.press("Space")
    expect(card(mapped).locator("h3")).not_to_contain_text("Neural Nets")


def test_a_companion_stop_has_its_card(mapped: Learner) -> None:
    stop = mapped.page.locator("#map [data-companion]").first
    stop.click()
    title = str(stop.get_attribute("aria-label"))
    expect(card(mapped)).to_be_visible()
    assert str(card(mapped).get_attribute("aria-label")) in title


def test_a_topic_of_a_card_asks(mapped: Learner) -> None:
    station(mapped, 7).click()
    topic = card(mapped).locator("[data-ask]").first
    question = str(topic.get_attribute("data-ask"))
    topic.click()
    expect(mapped.answered(1).locator(".asked .words")).to_have_text(question)


def test_a_station_lights_up_when_an_answer_cites_it(mapped: Learner) -> None:
    mapped.ask("What is LoRA?")
    expect(mapped.page.locator("#map .cited[data-station='7']")).to_have_attribute(
        "aria-label", re.compile("cited in this answer")
    )
    mapped.ask("What is chunking?")
    expect(mapped.page.locator("#map .visited[data-station='7']")).to_be_attached()
    expect(mapped.page.locator("#map .cited[data-station='7']")).to_have_count(0)


def test_the_large_map_opens_in_a_dialog_and_chooses_there(mapped: Learner) -> None:
    opener = mapped.page.get_by_role("button", name="Show the map large")
    opener.click()
    dialog = mapped.page.get_by_role("dialog")
    expect(dialog.locator("[data-station]").first).to_be_visible()
    mapped.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    opener.click()
    dialog.locator('[data-station="12"]').click()
    expect(dialog).to_be_hidden()
    expect(card(mapped).locator("h3")).to_contain_text("Consuming LLMs")
