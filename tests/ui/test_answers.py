"""Answers as messages of the chat, and as Markdown to copy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html as lxml_html

from tests.ui.hostile import HOSTILE, faults
from tutor.answer import Tutor
from tutor.records import Answer, Citation, Finished, Sentence, Spoken, Support
from ui.panes.answers import SoFar, joints, message, plain


def citation(number: int, title: str = "A page") -> Citation:
    quote = "LoRA freezes the weights."
    return Citation(
        number, f"c{number}", "reference/a", title, "A page > LoRA", 7, "https://a.example/b",
        quote, 10, 10 + len(quote), 0.5, site="a.example", link="https://a.example/b#:~:text=LoRA",
    )  # fmt: skip


def spoken(text: str, *numbers: int, support: Support = "supported", before: str = "") -> Spoken:
    """A sentence as the tutor says it, with its citations."""
    new = tuple(citation(n) for n in numbers)
    return Spoken(Sentence(text, numbers, support), new, before)


def so_far(*events: Spoken) -> SoFar:
    return SoFar(events)


def whole(*events: Spoken) -> Answer:
    """The answer that these events end in."""
    said = SoFar(events)
    return Answer("i", "Q?", "Q?", "answered", said.answer, said.sentences, said.citations)


def tree(written: str) -> lxml_html.HtmlElement:
    assert faults(written) == []
    return lxml_html.fragment_fromstring(written, create_parent="main")


def test_a_sentence_is_a_span_with_its_citations_after_it() -> None:
    assert message(so_far(spoken("LoRA **freezes** the weights.", 1, 2)), "c7-2") == (
        '<p><span id="said-c7-2-1" class="said">LoRA <strong>freezes</strong> the weights.</span> '
        '<a class="cite" href="#cite-c7-2-1" title="A page">'
        '<span class="unseen">source </span>1</a>'
        '<a class="cite" href="#cite-c7-2-2" title="A page">'
        '<span class="unseen">source </span>2</a></p>'
    )


def test_a_number_in_a_quotation_is_no_citation() -> None:
    links = tree(message(so_far(spoken("As [1] and [2](#cite-a-2) show.", 1)), "a")).findall(".//a")
    assert [link.get("href") for link in links] == ["#cite-a-1"]


def test_nothing_said_yet_is_nothing_shown() -> None:
    assert message(SoFar(), "a") == ""


def test_a_sentence_partly_supported_says_so_in_words_and_why() -> None:
    shown = tree(message(so_far(spoken("It may be.", 1, support="partial")), "a"))
    span = shown.get_element_by_id("said-a-1")
    assert span.get("class") == "said partial"
    assert "support a part of this sentence only" in span.get("title")
    assert "partly supported" in shown.text_content()


def test_a_sentence_without_support_never_stands_without_a_mark() -> None:
    shown = tree(message(so_far(spoken("It is.", support="unsupported")), "a"))
    assert "not supported" in shown.text_content()


def test_code_and_formulas_on_their_own_lines_are_sentences_too() -> None:
    said = so_far(
        spoken("```python\nx = 1\n```", 1),
        spoken("$$a^2$$", 2, before="\n\n"),
    )
    shown = tree(message(said, "a"))
    assert shown.get_element_by_id("said-a-1").text_content() == "x = 1"
    assert shown.get_element_by_id("said-a-2").text_content() == "$$a^2$$"
    assert len(shown.find_class("cite")) == 2
    assert len(shown.find_class("copy_code_button")) == 1


def test_the_cells_of_a_table_are_sentences() -> None:
    said = SoFar(
        (
            spoken(
                "It adapts.", 1, before="| | LoRA | QLoRA |\n| --- | --- | --- |\n| in short | "
            ),
            Spoken(Sentence("It is smaller.", (2,), "supported"), (citation(2),), " | ", " |"),
        )
    )
    cells = tree(message(said, "a")).findall(".//td")
    assert [len(cell.find_class("said")) for cell in cells] == [0, 1, 1]
    assert [len(cell.find_class("cite")) for cell in cells] == [0, 1, 1]


def test_an_abstention_stands_apart_and_says_so() -> None:
    declined = Answer("i", "Q?", "Q?", "abstained", "I cannot answer that from the curriculum.")
    assert message(declined, "a") == (
        '<div class="declined"><p>I cannot answer that from the curriculum.</p></div>'
    )
    assert message(replace(declined, status="clarify"), "a").startswith('<div class="clarify">')


def test_notes_stand_below() -> None:
    noted = replace(whole(spoken("Yes.", 1)), notes=("the <model> failed",))
    assert message(noted, "a").endswith('<p class="note">the &lt;model&gt; failed</p>')


def test_an_answer_whose_text_lacks_its_sentences_is_shown_as_it_is() -> None:
    foreign = replace(whole(spoken("Yes.", 1)), answer="No. [1]")
    assert joints(foreign) is None
    assert message(foreign, "a") == "<p>No. [1]</p>"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_sentence_is_text_and_the_next_one_is_still_found(name: str) -> None:
    said = so_far(
        spoken(HOSTILE[name], 1, support="partial"),
        spoken("And $x$ more.", 2, before="\n\n"),
    )
    shown = tree(message(said, "a"))
    assert shown.get_element_by_id("said-a-2").text_content() == "And $x$ more."
    assert [link.get("href") for link in shown.find_class("cite")] == ["#cite-a-1", "#cite-a-2"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_title_is_text(name: str) -> None:
    said = SoFar((Spoken(Sentence("So.", (1,), "supported"), (citation(1, HOSTILE[name]),), ""),))
    assert faults(message(said, "a")) == []
    assert "\n" not in message(said, "a")


QUESTIONS = [
    "What is LoRA?",
    "How does LoRA differ from QLoRA?",
    "Give me Python code for try and except",
    "What is the formula for self-attention?",
    "Which books are there?",
    "What comes before station 7?",
    "What is LoRA? And who wrote Hamlet?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_sentence_of_a_real_answer_is_there_while_it_comes_and_at_its_end(
    question: str, quoting: Tutor
) -> None:
    said = SoFar()
    for event in quoting.stream(question):
        if isinstance(event, Spoken):
            said = said.then(event)
            shown = tree(message(said, "a"))
            assert shown.get_element_by_id(f"said-a-{len(said.sentences)}") is not None
    assert isinstance(event, Finished)
    shown = tree(message(event.answer, "a"))
    ids = [f"said-a-{n}" for n in range(1, len(event.answer.sentences) + 1)]
    assert [e.get("id") for e in shown.iter() if e.get("id")] == ids
    cited = [n for s in event.answer.sentences for n in s.citations]
    assert [e.get("href") for e in shown.find_class("cite")] == [f"#cite-a-{n}" for n in cited]


def test_what_is_said_so_far_is_shown_as_it_will_be() -> None:
    events = (spoken("One.", 1), spoken("Two.", 2, before=" "))
    assert message(SoFar(events), "a") == message(whole(*events), "a")


def test_a_copy_has_its_sources_below() -> None:
    assert plain(whole(spoken("LoRA freezes the weights.", 1))) == (
        "LoRA freezes the weights. [1]\n\nSources:\n\n"
        "1. A page > LoRA, <https://a.example/b#:~:text=LoRA>: “LoRA freezes the weights.”"
    )


def test_a_copy_holds_nothing_hidden_and_names_own_documents() -> None:
    own = replace(
        citation(1, "in\u202evoice"), document_id="mine/a", section="", url=None, link=None
    )
    copied = plain(
        replace(whole(spoken("A.", 1)), citations=(own,), answer="A\u200b. [1]"),
    )
    assert copied == (
        "A. [1]\n\nSources:\n\n1. invoice, your own document: “LoRA freezes the weights.”"
    )
