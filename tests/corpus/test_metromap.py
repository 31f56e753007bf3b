"""The map as a graph and as text."""

from pathlib import Path

import pytest
import yaml

from corpus import Station, Topic
from corpus.loader import BUNDLED, LINE_TITLES
from corpus.metromap import document, enumerate_in_words, find_cycle, follow_ups, label, path_to


def station(name, number, needs=(), line="foundational", topics=("Basics",)):
    made = tuple(Topic(f"{name}/{t}", t.lower(), t) for t in topics)
    return Station(name, number, name.title(), line, tuple(needs), made)


# A trunk of one station that forks, and a station that needs both branches:
#   a -> b -> d
#   a -> c -> d
A = station("a", 1)
B = station("b", 2, ["a"], "scientist")
C = station("c", 3, ["a"], "engineer", ("One", "Two", "Three"))
D = station("d", 4, ["b", "c"], "engineer")
FORK = (A, B, C, D)


def test_map_without_a_circle_has_no_cycle():
    assert find_cycle(FORK) == []


@pytest.mark.parametrize(
    ("needs", "cycle"),
    [
        ({"a": ["a"]}, ["a", "a"]),
        ({"a": ["b"], "b": ["a"]}, ["a", "b", "a"]),
        ({"a": [], "b": ["c"], "c": ["d"], "d": ["b"]}, ["b", "c", "d", "b"]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, ["b", "c", "b"]),  # the way into it left out
        ({"a": ["elsewhere"]}, []),
    ],
)
def test_cycle_is_found_from_its_first_station_round_to_it(needs, cycle):
    assert find_cycle(station(name, 1, before) for name, before in needs.items()) == cycle


@pytest.mark.parametrize(("goal", "path"), [(A, []), (B, [A]), (C, [A]), (D, [A, B, C])])
def test_path_is_all_that_comes_before_each_once_in_order(goal, path):
    assert path_to(goal, FORK) == path


def test_path_does_not_depend_on_the_order_of_the_stations():
    assert path_to(D, reversed(FORK)) == [A, B, C]


def test_follow_ups_are_the_direct_ones():
    assert follow_ups(A, FORK) == [B, C]
    assert follow_ups(D, FORK) == []


def test_label_is_number_and_title():
    assert label(A) == "1 (A)"


@pytest.mark.parametrize(
    ("items", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b, and c")]
)
def test_enumeration_in_words(items, text):
    assert enumerate_in_words(items) == text


def sections(made):
    return {s.path[-1]: made.text[s.start : s.end] for s in made.sections}


def test_map_document_says_what_the_stations_say():
    found = sections(document(FORK, LINE_TITLES))
    assert found["GenAI Engineer line"] == (
        "The GenAI Engineer line has 2 stations: 3 (C) and 4 (D)."
    )
    assert found["GenAI Scientist line"] == "The GenAI Scientist line has 1 station: 2 (B)."
    assert found["Station 1 (A)"] == (
        "Station 1 (A) is on the Foundational line. "
        "Station 1 (A) has no prerequisites, so learners start there. "
        "After station 1 (A), the map goes on to station 2 (B) and 3 (C). "
        "The topics of station 1 (A) are Basics."
    )
    assert found["Station 4 (D)"] == (
        "Station 4 (D) is on the GenAI Engineer line. "
        "Station 4 (D) builds directly on station 2 (B) and 3 (C). "
        "Before station 4 (D), learn these stations in order: 1 (A), 2 (B), and 3 (C). "
        "Station 4 (D) is the last station of the GenAI Engineer line. "
        "The topics of station 4 (D) are Basics."
    )
    assert "Before station 2 (B), learn station 1 (A). " in found["Station 2 (B)"]
    assert found["Station 3 (C)"].endswith("are One, Two, and Three.")


def test_line_without_stations_is_left_out():
    assert [s.path[-1] for s in document([A], LINE_TITLES).sections] == [
        "Foundational line",
        "Station 1 (A)",
    ]


# The bundled map.


@pytest.fixture(scope="module")
def front_matter():
    """Read by YAML alone, apart from the loader."""
    files = sorted(Path(BUNDLED / "stations").glob("*.md"))
    heads = [yaml.safe_load(f.read_text(encoding="utf-8").split("---\n")[1]) for f in files]
    return {head["number"]: head for head in heads}


@pytest.fixture(scope="module")
def bundled(curriculum):
    return sections(next(d for d in curriculum.documents if d.id == "map"))


def name(front_matter, number):
    return f"{number} ({front_matter[number]['title']})"


@pytest.mark.parametrize(
    ("goal", "numbers"),
    [
        (1, []),
        (3, [1, 2]),
        (11, [*range(1, 11)]),  # the whole scientist line
        (12, [1, 2, 3]),  # the engineer line leaves from the trunk, not from the scientists'
        (18, [1, 2, 3, *range(12, 18)]),
    ],
)
def test_path_on_the_bundled_map(curriculum, goal, numbers):
    stations = curriculum.stations
    assert [s.number for s in path_to(stations[goal - 1], stations)] == numbers


@pytest.mark.parametrize("number", range(1, 19))
def test_sentences_of_a_station_agree_with_its_front_matter(front_matter, bundled, number):
    head = front_matter[number]
    by_id = {other["id"]: n for n, other in front_matter.items()}
    text = bundled[f"Station {name(front_matter, number)}"]
    for needed in head["prerequisites"]:
        direct = name(front_matter, by_id[needed])
        assert f"builds directly on station {direct}." in text
    after = [n for n, other in front_matter.items() if head["id"] in other["prerequisites"]]
    for other in after:
        assert f"{name(front_matter, other)}" in text.partition("the map goes on to")[2]
    assert ("is the last station" in text) == (not after)
    assert ("has no prerequisites" in text) == (not head["prerequisites"])
    listed = text.partition(" are ")[2]
    places = [listed.index(topic["title"]) for topic in head["topics"]]
    assert places == sorted(places)


def test_map_goes_on_to_both_lines_after_the_trunk(front_matter, bundled):
    assert (
        f"the map goes on to station {name(front_matter, 4)} and {name(front_matter, 12)}."
        in bundled[f"Station {name(front_matter, 3)}"]
    )


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [("Foundational", 1, 3), ("GenAI Scientist", 4, 11), ("GenAI Engineer", 12, 18)],
)
def test_line_lists_its_stations(front_matter, bundled, line, first, last):
    names = [name(front_matter, number) for number in range(first, last + 1)]
    listed = f"{', '.join(names[:-1])}, and {names[-1]}"
    assert bundled[f"{line} line"] == f"The {line} line has {len(names)} stations: {listed}."
