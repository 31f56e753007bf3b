"""Links that open a source at the quoted passage."""

from urllib.parse import unquote

import pytest

from index import Chunk
from tutor.links import link, site

PAGE = "https://example.org/guide"


def chunk(url=PAGE, kind="reference", anchor=None, page=None):
    """A chunk of which only the place matters."""
    return Chunk(
        "reference/x#0", "reference/x", "Guide", "text", 0, 4, ("References", "Guide"), kind,
        url=url, anchor=anchor, page=page,
    )  # fmt: skip


def fragment(passage, **place):
    """What the browser is told to look for."""
    address, _, text = (link(chunk(**place), passage) or "").partition(":~:text=")
    assert address.startswith(PAGE)
    return text


# Text fragments (https://wicg.github.io/scroll-to-text-fragment/)


def test_a_short_passage_is_looked_for_as_a_whole():
    assert link(chunk(), "LoRA freezes the weights.") == (
        f"{PAGE}#:~:text=LoRA%20freezes%20the%20weights."
    )


def test_of_a_long_passage_the_first_and_last_six_words_are_looked_for():
    passage = "one two three four five six seven eight nine ten eleven twelve thirteen"
    start, end = fragment(passage).split(",")
    assert unquote(start) == "one two three four five six"
    assert unquote(end) == "eight nine ten eleven twelve thirteen"


def test_twelve_words_are_still_a_whole():
    passage = "one two three four five six seven eight nine ten eleven twelve"
    assert unquote(fragment(passage)) == passage


@pytest.mark.parametrize(
    ("passage", "encoded"),
    [
        ("low-rank", "low%2Drank"),  # "-" marks prefix and suffix
        ("first, second", "first%2C%20second"),  # "," divides start and end
        ("this & that", "this%20%26%20that"),  # "&" divides directives
        ("100 % of #1?", "100%20%25%20of%20%231%3F"),
        ("naïve 模型", "na%C3%AFve%20%E6%A8%A1%E5%9E%8B"),
        ("“quoted”", "%E2%80%9Cquoted%E2%80%9D"),
        ("a/b=c;d+e", "a%2Fb%3Dc%3Bd%2Be"),
        ("snake_case v1.0~2", "snake_case%20v1.0~2"),
    ],
)
def test_what_the_syntax_uses_is_encoded(passage, encoded):
    assert fragment(passage) == encoded


def test_only_the_comma_between_start_and_end_is_left():
    passage = "a, b, c, d - e, f & g, h, i, j, k, l, m, n, o, p"
    text = fragment(passage)
    assert text.count(",") == 1
    assert "-" not in text
    assert "&" not in text


def test_white_space_is_one_blank_as_on_the_page():
    assert fragment("two\n  lines\tand a tab") == "two%20lines%20and%20a%20tab"


# Anchors


def test_a_heading_is_what_opens_where_fragments_are_unknown():
    assert link(chunk(anchor="setup"), "Install it.") == f"{PAGE}#setup:~:text=Install%20it."


@pytest.mark.parametrize(
    ("anchor", "encoded"),
    [("what's-new", "what%27s-new"), ("näher", "n%C3%A4her"), ("a b", "a%20b"), ("x#y", "x%23y")],
)
def test_an_anchor_is_encoded(anchor, encoded):
    assert link(chunk(anchor=anchor), "```\ncode\n```") == f"{PAGE}#{encoded}"


@pytest.mark.parametrize(
    "passage",
    [
        pytest.param("```python\nprint(1)\n```", id="code"),
        pytest.param("~~~\n```\n~~~", id="code with fences"),
        pytest.param("$$\nx^2\n$$", id="formula"),
        pytest.param("r | alpha | dropout", id="row of a table"),
        pytest.param("* * *", id="no words"),
    ],
)
def test_what_stands_in_several_elements_is_not_looked_for(passage):
    assert link(chunk(anchor="setup"), passage) == f"{PAGE}#setup"
    assert link(chunk(), passage) == PAGE


# Pages, and no address at all


def test_a_pdf_opens_at_its_page():
    paper = "https://example.org/paper.pdf"
    assert link(chunk(paper, page=3, anchor="x"), "Any sentence.") == f"{paper}#page=3"


def test_a_query_stays_before_the_fragment():
    assert link(chunk(f"{PAGE}?v=2"), "Text.") == f"{PAGE}?v=2#:~:text=Text."


def test_pages_that_a_learner_has_added_are_linked_alike():
    assert link(chunk(kind="mine"), "Text.") == f"{PAGE}#:~:text=Text."


@pytest.mark.parametrize("page", [None, 4])
def test_a_file_has_no_link(page):
    assert link(chunk(None, kind="mine", page=page), "Text.") is None


@pytest.mark.parametrize("kind", ["card", "curriculum", "map"])
def test_a_card_links_to_the_work_and_not_to_words_of_ours(kind):
    assert link(chunk(kind=kind), "A book on tea.") == PAGE


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://docs.Example.org:8443/", "docs.example.org"),
        ("https://wwwhat.example/", "wwwhat.example"),
        (None, ""),
        ("", ""),
    ],
)
def test_site(url, name):
    assert site(url) == name
