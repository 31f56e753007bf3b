"""Learners do not see one another."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.browser.learner import Open


def test_two_browsers_at_once_do_not_mix(browse: Open) -> None:
    one, other = browse(), browse()
    one.question.fill("What is LoRA?")
    other.question.fill("What is RAG?")
    one.question.press("Enter")
    other.question.press("Enter")
    expect(other.answered(1).locator(".asked .words")).to_have_text("What is RAG?")
    expect(one.answered(1).locator(".asked .words")).to_have_text("What is LoRA?")
    expect(one.page.locator("#list .title")).to_have_text(["What is LoRA?"])
    expect(other.page.locator("#list .title")).to_have_text(["What is RAG?"])
    expect(one.passages.first.locator("mark").first).to_contain_text("LoRA")
    expect(other.passages.first.locator("mark").first).to_contain_text("RAG")
    # nor does an address that was overheard open what it names
    other.page.goto(one.page.url)
    other.ready()
    expect(other.notice()).to_contain_text("not there any more")
    assert other.turns.count() == 0
    search = other.page.locator("#search").locator("input, textarea")
    search.fill("LoRA")
    expect(other.page.locator("#list")).to_contain_text("No conversation holds that")


def test_what_another_is_told_to_do_is_refused(browse: Open) -> None:
    one, other = browse(), browse()
    turn = one.ask("What is LoRA?")
    answer = str(turn.get_attribute("id")).removeprefix("turn-")
    conversation = answer.rpartition("-")[0]
    for what, value in (
        ("evidence", answer), ("copy", answer), ("retry", answer), ("up", answer),
        ("export-json", conversation), ("open", conversation),
    ):  # fmt: skip
        other.page.evaluate(
            "([what, value]) => { document.querySelector('#notice')?.remove(); "
            "metromapTell({do: what, value}); }",
            [what, value],
        )
        expect(other.notice()).to_contain_text("not there any more")
    other.page.evaluate("(value) => metromapTell({do: 'delete', value})", conversation)
    assert other.turns.count() == 0
    one.reload()
    expect(one.turns).to_have_count(1)
    expect(one.log.locator(".acts .given")).to_have_count(0)


def test_two_tabs_of_one_learner_share_their_conversations(browse: Open) -> None:
    one = browse()
    one.ask("What is LoRA?")
    second = one.page.context.new_page()
    second.goto(one.page.url)
    expect(second.locator("#log article.turn")).to_have_count(1)
    expect(second.locator("#list .title")).to_have_text(["What is LoRA?"])
