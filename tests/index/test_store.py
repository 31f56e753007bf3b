"""Chroma, the real one: nearest by cosine as numpy has it, filters, damage."""

import shutil

import numpy as np
import pytest

from corpus.errors import IndexDamaged
from index.store import VectorStore, create_collection, open_client, seal

# Over a thousand, so that Chroma writes its graph to files of its own beside its SQLite file.
COUNT, DIMENSION = 1200, 8


@pytest.fixture(scope="module")
def vectors():
    drawn = np.random.default_rng(7).normal(size=(COUNT, DIMENSION)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, vectors):
    folder = tmp_path_factory.mktemp("store") / "chroma"
    collection = create_collection(open_client(folder))
    for at in range(0, COUNT, 300):
        rows = range(at, at + 300)
        collection.add(
            ids=[f"c{row}" for row in rows],
            embeddings=vectors[at : at + 300],
            metadatas=[{"kind": "map" if row % 100 == 0 else "curriculum"} for row in rows],
        )
    seal(folder)
    return folder


@pytest.fixture(scope="module")
def store(folder):
    return VectorStore(folder)


def by_hand(vectors, question, rows):
    return sorted(rows, key=lambda row: -float(vectors[row] @ question))


@pytest.mark.parametrize("row", [0, 7, 1199])
def test_the_nearest_are_those_of_numpy_with_their_cosines(store, vectors, row):
    found = store.nearest(vectors[row], 5, None)
    expected = by_hand(vectors, vectors[row], range(COUNT))[:5]
    assert list(found) == [f"c{row}" for row in expected]
    assert list(found.values()) == pytest.approx(vectors[expected] @ vectors[row], abs=1e-5)


def test_as_many_as_a_search_asks_for_are_exactly_the_nearest(store, vectors):
    for question in vectors[::40]:
        cosines = sorted(vectors @ question, reverse=True)[:120]  # some rows are as near as others
        assert list(store.nearest(question, 120, None).values()) == pytest.approx(cosines, abs=1e-5)


def test_the_graph_on_disk_holds_every_row(folder):
    """What is missing would be put in anew at each opening, and never twice alike."""
    (ends,) = folder.glob("*/length.bin")
    assert ends.stat().st_size == 4 * COUNT


def test_an_opposite_vector_has_cosine_minus_one(tmp_path):
    collection = create_collection(open_client(tmp_path))
    collection.add(ids=["north", "east"], embeddings=[[0.0, 1.0], [1.0, 0.0]])
    seal(tmp_path)
    found = VectorStore(tmp_path).nearest(np.array([0.0, -1.0], dtype=np.float32), 2, None)
    assert found == pytest.approx({"east": 0.0, "north": -1.0}, abs=1e-6)


def test_a_filter_leaves_its_kinds_only(store, vectors):
    found = store.nearest(vectors[3], 4, {"kind": {"$in": ["map"]}})
    expected = by_hand(vectors, vectors[3], range(0, COUNT, 100))[:4]
    assert list(found) == [f"c{row}" for row in expected]


def test_a_filter_that_nothing_passes_finds_nothing(store, vectors):
    assert store.nearest(vectors[3], 4, {"kind": {"$in": ["mine"]}}) == {}


def test_asking_for_more_than_there_is_gives_all_that_there_is(store, vectors):
    assert len(store.nearest(vectors[3], 500, {"kind": "map"})) == 12


def test_count(store):
    assert store.count() == COUNT


def test_an_empty_folder_is_damage(tmp_path):
    with pytest.raises(IndexDamaged, match="tutor index build --fresh"):
        VectorStore(tmp_path / "chroma")


DAMAGES = {
    "missing": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "other": lambda file: file.write_bytes(b"no such thing " * 99),
    "one bit": lambda file: file.write_bytes(_with_a_bit_flipped(file.read_bytes())),
}


def _with_a_bit_flipped(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


# Chroma's SQLite file changes as it is used, so a flipped bit of it is left to SQLite.
@pytest.mark.parametrize("damage", ["missing", "empty", "other"])
def test_a_damaged_database_is_damage(folder, tmp_path, damage):
    copy = tmp_path / "chroma"
    shutil.copytree(folder, copy)
    DAMAGES[damage](copy / "chroma.sqlite3")
    with pytest.raises(IndexDamaged, match="tutor index build --fresh"):
        VectorStore(copy)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "name",
    ["data_level0.bin", "header.bin", "index_metadata.pickle", "length.bin", "sealed.json"],
)
def test_a_damaged_graph_is_damage(folder, vectors, tmp_path, name, damage):
    copy = tmp_path / "chroma"
    shutil.copytree(folder, copy)
    (file,) = copy.rglob(name)
    DAMAGES[damage](file)
    with pytest.raises(IndexDamaged, match="tutor index build --fresh"):
        VectorStore(copy).nearest(vectors[7], 5, None)


def test_searching_leaves_the_sealed_files_as_they_are(folder, vectors, tmp_path):
    copy = tmp_path / "chroma"
    shutil.copytree(folder, copy)
    for _ in range(3):
        VectorStore(copy).nearest(vectors[7], 5, None)
