"""Thoughts and stop words, whatever pieces they come in."""

import pytest

from tutor.engines.streams import until, without_thinking


def pieces(text, size):
    return [text[i : i + size] for i in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("<think>Hm.</think>\n\nYes.", "Yes."),
        ("\n<think>\n</think>Yes, a </think>.", "Yes, a </think>."),
        ("Yes, <think>so.</think>", "Yes, <think>so.</think>"),
        ("<table>", "<table>"),
        ("<thi", "<thi"),
        ("<think>for ever", ""),
        ("", ""),
    ],
)
def test_thoughts_at_the_head_are_left_out(said, answer, size):
    assert "".join(without_thinking(pieces(said, size))).strip() == answer


def test_thoughts_that_the_prompt_has_begun():
    assert "".join(without_thinking(["Hm.</th", "ink>", "Yes."], begun=True)) == "Yes."


def test_what_is_no_thought_is_not_held_back():
    stream = iter(["Yes", ", ", "it is."])
    cut = without_thinking(stream)
    assert next(cut) == "Yes"
    assert list(stream) == [", ", "it is."]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize(
    ("said", "kept"),
    [("one END two", "one "), ("one EN", "one EN"), ("END", ""), ("one STOP END", "one ")],
)
def test_up_to_the_first_stop_word(said, kept, size):
    assert "".join(until(pieces(said, size), ["END", "STOP"])) == kept


def test_without_stop_words_every_piece_goes_on_at_once():
    stream = iter(["one", " two"])
    cut = until(stream, [])
    assert next(cut) == "one"
    assert list(stream) == [" two"]
