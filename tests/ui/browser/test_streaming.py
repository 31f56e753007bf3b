"""An answer while it is made, with the language model at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.ui.browser.learner import Learner
from tests.ui.browser.serving import Serving

pytestmark = pytest.mark.language_model

# Notes every state that the answer under way has had in the page.
_WATCH = """
window.seen = [];
const now = document.querySelector('#now');
new MutationObserver(() => {
  if (now.querySelector('article')) window.seen.push({
    stages: [...now.querySelectorAll('.stages li')].map((line) => line.innerText),
    said: now.querySelectorAll('.said').length,
    passages: document.querySelectorAll('#evidence section.passage').length,
  });
}).observe(now, {childList: true, subtree: true, characterData: true});
"""


@pytest.fixture(scope="module")
def serving(own_home: Callable[[], Path]) -> Iterator[Serving]:
    with Serving(own_home()) as serving:
        yield serving


def test_stages_are_told_and_sentences_come_one_by_one(learner: Learner) -> None:
    learner.page.evaluate(_WATCH)
    turn = learner.ask("What is LoRA?")
    seen: list[dict[str, Any]] = learner.page.evaluate("seen")
    lines = list(dict.fromkeys(line.split("\t")[0] for one in seen for line in one["stages"]))
    told = "\n".join(lines)
    for stage in ("Searching", "passages found", "Reading", "Writing and checking", "checked"):
        assert stage in told
    assert " s" in told  # their times
    said = [one["said"] for one in seen]
    assert said == sorted(said)
    assert len({*said} - {0}) > 1
    assert 0 < next(n for n in said if n) < turn.locator(".said").count()
    # a citation can be opened as soon as its sentence is there
    assert all(one["passages"] for one in seen if one["said"])


def test_a_stopped_answer_keeps_what_was_said(learner: Learner) -> None:
    learner.question.fill("How do LoRA and QLoRA differ?")
    learner.question.press("Enter")
    expect(learner.page.locator("#now .said").first).to_be_visible()
    learner.shot("streaming")
    learner.page.locator("#stop").click()
    turn = learner.answered(1)
    expect(turn.locator(".said").first).to_be_visible()
    expect(learner.passages.first).to_be_visible()
    turn = learner.ask("What is RAG?")
    expect(turn.locator("a.cite").first).to_be_visible()
    assert learner.turns.count() == 2


def test_a_question_stopped_before_anything_was_said_is_given_back(learner: Learner) -> None:
    learner.question.fill("What is LoRA?")
    learner.question.press("Enter")
    learner.page.locator("#stop").click()
    expect(learner.page.locator("#send")).to_be_visible()
    if learner.turns.count():  # it was quicker
        pytest.skip("the first sentence was there before the button was pressed")
    expect(learner.question).to_have_value("What is LoRA?")
    expect(learner.log.locator(".empty")).to_be_visible()


def test_a_question_is_refused_while_another_is_answered(learner: Learner) -> None:
    learner.question.fill("What is LoRA?")
    learner.question.press("Enter")
    expect(learner.page.locator("#stop")).to_be_visible()
    learner.question.fill("What is RAG?")
    learner.question.press("Enter")
    turn = learner.answered(1)
    expect(turn.locator(".asked .words")).to_have_text("What is LoRA?")
