"""Whatever comes in, a clear reply comes out, or one line that says what to do."""

import pytest

from tutor.engines.gguf import model_file


@pytest.mark.parametrize(
    ("stdin", "why"),
    [
        pytest.param(b"", "the question is empty", id="empty"),
        pytest.param(b" \t\n \r\n", "the question is empty", id="blank"),
        pytest.param(b"\x00\x07\x1b\x7f", "the question is empty", id="control characters"),
        pytest.param("\u200b\u202e\ufeff".encode(), "the question is empty", id="invisible"),
        pytest.param(b"LoRA " * 20_000, "at most 2000 are taken; shorten it", id="100 kB"),
        pytest.param(b"x" * 2001, "has 2001 characters", id="one too long"),
    ],
)
def test_what_is_no_question_is_wrong_usage(new_shell, stdin, why):
    shell = new_shell()
    asked = shell("ask", stdin=stdin)
    assert (asked.status, asked.out) == (2, "")
    assert why in asked.error
    assert not shell.home.exists()  # it is refused before anything is loaded or built


def test_a_blank_argument_is_wrong_usage(new_shell):
    asked = new_shell()("ask", "  ")
    assert (asked.status, asked.out) == (2, "")
    assert "the question is empty" in asked.error


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("???", "What would you like to know about generative AI?"),
        ("7 * 6 = ?", "What would you like to know about generative AI?"),
        ("Что такое трансформер?", "Please ask in English"),
        ("什么是注意力机制？", "Please ask in English"),
    ],
)
def test_what_cannot_be_searched_gets_a_clear_reply(shell, question, reply):
    asked = shell("ask", question, "--no-log")
    assert (asked.status, asked.err) == (3, "")
    assert asked.out.startswith(reply)


def test_control_characters_and_bytes_that_are_no_text_are_left_out(shell):
    asked = shell(
        "ask", "--json", "--no-log", stdin=b"What\x00 is\x1b\xff LoRA?\x07", written_sentences=0
    )
    assert asked.status == 0
    assert "LoRA?" in asked.json["question"]
    assert not any(ord(c) < 32 for c in asked.json["question"])


def test_markup_in_a_question_is_text(shell):
    asked = shell("ask", "[bold]What is LoRA?[/bold] [/x]", "--no-log", written_sentences=0)
    assert asked.status in (0, 3)
    assert asked.err == ""


@pytest.fixture
def below_a_file(new_shell, tmp_path):
    """A home that nobody can make, not even root."""
    (tmp_path / "file").touch()
    return new_shell(tmp_path / "file" / "home")


@pytest.mark.parametrize(
    "command",
    [("ask", "What is LoRA?"), ("search", "LoRA"), ("index", "build")],
    ids=" ".join,
)
def test_a_home_that_cannot_be_written_is_one_line(below_a_file, command):
    result = below_a_file(*command)
    assert (result.status, result.out) == (1, "")
    assert str(below_a_file.home) in result.error
    assert "set TUTOR_HOME" in result.error


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"once upon a time", "is no GGUF model", id="text"),
        pytest.param(b"GGUF\x03\x00\x00\x00garbage", "does not load", id="garbage"),
    ],
)
def test_a_corrupt_model_is_one_line(shell, tmp_path, content, why):
    file = tmp_path / "corrupt.gguf"
    file.write_bytes(content)
    asked = shell("ask", "What is LoRA?", "--json", "--no-log", "--model", str(file))
    assert (asked.status, asked.out) == (1, "")
    assert "corrupt.gguf" in asked.error
    assert why in asked.error


def test_a_model_that_was_cut_off_is_one_line(shell, settings, tmp_path):
    whole = model_file("bundled", settings.models)
    with whole.open("rb") as stream:
        (tmp_path / "cut.gguf").write_bytes(stream.read(2_000_000))
    asked = shell(
        "ask", "What is LoRA?", "--json", "--no-log", "--model", str(tmp_path / "cut.gguf")
    )
    assert (asked.status, asked.out) == (1, "")
    assert "cut.gguf does not load" in asked.error
