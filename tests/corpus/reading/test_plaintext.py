"""Plain text into paragraphs, items and headings."""

import time

import pytest

from corpus.reading.blocks import Raw, UnreadableError
from corpus.reading.plaintext import read_text


def read(text):
    return read_text(Raw(text.encode()))


def shown(text):
    return [(block.kind, block.text) for block in read(text).blocks]


WRAPPED = """A language model assigns a probability to a sequence
of words. It is trained on text from the web, and
it is not told which of it is true.

The next paragraph.
"""


def test_wrapped_lines_are_one_paragraph():
    assert shown(WRAPPED) == [
        ("paragraph", "A language model assigns a probability to a sequence of words. It is "
         "trained on text from the web, and it is not told which of it is true."),
        ("paragraph", "The next paragraph."),
    ]  # fmt: skip


def test_long_lines_are_paragraphs_of_their_own():
    one, two = "First " + "word " * 40, "Second " + "word " * 40
    assert len(shown(f"{one}\n{two}\n")) == 2


def test_line_that_its_author_ended_stands_alone():
    text = "This is a line that goes on up to the margin of\nthe text.\nYes.\nNo, it is not.\n"
    assert [text for _, text in shown(text)] == [
        "This is a line that goes on up to the margin of the text.", "Yes.", "No, it is not.",
    ]  # fmt: skip


def test_lists_are_items_with_depth():
    text = "To do:\n- one\n  goes on\n  * two\n1. three\n(4) four\n"
    assert [(b.kind, b.text, b.level) for b in read(text).blocks] == [
        ("paragraph", "To do:", 0), ("item", "one goes on", 1), ("item", "two", 2),
        ("item", "three", 1), ("item", "four", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level"),
    [("The title\n=========\n\nText.", 1), ("The title\n---------\nText.", 2),
     ("=========\nThe title\n=========\n\nText.", 1), ("1. The title\n\nText.", 1),
     ("2.3.1 The title\n\nText.", 3)],
)  # fmt: skip
def test_underlined_and_numbered_lines_are_headings(text, level):
    heading, paragraph = read(text).blocks
    assert (heading.kind, heading.level, paragraph.text) == ("heading", level, "Text.")
    assert heading.text.endswith("The title")
    assert read(text).title == heading.text


@pytest.mark.parametrize(
    "text",
    ["1. An item that is a sentence.", "1. One\n2. Two", "Text.\n\n-----\n\nText.", "A SHOUT",
     "Name: Value", "3 apples", "1984 was a year", "Sum of the long line above\n---"],
)  # fmt: skip
def test_anything_else_is_no_heading(text):
    assert "heading" not in [kind for kind, _ in shown(text)]


def test_invisible_characters_and_encodings_are_dealt_with():
    raw = Raw("“naïve” \u00ad– résumé".replace("\u00ad", "").encode("cp1252"), charset="utf-8")
    assert read_text(raw).blocks[0].text == "“naïve” – résumé"
    assert shown("a\u200bb\tc\r\nd")[0][1] == "ab c d"


@pytest.mark.parametrize("data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\0\0\0"])
def test_nothing_to_read_is_said(data):
    with pytest.raises(UnreadableError, match="no text") as caught:
        read_text(Raw(data))
    assert caught.value.fault == "empty"


@pytest.mark.parametrize(
    "text", ["x" * 10**6, "word " * 200_000, "- x\n" * 100_000, "a\n-\n" * 9999]
)
def test_pathological_input_comes_back_in_seconds(text):
    started = time.perf_counter()
    assert read(text).characters
    assert time.perf_counter() - started < 10
