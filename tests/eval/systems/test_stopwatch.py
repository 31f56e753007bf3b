"""Stages of a question, by the clock."""

import time

import pytest

from eval.systems.stopwatch import Stopwatch

PAUSE = 0.02


def slowly(*pieces):
    for piece in pieces:
        time.sleep(PAUSE)
        yield piece


@pytest.fixture
def watch():
    return Stopwatch()


def test_the_first_sentence_is_complete_when_the_next_begins(watch):
    assert "".join(watch.watched(slowly("One is", " said.", " Two", " is not."))) == (
        "One is said. Two is not."
    )
    timings = watch.timings_ms()
    assert 3000 * PAUSE <= timings["first_sentence"] <= timings["total"] - 1000 * PAUSE
    assert timings["generate"] >= 4000 * PAUSE


def test_a_single_sentence_is_complete_at_the_end(watch):
    list(watch.watched(slowly("Only", " one.")))
    timings = watch.timings_ms()
    assert timings["first_sentence"] >= 2000 * PAUSE


def test_of_several_calls_the_last_writes_the_answer(watch):
    list(watch.watched(slowly("A query. Of two sentences.")))
    list(watch.watched(slowly("The", " answer.")))
    assert watch.timings_ms()["first_sentence"] >= 3000 * PAUSE
    assert watch.tokens == 3


def test_wording_the_query_is_no_retrieval(watch):
    list(watch.watched(slowly("A query.")))
    time.sleep(PAUSE)
    watch.note_retrieved()
    timings = watch.timings_ms()
    assert 1000 * PAUSE <= timings["retrieve"] <= timings["total"] - 1000 * PAUSE


def test_who_says_nothing_has_no_first_sentence(watch):
    list(watch.watched(["", " "]))
    assert "first_sentence" not in watch.timings_ms()


def test_a_new_question_begins_at_nothing(watch):
    list(watch.watched(slowly("One.")))
    watch.start()
    assert watch.tokens == 0
    assert watch.timings_ms()["generate"] == 0
