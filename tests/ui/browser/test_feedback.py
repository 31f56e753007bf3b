"""Thumbs: with a reason and a note, kept with what they are about."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.browser.learner import Learner
from tests.ui.browser.serving import Serving
from tutor.feedback import Feedback, FeedbackStore
from tutor.settings import load_settings


def given(serving: Serving, learner: Learner) -> list[Feedback]:
    """What the store has of the conversation that is open."""
    conversation = learner.page.url.rpartition("=")[2]
    store = FeedbackStore(load_settings(home=serving.home).log)
    return [one for one in store.all() if one.conversation == conversation]


def test_a_thumb_down_is_kept_with_reason_and_note(learner: Learner, serving: Serving) -> None:
    turn = learner.ask("What is LoRA?")
    learner.act(turn, "Not helpful")
    form = learner.page.locator("#feedback")
    expect(form).to_contain_text("What was wrong with answer 1?")
    form.get_by_label("Something is missing").check()
    form.locator("#note textarea").fill("The rank <b>r</b> is not explained.")
    learner.shot("feedback")
    learner.page.locator("#give").click()
    expect(learner.notice()).to_contain_text("Thank you")
    expect(form).to_be_hidden()
    expect(learner.log.locator(".acts .down")).to_have_text("Not helpful ✓")
    (kept,) = given(serving, learner)
    assert (kept.verdict, kept.reason, kept.turn) == ("down", "incomplete", 1)
    assert kept.note == "The rank <b>r</b> is not explained."
    assert kept.question == "What is LoRA?"
    assert len(kept.answer["citations"]) == turn.locator("a.cite").count()
    assert kept.retrieved
    learner.reload()
    expect(learner.log.locator(".acts .down")).to_have_text("Not helpful ✓")


def test_a_thumb_down_without_a_reason_is_asked_for_one(learner: Learner, serving: Serving) -> None:
    turn = learner.ask("What is LoRA?")
    learner.act(turn, "Not helpful")
    learner.page.locator("#give").click()
    expect(learner.notice()).to_contain_text("choose what was wrong")
    learner.page.locator("#dismiss").click()
    expect(learner.page.locator("#feedback")).to_be_hidden()
    assert given(serving, learner) == []


def test_a_thumb_up_is_kept_and_withdrawn(learner: Learner, serving: Serving) -> None:
    turn = learner.ask("What is LoRA?")
    learner.act(turn, "Helpful")
    expect(turn.locator(".acts .up")).to_have_text("Helpful ✓")
    assert [one.verdict for one in given(serving, learner)] == ["up"]
    learner.act(turn, "Helpful ✓")
    expect(turn.locator(".acts .up")).to_have_text("Helpful")
    assert given(serving, learner) == []
