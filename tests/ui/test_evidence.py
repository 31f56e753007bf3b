"""The evidence pane: passages in the order of the answer, marked only where they are verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from lxml import html as lxml_html

from index import Chunk
from index.search import Index
from tests.ui.hostile import HOSTILE, faults
from tutor.answer import Tutor
from tutor.records import Answer, Citation, Finished, Retrieved, Sentence, Spoken
from ui.panes.answers import SoFar
from ui.panes.evidence import Found, pane

TEXT = "Before it.\n\nLoRA **freezes** the $W$ weights. It trains two matrices.\n\n- a point\n"
QUOTE = "LoRA **freezes** the $W$ weights."
START = TEXT.index(QUOTE)


class Shelf:
    """Documents in memory, with the chunks of the index that hold them."""

    def __init__(self, text: str = TEXT, *chunks: Chunk) -> None:
        self._text, self._chunks = text, dict(enumerate(chunks))

    def text(self, document_id: str) -> str:
        return {"reference/a": self._text}[document_id]

    def document_chunks(self, document_id: str) -> Mapping[int, Chunk]:
        return self._chunks


def chunk(start: int, end: int, name: str = "a#0") -> Chunk:
    return Chunk(name, "reference/a", "A", TEXT[start:end], start, end, ("A",), "reference")


CITED = Citation(
    1, "a#0", "reference/a", "A page", "Line > Station > LoRA", 7, "https://a.example/b", QUOTE,
    START, START + len(QUOTE), 0.5, site="a.example", page=3,
    link="https://a.example/b#:~:text=LoRA",
)  # fmt: skip


def said(*citations: Citation) -> SoFar:
    """An answer of one sentence for each citation."""
    return SoFar(
        tuple(
            Spoken(Sentence(f"Sentence {c.n}.", (c.n,), "supported"), (c,), " ") for c in citations
        )
    )


def tree(written: str) -> lxml_html.HtmlElement:
    assert faults(written) == []
    return lxml_html.fragment_fromstring(written, create_parent="main")


def marked(shown: lxml_html.HtmlElement) -> list[str]:
    return [mark.text_content() for mark in shown.iter("mark")]


def test_a_verified_quotation_is_marked_in_its_chunk() -> None:
    shelf = Shelf(TEXT, chunk(START, len(TEXT)))
    shown = tree(pane(said(CITED), "c-1", [], shelf))
    assert marked(shown) == ["LoRA freezes the $W$ weights."]
    passage = shown.find(".//details").text_content()
    assert "It trains two matrices." in passage
    assert "Before it." not in passage


@pytest.mark.parametrize(
    "forged",
    [
        replace(CITED, quote="LoRA trains everything."),
        replace(CITED, start=CITED.start + 1, end=CITED.end + 1),
        replace(CITED, start=-5, end=-1),
        replace(CITED, start=CITED.start, end=10**9),
        replace(CITED, start=CITED.end, end=CITED.start),
        replace(CITED, document_id="reference/unknown"),
        replace(CITED, quote="", start=5, end=5),
    ],
)
def test_a_forged_quotation_is_neither_marked_nor_given_a_passage(forged: Citation) -> None:
    shown = tree(pane(said(forged), "c-1", [], Shelf(TEXT, chunk(0, len(TEXT)))))
    assert marked(shown) == []
    assert shown.find(".//details") is None
    assert "Not verified" in shown.text_content()
    assert "Before it." not in shown.text_content()


def test_a_passage_says_where_it_stands_and_leads_there() -> None:
    section = tree(pane(said(CITED), "c-1", [], Shelf())).get_element_by_id("passage-c-1-1")
    assert section.find("h3").text_content() == "1 A page"
    place = section.find_class("place")[0].text_content()
    assert place == "Station 7 · Line › Station › LoRA · page 3 · a.example"
    link = section.find_class("original")[0].find("a")
    assert link.get("href") == "https://a.example/b#:~:text=LoRA"


def test_an_own_document_says_so_and_leads_nowhere() -> None:
    own = replace(CITED, document_id="mine/a", link="file:///home/a.pdf", url=None, site="")
    shown = tree(pane(said(own), "c-1", [], Shelf()))
    assert shown.find_class("original") == []
    assert "your own document" in shown.text_content()


def test_a_passage_shows_where_the_answer_uses_it() -> None:
    answer = Answer(
        "i", "Q?", "Q?", "answered", "A. [1] B. [2] C. [1]",
        (Sentence("A.", (1,), "supported"), Sentence("B.", (2,), "supported"),
         Sentence("C.", (1,), "supported")), (CITED, replace(CITED, n=2)),
    )  # fmt: skip
    shown = tree(pane(answer, "c-1", [], Shelf()))
    links = shown.get_element_by_id("passage-c-1-1").find_class("use")
    assert [(use.get("href"), use.text) for use in links] == [
        ("#said-c-1-1", "sentence 1"),
        ("#said-c-1-3", "sentence 3"),
    ]


def test_the_first_passage_is_open_and_the_others_show_their_quotation() -> None:
    shown = tree(pane(said(CITED, replace(CITED, n=2)), "c-1", [], Shelf()))
    assert [d.get("open") is not None for d in shown.iter("details")] == [True, False]
    second = shown.get_element_by_id("passage-c-1-2")
    quotation = second.find_class("quotation")[0].text_content()
    assert quotation == "Quotation: LoRA freezes the $W$ weights."


def test_of_a_document_without_its_chunks_the_lines_around_are_shown() -> None:
    text = "far away\n" * 200 + TEXT + "far away\n" * 200
    cited = replace(CITED, start=text.index(QUOTE), end=text.index(QUOTE) + len(QUOTE))
    shown = tree(pane(said(cited), "c-1", [], Shelf(text)))
    assert marked(shown) == ["LoRA freezes the $W$ weights."]
    assert 800 < len(shown.find(".//details").text_content()) < 1100


@pytest.mark.parametrize(
    ("text", "quote", "seen"),
    [
        ("- one\n- two\n", "- two", "two"),
        ("a\n\n```\nx = 1\n```\nb", "```\nx = 1\n```", "x = 1"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "| 1 | 2 |", "12"),
        ("# Head\n\ntext", "# Head", "Head"),
        ("See [a](https://a.example/b.c) now.", "c) now.", "c) now."),
        ("One **two three** four.", "two three** four.", "two three four."),
    ],
)
def test_a_quotation_of_any_form_is_marked(text: str, quote: str, seen: str) -> None:
    start = text.index(quote)
    cited = replace(CITED, quote=quote, start=start, end=start + len(quote))
    assert "".join(marked(tree(pane(said(cited), "c", [], Shelf(text))))) == seen


FOUND = {
    "chunk_id": "b#3", "document_id": "reference/b", "title": "Another", "section": "B > C",
    "station": None, "url": "https://b.example/", "text": "Something **else**.", "score": 0.714,
}  # fmt: skip


def test_what_was_found_and_not_cited_is_folded_away_under_its_own_heading() -> None:
    cited_too = {**FOUND, "chunk_id": CITED.chunk_id}
    shown = tree(pane(said(CITED), "c-1", [cited_too, FOUND], Shelf()))
    section = shown.find_class("not_cited")[0]
    assert section.find("h3").text == "Found and not cited"
    assert all(details.get("open") is None for details in section.iter("details"))
    [item] = section.iter("li")
    assert item.get("value") == "2"
    assert "Rank 2, score 0.71" in item.text_content()
    assert "Something else." in item.text_content()


def test_an_answer_without_citations_says_so() -> None:
    shown = tree(pane(SoFar(), "c-1", [FOUND], Shelf()))
    assert "cites no passage" in shown.text_content()
    assert len(shown.find_class("not_cited")) == 1


def test_each_passage_is_one_line_of_html() -> None:
    """gradio's Markdown parser ends an element at an empty line."""
    written = pane(said(CITED, replace(CITED, n=2)), "c-1", [FOUND], Shelf())
    blocks = written.split("\n\n")
    assert len(blocks) == 3
    assert all(block.startswith("<section") and "\n" not in block for block in blocks)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_planted_document_is_text_in_every_place(name: str) -> None:
    text = f"A {HOSTILE[name]} Z"
    planted = replace(
        CITED, title=HOSTILE[name], section=HOSTILE[name], link=HOSTILE[name], url=HOSTILE[name],
        site=HOSTILE[name], quote=HOSTILE[name], start=2, end=len(text) - 2,
    )  # fmt: skip
    found = {**FOUND, "title": HOSTILE[name], "text": HOSTILE[name], "url": HOSTILE[name]}
    written = pane(said(planted), "c-1", [found], Shelf(text))
    assert faults(written) == []
    assert len(marked(tree(written))) > 0


def test_a_hit_and_what_the_log_kept_of_it_are_shown_alike(quoting: Tutor) -> None:
    hit = quoting.search("What is LoRA?", 1).hits[0]
    one = Found.of(4, hit)
    kept = {name: getattr(one, name) for name in FOUND}
    assert Found.of(4, kept) == one


def test_every_citation_of_real_answers_is_marked(quoting: Tutor, index: Index) -> None:
    for question in ("What is LoRA?", "Give me Python code for try and except", "Which books?"):
        for event in quoting.stream(question):
            if isinstance(event, Retrieved):
                hits = event.hits
        assert isinstance(event, Finished)
        shown = tree(pane(event.answer, "a", hits, index.texts))
        for citation in event.answer.citations:
            section = shown.get_element_by_id(f"passage-a-{citation.n}")
            assert marked(section) != [], citation.quote
