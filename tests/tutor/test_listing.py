"""Whole lists that the map knows."""

import pytest

from tutor.listing import (
    LISTED,
    authors_called,
    companions,
    last_stations,
    line_sentences,
    references,
    who_for,
)


def test_every_companion_is_in_the_list(index, curriculum):
    listed = companions(index)
    assert [e.chunk.title for e in listed] == [stop.title for stop in curriculum.companions]


def test_each_line_lists_its_stations(index, curriculum):
    told = [e.text for e in line_sentences(index, ("foundational", "scientist", "engineer"))]
    assert len(told) == 3
    for station in curriculum.stations:
        assert any(f"{station.number} ({station.title})" in sentence for sentence in told)


@pytest.mark.parametrize("line", ["foundational", "scientist", "engineer"])
def test_for_whom_a_line_is(index, line):
    told = [e.text for e in who_for(index, [line])]
    assert told
    assert all(line in sentence for sentence in told)


def test_where_the_lines_end(index):
    told = [e.text for e in last_stations(index, ("scientist", "engineer"))]
    assert [sentence.split(" (")[0] for sentence in told] == ["Station 11", "Station 18"]


@pytest.mark.parametrize("kind", ["book", "paper", "course", "video"])
def test_all_references_of_a_kind(index, curriculum, kind):
    urls = {e.chunk.url for e in references(index, kinds=[kind])}
    assert urls == {r.url for r in curriculum.references if r.kind == kind}


def test_references_of_a_station_and_a_kind(index, curriculum):
    urls = {e.chunk.url for e in references(index, kinds=["video"], stations=[4])}
    assert urls == {r.url for r in curriculum.references if r.kind == "video" and 4 in r.stations}


def test_cards_in_a_list_are_whole_and_verbatim(index):
    for card in references(index, kinds=["book"]):
        start, end = card.span
        assert card.text == index.texts.text(card.chunk.document_id)[start:end]
        assert card.score == LISTED


@pytest.mark.parametrize(
    ("name", "author"),
    [("Karpathy", "Andrej Karpathy"), ("chip huyen", "Chip Huyen")],
)
def test_an_author_by_any_part_of_the_name(index, name, author):
    assert authors_called(index, name) == [author]


@pytest.mark.parametrize("name", ["", "?", "Nobody", "4"])
def test_no_author(index, name):
    assert authors_called(index, name) == []
