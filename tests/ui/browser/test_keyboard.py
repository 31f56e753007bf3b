"""All by keyboard, and seen where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.ui.browser.learner import Learner, Open

# What has the focus, and whether that is seen: an outline, a shadow, or another border than before.
_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const drawn = (element) => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return outlined || style.boxShadow !== 'none';
  };
  const hit = one.querySelector(':scope > .hit');
  const within = [one, one.closest('label'), one.closest('.block')].filter(Boolean);
  const stroked = hit && getComputedStyle(hit).stroke !== 'none';
  return {
    what: one.outerHTML.slice(0, 160),
    id: one.id || one.closest('[id]')?.id || '',
    matches: (window.wanted && one.matches(window.wanted)) || false,
    seen: within.some(drawn) || Boolean(stroked),
  };
}"""


def tab_to(page: Page, wanted: str, most: int = 150, key: str = "Tab") -> list[dict[str, object]]:
    """Press Tab until an element has the focus; returns what had it on the way.

    Raises:
        AssertionError: it is not reached.
    """
    page.evaluate("(wanted) => { window.wanted = wanted; }", wanted)
    way = []
    for _ in range(most):
        page.keyboard.press(key)
        stop = page.evaluate(_FOCUS)
        if stop is not None:
            way.append(stop)
            if stop["matches"]:
                return way
    raise AssertionError(f"{wanted} is not reached: {[stop['what'] for stop in way]}")


def from_the_top(page: Page) -> None:
    """Let the next Tab begin where the page begins, as after typing its address."""
    page.mouse.click(1, 1)


@pytest.fixture
def see() -> Callable[[list[dict[str, object]]], None]:
    """Asserts that the focus is seen wherever it has been."""

    def check(way: list[dict[str, object]]) -> None:
        assert [stop["what"] for stop in way if not stop["seen"]] == []

    return check


def test_ask_and_read_by_keyboard_alone(
    learner: Learner, see: Callable[[list[dict[str, object]]], None]
) -> None:
    page = learner.page
    from_the_top(page)
    see(tab_to(page, "#question textarea"))
    page.keyboard.type("What is LoRA?")
    page.keyboard.press("Enter")
    turn = learner.answered(1)
    see(tab_to(page, "#log a.cite", key="Shift+Tab"))
    page.keyboard.press("Enter")
    passage = learner.passages.filter(has=page.locator("details[open]")).first
    expect(page.locator("#evidence section.passage:focus")).to_have_count(1)
    expect(passage).to_be_visible()
    see(tab_to(page, "#evidence section.passage a[href^='#said-']"))
    page.keyboard.press("Enter")
    expect(turn.locator(".said:focus")).to_have_count(1)
    see(tab_to(page, "#log a.act.copy"))
    page.keyboard.press("Enter")
    expect(learner.notice()).to_have_text("Copied")
    see(tab_to(page, "#log a.ask"))
    page.keyboard.press("Space")
    learner.answered(2)


def test_the_first_stop_leads_to_the_question(learner: Learner) -> None:
    page = learner.page
    from_the_top(page)
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(learner.question).to_be_focused()


def test_tabs_and_the_map_by_keyboard(
    learner: Learner, see: Callable[[list[dict[str, object]]], None]
) -> None:
    page = learner.page
    see(tab_to(page, "#right-tabs [role=tab]"))
    page.get_by_role("tab", name="Map", exact=True).focus()
    page.keyboard.press("Enter")
    see(tab_to(page, "#map [data-station='4']"))
    page.keyboard.press("Enter")
    expect(page.locator("#card h3")).to_contain_text("LLM/SLM Foundations")


def test_the_focus_is_seen_in_the_dark_as_well(
    browse: Open, see: Callable[[list[dict[str, object]]], None]
) -> None:
    page = browse(color_scheme="dark").page
    from_the_top(page)
    see(tab_to(page, "#question textarea"))
