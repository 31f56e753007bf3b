"""Questions about the way through the map, answered from its graph."""

import re

import pytest

from tutor.navigate import map_evidence

FOUNDATIONAL, SCIENTIST, ENGINEER = [1, 2, 3], list(range(4, 12)), list(range(12, 19))


def told(question, index, names):
    return [e.text for e in map_evidence(question, index, names)]


def stations(sentence):
    """Numbers that a sentence lists: "…, learn these stations in order: 1 (Math Basics) and …"."""
    listed = re.split(r", learn |: ", sentence, maxsplit=1)[1]
    return [int(n) for n in re.findall(r"\b(\d+) \(", listed)]


# By hand from the map: 1 → 2 → 3, then 4 → 5 → … → 11 on the scientist's line, and from 3 again
# 12 → 13 → … → 18 on the engineer's.
@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("What should I learn before RAG?", [1, 2, 3, 12, 13]),
        ("prerequisites of station 4", [1, 2, 3]),
        ("What do I need to know before DPO?", [1, 2, 3, 4, 5, 6, 7]),
        ("What must I know before Programming?", [1]),
        ("Can I skip straight to Securing LLMs?", [1, 2, 3, 12, 13, 14, 15, 16, 17]),
    ],
)
def test_what_comes_before(index, names, question, before):
    assert stations(told(question, index, names)[0]) == before


def test_what_comes_before_every_station_is_its_closure(index, names, curriculum):
    by_id = {s.id: s for s in curriculum.stations}

    def closure(station):
        direct = [by_id[i] for i in station.prerequisites]
        return {s.number for s in direct}.union(*(closure(s) for s in direct))

    for station in curriculum.stations[1:]:
        sentence = told(f"What comes before station {station.number}?", index, names)[0]
        assert stations(sentence) == sorted(closure(station))


def test_the_first_station_has_no_prerequisites(index, names):
    (sentence,) = told("prerequisites of station 1", index, names)
    assert "no prerequisites" in sentence


@pytest.mark.parametrize(
    ("question", "after"),
    [
        ("What comes after station 9?", "station 10 (Optimization)"),
        ("What is next after RAG?", "station 15 (Advanced GenAI Apps)"),
        ("What comes after Emerging Trends?", "the last station of the GenAI Scientist line"),
        ("What follows Securing LLMs?", "the last station of the GenAI Engineer line"),
    ],
)
def test_what_comes_after(index, names, question, after):
    (sentence,) = told(question, index, names)
    assert after in sentence


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which stations are on the engineer line?", [ENGINEER]),
        ("Which stations does a scientist visit?", [SCIENTIST]),
        ("List the foundational stations", [FOUNDATIONAL]),
        ("How do I become a GenAI engineer?", [FOUNDATIONAL, ENGINEER]),
        ("How many stations does the map have?", [FOUNDATIONAL, SCIENTIST, ENGINEER]),
        ("Which lines are there?", [FOUNDATIONAL, SCIENTIST, ENGINEER]),
    ],
)
def test_lines(index, names, question, expected):
    assert [stations(sentence) for sentence in told(question, index, names)] == expected


def test_where_to_start(index, names):
    assert told("Where should I start?", index, names)[0].startswith("Station 1 (Math Basics)")


def test_topics_of_a_station(index, names, curriculum):
    sentences = told("Which topics does station 14 cover?", index, names)
    assert all(topic.title in sentences[-1] for topic in curriculum.stations[13].topics)


def test_the_station_of_a_topic(index, names):
    assert told("Which station is LoRA at?", index, names)[0] == (
        "Station 7 (Supervised Fine-Tuning) is on the GenAI Scientist line."
    )


@pytest.mark.parametrize("question", ["What should I learn before cooking?", "station 19", ""])
def test_nothing_of_the_map_is_named(index, names, question):
    assert told(question, index, names) == []


def test_every_sentence_is_quoted_from_the_map(index, names):
    for evidence in map_evidence("How do I get to RAG from the start of all lines?", index, names):
        start, end = evidence.span
        assert index.texts.text(evidence.chunk.document_id)[start:end] == evidence.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What are the 18 stations?", [FOUNDATIONAL, SCIENTIST, ENGINEER]),
        ("table of contents", [FOUNDATIONAL, SCIENTIST, ENGINEER]),
        ("How do I become a GenAI scientist?", [FOUNDATIONAL, SCIENTIST]),
        ("order of topics for an app developer", [ENGINEER]),
    ],
)
def test_lists_of_stations_are_whole(index, names, question, expected):
    assert [stations(sentence) for sentence in told(question, index, names)] == expected


@pytest.mark.parametrize(
    "question",
    [
        "How many topics does station 7 have?",
        "all topics of station 7",
        "What will I learn at station 7?",
        "What topics are in Supervised Fine-Tuning?",
    ],
)
def test_topics_of_one_station_and_of_no_other(index, names, curriculum, question):
    sentences = told(question, index, names)
    assert all("station 7 " in sentence.lower() for sentence in sentences)
    assert all(topic.title in sentences[-1] for topic in curriculum.stations[6].topics)


# What lies behind the learner is no aim: the way on starts there.
@pytest.mark.parametrize(
    ("question", "start"),
    [
        ("I know RAG, what next?", "After station 14"),
        ("I've finished station 14, what comes next?", "After station 14"),
        ("I already know stations 1 to 3, what next?", "After station 3"),
        ("Is station 12 reachable without station 11?", "Before station 12"),
        ("Can I learn DPO without knowing RLHF?", "Before station 8"),
        ("Do I need math for RAG?", "Before station 14"),
        ("From vector stores, how do I get to agents?", "Before station 15"),
        ("How many stations do I have to pass to get to LoRA?", "Before station 7"),
        ("shortest way to agents", "Before station 15"),
        ("I want to learn how to deploy LLMs, what should I study first?", "Before station 17"),
    ],
)
def test_where_the_learner_is_and_wants_to_go(index, names, question, start):
    sentences = told(question, index, names)
    assert sentences[0].startswith(start)
    assert {s[: len(start)] for s in sentences if s.startswith(("Before", "After"))} == {start}


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Which line should a web developer take?", "engineer"),
        ("Which line is for me if I want to train models?", "scientist"),
        ("What is the right path for building chatbots?", "engineer"),
    ],
)
def test_which_line_suits_a_learner(index, names, question, line):
    sentences = told(question, index, names)
    assert sentences[0].startswith(f"The {line} line is for")
    assert f"GenAI {line.title()} line has" in sentences[-1]


def test_prompt_engineering_is_no_line(index, names):
    sentences = told("What should I learn before prompt engineering?", index, names)
    assert all("station 12" in sentence.lower() for sentence in sentences)


def test_the_last_stations(index, names):
    sentences = told("What's the last station?", index, names)
    assert [s.split(" (")[0] for s in sentences] == ["Station 11", "Station 18"]


def test_all_companions(index, names, curriculum):
    assert len(told("Which companions are there?", index, names)) == len(curriculum.companions)


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Which line do I take if I only want to use LLMs through an API?", "engineer line"),
        ("Which path is right for me if I want to train LLMs?", "scientist line"),
    ],
)
def test_a_learners_aim_outweighs_the_topic_that_it_names(index, names, question, line):
    assert line in told(question, index, names)[0]


def test_which_line_a_topic_is_on(index, names):
    assert told("Which line is quantization on?", index, names)[0] == (
        "Station 10 (Optimization) is on the GenAI Scientist line."
    )


def test_what_a_line_passes_by_may_be_skipped(index, names):
    sentences = told("Can I skip pre-training if I only want to build apps?", index, names)
    assert stations("Go, learn: " + sentences[0].partition("stations: ")[2]) == ENGINEER
    assert sentences[1] == "Station 5 (Pre-Training) is on the GenAI Scientist line."
