"""Sentences with their key words left out."""

import pytest

from tutor.gaps import GAP, stems, with_gaps, with_items_left_out

DISTIL = "Distillation trains a small student to mimic a large teacher."


@pytest.mark.parametrize("count", [1, 2])
def test_so_many_gaps_and_the_rest_as_it_was(count):
    made = with_gaps(DISTIL, {"distil"}, len, count)
    assert made.text.count(GAP) == len(made.hidden) == count
    for word in made.hidden:
        assert word not in made.text
    assert made.text.startswith("Distillation trains")


def test_the_gap_takes_what_tells_most():
    weigh = {"teacher": 5.0}.get
    assert with_gaps(DISTIL, (), lambda s: weigh(s, 0.1), 1).hidden == ("large teacher",)


def test_a_word_left_out_stands_nowhere_else():
    text = "A graph has nodes, and edges join the nodes of the graph."
    made = with_gaps(text, {"graph"}, lambda s: 5.0 if s == "node" else 0.1, 1)
    assert "node" not in made.text
    assert made.hidden == ("nodes", "nodes")


@pytest.mark.parametrize(
    "text",
    [
        "The loss is $L = -\\log p$ for a class.",
        "Call `model.fit(x)` on the data.",
        "LoRA (Low-Rank Adaptation) trains low-rank matrices.",
    ],
)
def test_formulas_code_and_brackets_stay_whole(text):
    made = with_gaps(text, (), len, 5)
    for whole in ("$L = -\\log p$", "`model.fit(x)`", "(Low-Rank Adaptation)"):
        assert (whole in text) == (whole in made.text)
    assert not any(stems(h) & {"low", "rank"} for h in made.hidden)


def test_nothing_to_leave_out_gives_none():
    assert with_gaps("It is what it is.", (), len) is None
    assert with_gaps(DISTIL, stems(DISTIL), len) is None
    assert with_gaps(DISTIL, (), len, start=len(DISTIL)) is None


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Popular methods are GPTQ, AWQ and HQQ.", ("AWQ", "HQQ")),
        (
            "RLHF has three stages: supervised tuning, reward modelling and reinforcement.",
            ("reward modelling", "reinforcement"),
        ),
        (
            "The lifecycle has four stages: Scope, Select, Adapt and Align, and Integration.",
            ("Select", "Adapt and Align", "Integration"),
        ),
        (
            "Learn these stations in order: 1 (Maths, Basics), 2 (Programming), and 3 (Nets).",
            ("2 (Programming)", "3 (Nets)"),
        ),
    ],
)
def test_of_an_enumeration_the_first_item_stays(text, hidden):
    made = with_items_left_out(text)
    assert made.hidden == hidden
    assert made.text.count(GAP) == len(hidden)
    assert made.text.endswith(f" and {GAP}.")


@pytest.mark.parametrize(
    "text",
    [
        "LoRA freezes the weights.",
        "The formula has three parts: $a$, $b$ and $c$.",
        "The stage has five steps: plan, build and test.",  # not as many as it says
        "Methods are the named algorithms, files and formats.",
    ],
)
def test_what_is_no_enumeration(text):
    assert with_items_left_out(text) is None
