"""Asking, and what an answer offers."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.ui.browser.learner import Learner


def test_a_citation_opens_its_passage_and_the_passage_leads_back(learner: Learner) -> None:
    turn = learner.ask("What is LoRA?")
    turn.locator("a.cite").nth(2).click()
    passage = learner.passages.nth(2)
    expect(passage).to_be_focused()
    expect(passage).to_be_in_viewport(ratio=0.5)
    mark = passage.locator("details[open] mark").first
    expect(mark).to_be_visible()
    said = turn.locator("span.said").nth(2)
    assert mark.inner_text().split()[:3] == said.inner_text().split()[:3]
    passage.get_by_role("link", name="sentence 3", exact=True).click()
    expect(said).to_be_focused()
    expect(said).to_be_in_viewport()


def test_an_earlier_answer_opens_its_own_evidence(learner: Learner) -> None:
    first = learner.ask("What is LoRA?")
    learner.ask("What is RAG?")
    expect(learner.passages.first.locator("mark").first).to_contain_text("RAG")
    first.locator("a.cite").first.click()
    expect(learner.passages.first).to_be_focused()
    expect(learner.passages.first.locator("mark").first).to_contain_text("LoRA")


def test_what_is_declined_says_so_and_offers_the_nearest_stations(learner: Learner) -> None:
    turn = learner.ask("What is the best recipe for apple pie?")
    expect(turn.locator(".declined")).to_contain_text("cannot answer")
    expect(turn.locator(".following .heading")).to_have_text("The nearest stations")
    station = turn.locator(".following a.ask").first
    assert station.inner_text().startswith("Station ")
    question = station.get_attribute("title")
    station.click()
    asked = learner.answered(2)
    expect(asked.locator(".asked .words")).to_have_text(str(question))


def test_a_suggestion_asks(learner: Learner) -> None:
    turn = learner.ask("What is LoRA?")
    suggestion = turn.locator(".following a.ask").first
    question = suggestion.inner_text()
    suggestion.click()
    asked = learner.answered(2)
    expect(asked.locator(".asked .words")).to_have_text(question)
    expect(asked.locator("a.cite").first).to_be_visible()
    expect(turn.locator(".following")).to_have_count(0)


def test_an_example_of_the_empty_page_asks(learner: Learner) -> None:
    station = learner.log.locator("details", has_text="Station 7:")
    station.locator("summary").click()
    example = station.locator("a.ask").first
    question = example.inner_text()
    example.click()
    expect(learner.answered(1).locator(".asked .words")).to_have_text(question)
    expect(learner.log.locator(".empty")).to_have_count(0)


def test_a_question_is_edited_and_what_followed_it_goes(learner: Learner) -> None:
    first = learner.ask("What is LoRA?")
    learner.ask("What is RAG?")
    learner.act(first, "Edit question")
    expect(learner.question).to_have_value("What is LoRA?")
    expect(learner.question).to_be_focused()
    expect(learner.page.locator("#edited")).to_contain_text("question 1")
    learner.question.fill("What is QLoRA?")
    learner.question.press("Enter")
    turn = learner.answered(1)
    expect(turn.locator(".asked .words")).to_have_text("What is QLoRA?")
    expect(learner.page.locator("#edited")).to_be_empty()


def test_a_question_under_edit_can_be_kept(learner: Learner) -> None:
    turn = learner.ask("What is LoRA?")
    learner.act(turn, "Edit question")
    expect(learner.question).to_have_value("What is LoRA?")
    learner.question.press("Escape")
    expect(learner.question).to_have_value("")
    expect(learner.page.locator("#edited")).to_be_empty()
    assert learner.turns.count() == 1


def test_a_question_is_answered_again_and_what_followed_it_goes(learner: Learner) -> None:
    first = learner.ask("What is LoRA?")
    learner.ask("What is RAG?")
    learner.act(first, "Answer again")
    turn = learner.answered(1)
    expect(turn.locator(".asked .words")).to_have_text("What is LoRA?")
    expect(turn.locator("a.cite").first).to_be_visible()


def test_a_copied_answer_has_its_sources(learner: Learner) -> None:
    turn = learner.ask("What is LoRA?")
    learner.act(turn, "Copy answer")
    expect(learner.notice()).to_have_text("Copied")
    copied = learner.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("LoRA (Low-Rank Adaptation) is a parameter-efficient")
    answer, sources = copied.split("\n\nSources:\n\n")
    assert answer.count("[1]") == 1
    assert len(sources.splitlines()) == turn.locator("a.cite").count()
    assert "“LoRA was introduced by" in sources


def test_an_empty_and_a_far_too_long_question_are_told_in_a_line(learner: Learner) -> None:
    learner.question.press("Enter")
    fault = learner.turns.last.get_by_role("alert")
    expect(fault).to_contain_text("That did not work: the question is empty")
    learner.question.fill("Why? " * 700)
    learner.question.press("Enter")
    expect(fault).to_contain_text("2000")
    assert "\n" not in fault.inner_text().strip()
    expect(learner.page.locator("#send")).to_be_visible()
    learner.ask("What is LoRA?")
    expect(learner.page.get_by_role("alert")).to_have_count(0)


def test_the_search_is_narrowed_to_a_station(learner: Learner) -> None:
    look_in(learner, "Station 13: Building Vector Store")
    learner.ask("What is chunking?")
    places = learner.page.locator("#evidence .place").all_text_contents()
    assert places
    assert [place for place in places if "Station 13" not in place] == []


def test_the_search_is_narrowed_to_a_line(learner: Learner) -> None:
    look_in(learner, "Foundational line")
    learner.ask("What is a loss function?")
    places = learner.page.locator("#evidence .passage .place").all_inner_texts()
    assert places
    assert all("Foundational line" in place for place in places)


def test_own_documents_alone_answer_nothing_while_there_are_none(learner: Learner) -> None:
    look_in(learner, "My documents")
    turn = learner.ask("What is LoRA?")
    expect(turn.locator(".declined")).to_be_visible()
    expect(turn.locator("a.cite")).to_have_count(0)


def look_in(learner: Learner, choice: str) -> None:
    """Choose where the search looks."""
    learner.page.locator("#where input").click()
    learner.page.get_by_role("option", name=choice, exact=True).click()
    expect(learner.page.locator("#where input")).to_have_value(choice)
