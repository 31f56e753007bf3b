"""The loader: what a good curriculum becomes, and every fault named by file and line."""

import pytest

from corpus.errors import CurriculumError
from corpus.loader import curriculum_digest, load_curriculum

# The lines that the cases below name are counted from 1 in these four files.
FILES = {
    "stations/01-math.md": """\
---
id: math
number: 1
title: Math
line: foundational
prerequisites: []
topics:
  - id: vectors
    title: Vectors
    names: [arrows]
    asked_as: [numbers with a direction]
---

# Math

Math comes first.

## Vectors

A vector is a list of numbers.

### How vectors add

Two vectors add number by number.
""",
    "stations/02-code.md": """\
---
id: code
number: 2
title: Code
line: engineer
prerequisites: [math]
topics:
  - id: loops
    title: Loops
---

# Code

## Loops

A loop repeats statements.
""",
    "companions/notes.md": """\
---
id: notes
title: Notes
line: engineer
near: 2
topics:
  - id: paper
    title: Paper
---

# Notes

## Paper

Paper keeps notes.
""",
    "references.yaml": """\
# Links.
- url: https://example.org/vectors
  title: Vectors for All
  kind: book
  authors: [Ann Author, Bob Writer]
  stations: [1]
  topics: [math/vectors]
  cited_in: ["000"]
  good_for: Teaches vectors slowly.

- url: https://example.org/loops
  title: Loop Reference
  kind: docs
  topics: [code/loops]
  cited_in: ["001"]
  good_for: Lists every loop.
""",
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def edit(folder, name, old, new):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def fault_of(folder):
    with pytest.raises(CurriculumError) as caught:
        load_curriculum(folder)
    return caught.value


def test_stations_come_in_the_order_of_their_numbers(folder):
    edit(folder, "stations/01-math.md", "number: 1", "number: 3")
    edit(folder, "references.yaml", "stations: [1]", "stations: [3]")
    assert [s.id for s in load_curriculum(folder).stations] == ["code", "math"]


def test_companion_has_a_neighbour_and_no_number(folder):
    (notes,) = load_curriculum(folder).companions
    assert (notes.number, notes.near) == (None, 2)


def test_topic_keeps_its_names_and_gets_a_key(folder):
    (topic,) = load_curriculum(folder).stations[0].topics
    assert topic.key == "math/vectors"
    assert topic.names == ("arrows",)
    assert topic.asked_as == ("numbers with a direction",)


def test_sections_are_slices_of_the_file_with_their_headings(folder):
    document = load_curriculum(folder).documents[0]
    assert document.id == "curriculum/stations/01-math.md"
    assert document.text == FILES["stations/01-math.md"]
    line = "Foundational line"
    assert [(s.path, s.topic, document.text[s.start : s.end]) for s in document.sections] == [
        ((line, "Math"), None, "Math comes first."),
        ((line, "Math", "Vectors"), "vectors", "A vector is a list of numbers."),
        (
            (line, "Math", "Vectors", "How vectors add"),
            "vectors",
            "Two vectors add number by number.",
        ),
    ]


def test_hidden_phrases_are_kept_by_topic(folder):
    document = load_curriculum(folder).documents[0]
    assert document.hidden == {"vectors": ("arrows", "numbers with a direction")}


def test_documents_are_files_then_the_map_then_a_card_for_each_reference(folder):
    documents = load_curriculum(folder).documents
    assert [d.kind for d in documents] == ["curriculum"] * 3 + ["map"] + ["card"] * 2


def test_card_of_a_reference_is_one_sentence(folder):
    book, docs = load_curriculum(folder).documents[-2:]
    assert book.text == (
        "“Vectors for All” is a book by Ann Author and Bob Writer "
        "(https://example.org/vectors): Teaches vectors slowly."
    )
    assert docs.text == (
        "“Loop Reference” is documentation (https://example.org/loops): Lists every loop."
    )
    assert (book.station, docs.station) == (1, None)


def test_windows_line_ends_change_nothing(folder):
    before = load_curriculum(folder)
    file = folder / "stations/01-math.md"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_curriculum(folder) == before


def test_digest_is_stable_and_changes_with_any_file(folder):
    before = curriculum_digest(folder)
    assert curriculum_digest(folder) == before
    for name in FILES:
        edit(folder, name, "title: ", "title:  ")
        after = curriculum_digest(folder)
        assert after != before
        before = after


MATH, CODE, NOTES, REFERENCES = FILES
FAULTS = {
    "broken YAML": (MATH, "title: Math", "title: Math: basics", 4, "no YAML"),
    "no front matter": (MATH, "---\n", "", 1, "no front matter"),
    "front matter never closed": (MATH, "---\n\n# Math", "\n# Math", 1, "closing '---'"),
    "front matter is a list": (NOTES, FILES[NOTES], "---\n- notes\n---\n", 2, "dictionary"),
    "unknown key": (MATH, "line: f", "colour: red\nline: f", 5, "colour"),
    "unknown key of a topic": (MATH, "    names", "    colour: red\n    names", 10, "colour"),
    "missing key": (MATH, "title: Math\n", "", 2, "title"),
    "no topics": (NOTES, "topics:\n  - id: paper\n    title: Paper", "topics: []", 6, "topics"),
    "unknown line": (CODE, "line: engineer", "line: circle", 5, "line"),
    "id with capitals": (CODE, "id: code", "id: Code", 2, "id"),
    "unknown prerequisite": (CODE, "[math]", "[math, latin]", 6, "prerequisite 'latin'"),
    "cyclic prerequisites": (MATH, "prerequisites: []", "prerequisites: [code]", 6, "cyclic"),
    "a station before itself": (MATH, "prerequisites: []", "prerequisites: [math]", 6, "cyclic"),
    "duplicate id": (CODE, "id: code", "id: math", 2, "01-math.md"),
    "duplicate id of a companion": (NOTES, "id: notes", "id: code", 2, "02-code.md"),
    "duplicate number": (CODE, "number: 2", "number: 1", 3, "number 1 is taken"),
    "station without number": (CODE, "number: 2\n", "", 2, "number"),
    "companion with number": (NOTES, "title: Notes", "number: 3\ntitle: Notes", 6, "no number"),
    "companion near nothing": (NOTES, "near: 2", "near: 9", 5, "existing station"),
    "duplicate topic": (MATH, "topics:", "topics:\n  - {id: vectors, title: X}", 8, "stands twice"),
    "topic without section": (CODE, "## Loops\n", "", 8, "topic 'Loops' has no section"),
    "topic without text": (CODE, "A loop repeats statements.\n", "", 8, "no section with text"),
    "section that is no topic": (CODE, "## Loops", "## Jumps", 14, "section 'Jumps' is no topic"),
    "reference to an unknown topic": (REFERENCES, "code/loops", "code/jumps", 11, "code/jumps"),
    "reference to an unknown station": (REFERENCES, "[1]", "[1, 7]", 2, "unknown station"),
    "reference twice": (REFERENCES, "org/loops", "org/vectors", 11, "listed twice"),
    "reference of an unknown kind": (REFERENCES, "kind: docs", "kind: song", 13, "kind"),
    "reference that is no web address": (REFERENCES, "https://", "ftp://", 2, "url"),
    "reference without use": (REFERENCES, "  good_for: Lists every loop.\n", "", 11, "good_for"),
    "unknown key of a reference": (REFERENCES, "  kind: docs", "  x: 3\n  kind: docs", 13, "x"),
    "broken YAML of references": (REFERENCES, "[code/loops]", "[code/loops]]", 14, "no YAML"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_named_with_file_and_line(folder, fault):
    name, old, new, line, says = FAULTS[fault]
    edit(folder, name, old, new)
    error = fault_of(folder)
    assert (error.file, error.line) == (folder / name, line)
    assert says in error.problem
    assert str(error) == f"{error.file.name}:{line}: {error.problem}"


def test_missing_list_of_references_is_a_fault(folder):
    (folder / REFERENCES).unlink()
    error = fault_of(folder)
    assert (error.file.name, error.line) == ("references.yaml", 1)


def test_folder_without_stations_is_a_fault(tmp_path):
    assert "no station files" in fault_of(tmp_path).problem


def test_file_that_is_not_utf8_is_a_fault(folder):
    (folder / MATH).write_bytes(b"---\nid: m\xe9th\n")
    error = fault_of(folder)
    assert error.file.name == "01-math.md"
    assert "not UTF-8 at byte 9" in error.problem  # "---\n" is 4 bytes, "id: m" 5


def test_line_of_a_byte_that_is_not_utf8(folder):
    (folder / MATH).write_bytes(b"---\nid: m\xe9th\n")
    assert fault_of(folder).line == 2


def test_references_that_are_not_utf8_are_a_fault(folder):
    (folder / REFERENCES).write_bytes(b'- url: "\xff"\n')
    assert fault_of(folder).file.name == "references.yaml"


@pytest.mark.parametrize("text", ["", "# Links.\n", "url: https://example.org\n"])
def test_references_that_are_no_list_are_a_fault_with_a_line(folder, text):
    (folder / REFERENCES).write_text(text, encoding="utf-8")
    assert fault_of(folder).line >= 1


def test_message_about_a_control_character_is_one_line(folder):
    edit(folder, MATH, "title: Math", "title: Ma\x07th")
    assert "\n" not in str(fault_of(folder))


def test_unknown_prerequisite_of_a_companion_is_a_fault(folder):
    edit(folder, NOTES, "near: 2", "near: 2\nprerequisites: [latin]")
    assert fault_of(folder).line == 6
