"""Who is next."""

from __future__ import annotations

import pytest

from ui.asking.line import Line


def line(*items: str) -> Line[str]:
    """Items named by their owner: "a1" is the first of "a"."""
    made: Line[str] = Line()
    for item in items:
        made.join(item[0], item)
    return made


def test_owners_take_turns_and_each_is_served_in_order() -> None:
    assert list(line("a1", "a2", "a3", "b1", "b2", "c1")) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_taking_follows_the_order_that_was_shown() -> None:
    waiting = line("a1", "a2", "a3", "b1", "b2", "c1")
    taken = []
    while len(waiting):
        assert waiting.place(next(iter(waiting))) == 1
        taken.append(waiting.take())
        waiting.back(taken[-1][0])
    assert taken == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_who_comes_while_another_is_served_goes_before_that_ones_next() -> None:
    waiting = line("a1", "a2", "a3")
    assert waiting.take() == "a1"
    waiting.join("b", "b1")
    assert list(waiting) == ["b1", "a2", "a3"]


def test_newcomers_without_end_do_not_keep_an_owner_waiting_for_more_than_one_round() -> None:
    waiting = line("a1", "a2")
    waiting.take()
    waiting.join("b", "b1")
    waiting.back("a")
    waiting.join("c", "c1")
    assert waiting.take() == "b1"
    waiting.join("d", "d1")
    assert list(waiting) == ["a2", "c1", "d1"]


def test_leaving() -> None:
    waiting = line("a1", "a2", "b1")
    assert waiting.leave("a", "a1")
    assert not waiting.leave("a", "a1")
    assert not waiting.leave("nobody", "a2")
    assert list(waiting) == ["a2", "b1"]
    assert (waiting.count("a"), waiting.count("nobody"), len(waiting)) == (1, 0, 2)
    assert waiting.place("b1") == 2
    assert waiting.place("a1") is None


def test_an_empty_line_has_no_next() -> None:
    waiting = line("a1")
    assert waiting.clear() == ["a1"]
    with pytest.raises(StopIteration):
        waiting.take()
