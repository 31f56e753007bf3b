"""Searching within kinds of documents and within a station."""

import dataclasses

import pytest

from corpus import Document, Section
from index import search
from index.build import build_index
from index.database import stations_of
from index.search import CURRICULUM, EVERYWHERE, SEARCHED, Index, Scope

TEA = "Green tea is brewed at seventy degrees, as hotter water draws out the bitter tannins."
HONEY = "Honey is strained through a cloth, and then it is kept in a dark and dry place."
NOTES = "My own notes on green tea say that the second infusion is the best one of all."
SPREAD = "Tea and honey are served together, at every feast of the village in the valley."
REFERENCE, MINE = ("reference",), ("mine",)
QUESTIONS = ["What is green tea?", "How is honey kept?", "moraine", "tea"]


def document(name, text, kind, station=None, stations=()):
    """A text of one section, as the library makes it."""
    trail = ("References" if kind == "reference" else "My documents", name.title())
    section = Section(trail, 0, len(text))
    return Document(
        f"{kind}/{name}", name.title(), text, kind, (section,), station=station, stations=stations
    )


DOCUMENTS = [
    document("tea", TEA, "reference", station=1, stations=(1,)),
    document("honey", HONEY, "reference", station=2, stations=(2,)),
    document("spread", SPREAD, "reference", station=1, stations=(1, 2)),
    document("notes", NOTES, "mine", station=1),
    document("loose", "A loose leaf, filed nowhere, speaks of green tea and of honey.", "mine"),
]


@pytest.fixture(scope="module")
def mixed(built_course, encoder, tmp_path_factory):
    """The course with references and own documents beside it."""
    folder = tmp_path_factory.mktemp("mixed")
    build_index(folder, built_course.curriculum, encoder, DOCUMENTS)
    return Index(folder, encoder)


def found(index, question, kinds=SEARCHED, station=None):
    """Documents of the hits, best first."""
    scope = Scope(kinds, () if station is None else (station,))
    return [h.chunk.document_id for h in index.search(question, 20, scope).hits]


def test_several_stations_are_their_union(mixed):
    one, other, both = (
        {h.row for h in mixed.search("green tea", 99, Scope(SEARCHED, stations)).hits}
        for stations in ((1,), (2,), (1, 2))
    )
    assert both == one | other
    assert one - other


def of(*numbers):
    """Ids of the made-up documents."""
    return {DOCUMENTS[n].id for n in numbers}


def test_everywhere_is_all_but_the_cards(mixed):
    kinds = {chunk.kind for _, chunk in mixed.texts.every_chunk()}
    assert kinds == {*SEARCHED, "card"}
    assert found(mixed, "tea") == found(mixed, "tea", SEARCHED)
    assert set(EVERYWHERE.kinds) == set(SEARCHED)
    assert of(0, 1, 2, 3, 4) < set(found(mixed, "tea and honey"))


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kinds", [CURRICULUM, REFERENCE, MINE, (*REFERENCE, *MINE)])
def test_only_the_kinds_asked_for(mixed, question, kinds):
    hits = mixed.search(question, 20, Scope(kinds)).hits
    assert hits
    assert {hit.chunk.kind for hit in hits} <= set(kinds)


@pytest.mark.parametrize(
    ("kinds", "station", "documents"),
    [
        (REFERENCE, 1, of(0, 2)),
        (REFERENCE, 2, of(1, 2)),  # the spread is cited by both
        (REFERENCE, 3, set()),
        (MINE, 1, of(3)),
        (MINE, 2, set()),
        (MINE, None, of(3, 4)),
        ((), None, set()),
    ],
)
def test_documents_of_a_scope(mixed, kinds, station, documents):
    assert set(found(mixed, "green tea and honey", kinds, station)) == documents


def test_a_station_has_its_own_text_its_references_and_what_is_filed_there(mixed):
    hits = mixed.search("green tea", 20, Scope(SEARCHED, (1,))).hits
    kinds = {hit.chunk.kind for hit in hits}
    assert kinds == {"curriculum", "reference", "mine"}
    assert {h.chunk.station for h in hits if h.chunk.kind == "curriculum"} == {1}


@pytest.mark.parametrize("station", [1, 2, 3])
def test_the_curriculum_of_one_station(mixed, station):
    hits = mixed.search("what is it made of?", 20, Scope(CURRICULUM, (station,))).hits
    assert {hit.chunk.station for hit in hits} == {station}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_narrow_scope_keeps_the_scores(mixed, question):
    """A hit is worth what it is worth, whoever stands beside it: only ranks of stages differ."""
    everywhere = {h.row: h for h in mixed.search(question, 40).hits}
    for hit in mixed.search(question, 40, Scope(REFERENCE)).hits:
        other = everywhere[hit.row]
        signals = dataclasses.replace(hit.signals, fused=other.signals.fused)
        assert dataclasses.astuple(signals) == pytest.approx(
            dataclasses.astuple(other.signals), abs=1e-4
        )


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("scope", [Scope(CURRICULUM), Scope(REFERENCE), Scope(MINE, (1,))])
def test_the_exact_and_the_approximate_search_agree(mixed, monkeypatch, question, scope):
    exact = [h.row for h in mixed.search(question, 5, scope).hits]
    monkeypatch.setattr(search, "_EXACT", 0)  # as in an index with very many chunks
    assert [h.row for h in mixed.search(question, 5, scope).hits] == exact


def test_every_stage_keeps_to_the_scope(mixed):
    rankings = mixed.rankings("green tea", 10, Scope(REFERENCE, (1,)))
    for stage, chunks in rankings.items():
        assert {c.document_id for c in chunks} <= of(0, 2), stage
    assert rankings["reranked"]


@pytest.mark.parametrize("question", ["", "???", "Что это?"])
def test_odd_questions_within_a_scope(mixed, question):
    assert set(found(mixed, question, MINE)) <= of(3, 4)


# The database behind it


def test_rows_of_kinds_and_stations(mixed):
    chunks = dict(mixed.texts.every_chunk())
    assert mixed.texts.rows_about(SEARCHED) == [
        row for row, chunk in chunks.items() if chunk.kind in SEARCHED
    ]
    assert {chunks[row].document_id for row in mixed.texts.rows_about(SEARCHED, (2,))} >= of(1, 2)
    assert mixed.texts.rows_about(("card",), (3,)) == []


@pytest.mark.parametrize(
    ("station", "stations", "all_of_them"),
    [(None, (), ()), (7, (), (7,)), (7, (3, 7), (7, 3)), (None, (3,), (3,))],
)
def test_all_stations_of_a_document(station, stations, all_of_them):
    assert stations_of(document("x", "Text.", "mine", station, stations)) == all_of_them
