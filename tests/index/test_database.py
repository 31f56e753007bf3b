"""The texts of an index: what goes in comes out, by row, id, topic and document."""

import sqlite3

import pytest

from corpus import Document, Section
from corpus.errors import IndexDamaged
from index.database import FILE, Database, write_database
from index.records import Chunk

# Code points: "Tea 🍵 " is 6 long (🍵 counts once), so "It is hot." runs from 6 to 16.
TEXT = "Tea 🍵 It is hot. It is old."
TEA = Document("tea.md", "Tea", TEXT, "curriculum", (Section(("Tea",), 0, 27),), station=1)
URLS = ("https://example.org", "https://example.org/copy#part")
CARD = Document("card", "Card", "A card.", "card", (), url=URLS[0], urls=URLS)
CHUNKS = [
    Chunk("tea.md#0", "tea.md", "Tea", "Tea 🍵 It is hot.", 0, 16, ("Line", "Tea"), "curriculum",
          "tea/heat", 1, "foundational", None, ((0, 5), (6, 16)), True),
    Chunk("tea.md#1", "tea.md", "Tea", "It is old.", 17, 27, ("Line", "Tea"), "curriculum",
          "tea/age", 1, "foundational", None, ((17, 27),), False),
    Chunk("card#0", "card", "Card", "A card.", 0, 7, ("References", "Card"), "card",
          url=URLS[0], sentences=((0, 7),), urls=URLS, anchor="part", page=3),
]  # fmt: skip


@pytest.fixture
def database(tmp_path):
    write_database(tmp_path, [(TEA, "digest-tea"), (CARD, "digest-card")], CHUNKS)
    return Database(tmp_path)


def test_chunks_come_back_equal_by_row(database):
    assert database.rows == 3
    assert database.chunks([2, 0]) == {0: CHUNKS[0], 2: CHUNKS[2]}


def test_an_unknown_row_is_not_there(database):
    assert database.chunks([7]) == {}
    assert database.chunks([]) == {}


def test_rows_by_id(database):
    assert database.rows_of(["card#0", "tea.md#1", "none"]) == {"card#0": 2, "tea.md#1": 1}


def test_chunks_are_read_once_and_few_are_kept(database, monkeypatch):
    monkeypatch.setattr("index.database._KEPT", 2)
    first = database.chunks([0])
    assert database.chunks([0])[0] is first[0]
    assert database.chunks([2, 1]) == {1: CHUNKS[1], 2: CHUNKS[2]}  # one too many: 0 is let go
    assert database.chunks([0, 1]) == {0: CHUNKS[0], 1: CHUNKS[1]}
    assert len(database._kept) <= 2


def test_where_topics_begin(database):
    assert database.opening_rows(["tea/age", "tea/heat", "none"]) == {"tea/age": 1, "tea/heat": 0}
    assert database.opening_rows([]) == {}


def test_chunks_of_a_topic_and_of_a_document(database):
    assert database.topic("tea/age") == {1: CHUNKS[1]}
    assert database.document_chunks("tea.md") == {0: CHUNKS[0], 1: CHUNKS[1]}
    assert database.topic("tea") == {}


def test_offsets_are_code_points_of_the_stored_text(database):
    text = database.text("tea.md")
    assert text == TEXT
    for chunk in database.document_chunks("tea.md").values():
        assert text[chunk.start : chunk.end] == chunk.text


def test_an_unknown_document_is_a_key_error(database):
    with pytest.raises(KeyError, match=r"coffee\.md"):
        database.text("coffee.md")


def test_the_list_of_documents(database):
    tea, card = database.documents()
    assert tea == {
        "id": "tea.md", "title": "Tea", "kind": "curriculum", "station": 1, "url": None, "urls": [],
        "sha256": "digest-tea", "characters": 27, "chunks": 2,
    }  # fmt: skip
    assert (card["id"], card["url"], card["urls"]) == ("card", URLS[0], list(URLS))
    assert (card["kind"], card["chunks"]) == ("card", 1)


def test_an_opened_database_cannot_be_written(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database._connection.execute("DELETE FROM chunks")


def test_two_chunks_with_one_id_are_refused(tmp_path):
    with pytest.raises(sqlite3.IntegrityError):
        write_database(tmp_path, [], [CHUNKS[0], CHUNKS[0]])


def test_quotes_in_a_text_are_only_text(tmp_path):
    evil = Document("x'; DROP TABLE chunks; --", "T", "'); DROP TABLE chunks; --", "mine", ())
    write_database(tmp_path, [(evil, "d")], CHUNKS)
    database = Database(tmp_path)
    assert database.text(evil.id) == evil.text
    assert database.rows == 3


@pytest.mark.parametrize(
    "content", [None, b"", b"no database " * 999], ids=["missing", "empty", "other"]
)
def test_a_damaged_file_is_damage(tmp_path, content):
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    with pytest.raises(IndexDamaged, match="tutor index build --fresh"):
        Database(tmp_path)
    assert (tmp_path / FILE).exists() == (content is not None)


def test_a_file_cut_short_is_damage(tmp_path):
    write_database(tmp_path, [(TEA, "d")], CHUNKS * 0)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IndexDamaged):
        Database(tmp_path)
