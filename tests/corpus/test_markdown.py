"""Markdown cut at its headings."""

import pytest

from corpus.markdown import blocks


def cut(text, offset=0):
    return [(block.path, text[block.start : block.end]) for block in blocks(text, offset)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [((), "")]),
        ("Text.\n", [((), "Text.")]),
        ("# A\n\nText.\n", [((), ""), (("A",), "Text.")]),
        ("Before.\n# A\n", [((), "Before."), (("A",), "")]),
        (
            "# A\n## B\none\n### C\ntwo\n## D\nthree\n",
            [
                ((), ""),
                (("A",), ""),
                (("A", "B"), "one"),
                (("A", "B", "C"), "two"),
                (("A", "D"), "three"),
            ],
        ),
        ("# A\n### C\ntwo\n", [((), ""), (("A",), ""), (("A", "C"), "two")]),  # a level left out
        ("## A ##\nx", [((), ""), (("A",), "x")]),  # closing signs belong to the heading
        ("#A\n", [((), "#A")]),  # no space, no heading (CommonMark 4.2)
        ("####### A\n", [((), "####### A")]),  # seven signs, no heading
        ("a # b\n", [((), "a # b")]),
    ],
)
def test_blocks_hold_headings_and_bodies(text, expected):
    assert cut(text) == expected


def test_number_sign_without_a_space_before_it_belongs_to_the_heading():
    assert cut("# From C to C#\nx")[1][0] == ("From C to C#",)  # CommonMark 4.2, example 75


@pytest.mark.parametrize("fence", ["```", "~~~", "  ```"])
def test_number_sign_in_code_is_no_heading(fence):
    text = f"# A\n{fence}\n# comment\n{fence}\n# B\nx"
    assert [path for path, _ in cut(text)] == [(), ("A",), ("B",)]


def test_other_fence_inside_code_does_not_end_it():
    # CommonMark 4.5: the closing fence is of the same character as the opening one.
    text = "# A\n~~~\n```\n# comment\n~~~\n"
    assert [path for path, _ in cut(text)] == [(), ("A",)]


def test_front_matter_before_the_offset_is_left_out():
    text = "---\nid: a\n# no heading\n---\n# A\nx\n"
    assert cut(text, offset=text.index("# A")) == [((), ""), (("A",), "x")]


def test_lines_are_those_of_the_whole_file():
    text = "---\nid: a\n---\n# A\n\nx\n\n## B\n"
    found = list(blocks(text, offset=text.index("# A")))
    assert [(block.level, block.line) for block in found[1:]] == [(1, 4), (2, 8)]


def test_offsets_are_code_points():
    (_, block) = blocks("# Ü 📐\n\n  𝑥 is “big”.  \n\n")
    assert (block.start, block.end) == (9, 20)  # "# Ü 📐" 5, two breaks 7, two spaces 9
