"""The card of a station or companion: its facts, its questions, nothing that acts by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import pytest
from lxml import html

from corpus import Curriculum, Topic
from index.search import Index
from tutor.answer import Tutor
from tutor.records import Citation
from ui.metro import ENGLISH, card, lit_by, opening
from ui.metro.card import what_is


def parsed(text: str) -> html.HtmlElement:
    return html.fragment_fromstring(text)


def data(element: html.HtmlElement, name: str) -> list[str]:
    """What the buttons of a card carry, in order."""
    return cast(list[str], element.xpath(f".//button/@data-{name}"))


def test_a_station_shows_title_line_opening_topics_and_references(curriculum: Curriculum) -> None:
    page = parsed(card(curriculum, 7, opening="Supervised fine-tuning continues the training."))
    text = page.text_content()
    assert page.findtext("h3/span") == "7"
    for part in ("Supervised Fine-Tuning", "GenAI Scientist line", "continues the training."):
        assert part in text
    station = curriculum.stations[6]
    shown = [b.text_content() for b in page.xpath(".//li/button[@data-ask]")]
    assert shown == [topic.title for topic in station.topics]
    links = page.xpath(".//a")
    cited = [r for r in curriculum.references if 7 in r.stations]
    assert [a.get("href") for a in links] == [r.url for r in cited]
    assert [a.text_content() for a in links] == [r.title for r in cited]
    assert "27 more" in page.findtext("details/summary")


@pytest.mark.parametrize(
    ("number", "stations"), [(1, ["2"]), (3, ["2", "4", "12"]), (11, ["10"]), (14, ["13", "15"])]
)
def test_prerequisites_and_what_follows_are_buttons(
    number: int, stations: list[str], curriculum: Curriculum
) -> None:
    assert data(parsed(card(curriculum, number)), "station") == stations


def test_the_first_station_needs_nothing(curriculum: Curriculum) -> None:
    assert ENGLISH.nothing_before in card(curriculum, 1)
    assert ENGLISH.nothing_before not in card(curriculum, 2)


def test_companions_are_reached_from_their_station_and_back(curriculum: Curriculum) -> None:
    assert data(parsed(card(curriculum, 11)), "companion") == ["interpretability"]
    page = parsed(card(curriculum, "interpretability"))
    assert data(page, "station") == ["11"]
    assert "near station 11" in page.text_content()
    assert "What is Representation Engineering?" in data(page, "ask")
    assert page.xpath(".//a")  # references of its topics


def test_every_stop_has_a_card(curriculum: Curriculum) -> None:
    for stop in (*curriculum.stations, *curriculum.companions):
        assert stop.title in parsed(card(curriculum, stop.number or stop.id)).text_content()


@pytest.mark.parametrize("stop", [0, 19, "nowhere"])
def test_a_stop_that_does_not_exist_has_none(stop: int | str, curriculum: Curriculum) -> None:
    with pytest.raises(KeyError):
        card(curriculum, stop)


def test_another_may_say_how_topics_are_asked_about(curriculum: Curriculum) -> None:
    page = parsed(card(curriculum, 18, ask=lambda topic: f"Explain {topic.id}!"))
    assert "Explain jailbreaking!" in data(page, "ask")


def test_texts_are_text_whatever_they_hold(curriculum: Curriculum) -> None:
    evil = "<img src=x onerror=alert(1)> \" onfocus='alert(2)'"
    station = replace(curriculum.stations[6], title=evil, topics=(Topic("a/b", "b", evil),))
    reference = replace(
        curriculum.references[0], title=evil, url="javascript:alert(1)", stations=(7,)
    )
    quoted = replace(reference, url='https://example.org/"onclick="alert(1)')
    changed = replace(
        curriculum,
        stations=(*curriculum.stations[:6], station, *curriculum.stations[7:]),
        references=(reference, quoted),
    )
    page = parsed(card(changed, 7, opening=evil))
    tags = {element.tag for element in page.iter()}
    assert tags <= {"section", "h3", "h4", "p", "ul", "li", "span", "button", "a"}
    names = {name for element in page.iter() for name in element.attrib}
    assert names <= {
        "class", "aria-label", "aria-hidden", "type", "href", "target", "rel", "data-card",
        "data-station", "data-companion", "data-ask",
    }  # fmt: skip
    [link] = page.xpath(".//a")  # an address that is none of the web is no link
    assert link.get("href") == quoted.url
    assert link.get("rel") == "noopener noreferrer nofollow"
    assert page.find("p[@class='about']").text_content() == evil


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("LoRA", "What is LoRA?"),
        ("Scaling Laws", "What are Scaling Laws?"),
        ("Calculus", "What is Calculus?"),
        ("Hyperparameters", "What are Hyperparameters?"),
        ("Bias", "What is Bias?"),
        ("LLM OS", "What is LLM OS?"),
        ("Quantization for CPUs", "What is Quantization for CPUs?"),
        ("Tree of Thoughts", "What is Tree of Thoughts?"),
        ("Prompts for Tasks", "What are Prompts for Tasks?"),
    ],
)
def test_a_topic_becomes_a_question(title: str, question: str) -> None:
    assert what_is(title) == question


def test_the_opening_is_the_first_sentence_of_a_stop(index: Index) -> None:
    assert opening(index, 9).startswith("Evaluation is the measurement of how well")
    assert opening(index, "interpretability").startswith("Interpretability is the study of")
    stops = (*index.catalogue.stations, *index.catalogue.companions)
    assert all(opening(index, stop.number or stop.id) for stop in stops)


def test_the_question_of_every_station_is_answered(index: Index, quoting: Tutor) -> None:
    numbers = [station.number for station in index.catalogue.stations]
    questions = [ENGLISH.station_question.format(number=number) for number in numbers]
    assert {question: quoting.ask(question).status for question in questions} == dict.fromkeys(
        questions, "answered"
    )


def citation(document_id: str, section: str = "", station: int | None = None) -> Citation:
    return Citation(1, "c", document_id, "t", section, station, None, "q", 0, 1, 1.0)


@pytest.mark.parametrize(
    ("citations", "stops"),
    [
        ([], []),
        ([citation("curriculum/stations/07-supervised-fine-tuning.md", station=7)], [7]),
        ([citation("curriculum/companions/parameters.md")], ["parameters"]),
        ([citation("map", "Metro map > Station 14 (Retrieval Augmented Generation (RAG))")], [14]),
        ([citation("map", "Metro map > Foundational line")], []),
        ([citation("mine/notes.md", "Station 3 (of my own)")], []),
        ([citation("a", station=2), citation("b", station=2)], [2]),
    ],
)
def test_an_answer_lights_the_stops_that_it_cites(
    citations: Iterable[Citation], stops: list[int | str]
) -> None:
    assert lit_by(citations) == dict.fromkeys(stops, "cited")


def test_the_answers_own_citations_light_the_map(index: Index, quoting: Tutor) -> None:
    lit = lit_by(quoting.ask("What is LoRA?").citations)
    assert lit.get(7) == "cited"
