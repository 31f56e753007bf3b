"""A made-up course of three stations, small enough to index in seconds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus import Curriculum
from corpus.loader import load_curriculum
from index.build import build_index
from index.encoder import Encoded, Encoder, Progress

TEA = """---
id: tea
number: 1
title: Tea
line: foundational
topics:
  - id: green-tea
    title: Green Tea
    names: [sencha, matcha]
    asked_as: [the pale drink from Japan]
  - id: black-tea
    title: Black Tea
    names: [assam]
---
# Tea

## Green Tea

Green tea is made of leaves that are heated soon after picking. The heat stops the oxidation of
the leaf, so the leaf stays green. Sencha is steamed, and most Chinese green tea is pan-fired.

## Black Tea

Black tea is fully oxidised before drying. The oxidation turns the leaf dark and the taste malty.
Assam is a black tea from the valley of the Brahmaputra.
"""
BEES = """---
id: bees
number: 2
title: Bees
line: scientist
prerequisites: [tea]
topics:
  - id: waggle-dance
    title: Waggle Dance
    names: [bee dance]
    asked_as: [how insects tell each other where the flowers are]
  - id: honey
    title: Honey
---
# Bees

## Waggle Dance

The waggle dance tells other bees where food is. The angle of the dance to the vertical is the
angle of the food to the sun. A longer waggle means a greater distance.

## Honey

Honey is nectar that bees have thickened. Bees fan the nectar with their wings until less than a
fifth of it is water. Honey keeps for years because it holds so little water.
"""
GLACIERS = """---
id: glaciers
number: 3
title: Glaciers
line: engineer
prerequisites: [bees]
topics:
  - id: moraine
    title: Moraine
    names: [glacial debris]
    asked_as: [heaps of stones that moving ice leaves behind]
---
# Glaciers

## Moraine

A moraine is debris that a glacier has carried and dropped. A terminal moraine marks the farthest
reach of the ice. A lateral moraine lies along the side of the glacier.
"""
REFERENCES = """- url: "https://example.org/tea"
  title: "The Book of Tea"
  kind: book
  authors: ["Okakura Kakuzo"]
  stations: [1]
  topics: ["tea/green-tea"]
  cited_in: ["000"]
  good_for: "Essay on tea and the Japanese way of life."
"""


class Course:
    """The files of a curriculum that a test may change, and an index folder beside them."""

    def __init__(self, folder: Path) -> None:
        self.files, self.index = folder / "curriculum", folder / "index"

    @property
    def curriculum(self) -> Curriculum:
        return load_curriculum(self.files)

    def file(self, station: str) -> Path:
        return next((self.files / "stations").glob(f"*-{station}.md"))

    def replace(self, station: str, old: str, new: str) -> None:
        text = self.file(station).read_text(encoding="utf-8")
        assert old in text
        self.file(station).write_text(text.replace(old, new), encoding="utf-8")

    def versions(self) -> list[str]:
        return sorted(path.name for path in self.index.glob("v-*"))

    def leftovers(self) -> list[str]:
        """What stands in the index folder besides whole versions, their pointer and the lock."""
        known = {"current", "lock", *self.versions()}
        return sorted(path.name for path in self.index.iterdir() if path.name not in known)


@pytest.fixture(scope="session")
def built_course(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Course:
    """The course with its index; tests do not change it."""
    course = Course(tmp_path_factory.mktemp("course"))
    (course.files / "stations").mkdir(parents=True)
    for number, (name, text) in enumerate({"tea": TEA, "bees": BEES, "glaciers": GLACIERS}.items()):
        (course.files / "stations" / f"{number + 1:02}-{name}.md").write_text(text)
    (course.files / "references.yaml").write_text(REFERENCES)
    build_index(course.index, course.curriculum, encoder)
    return course


@pytest.fixture
def course(built_course: Course, tmp_path: Path) -> Course:
    """A copy of the built course that a test may change and break."""
    shutil.copytree(built_course.files.parent, tmp_path / "course")
    return Course(tmp_path / "course")


class Counting:
    """The real encoder, keeping a list of the texts that it was given."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.texts: list[str] = []
        self.name, self.dimension = encoder.name, encoder.dimension
        self.max_tokens = encoder.max_tokens
        self.count_tokens, self.knows = encoder.count_tokens, encoder.knows

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> list[Encoded]:
        self.texts += texts
        return self._encoder.encode(texts, progress)


@pytest.fixture
def counting(encoder: Encoder) -> Counting:
    return Counting(encoder)
