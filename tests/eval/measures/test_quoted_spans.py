"""RAGAS's quoted-spans alignment, sentence by sentence, by hand."""

from __future__ import annotations

import pytest

from eval.measures.quoted_spans import QUOTED_SPANS
from eval.systems.tutor import TutorSystem

LORA = "LoRA freezes the base weights, which saves memory."
HNSW = "HNSW searches a graph of the vectors."


@pytest.fixture
def score(make_record):
    """The figure of an answer that cites LORA as [1] and HNSW as [2]."""

    def of(*sentences, quotes=(LORA, HNSW)):
        told = [{"text": text, "citations": numbers} for text, numbers in sentences]
        citations = [{"n": n, "quote": quote} for n, quote in enumerate(quotes, 1)]
        reply = {"answer": "told", "sentences": told, "citations": citations}
        return QUOTED_SPANS.score(make_record(reply=reply))

    return of


@pytest.mark.parametrize(
    ("case", "text", "numbers", "expected"),
    [
        ("word for word", LORA, [1], 1),
        ("cut at a comma, with an end mark of its own", "LoRA freezes the base weights.", [1], 1),
        ("another case and spacing", "lora  FREEZES the\nbase weights", [1], 1),
        ("in other words", "LoRA leaves the base weights alone.", [1], 0),
        ("an article dropped", "LoRA freezes base weights.", [1], 0),
        ("true of the other source only", LORA, [2], 0),
        ("nothing cited", LORA, [], 0),
        ("a number without an entry", LORA, [7], 0),
    ],
)
def test_one_sentence(score, case, text, numbers, expected):
    assert score((text, numbers)) == expected, case


def test_mean_over_sentences_long_enough(score):
    # Found, not found; "Not so." has two words and is left out.
    assert score((LORA, [1]), ("HNSW needs a graph.", [2]), ("Not so.", [2])) == 1 / 2
    assert score(("Not so.", [2])) is None


@pytest.mark.parametrize(
    "quote",
    [
        "A model's weights don't change at all.",
        "A “frozen” layer isn't trained by 'SGD' or \"Adam\".",
        "Call `model.eval()` before you don't know what.",
        "```python\nprint('one', \"two\")\nprint(`three`)\n```",
    ],
)
def test_quotation_marks_of_the_text_do_not_cut_it(score, quote):
    assert score((quote, [1]), quotes=[quote]) == 1.0
    assert score((quote + " And bananas are yellow", [1]), quotes=[quote]) == 0.0


def test_declined_and_failed_replies_have_no_figure(make_record):
    declined = make_record(reply={"status": "abstained", "answer": "I cannot answer that."})
    assert QUOTED_SPANS.score(declined) is None
    assert QUOTED_SPANS.score(make_record(reply=None)) is None


def test_tutor_that_only_quotes_is_aligned(quoting, make_record):
    reply = TutorSystem(quoting).ask("What is the difference between HNSW and IVF?", [])
    assert QUOTED_SPANS.score(make_record(reply=reply)) == 1.0
