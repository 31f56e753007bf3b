"""How a learner wants to be answered, and how the page looks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.ui.browser.learner import Learner, Open

DARK = re.compile(r"\bdark\b")


@pytest.fixture
def at_settings(learner: Learner) -> Learner:
    learner.tab("Settings")
    return learner


def test_hints_come_instead_of_answers(at_settings: Learner) -> None:
    at_settings.page.locator("#hints input").check()
    turn = at_settings.ask("What is LoRA?")
    expect(turn.locator(".answer")).to_contain_text("What belongs in the gaps?")
    expect(turn.locator(".answer")).to_contain_text("Read: ")
    at_settings.page.locator("#hints input").uncheck()
    turn = at_settings.ask("What is LoRA?")
    expect(turn.locator(".answer")).to_contain_text("that freezes the pre-trained weights")


def test_the_level_weighs_what_is_said(at_settings: Learner) -> None:
    at_settings.page.get_by_label("a beginner").check()
    beginner = at_settings.ask("What is LoRA?").locator(".answer").inner_text()
    at_settings.page.get_by_label("an expert").check()
    expert = at_settings.ask("What is LoRA?").locator(".answer").inner_text()
    assert beginner != expert


def test_the_number_of_passages_bounds_what_is_searched(at_settings: Learner) -> None:
    at_settings.page.locator("#passages input[type=number]").fill("1")
    at_settings.page.keyboard.press("Tab")
    at_settings.ask("Which ways to fine-tune a model are there?")
    sections = {section.locator(".place").inner_text() for section in at_settings.passages.all()}
    assert len(sections) <= 1


def test_dark_colours_and_text_size_are_kept(at_settings: Learner) -> None:
    page = at_settings.page
    page.get_by_label("dark", exact=True).check()
    page.get_by_label("larger", exact=True).check()
    at_settings.reload()
    expect(page.locator("body")).to_have_class(DARK)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    at_settings.tab("Settings")
    expect(page.get_by_label("larger", exact=True)).to_be_checked()
    page.get_by_label("light", exact=True).check()
    expect(page.locator("body")).not_to_have_class(DARK)


@pytest.mark.parametrize("system", ["light", "dark"])
def test_colours_follow_the_system_unless_one_is_chosen(browse: Open, system: str) -> None:
    page = browse(color_scheme=system).page
    if system == "dark":
        expect(page.locator("body")).to_have_class(DARK)
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).not_to_have_class(DARK)
