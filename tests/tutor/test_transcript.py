"""Conversations to take away: what was said with its sources, and nothing that acts."""

import json

import pytest
from markdown_it import MarkdownIt

from tutor.inert import inert, plain
from tutor.logged import LoggedTurn
from tutor.transcript import as_json, as_markdown

LINK = "https://arxiv.org/abs/2106.09685#:~:text=LoRA%20freezes"
CITATION = {
    "n": 1, "title": "LoRA: Low-Rank Adaptation", "section": "Paper > 4.1", "station": 7,
    "page": 3, "url": "https://arxiv.org/abs/2106.09685", "link": LINK,
    "quote": "LoRA freezes $W_0$:\n\n```python\nw.requires_grad = False\n```",
}  # fmt: skip
OWN = {
    "n": 2, "title": "notes.md", "section": "", "station": None, "page": None, "url": None,
    "link": None, "quote": "A note.",
}  # fmt: skip


def turn(question="What is LoRA?", answer="It freezes $W_0$. [1][2]", citations=(CITATION, OWN)):
    return LoggedTurn(
        1, 1.7e9, question, {"answer": answer, "citations": list(citations)}, [{"rank": 4}]
    )


def test_markdown_holds_question_answer_and_sources():
    assert as_markdown("What is LoRA?", [turn()]) == (
        "# What is LoRA?\n\n"
        "> What is LoRA?\n\n"
        "*2023-11-14 22:13 UTC*\n\n"
        "It freezes $W_0$. [1][2]\n\n"
        "**Sources**\n\n"
        "- \\[1\\] **LoRA: Low-Rank Adaptation**, Paper > 4.1, station 7, page 3, "
        f"<{LINK}>\n\n"
        "  > LoRA freezes $W_0$:\n  >\n  > ```python\n  > w.requires_grad = False\n  > ```\n\n"
        "- \\[2\\] **notes.md**\n\n"
        "  > A note.\n"
    )


def test_turns_are_told_apart_and_an_answer_without_sources_has_none():
    told = as_markdown("Two", [turn("one?"), turn("two?", "I do not know.", ())])
    assert told.count("\n---\n") == 1
    assert told.count("**Sources**") == 1
    assert told.endswith("I do not know.\n")


def test_json_holds_all_that_was_kept():
    told = json.loads(as_json("“Ü”", [turn()]))
    assert told["title"] == "“Ü”"
    (only,) = told["turns"]
    assert only["answer"]["citations"] == [CITATION, OWN]
    assert (only["number"], only["asked"], only["retrieved"]) == (1, 1.7e9, [{"rank": 4}])


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a\n\n<div onclick=x>\n\nb",
    "<!-- hidden --> <?php ?> <![CDATA[x]]> </p>",
    "[here](javascript:alert(1)) [here](  JaVaScRiPt:x) [a](\ndata:text/html,x) [b](<vbscript:x>)",
    "[entity](&#106;avascript:x) [tab](java\tscript:x) [none](//evil.example)",
    "![pixel](https://evil.example/x.png) ![ref][r]\n\n[r]: https://evil.example/y.png",
    "[click][r]\n\n- > [r]:\n  javascript:alert(1)",
    "<javascript:alert(1)> <https://evil.example/>",
    "` x\n`<script>alert(1)</script>`",
    "\\`<b>` and ``<i>` ``",
    "- ```\n  ```\n<script>alert(1)</script>\n```\n",
    "~~~ a`b\n~~~\n<script>alert(1)</script>\n~~~",
    "```\n```~\n<script>\n```\n<script>alert(1)</script>",
    "```\nleft open\n<script>",
    "[x]: y\n    <script>alert(1)</script>",
    "$<script>alert(1)</script>$ $$\n<img src=x>\n$$ `[a](javascript:x)` $[a](javascript:x)$",
    "| a | b |\n|---|---|\n| `<b>|</b>` | <u>x</u> |",
    "\\<script>\\](javascript:x) \\![x](https://evil.example/x.png)",
    "> <script>alert(1)</script>\n> [r]: javascript:x",
    "```\n    ```\n<b>",
    "- ```\n  left open in a list",
    "> ~~~~\n> left open in a quotation\n> ~~~",
    "text\n```",
    "    <script>alert(1)</script>\n\n\t<b>",
]


def acting(markdown):
    """What a viewer that takes HTML would act on: HTML, images, and links elsewhere than to us."""
    for flavour in ("commonmark", "gfm-like"):
        options = {"html": True, "linkify": False}
        for token in MarkdownIt(flavour, options).parse(markdown):
            for each in [token, *(token.children or ())]:
                if each.type in ("html_block", "html_inline", "image"):
                    yield each.content
                if each.type == "link_open" and each.attrs["href"] != LINK:
                    yield each.attrs["href"]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_cannot_act(text):
    citation = CITATION | {"title": text, "section": text, "quote": text}
    told = as_markdown(text, [turn(text, text, [citation]), turn()])
    assert list(acting(told)) == []
    # What follows is still there as what it is.
    assert told.endswith("  > A note.\n")
    rendered = MarkdownIt("commonmark", {"html": True}).render(told)
    assert rendered.count("<strong>Sources</strong>") == 2


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_an_address_that_is_not_of_the_web_is_text(link):
    told = as_markdown("t", [turn(citations=[CITATION | {"link": link}])])
    assert list(acting(told)) == []
    assert link.split(":")[0] in told


def test_an_address_cannot_break_out_of_its_link():
    told = as_markdown("t", [turn(citations=[CITATION | {"link": "https://a.example/> <b>"}])])
    assert "<https://a.example/%3E%20%3Cb%3E>" in told


def test_invisible_characters_are_taken_out():
    told = as_markdown("a\u202eb", [turn("q\u200b?", "x\u2066y\x1b[31m\U000e0041")])
    assert not set(told) & set("\u202e\u200b\u2066\x1b\U000e0041")


@pytest.mark.parametrize(
    "text",
    [
        "Plain, with *emphasis*, **weight**, 1 < 2 and a list:\n\n- [1] one\n- two",
        "| a | b |\n|---|---|\n| 1 [1] | 2 |",
        "$W = W_0 + \\frac{\\alpha}{r} B A$ and $a < b$",
        "```cpp\n#include <vector>\nstd::vector<int> x = f[0](1);\n```",
        "[a paper](https://arxiv.org/abs/2106.09685) or [mail](mailto:a@b.example)",
        "`x[1:2]` and `pip install x`",
        "1. In a list:\n   ```\n   <b>\n   ```\n2. next",
    ],
)
def test_what_does_not_act_is_left_as_it_is(text):
    assert inert(text) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_plain_text_is_shown_letter_by_letter(text):
    one_line = " ".join(text.split())
    (_, inline, _) = MarkdownIt("commonmark", {"html": True}).parse(f"x {plain(one_line)}")
    assert "".join(child.content for child in inline.children) == f"x {one_line}"
