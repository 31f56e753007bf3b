"""Blocks into text: every section is what stands under its heading, to the character."""

import random
import re
from itertools import pairwise

import pytest

from corpus.reading import Block, Reading, compose

TRAIL = ("References", "Ice")
FENCE = re.compile(r"`{3,}|~{3,}")


def heading(text, level=1, **named):
    return Block("heading", text, level, **named)


def said(text, **named):
    return Block("paragraph", text, **named)


def composed(*blocks, trail=TRAIL):
    return compose(Reading("html", "", blocks), trail)


def bodies(*blocks, trail=TRAIL):
    """(path below the title, text of the section)"""
    found = composed(*blocks, trail=trail)
    return [(s.path[len(trail) :], found.text[s.start : s.end]) for s in found.sections]


def code_of(text):
    """Pieces of code between the fences of a text, as a reader of Markdown sees them."""
    pieces, fence = [], ""
    for line in text.split("\n"):
        mark = FENCE.match(line)
        if not fence and mark:
            fence = mark[0]
            pieces.append([])
        elif fence and line.startswith(fence) and not line.strip(fence[0]):
            fence = ""
        elif fence:
            pieces[-1].append(line)
    assert not fence, "a fence is left open"
    return ["\n".join(lines) for lines in pieces]


# Sections


def test_a_section_is_what_stands_under_its_heading():
    found = composed(heading("Melting"), said("At 0 °C."), said("Slowly."))
    assert found.text == "# Melting\n\nAt 0 °C.\n\nSlowly."
    (section,) = found.sections
    assert section.path == ("References", "Ice", "Melting")
    assert found.text[section.start : section.end] == "At 0 °C.\n\nSlowly."


def test_what_stands_before_the_first_heading_is_a_section_of_the_title():
    assert bodies(said("It floats."), heading("Melting"), said("At 0 °C.")) == [
        ((), "It floats."),
        (("Melting",), "At 0 °C."),
    ]


def test_a_document_without_headings_is_one_section():
    assert bodies(said("It floats."), said("It melts.")) == [((), "It floats.\n\nIt melts.")]


def test_nothing_is_composed_of_nothing():
    assert composed() == compose(Reading("html", "", ()), TRAIL)
    assert (composed().text, composed().sections) == ("", ())


def test_headings_without_text_stand_in_the_text_and_are_no_sections():
    found = composed(heading("One"), heading("Two"), said("Text."), heading("Three"))
    assert found.text == "# One\n\n# Two\n\nText.\n\n# Three"
    assert [s.path[2:] for s in found.sections] == [("Two",)]


def test_headings_nest_as_their_levels_say():
    blocks = [
        (heading("A", 1), said("a")), (heading("B", 2), said("b")), (heading("C", 4), said("c")),
        (heading("D", 3), said("d")), (heading("E", 2), said("e")), (heading("F", 1), said("f")),
    ]  # fmt: skip
    paths = [path for path, _ in bodies(*(block for pair in blocks for block in pair))]
    assert paths == [
        ("A",), ("A", "B"), ("A", "B", "C"), ("A", "B", "D"), ("A", "E"), ("F",),
    ]  # fmt: skip


def test_a_document_may_begin_with_a_deep_heading():
    paths = [path for path, _ in bodies(heading("A", 3), said("a"), heading("B", 2), said("b"))]
    assert paths == [("A",), ("B",)]


def test_the_title_as_first_heading_is_not_said_twice():
    blocks = (heading("Ice"), said("It floats."), heading("Melting", 2), said("At 0 °C."))
    assert bodies(*blocks) == [((), "It floats."), (("Melting",), "At 0 °C.")]
    assert composed(*blocks).text.startswith("# Ice\n\nIt floats.")  # in the text it stays


def test_the_title_as_a_heading_further_down_stays_in_the_path():
    paths = [path for path, _ in bodies(heading("Water"), heading("Ice", 2), said("It floats."))]
    assert paths == [("Water", "Ice")]


def test_two_headings_of_one_name_are_two_sections():
    blocks = (heading("Note", 2), said("one"), heading("Note", 2), said("two"))
    assert bodies(*blocks) == [(("Note",), "one"), (("Note",), "two")]


def test_a_heading_brings_its_anchor():
    found = composed(said("a"), heading("B", anchor="b-1"), said("b"), heading("C", 2), said("c"))
    assert [s.anchor for s in found.sections] == [None, "b-1", None]


# Pages


def test_a_new_page_is_a_new_section_under_the_same_heading():
    found = composed(
        heading("Melting", anchor="m", page=1),
        said("one", page=1), said("still one", page=1), said("two", page=2), said("four", page=4),
    )  # fmt: skip
    assert [
        (s.path[2:], s.page, s.anchor, found.text[s.start : s.end]) for s in found.sections
    ] == [
        (("Melting",), 1, "m", "one\n\nstill one"),
        (("Melting",), 2, "m", "two"),
        (("Melting",), 4, "m", "four"),
    ]
    assert found.text.count("Melting") == 1


def test_a_heading_at_the_foot_of_a_page_goes_with_its_text():
    found = composed(heading("Melting", page=1), said("two", page=2), said("also two", page=2))
    assert [(s.page, found.text[s.start : s.end]) for s in found.sections] == [
        (2, "two\n\nalso two")
    ]
    assert found.text.startswith("# Melting\n\n")


def test_without_pages_there_are_none():
    assert [s.page for s in composed(heading("A"), said("a")).sections] == [None]


# Kinds of blocks


def test_items_are_bullets_indented_by_their_depth():
    blocks = [Block("item", "one", 1), Block("item", "two", 2), Block("item", "none", 0)]
    assert composed(*blocks).text == "- one\n\n  - two\n\n- none"


def test_a_formula_stands_between_dollars():
    assert composed(Block("formula", "a^2 +\nb^2")).text == "$$\na^2 +\nb^2\n$$"


def test_a_table_stays_as_it_is():
    rows = "name | melts at\nice | 0 °C"
    assert composed(Block("table", rows)).text == rows


def test_code_stands_in_a_fence_with_its_language():
    block = Block("code", "if ice:\n    melt()\n\n\nwait()", language="python")
    text = composed(block).text
    assert text == "```python\nif ice:\n    melt()\n\n\nwait()\n```"


@pytest.mark.parametrize(
    ("inner", "fence"),
    [
        ("Write:\n```python\nmelt()\n```\nand run it.", "````"),
        ("```python\nmelt()\n```\n~~~\nmelt\n~~~", "````"),
        ("`````\n```\nmelt()\n```\n`````", "``````"),
        ("~~~\nmelt()\n~~~", "```"),
        ("s = '```'", "````"),
    ],
)
def test_code_with_a_fence_in_it_stands_in_a_longer_fence(inner, fence):
    text = composed(Block("code", inner, language="markdown"), said("After.")).text
    assert text == f"{fence}markdown\n{inner}\n{fence}\n\nAfter."
    assert code_of(text) == [inner]


@pytest.mark.parametrize("text", ["", "  \n\n"])
def test_code_of_nothing_has_no_section_of_nothing(text):
    found = composed(heading("A"), said("a"), heading("B"), Block("code", text))
    assert all(found.text[s.start : s.end].strip() for s in found.sections if s.path[-1] == "A")
    assert found.text.startswith("# A\n\na\n\n# B")


# Long code


def functions(count, lines=6):
    return [
        "\n".join([f"def melt_{n}():", *(f"    drop = {n} + {m} * 17" for m in range(lines))])
        for n in range(count)
    ]


def test_long_code_is_cut_at_blank_lines():
    parts = functions(20)
    text = composed(Block("code", "\n\n".join(parts), language="python")).text
    pieces = code_of(text)
    assert len(pieces) > 2
    assert all(piece.startswith("def melt_") and len(piece) <= 800 for piece in pieces)
    assert "\n\n".join(pieces) == "\n\n".join(parts)
    assert text.count("```python\n") == len(pieces)


def test_the_pieces_of_long_code_are_one_section():
    ((_, body),) = bodies(heading("Code"), Block("code", "\n\n".join(functions(20))))
    assert body.startswith("```\ndef melt_0")
    assert body.endswith("\n```")


def test_long_code_without_blank_lines_is_cut_between_lines():
    lines = [f"drop_{n} = melt(ice[{n}])" for n in range(200)]
    pieces = code_of(composed(Block("code", "\n".join(lines))).text)
    assert "\n".join(pieces).split("\n") == lines
    assert all(300 < len(piece) <= 800 for piece in pieces[:-1])


def test_a_line_longer_than_a_piece_stays_whole():
    lines = ["short = 1", f"data = '{'x' * 2_000}'", "also_short = 2"]
    pieces = code_of(composed(Block("code", "\n".join(lines))).text)
    assert "\n".join(pieces).split("\n") == lines


def test_short_code_is_not_cut():
    code = "\n\n".join(functions(3, lines=3))
    assert code_of(composed(Block("code", code)).text) == [code]


# Offsets, whatever the text

WORDS = [
    "Eis",
    "ice 🧊",
    "氷河",
    "лёд",
    "👩🏽‍🔬",
    "é",
    "e\u0301",
    "𝔸𝔹",
    "\u2028",
    "# no heading",
    "$$",
    "```",
]


def random_block(rng):
    kind = rng.choice(["heading", "paragraph", "paragraph", "item", "code", "table", "formula"])
    words = " ".join(rng.choices(WORDS, k=rng.randint(1, 6)))
    text = f"{words}\n\n{words}" if kind in ("code", "table") else words
    level = rng.randint(1, 6) if kind in ("heading", "item") else 0
    return Block(kind, text, level, page=rng.choice([None, None, 1, 2]))


@pytest.mark.parametrize("seed", range(40))
def test_sections_and_headings_together_are_the_text(seed):
    rng = random.Random(seed)
    blocks = tuple(random_block(rng) for _ in range(rng.randint(1, 25)))
    found = composed(*blocks)

    # In order, apart from each other, and none empty.
    assert all(s.start < s.end for s in found.sections)
    assert all(a.end + 2 <= b.start for a, b in pairwise(found.sections))
    # What is in no section are the headings; each section is written as it would be alone.
    rest, at = [], 0
    for section in found.sections:
        rest.append(found.text[at : section.start])
        at = section.end
    rest.append(found.text[at:])
    headings = [b for b in blocks if b.kind == "heading"]
    expected = [f"{'#' * b.level} {b.text}" for b in headings]
    assert [part for gap in rest for part in gap.split("\n\n") if part] == expected
    alone = [composed(b).text for b in blocks if b.kind != "heading"]
    inside = "\n\n".join(found.text[s.start : s.end] for s in found.sections)
    assert inside == "\n\n".join(alone)


@pytest.mark.parametrize("seed", range(40))
def test_every_block_is_on_its_page_and_under_its_heading(seed):
    rng = random.Random(seed)
    blocks, place, expected = [], ("Ice",), []
    for number in range(20):
        if rng.random() < 0.3:
            place = (f"氷 {number}",)
            blocks.append(heading(place[0], 2, page=rng.choice([1, 2])))
        page = 1 + number // 7
        blocks.append(said(f"block {number} 🧊.", page=page))
        expected.append((f"block {number} 🧊.", place[-1], page))
    found = composed(*blocks)
    assert [
        (text, section.path[-1], section.page)
        for section in found.sections
        for text in found.text[section.start : section.end].split("\n\n")
    ] == expected
