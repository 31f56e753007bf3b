"""Sixteen learners who ask at once: all are answered or told that the line is full.

``crowd-<places>.json`` beside the screenshots holds what was measured; nothing here judges times.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.ui.browser.journal import Journal
from tests.ui.browser.learner import DESK, Learner, visit
from tests.ui.browser.serving import Serving
from tutor.answer import Tutor
from tutor.app import open_tutor
from tutor.records import Spoken
from tutor.settings import load_settings

LEARNERS = 16
QUESTIONS = (
    "What is LoRA?",
    "How do GPTQ and AWQ differ?",
    "Why are the attention scores divided by the square root of the key dimension?",
    "How does beam search work?",
)
# Milliseconds of the clock at which the learner pressed Enter, saw a sentence, and saw the end.
WATCH = """
window.seen = {};
const once = (name) => { seen[name] ??= Date.now(); };
addEventListener('keydown', (event) => { if (event.key === 'Enter') once('asked'); }, true);
new MutationObserver(() => {
  const now = document.querySelector('#now'), log = document.querySelector('#log');
  if (now?.querySelector('.answer, [id^=said-]')?.textContent.trim()) once('first');
  const refused = now?.querySelector('[role=alert]');
  if (refused) seen.refused ??= refused.textContent.trim();
  if (log?.querySelector('article.turn .acts')) { once('first'); once('done'); }
}).observe(document, { childList: true, subtree: true, characterData: true });
"""


@pytest.mark.parametrize("places", [24, 4])
def test_all_are_answered_in_turn_or_told_that_the_line_is_full(
    browser: Browser, own_home: Callable[[], Path], shots: Path, places: int
) -> None:
    with Serving(own_home(), written_sentences=0, chat_waiting=places) as serving:
        journal = Journal(serving.address)
        learners = [_arrive(browser, serving, journal, shots) for _ in range(LEARNERS)]
        before = _memory(serving)
        for number, learner in enumerate(learners):
            learner.question.fill(QUESTIONS[number % len(QUESTIONS)])
        for learner in learners:
            learner.question.press("Enter")
        seen = [_outcome(learner) for learner in learners]
        after = _memory(serving)
        for learner in learners:
            learner.page.context.close()
        assert serving.faults == []
        assert journal.errors == []
    answered = [one for one in seen if "done" in one]
    refused = [one for one in seen if "refused" in one]
    assert len(answered) + len(refused) == LEARNERS
    # One under way and as many in line as there are places; a quick one may have made room.
    assert len(answered) >= min(LEARNERS, places + 1)
    assert all("try again in about" in one["refused"] for one in refused)
    assert bool(refused) == (places < LEARNERS - 1)
    # First come, first served: each asked once.
    assert [one["done"] for one in answered] == sorted(one["done"] for one in answered)
    assert after < before + 300e6
    first = sorted(one["first"] - one["asked"] for one in answered)
    told = {
        "learners": LEARNERS,
        "places": places,
        "answered": len(answered),
        "refused": len(refused),
        "first sentence, seconds: least, median, most": [
            round(first[at] / 1000, 1) for at in (0, len(first) // 2, -1)
        ],
        "memory at most, MB: before, after": [round(before / 1e6), round(after / 1e6)],
    }
    (shots / f"crowd-{places}.json").write_text(json.dumps(told, indent=2) + "\n")


def test_the_first_sentence_beside_the_command_line_s(
    browser: Browser, own_home: Callable[[], Path], shots: Path
) -> None:
    home = own_home()
    with Serving(home, written_sentences=0, threads=2) as serving:
        journal, page = Journal(serving.address), []
        for question in QUESTIONS:
            learner = _arrive(browser, serving, journal, shots)
            learner.ask(question)
            seen = learner.page.evaluate("seen")
            page.append((seen["first"] - seen["asked"]) / 1000)
            learner.page.context.close()
    tutor = open_tutor(load_settings(home=home, written_sentences=0, threads=2))
    _first_sentence(tutor, "What is DoRA?")
    warm = [_first_sentence(tutor, question) for question in QUESTIONS]
    told = {"page": round(median(page), 2), "warm": round(median(warm), 2)}
    (shots / "first-sentence.json").write_text(json.dumps(told, indent=2) + "\n")


def _first_sentence(tutor: Tutor, question: str) -> float:
    began = time.perf_counter()
    for event in tutor.stream(question):
        if isinstance(event, Spoken):
            break
    return time.perf_counter() - began


def _arrive(browser: Browser, serving: Serving, journal: Journal, shots: Path) -> Learner:
    context = browser.new_context(**DESK)
    context.add_init_script(WATCH)
    journal.record(context)
    return visit(context.new_page(), serving.address, shots)


def _outcome(learner: Learner) -> dict[str, Any]:
    learner.page.wait_for_function("seen.done || seen.refused", timeout=120_000)
    found: dict[str, Any] = learner.page.evaluate("seen")
    return found


def _memory(serving: Serving) -> float:
    """Most memory that the server has held, in bytes."""
    status = Path(f"/proc/{serving.pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return 1024.0 * int(found[1])
