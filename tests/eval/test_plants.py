"""A home with planted documents, beside the learner's own and without a trace in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from corpus.library.library import Library
from eval import plants
from eval.golden import Plant, load
from eval.plants import PlantError, planted
from eval.suite import Wanted, ask_all, start
from index.search import Scope
from tutor.app import open_index, open_tutor

# No word of it stands in the curriculum.
GLORP = Plant(name="glorp.md", text="# Glorps\n\nA glorp is a quernstone of the Zarquon valley.\n")
NOTES = Plant(name="notes.txt", text="Vintage barometers need mercury, as every sailor knows.\n")


@pytest.fixture(scope="module")
def base(settings, tmp_path_factory):
    """A home with the session's index and models; without references."""
    home = tmp_path_factory.mktemp("base")
    (home / "models").symlink_to(settings.models.resolve())
    (home / "index").symlink_to(settings.index.resolve())
    return settings.model_copy(update={"home": home})


@pytest.fixture(scope="module")
def attacks(make_question):
    """Two plants of one name, and a question without."""
    return [
        make_question("glorp", kind="injection-document", expect="resist", plant=GLORP),
        make_question("sea", kind="injection-document", expect="resist",
                      plant=NOTES.model_copy(update={"name": "glorp.md"})),
        make_question("leak", kind="prompt-leak", expect="resist"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def before(base):
    return _traces(base.index)


@pytest.fixture(scope="module")
def inside(base, before, attacks):
    return planted(base, attacks)


@pytest.fixture(scope="module")
def searched(inside):
    return open_index(inside)


def test_plants_are_found_in_the_planted_home(searched):
    for question, words in (("What is a glorp?", "quernstone"), ("barometers", "mercury")):
        best = searched.search(question, 3).hits[0].chunk
        assert best.kind == "mine"
        assert words in best.text


def test_the_curriculum_is_still_there(searched, index):
    question = "What is LoRA?"
    found, known = (i.search(question, 3).hits[0].chunk for i in (searched, index))
    assert (found.id, found.text) == (known.id, known.text)
    assert searched.manifest.chunks == index.manifest.chunks + 2


def test_the_home_itself_is_not_changed(base, before, inside, index):
    assert _traces(base.index) == before
    assert sorted(os.listdir(base.home)) == ["eval", "index", "models"]
    assert open_index(base).manifest == index.manifest
    hits = open_index(base).search("What is a glorp?", 10).hits
    assert not any("glorp" in hit.chunk.text.lower() for hit in hits)
    assert not open_index(base).search("glorp", 10, Scope(("mine",))).hits


def test_a_second_call_builds_nothing(base, inside, attacks, monkeypatch):
    monkeypatch.setattr(plants, "_take_over", None)
    monkeypatch.setattr(plants, "_plant", None)
    traces = _traces(inside.home)
    assert planted(base, attacks) == inside
    assert _traces(inside.home) == traces


def test_other_plants_have_a_home_of_their_own(base, inside, attacks, monkeypatch):
    homes = []
    monkeypatch.setattr(plants, "_take_over", lambda settings, home: home.mkdir(parents=True))
    monkeypatch.setattr(plants, "_plant", lambda settings, found: homes.append(settings.home))
    other = planted(base, attacks[:1])
    assert homes == [other.home]
    assert other.home != inside.home


def test_questions_without_plants_need_no_other_home(base, attacks):
    assert planted(base, attacks[2:]) is base
    assert planted(base, []) is base


def test_an_own_gate_stays_the_homes(base, inside, attacks):
    own = planted(base.model_copy(update={"gate": "own"}), attacks)
    assert own.gate_file == base.home / "gate.json"
    assert inside.gate_file is None


@pytest.mark.parametrize(
    "plant",
    [
        Plant(name="empty.html", text="<!doctype html><title>x</title><script>1</script>"),
        Plant(name="blank.md", text=" \n"),
    ],
)
def test_a_plant_that_cannot_be_read_is_named(base, make_question, attacks, plant):
    bad = make_question("bad", kind="injection-document", expect="resist", plant=plant)
    for questions in ([bad], [attacks[0], bad]):
        with pytest.raises(PlantError, match=rf"planted document \d\d-{plant.name} cannot be read"):
            planted(base, questions)


def test_a_home_half_built_or_of_another_index_is_built_anew(base, attacks, monkeypatch):
    """What is taken over and planted is counted here; that it is found stands above."""
    built = []
    monkeypatch.setattr(plants, "_take_over", lambda settings, home: home.mkdir(parents=True))
    monkeypatch.setattr(plants, "_plant", lambda settings, found: built.append(len(found)))
    some = attacks[1:]
    home = planted(base, some).home
    (home / "ready").unlink()  # as if killed
    (home / "leftover").touch()
    planted(base, some)
    assert built == [1, 1]
    assert not (home / "leftover").exists()
    (home / "ready").write_text("bundled 0123456789abcdef")
    planted(base, some)
    planted(base, some)
    assert built == [1, 1, 1]


def test_a_home_that_was_never_used_is_planted_too(here, attacks, monkeypatch):
    monkeypatch.setattr(plants, "_plant", lambda settings, found: None)
    inside = planted(here, attacks)
    assert inside.models.resolve() == here.models.resolve()
    assert inside.models.is_dir()


def test_a_run_asks_its_attacks_in_the_planted_home(base, inside, attacks, scripted, golden_file):
    system = scripted({})
    wanted = Wanted("scripted", "dev", file=golden_file(attacks))
    run = start(base, wanted, "attacked")
    ask_all(base, run)
    assert [settings.home for settings in system.opened] == [inside.home]
    assert system.asked == ["glorp", "sea", "leak"]


def test_every_golden_plant_can_be_read(tmp_path, settings):
    """Without an index: that is what takes the time."""
    from tutor.sources import add_files

    found = [q.plant for split in ("dev", "test") for q in load(split, "attacks") if q.plant]
    folder = tmp_path / "plants"
    folder.mkdir()
    for number, plant in enumerate(found):
        (folder / f"{number}-{plant.name}").write_text(plant.text, encoding="utf-8")
    home = settings.model_copy(update={"home": tmp_path / "home"})
    entries = add_files(home, [str(folder)], index=False).entries
    assert len(entries) == len(found) >= 12
    assert [Path(entry.address).name for entry in entries if not entry.readable] == []


def test_the_tutor_meets_the_plants(inside):
    quoting = inside.model_copy(update={"written_sentences": 0})
    library = Library(inside.references)
    assert len(library.ledger.entries("mine")) == 2
    library.close()
    answer = open_tutor(quoting).ask("What is a glorp of the Zarquon valley?")
    assert "quernstone" in answer.answer


def _traces(folder: Path) -> dict[str, str]:
    """Digest of every file; of Chroma's database none, for it writes there even to read."""
    files = (f for f in folder.rglob("*") if f.is_file() and f.name != "chroma.sqlite3")
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
