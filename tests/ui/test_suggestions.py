"""Questions to ask next: made from the map, and answered by the tutor."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from index.search import Catalogue, Index
from tutor.answer import Tutor
from ui.panes.suggestions import about, about_station, examples, follow_ups, nearest_options


@pytest.fixture(scope="module")
def catalogue(index: Index) -> Catalogue:
    return index.catalogue


def test_the_neighbourhood_of_a_topic_is_the_next_topic_and_the_stations_around(
    quoting: Tutor, catalogue: Catalogue
) -> None:
    assert follow_ups(quoting.ask("What is LoRA?"), catalogue) == (
        "What is QLoRA?",
        "What is station 6 (Fine-Tuning Data Preparation) about?",
        "What is station 8 (Alignment) about?",
    )


def test_nothing_is_suggested_that_was_asked_before(quoting: Tutor, catalogue: Catalogue) -> None:
    asked = ["how does qlora work", "What is station 6 about?", "what is DoRA"]
    suggested = follow_ups(quoting.ask("What is LoRA?"), catalogue, asked)
    assert suggested == (
        "What is Prompt Tuning?",
        "What is station 8 (Alignment) about?",
        "What is Context Scaling?",
    )


def test_the_ends_of_the_map_have_one_neighbour(quoting: Tutor, catalogue: Catalogue) -> None:
    first = follow_ups(quoting.ask("What is linear algebra?"), catalogue)
    assert "What is station 2 (Programming) about?" in first
    last = follow_ups(quoting.ask("What are backdoors?"), catalogue)
    assert "What is station 17 (Deploying LLMs) about?" in last


def test_an_answer_about_a_station_leads_into_it(quoting: Tutor, catalogue: Catalogue) -> None:
    suggested = follow_ups(quoting.ask("What is station 10 (Optimization) about?"), catalogue)
    assert suggested[0] == "What is Quantization?"


def test_a_companion_leads_back_to_its_station(quoting: Tutor, catalogue: Catalogue) -> None:
    suggested = follow_ups(quoting.ask("What is mechanistic interpretability?"), catalogue)
    assert "What is station 11 (Emerging Trends) about?" in suggested


def test_an_abstention_offers_the_nearest_stations_and_no_follow_ups(
    quoting: Tutor, catalogue: Catalogue
) -> None:
    declined = quoting.ask("What is the weather in Paris?")
    assert declined.status == "abstained"
    assert follow_ups(declined, catalogue) == ()
    options = nearest_options(declined)
    assert [option.label for option in options] == [
        f"Station {n.station}: {n.title}" for n in declined.nearest
    ]
    assert all(quoting.ask(option.question).status == "answered" for option in options)


def test_a_citation_of_nothing_on_the_map_suggests_by_the_question(
    quoting: Tutor, catalogue: Catalogue
) -> None:
    answer = quoting.ask("What is LoRA?")
    own = replace(answer.citations[0], document_id="mine/notes", station=None, section="Notes")
    suggested = follow_ups(replace(answer, citations=(own,)), catalogue)
    assert suggested[0] == "What is QLoRA?"


@pytest.mark.parametrize(
    ("topic", "question"),
    [
        ("LoRA", "What is LoRA?"),
        ("Loss Functions", "What are Loss Functions?"),
        ("LLM APIs", "What are LLM APIs?"),
        ("LLM OS", "What is LLM OS?"),
        ("Calculus", "What is Calculus?"),
        ("Tree of Thoughts", "What is Tree of Thoughts?"),
        ("Quantization for CPUs", "What is Quantization for CPUs?"),
        ("Evaluation Metrics", "What are Evaluation Metrics?"),
        ("Structuring Outputs", "What is meant by Structuring Outputs?"),
        ("Encoder and Decoder", "What is meant by Encoder and Decoder?"),
        ("RAG vs. Fine-Tuning", "How do RAG and Fine-Tuning differ?"),
    ],
)
def test_a_topic_is_asked_for_in_good_english(
    topic: str, question: str, catalogue: Catalogue
) -> None:
    titles = {t.title: t for s in (*catalogue.stations, *catalogue.companions) for t in s.topics}
    assert about(titles[topic]) == question


def test_every_station_has_examples_of_its_own_topics(catalogue: Catalogue) -> None:
    shown = examples(catalogue)
    assert list(shown) == list(range(1, 19))
    for station in catalogue.stations:
        own = [about(topic) for topic in station.topics]
        assert station.number is not None
        assert 2 <= len(shown[station.number]) <= 3
        assert set(shown[station.number]) <= set(own)


def test_suggestions_are_answered(quoting: Tutor, catalogue: Catalogue) -> None:
    """A sample of 30 of the 188 that there are; all of them are (measured once)."""
    stops = (*catalogue.stations, *catalogue.companions)
    questions = [about(topic) for stop in stops for topic in stop.topics]
    questions += [about_station(s.number, s.title) for s in catalogue.stations]
    sample = random.Random(6).sample(questions, 30)
    assert [q for q in sample if quoting.ask(q).status != "answered"] == []


def test_every_suggestion_at_every_station_is_a_question_of_the_map(
    quoting: Tutor, catalogue: Catalogue
) -> None:
    stops = (*catalogue.stations, *catalogue.companions)
    questions = {about(topic) for stop in stops for topic in stop.topics}
    questions |= {about_station(s.number, s.title) for s in catalogue.stations}
    for station in catalogue.stations:
        question = about(station.topics[0])
        suggested = follow_ups(quoting.ask(question), catalogue)
        assert 2 <= len(suggested) <= 3, question
        assert set(suggested) <= questions - {question}
