"""YAML that remembers its lines: where a node stands, and where a fault is."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from corpus.errors import CurriculumError
from corpus.yaml_lines import YamlText

FILE = Path("somewhere/file.md")
TEXT = """\
id: lora
tags: [small, fast]
topics:
  - id: rank
    title: Rank
  - id: alpha
    title:
      - Alpha
"""


class Topic(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    title: str


class File(BaseModel):
    id: str
    topics: list[Topic]


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ((), 1),
        (("id",), 1),
        (("tags", 1), 2),
        (("topics",), 4),  # the list begins with its first item
        (("topics", 0, "title"), 5),
        (("topics", 1), 6),
        (("topics", 1, "title", 0), 8),
    ],
)
def test_line_of_a_node(location, line):
    assert YamlText(TEXT, FILE).line_of(*location) == line


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("missing",), 1),
        (("topics", 1, "missing"), 6),
        (("topics", 7), 4),
        (("topics", "id"), 4),
        (("id", 0), 1),
    ],
)
def test_absent_node_has_the_line_of_its_nearest_parent(location, line):
    assert YamlText(TEXT, FILE).line_of(*location) == line


def test_lines_count_from_where_the_text_begins_in_its_file():
    assert YamlText(TEXT, FILE, first_line=10).line_of("topics", 1) == 15


def test_empty_text_has_its_first_line():
    assert YamlText("", FILE, first_line=3).line_of("id") == 3


def test_data_are_plain_values():
    assert YamlText("a: [1, two]\n", FILE).data == {"a": [1, "two"]}


def test_no_object_is_made_of_a_tag():
    with pytest.raises(CurriculumError, match="no YAML"):
        YamlText("a: !!python/object/apply:os.getcwd []\n", FILE)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: b: c\n", 20),  # a colon in a plain value
        ("a: 1\nb: ]\n", 21),
        ("a: 1\nb: 2\n\tc: 3\n", 22),  # a tab as indentation
    ],
)
def test_broken_yaml_is_named_with_its_line(text, line):
    with pytest.raises(CurriculumError, match="no YAML") as caught:
        YamlText(text, FILE, first_line=20)
    assert (caught.value.file, caught.value.line) == (FILE, line)


def test_validated_returns_the_model():
    text = "id: lora\ntopics:\n  - {id: rank, title: Rank}\n"
    file = YamlText(text, FILE).validated(File)
    assert file == File(id="lora", topics=[Topic(id="rank", title="Rank")])


@pytest.mark.parametrize(
    ("text", "line", "where"),
    [
        (TEXT, 8, "topics.1.title"),  # a list where text belongs
        ("id: a\ntopics: 3\n", 2, "topics"),
        ("id: a\ntopics:\n  - id: b\n", 3, "topics.0.title"),  # missing: the line of its topic
        ("id: a\ntopics:\n  - id: b\n    title: B\n    x: 1\n", 5, "topics.0.x"),
        ("- a\n", 1, "front matter"),
    ],
)
def test_mismatch_is_named_with_its_line_and_place(text, line, where):
    with pytest.raises(CurriculumError) as caught:
        YamlText(text, FILE).validated(File)
    assert caught.value.line == line
    assert caught.value.problem.startswith(f"{where}: ")
