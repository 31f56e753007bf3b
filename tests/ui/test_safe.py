"""What strangers wrote, made inert: in text, titles, Markdown, links, formulas and code."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import html as lxml_html

from tests.ui.hostile import HOSTILE, faults
from ui.text import safe
from ui.text.characters import CLOSE, MARKS, OPEN
from ui.text.formulas import settable
from ui.text.markup import marked_up
from ui.text.stretches import Wrap, enclosed

EVERY_WAY = [safe.markdown, safe.text, safe.inline]


def seen(written: str) -> str:
    """The text that a reader sees."""
    return str(lxml_html.fragment_fromstring(written, create_parent="main").text_content())


def test_there_are_forty_hostile_texts() -> None:
    assert len(HOSTILE) == 40
    assert len(set(HOSTILE.values())) == 40


@pytest.mark.parametrize("way", EVERY_WAY)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_text(way: object, name: str) -> None:
    assert callable(way)
    assert faults(way(HOSTILE[name])) == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_inert_wherever_it_stands_in_markdown(name: str) -> None:
    text = HOSTILE[name]
    for around in (
        "- {}",
        "> {}",
        "# {}",
        "| a | {} |\n|---|---|\n| b | {} |",
        "**{}**",
        "[x]({})",
        "![{}](x)",
        "`{}`",
        "$${}$$",
        "a\n\n    {}",
        "<{}>",
        "[{}](https://a.example)",
    ):
        assert faults(safe.markdown(around.replace("{}", text))) == [], around


def test_the_check_finds_what_it_should() -> None:
    """A check that finds nothing anywhere would prove nothing."""
    assert faults("<script>1</script>") == ["<script>"]
    assert faults('<p onclick="x">a</p>') == ["p onclick"]
    assert faults('<a href="javascript:x">a</a>') == ["href javascript:x"]
    assert faults('<p class="mermaid">a</p>') == ["class mermaid"]
    assert faults("<p>a\u202eb</p>") == ["hidden 202E"]
    assert faults("<p>a</p><!-- b -->") != []


# characters


def test_a_name_that_reads_backwards_shows_what_it_is() -> None:
    assert safe.one_line("invoice\u202egnp.exe") == "invoicegnp.exe"


def test_what_is_hidden_in_tag_characters_and_selectors_is_gone() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "obey")
    assert safe.cleaned(f"Hi{hidden}\u200b\ufe0f\U000e0101 there") == "Hi there"


def test_what_has_no_picture_is_shown_as_such() -> None:
    assert safe.cleaned("a\x00b\x1b[0m\ue000\ud800\ufdd0") == "a�b�[0m���"


def test_line_breaks_of_all_kinds_are_kept_as_one_kind() -> None:
    assert safe.cleaned("a\r\nb\rc\u2028d\x0be\tf") == "a\nb\nc\nd\ne\tf"


def test_marks_piled_on_a_letter_are_cut_down_and_accents_stay() -> None:
    assert safe.cleaned("e\u0301 z" + "\u0335" * 50) == "e\u0301 z" + "\u0335" * 4


def test_our_own_signs_cannot_be_typed() -> None:
    assert safe.cleaned(f"{OPEN}x{CLOSE}{MARKS}") == "�x��"


def test_a_title_is_one_line_of_at_most_120_characters() -> None:
    title = safe.one_line("Weights\n and   biases " + "x" * 200)
    assert title.startswith("Weights and biases x")
    assert len(title) == 120
    assert title.endswith("…")


def test_a_title_in_another_direction_is_set_apart() -> None:
    assert safe.inline("שלום (1)") == "<bdi>שלום (1)</bdi>"
    assert safe.inline("Hello (1)") == "Hello (1)"


def test_what_a_learner_typed_keeps_its_lines_and_is_no_markdown() -> None:
    assert safe.text("**a** <b>\nsecond\n\nthird") == (
        "<p>**a** &lt;b&gt;<br>second</p>\n\n<p>third</p>"
    )


# links


@pytest.mark.parametrize(
    ("given", "href"),
    [
        ("https://[::1]:80/a", "https://[::1]:80/a"),
        ("https://a.example/b?c=1&d=2#:~:text=x,y", "https://a.example/b?c=1&d=2#:~:text=x,y"),
        ("http://a.example:8080/", "http://a.example:8080/"),
        ("https://раураl.example/", "https://xn--l-7sba6dbr.example/"),
        ("mailto:a.b@c.example", "mailto:a.b@c.example"),
    ],
)
def test_an_address_of_the_web_is_kept(given: str, href: str) -> None:
    assert safe.address(given) == href


@pytest.mark.parametrize(
    "given",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        " javascript:alert(1)",
        "java\tscript:1",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//a.example",
        "/gradio_api/x",
        "#cite-a-1",
        "https://bank.example@evil.example",
        "https://",
        "https://[",
        "https://a:b/",
        "https://a.example\\@evil.example",
        "https://a.exam\u200bple",
        "mailto:a@b?body=x",
        "",
        None,
        "https://a.example/" + "x" * 3000,
        "blob:https://a.example/1",
        "ws://a.example",
    ],
)
def test_any_other_address_is_none(given: str | None) -> None:
    assert safe.address(given) is None


def test_a_link_goes_to_a_new_page_and_tells_where_on_hover() -> None:
    assert safe.markdown("[LoRA](https://a.example/b)") == (
        '<p><a href="https://a.example/b" title="https://a.example/b" '
        'rel="noopener noreferrer nofollow" target="_blank">LoRA</a></p>'
    )


def test_a_link_that_may_not_be_one_stays_as_it_was_written() -> None:
    assert safe.markdown("[**a**](javascript:x)") == "<p>[<strong>a</strong>](javascript:x)</p>"


def test_strangers_can_neither_define_links_nor_make_citations() -> None:
    assert "<a" not in safe.markdown("[1]: https://evil.example\n\nSo it is [1].")
    assert "<a" not in safe.markdown("So it is [1](#cite-1-1).")


def test_an_image_is_its_text_and_its_address() -> None:
    assert safe.markdown("![a cat](https://a.example/cat.png)") == (
        "<p>a cat (https://a.example/cat.png)</p>"
    )


# Markdown


def test_tables_lists_and_headings() -> None:
    written = safe.markdown("# Head\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n3. three\n4. four")
    assert written.split("\n\n") == [
        '<p class="heading"><strong>Head</strong></p>',
        '<div class="table_wrap" tabindex="0"><table><thead><tr><th scope="col">a</th>'
        '<th scope="col" class="right">b</th></tr></thead><tbody><tr><td>1</td>'
        '<td class="right">2</td></tr></tbody></table></div>',
        '<ol start="3"><li>three </li><li>four </li></ol>',
    ]


def test_code_keeps_its_lines_without_a_line_break_of_its_own() -> None:
    """An empty line would end the block for gradio's Markdown parser."""
    written = safe.markdown("```python\nx = '$HOME'\n\n\ty < 1\n```", copy="Copy")
    assert "\n" not in written
    assert '<code class="language-python">' in written
    assert seen(written) == "x = '$HOME'\n\n\ty < 1"
    assert 'class="copy_code_button" title="Copy"' in written


@pytest.mark.parametrize("name", HOSTILE)
def test_every_block_is_one_line_that_begins_with_a_block_of_html(name: str) -> None:
    """So gradio's parser hands it on as it is, and reads no Markdown in it."""
    blocks = safe.markdown(f"a\n\n{HOSTILE[name]}\n\nb").split("\n\n")
    assert all(re.match(r"<(?:p|div|ul|ol|table|blockquote|hr)\b", block) for block in blocks)
    assert not any("\n" in block for block in blocks)


# formulas


def test_formulas_are_left_whole_for_katex() -> None:
    assert safe.markdown("So $a < b_i$ and $$x\n= y$$.") == (
        '<p>So <span class="formula">$a &lt; b_i$</span> and '
        '<span class="formula display">$$x = y$$</span>.</p>'
    )


def test_prices_are_no_formulas_and_find_no_second_sign() -> None:
    assert safe.markdown("From $5 to $6.") == (
        "<p>From <span>&#36;</span>5 to <span>&#36;</span>6.</p>"
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_each_dollar_sign_that_gradio_sees_is_of_a_formula(name: str) -> None:
    """gradio takes what stands between two of them out of the message before it parses it."""
    for written in (safe.markdown(HOSTILE[name]), safe.text(HOSTILE[name])):
        outside = re.sub(r'<span class="formula[^>]*>(\$\$?)[^$]+\1</span>', "", written)
        assert "$" not in outside
        assert "%%%" not in written


@pytest.mark.parametrize(
    "tex",
    [
        r"\frac{a}{b}",
        r"\hspace{1em} x_{12}",
        r"a \\ 12",
        r"\begin{matrix} 1 \\[2em] 20 \end{matrix}",
        "a < b > c",
        r"100{,}480",
        r"\text{class}",
        r"\$5 \cdot x",
        r"\left[ 12 \right]",
    ],
)
def test_what_a_formula_needs_is_set(tex: str) -> None:
    assert settable(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{x}{y}",
        r"\url{x}",
        r"\includegraphics{x}",
        r"\htmlClass{a}{b}",
        r"\htmlStyle{a}{b}",
        r"\htmlData{a=b}{c}",
        r"\htmlId{a}{b}",
        r"\class{a}{b}",
        r"\def\a{b}",
        r"\gdef\a{b}",
        r"\newcommand{\a}{b}",
        r"\rule{500em}{500em}",
        r"\kern-9em x",
        r"\hspace*{-2em}",
        r"a \\[99em] b",
        r"\message{x}",
        "<b>x</b>",
        "<!-- x",
        "x" * 3000,
        " ",
        "a$b",
    ],
)
def test_what_a_formula_does_not_need_is_shown_as_code(tex: str) -> None:
    assert not settable(tex)
    assert safe.formula(tex).startswith('<code class="formula">&#36;')


def test_a_comment_cannot_swallow_the_rest_of_a_formula() -> None:
    assert "$a b$" in safe.formula("a % $ trick\n b")


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run KaTeX with")
def test_the_katex_that_gradio_brings_does_not_trust_formulas() -> None:
    package = find_spec("gradio")
    assert package is not None
    assert package.origin is not None
    assets = Path(package.origin).parent / "templates" / "frontend" / "assets"
    katex = next(assets.glob("katex-*.js"))
    script = (
        f"const k = (await import({str(katex)!r})).default;"
        "const set = (tex) => k.renderToString(tex, {throwOnError: false, strict: false});"
        r"console.log(set('\\href{javascript:x}{y}') + set('\\includegraphics{https://a/b}'));"
        r"console.log(set('\\char36 5'));"
    )
    ran = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        check=True,
    )
    refused, dollar = ran.stdout.splitlines()
    assert "<a " not in refused
    assert "<img" not in refused
    assert "katex-error" not in dollar
    assert ">$<" in dollar


# stretches of Markdown


def said(text: str, *parts: str) -> str:
    """Markdown with each part in a span of its own."""
    for part in parts:
        text = text.replace(part, enclosed(part), 1)
    return marked_up(text, [Wrap("span", f"s{n}", "said") for n in range(1, len(parts) + 1)])


def test_a_stretch_is_put_into_one_element() -> None:
    assert said("One. **Two** is *it*. Three.", "**Two** is *it*.") == (
        '<p>One. <span id="s1" class="said"><strong>Two</strong> is <em>it</em>.</span> Three.</p>'
    )


def test_a_stretch_that_crosses_others_has_several_and_one_id() -> None:
    written = said("A **bold. Next** one.", "bold. Next** one.")
    assert written == (
        '<p>A <strong><span id="s1" class="said">bold. Next</span></strong>'
        '<span class="said"> one.</span></p>'
    )


@pytest.mark.parametrize(
    ("part", "written"),
    [
        ("- a point", '<ul><li><span id="s1" class="said">a point</span> </li></ul>'),
        (
            "## Head",
            '<p class="heading"><strong><span id="s1" class="said">Head</span></strong></p>',
        ),
        (
            "$$a^2$$",
            '<div class="formula-block"><span id="s1" class="said">'
            '<span class="formula display">'
            "$$a^2$$</span></span></div>",
        ),
        ("`code`", '<p><span id="s1" class="said"><code>code</code></span></p>'),
        (
            "```\na\n```",
            '<div class="code_wrap"><pre tabindex="0"><code>'
            '<span id="s1" class="said">a</span></code></pre></div>',
        ),
    ],
)
def test_a_stretch_leaves_markdown_what_it_is(part: str, written: str) -> None:
    assert said(part, part) == written


def test_a_stretch_that_ends_in_an_address_is_kept_as_plain_text() -> None:
    """Its sign would be lost in the link, and all later sentences would be wrongly named."""
    written = said("See [a](https://a.example/b.c). And **more**.", "c).", "And **more**.")
    spans = lxml_html.fragment_fromstring(written).iter("span")
    assert [(span.get("id"), span.text) for span in spans] == [
        ("s1", "c)."),
        ("s2", "And **more**."),
    ]
    assert seen(written) == "See [a](https://a.example/b.c). And **more**."
