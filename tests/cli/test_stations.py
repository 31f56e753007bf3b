"""``tutor stations``: the map, and one station of it."""

import pytest

# The metro map as ../shared/seeds/000 has it, with its own spelling of the lines.
MAP = [
    "Foundational line", "1 Math Basics", "2 Programming", "3 Neural Nets & LLMs",
    "GenAI Scientist line", "4 LLM/SLM Foundations", "5 Pre-Training",
    "6 Fine-Tuning Data Preparation", "7 Supervised Fine-Tuning", "8 Alignment", "9 Evaluation",
    "10 Optimization", "11 Emerging Trends",
    "GenAI Engineer line", "12 Consuming LLMs", "13 Building Vector Store",
    "14 Retrieval Augmented Generation (RAG)", "15 Advanced GenAI Apps",
    "16 Inference Optimization", "17 Deploying LLMs", "18 Securing LLMs",
]  # fmt: skip


@pytest.fixture(scope="module")
def stops(shell):
    return shell("stations", "--json").json


@pytest.fixture(scope="module")
def rag(shell):
    return shell("stations", "14", "--json").json


def test_the_map_is_a_tree_of_three_lines_and_eighteen_stations(shell):
    shown = shell("stations")
    branches = [line.lstrip("│├└─ ") for line in shown.out.splitlines()]
    assert shown.status == 0
    assert branches[0] == "GenAI Learning Metromap"
    assert branches[1 : branches.index("Companions")] == MAP


def test_as_json_stations_come_by_number_and_companions_have_none(stops):
    numbers = [stop["number"] for stop in stops]
    assert numbers[:18] == list(range(1, 19))
    assert set(numbers[18:]) == {None}


def test_a_companion_is_near_a_station(stops):
    assert all(1 <= stop["near"] <= 18 for stop in stops if stop["number"] is None)


def test_every_stop_teaches_something(stops):
    assert all(stop["topics"] and stop["title"] for stop in stops)


def test_one_station_names_what_to_learn_before_it(rag):
    # Both lines branch off at station 3; RAG is the third station of the engineers' line.
    assert rag["path"] == [1, 2, 3, 12, 13]
    assert rag["prerequisites"] == ["vector-store"]


def test_one_station_lists_the_references_that_cite_it(rag):
    assert rag["references"]
    assert all(
        14 in r["stations"] or any("rag/" in t for t in r["topics"]) for r in rag["references"]
    )


def test_for_people_a_station_shows_all_of_that(shell, rag):
    shown = shell("stations", "14")
    assert "Station 14: Retrieval Augmented Generation (RAG) (engineer line)" in shown.out
    assert "12 (Consuming LLMs), 13 (Building Vector Store)" in shown.out
    assert all(topic["title"] in shown.out for topic in rag["topics"])
    assert all(reference["url"] in shown.out for reference in rag["references"])


@pytest.mark.parametrize("name", ["rag", "RAG", "Retrieval Augmented Generation (RAG)"])
def test_a_station_may_be_named_by_id_or_title(shell, rag, name):
    assert shell("stations", name, "--json").json == rag


def test_the_first_station_needs_nothing_before_it(shell):
    assert "Learn before it" not in shell("stations", "1").out


@pytest.mark.parametrize("name", ["0", "19", "None", "nowhere", ""])
def test_an_unknown_station_is_wrong_usage(shell, name):
    result = shell("stations", name)
    assert (result.status, result.out) == (2, "")
    assert "all of them: tutor stations" in result.error
