"""Answers on a terminal and in a pipe: the same words, tables drawn where lines can be."""

import io

import pytest
from rich.console import Console

from tutor.answer import Tutor
from tutor.cli.screen import _print_events

QUESTION = "What is the difference between LoRA and QLoRA?"


@pytest.fixture(scope="module")
def tutor(index, settings):
    return Tutor(index, settings.model_copy(update={"written_sentences": 0}), None)


def shown(events, terminal):
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=terminal, width=100, soft_wrap=not terminal)
    answer = _print_events(console, events, True, None)
    return screen.getvalue(), answer


def test_a_pipe_gets_the_answer_as_it_is(tutor):
    text, answer = shown(tutor.stream(QUESTION), terminal=False)
    assert text.strip() == answer.answer


def test_a_terminal_gets_a_drawn_table_with_every_cell_and_marker(tutor):
    text, answer = shown(tutor.stream(QUESTION), terminal=True)
    assert "| --- |" not in text
    assert "━" in text or "─" in text
    for citation in answer.citations:
        assert f"[{citation.n}]" in text


@pytest.mark.parametrize("terminal", [True, False])
def test_plain_sentences_are_printed_one_after_the_other(tutor, terminal):
    text, answer = shown(tutor.stream("What is BM25?"), terminal)
    assert all(f"[{citation.n}]" in text for citation in answer.citations)
