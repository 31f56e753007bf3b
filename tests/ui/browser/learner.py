"""The page as a learner uses it: what is on it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

# Milliseconds; a quiet machine needs a tenth of that.
PATIENCE = 60_000
# What Playwright's new_context takes.
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True,
}  # fmt: skip


class Learner:
    """A learner at a page that has loaded.

    Attributes:
        question: the field for it.
        turns: questions with their answers, in order; the last may be under way.
        passages: of the evidence that is shown.
    """

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self._shots = page, shots
        self.question = page.locator("#question textarea")
        self.log = page.locator("#log")
        self.turns = page.locator("#log article.turn, #now article.turn")
        self.passages = page.locator("#evidence section.passage:visible")
        self.conversations = page.locator("#list .conversations > li")
        self.ready()

    def ready(self) -> None:
        """Wait until the page has loaded and takes orders."""
        self.page.wait_for_selector("#list .none, #list .conversations", state="attached")
        self.page.wait_for_function("!!window.metromapTell")

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.ready()

    def ask(self, question: str) -> Locator:
        """Ask by typing, and wait for the whole answer; returns its turn."""
        number = self.log.locator("article.turn").count()
        self.question.fill(question)
        self.question.press("Enter")
        return self.answered(number + 1)

    def answered(self, number: int) -> Locator:
        """Wait until the log holds so many turns, the last of them whole."""
        expect(self.log.locator("article.turn")).to_have_count(number)
        turn = self.log.locator("article.turn").nth(number - 1)
        expect(turn.locator(".acts")).to_be_visible()
        expect(self.page.locator("#send")).to_be_visible()
        return turn

    def act(self, turn: Locator, name: str) -> None:
        """Press one of the buttons under an answer, by its label."""
        turn.locator(".acts").get_by_role("button", name=name, exact=True).click()

    def tab(self, name: str) -> None:
        """Open a tab of a pane; where one pane is shown at a time, its pane first."""
        tab = self.page.get_by_role("tab", name=name, exact=True, include_hidden=True)
        if not tab.is_visible():
            pane = str(tab.evaluate("(one) => one.closest('[id^=pane-]').id"))
            self.page.locator(f"#top [data-pane={pane.removeprefix('pane-')}]").click()
        tab.click()

    def pane(self, name: str) -> None:
        """On a phone: show a pane."""
        self.page.locator("#top .tabs").get_by_role("button", name=name, exact=True).click()

    def manage(self, title: str, act: str) -> None:
        """Do something with a conversation of the list: "Rename", "Delete", "Export as …"."""
        item = self.conversations.filter(has_text=title)
        item.locator("summary").click()
        item.get_by_role("button", name=act, exact=True).click()

    def notice(self) -> Locator:
        """The line that tells what happened."""
        return self.page.locator("#notice")

    @property
    def address(self) -> str:
        return self.page.url

    def shot(self, name: str) -> None:
        """Write a screenshot to look at."""
        self.page.screenshot(path=self._shots / f"{name}.png", animations="disabled")


Open = Callable[..., Learner]


def visit(page: Page, address: str, shots: Path) -> Learner:
    """Load the page and wait until it takes orders."""
    page.goto(address)
    return Learner(page, shots)


def sideways(page: Page) -> list[str]:
    """What stands out of the window to the right, or makes the page scroll sideways."""
    out: list[str] = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          const clipped = (one) => {
            for (let up = one.parentElement; up; up = up.parentElement)
              if (getComputedStyle(up).overflowX !== 'visible') return true;
            return false;
          };
          const out = [...document.body.querySelectorAll('*')].filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width && box.height && box.right > width + 1 && !clipped(one);
          }).map((one) => one.outerHTML.slice(0, 100));
          if (document.documentElement.scrollWidth > width) out.push('the page scrolls sideways');
          return out;
        }"""
    )
    return out
