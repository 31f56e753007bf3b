"""Versions on disk: fingerprints, the pointer, the switch, and what is thrown away."""

import json
import re
from dataclasses import asdict, replace

import pytest

from corpus import Document, Section
from corpus.errors import HomeError, IndexDamaged, IndexMissing
from index.version import (
    Manifest,
    current_version,
    document_digest,
    fingerprint,
    finish_version,
    read_manifest,
    start_version,
)

DOCUMENT = Document(
    id="tea.md",
    title="Tea",
    text="Tea is a drink.",
    kind="curriculum",
    sections=(Section(("Tea",), 0, 15, "tea"),),
    station=1,
    line="foundational",
    url="https://example.org/tea",
    hidden={"tea": ("cha",)},
)
MANIFEST = Manifest(
    fingerprint="0123456789abcdef",
    corpus="c0",
    layout=1,
    chunker=1,
    model="m",
    dimension=384,
    chunks=3,
    documents={"tea.md": "d0"},
    built="2026-01-01T00:00:00",
    seconds=1.5,
)


def finish(index, manifest=MANIFEST):
    return finish_version(index, start_version(index), manifest)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "cha.md"},
        {"title": "Cha"},
        {"text": "Tea is a plant."},
        {"kind": "mine"},
        {"sections": (Section(("Tea",), 0, 14, "tea"),)},
        {"station": None},
        {"line": "engineer"},
        {"url": None},
        {"hidden": {"tea": ("chai",)}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_of_a_document_is_in_its_digest(change):
    assert document_digest(replace(DOCUMENT, **change)) != document_digest(DOCUMENT)


def test_the_digest_does_not_depend_on_the_order_of_hidden_names():
    one = replace(DOCUMENT, hidden={"a": ("x",), "b": ("y",)})
    other = replace(DOCUMENT, hidden={"b": ("y",), "a": ("x",)})
    assert document_digest(one) == document_digest(other)


def test_a_fingerprint_is_sixteen_hexadecimal_digits():
    assert re.fullmatch("[0-9a-f]{16}", fingerprint({"a": "1"}, "m", 384))


def test_a_fingerprint_does_not_depend_on_the_order_of_documents():
    assert fingerprint({"a": "1", "b": "2"}, "m", 384) == fingerprint(
        {"b": "2", "a": "1"}, "m", 384
    )


@pytest.mark.parametrize(
    "other",
    [({"a": "2"}, "m", 384), ({"b": "1"}, "m", 384), ({"a": "1"}, "n", 384), ({"a": "1"}, "m", 8)],
)
def test_documents_model_and_dimension_are_in_the_fingerprint(other):
    assert fingerprint(*other) != fingerprint({"a": "1"}, "m", 384)


@pytest.mark.parametrize("number", ["index.version.LAYOUT", "index.chunker.VERSION"])
def test_layout_and_chunker_are_in_the_fingerprint(number, monkeypatch):
    before = fingerprint({"a": "1"}, "m", 384)
    monkeypatch.setattr(number, 99)
    assert fingerprint({"a": "1"}, "m", 384) != before


def test_a_finished_version_is_current_and_keeps_its_manifest(tmp_path):
    version = finish(tmp_path)
    assert current_version(tmp_path) == version
    assert read_manifest(version) == MANIFEST


def test_a_finished_version_holds_what_was_built(tmp_path):
    building = start_version(tmp_path)
    (building / "texts").write_text("tea")
    assert (finish_version(tmp_path, building, MANIFEST) / "texts").read_text() == "tea"
    assert not building.exists()


def test_two_versions_stay(tmp_path):
    # Eleven, so that the tenth and the eleventh stay though "9" sorts behind "11" as a word.
    for _ in range(11):
        finish(tmp_path)
    names = {path.name for path in tmp_path.glob("v-*")}
    assert names == {"v-0123456789abcdef-10", "v-0123456789abcdef-11"}
    assert current_version(tmp_path).name == "v-0123456789abcdef-11"


def test_the_version_that_answered_until_now_stays_although_a_killed_build_left_another(tmp_path):
    answering = finish(tmp_path)
    (tmp_path / "v-0123456789abcdef-2").mkdir()  # killed after its renaming, before the switch
    finish(tmp_path)
    assert answering.exists()


def test_without_a_version_the_index_is_missing(tmp_path):
    with pytest.raises(IndexMissing, match="tutor index build"):
        current_version(tmp_path)


@pytest.mark.parametrize(
    "pointer",
    ["", "\n", "v-0123456789abcdef-7"],
    ids=["empty", "blank", "nowhere"],
)
def test_a_pointer_to_nowhere_is_damage(tmp_path, pointer):
    finish(tmp_path)
    (tmp_path / "current").write_text(pointer)
    with pytest.raises(IndexDamaged, match="tutor index build"):
        current_version(tmp_path)


def test_a_pointer_that_is_no_text_is_damage(tmp_path):
    finish(tmp_path)
    (tmp_path / "current").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(IndexDamaged):
        current_version(tmp_path)


def test_a_version_without_a_manifest_is_damage(tmp_path):
    (finish(tmp_path) / "manifest.json").unlink()
    with pytest.raises(IndexDamaged):
        current_version(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        json.dumps(asdict(MANIFEST) | {"colour": "red"}).encode(),
        json.dumps({"fingerprint": "0123456789abcdef"}).encode(),
    ],
    ids=["empty", "cut", "list", "null", "no text", "unknown key", "missing keys"],
)
def test_an_unreadable_manifest_is_damage(tmp_path, text):
    version = finish(tmp_path)
    (version / "manifest.json").write_bytes(text)
    with pytest.raises(IndexDamaged, match="--fresh"):
        read_manifest(version)


def test_a_new_build_removes_what_a_killed_one_left(tmp_path):
    leftover = tmp_path / "building-1"
    (leftover / "chroma").mkdir(parents=True)
    building = start_version(tmp_path)
    assert not leftover.exists()
    assert list(building.iterdir()) == []


def test_a_file_in_place_of_the_index_is_a_home_error(tmp_path):
    (tmp_path / "index").write_text("")
    with pytest.raises(HomeError, match="TUTOR_HOME"):
        start_version(tmp_path / "index")


def test_a_disk_that_fills_up_at_the_switch_leaves_the_old_version_current(tmp_path, files_end_at):
    old = finish(tmp_path)
    building = start_version(tmp_path)
    with pytest.raises((HomeError, OSError)), files_end_at(10):
        finish_version(tmp_path, building, MANIFEST)
    assert current_version(tmp_path) == old
