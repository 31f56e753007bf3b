"""Every view in light, in the dark and on a phone: nobody is shut out, nothing is cut off.

Accessibility is judged by axe-core (https://github.com/dequelabs/axe-core); every view is written
as a screenshot, to look at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.ui.browser.journal import Journal
from tests.ui.browser.learner import DESK, PATIENCE, PHONE, Learner, sideways, visit
from tests.ui.browser.serving import Serving

AXE = Path(sys.prefix) / "node/node_modules/axe-core/axe.min.js"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {**DESK, "color_scheme": "light"},
    "dark": {**DESK, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
    "phone-dark": {**PHONE, "color_scheme": "dark"},
}
QUESTIONS = {
    "answered": "What is LoRA?",
    "declined": "What is the best recipe for apple pie?",
    "comparison": "How do LoRA and QLoRA differ?",
    "code": "How do I use LoRA with the peft library? Show code",
    "formula": "What is the formula of scaled dot-product attention?",
}


@pytest.fixture(scope="module")
def asked(browser: Browser, serving: Serving, shots: Path) -> dict[str, Any]:
    """A learner's cookie, and the addresses of the conversations that the views show."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    learner = visit(context.new_page(), serving.address, shots)
    addresses = {}
    for name, question in QUESTIONS.items():
        learner.ask(question)
        addresses[name] = learner.page.url
        learner.page.get_by_role("button", name="New conversation").click()
        expect(learner.log.locator(".empty")).to_be_visible()
    state = context.storage_state()
    context.close()
    return {"state": state, "addresses": addresses}


@pytest.fixture(scope="module", params=LOOKS)
def look(
    request: pytest.FixtureRequest,
    browser: Browser,
    serving: Serving,
    shots: Path,
    asked: dict[str, Any],
) -> Iterator[tuple[str, Learner, Journal]]:
    """The page in one of its looks, by that learner, with the journal of it."""
    context = browser.new_context(storage_state=asked["state"], **LOOKS[request.param])
    context.set_default_timeout(PATIENCE)
    journal = Journal(serving.address)
    journal.record(context)
    yield request.param, visit(context.new_page(), serving.address, shots), journal
    journal.check()
    context.close()


def answered(learner: Learner) -> None:
    learner.turns.first.locator("a.cite").nth(1).click()
    expect(learner.passages.nth(1)).to_be_focused()


def conversation(learner: Learner) -> None:
    expect(learner.turns.first.locator(".acts")).to_be_visible()


def conversations(learner: Learner) -> None:
    if learner.page.locator("#top .tabs").is_visible():
        learner.pane("Conversations")
    learner.conversations.first.locator("summary").click()


def station(learner: Learner) -> None:
    learner.tab("Map")
    learner.page.locator("#map [data-station='7']").click()
    expect(learner.page.locator("#card h3")).to_be_visible()


def large_map(learner: Learner) -> None:
    learner.tab("Map")
    learner.page.get_by_role("button", name="Show the map large").click()
    expect(learner.page.locator("dialog svg")).to_be_visible()


def feedback(learner: Learner) -> None:
    learner.act(learner.turns.first, "Not helpful")
    expect(learner.page.locator("#feedback")).to_be_visible()


def nothing(learner: Learner) -> None:
    expect(learner.log.locator(".empty")).to_be_visible()


def a_station_unfolded(learner: Learner) -> None:
    learner.log.locator("details", has_text="Station 7:").locator("summary").click()


def failed(learner: Learner) -> None:
    learner.question.press("Enter")
    expect(learner.turns.last.get_by_role("alert")).to_be_visible()


# What a view shows: the conversation to open, and what to do there.
VIEWS: dict[str, tuple[str, Callable[[Learner], None]]] = {
    "empty": ("", nothing),
    "examples": ("", a_station_unfolded),
    "failed": ("", failed),
    "answered": ("answered", conversation),
    "evidence": ("answered", answered),
    "declined": ("declined", conversation),
    "comparison": ("comparison", conversation),
    "code": ("code", conversation),
    "formula": ("formula", conversation),
    "conversations": ("answered", conversations),
    "feedback": ("answered", feedback),
    "map": ("", lambda learner: learner.tab("Map")),
    "station": ("answered", station),
    "large-map": ("answered", large_map),
    "settings": ("", lambda learner: learner.tab("Settings")),
    "sources": ("", lambda learner: learner.tab("Sources")),
    "quality": ("", lambda learner: learner.tab("Quality")),
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shuts_nobody_out(
    look: tuple[str, Learner, Journal], asked: dict[str, Any], serving: Serving, view: str
) -> None:
    name, learner, _ = look
    opened, show = VIEWS[view]
    learner.page.goto(asked["addresses"].get(opened, serving.address))
    learner.ready()
    show(learner)
    learner.page.wait_for_timeout(300)
    learner.shot(f"{view}-{name}")
    assert sideways(learner.page) == []
    assert serious(learner.page) == []


@pytest.mark.parametrize("view", ["empty", "answered", "evidence", "station", "settings"])
def test_large_text_fits(
    browser: Browser, serving: Serving, shots: Path, asked: dict[str, Any], view: str
) -> None:
    context = browser.new_context(storage_state=asked["state"], **DESK)
    context.set_default_timeout(PATIENCE)
    context.add_init_script("localStorage.setItem('metromap-size', '150')")
    opened, show = VIEWS[view]
    address = asked["addresses"].get(opened, serving.address)
    learner = visit(context.new_page(), address, shots)
    show(learner)
    learner.shot(f"{view}-large-text")
    assert sideways(learner.page) == []
    expect(learner.question).to_be_in_viewport(ratio=1)
    context.close()


def serious(page: Page) -> list[str]:
    """Serious and critical faults that axe-core finds, each with where it is."""
    if not AXE.exists():
        pytest.skip("no axe-core here; make setup installs it where npm is")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['impact']} {one['id']}: {node['html'][:160]} {node['failureSummary'][-200:]}"
        for one in violations
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
