"""``tutor logs``: the conversations of a home."""

import time

import pytest

from tutor.log import ConversationLog
from tutor.records import Answer


@pytest.fixture(scope="module")
def kept(new_shell):
    """A shell whose home holds two conversations, and their ids, older first."""
    shell = new_shell()
    log = ConversationLog(shell.home / "conversations.sqlite")
    ids = []
    for questions in (["What is LoRA?", "And QLoRA?"], ["Was ist “Ü”?"]):
        ids.append(log.start(questions[0]))
        for question in questions:
            log.add(ids[-1], Answer(None, question, question, "answered", f"About {question} [1]"))
        time.sleep(0.01)  # "newest first" needs two times
    return shell, ids


def test_conversations_are_listed_newest_first(kept):
    shell, (older, newer) = kept
    first, second = shell("logs").out.splitlines()
    assert first.startswith(newer)
    assert first.endswith("1 questions  Was ist “Ü”?")
    assert second.startswith(older)
    assert second.endswith("2 questions  What is LoRA?")


def test_the_list_as_json(kept):
    shell, (older, newer) = kept
    listed = shell("logs", "--json").json
    assert [(c["id"], c["title"], c["turns"]) for c in listed] == [
        (newer, "Was ist “Ü”?", 1),
        (older, "What is LoRA?", 2),
    ]
    assert all(abs(time.time() - c["started"]) < 3600 for c in listed)


def test_n_limits_the_list(kept):
    shell, (_, newer) = kept
    assert [c["id"] for c in shell("logs", "--json", "-n", "1").json] == [newer]


def test_one_conversation_is_shown_in_full(kept):
    shell, (older, _) = kept
    assert shell("logs", older).out == (
        "> What is LoRA?\n\nAbout What is LoRA? [1]\n\n> And QLoRA?\n\nAbout And QLoRA? [1]\n\n"
    )


def test_one_conversation_as_json_holds_its_answers(kept):
    shell, (older, _) = kept
    answers = shell("logs", older, "--json").json
    assert [(a["question"], a["status"]) for a in answers] == [
        ("What is LoRA?", "answered"),
        ("And QLoRA?", "answered"),
    ]


def test_one_conversation_is_exported_as_markdown(kept):
    shell, (older, _) = kept
    told = shell("logs", older, "--export", "markdown").out
    assert told.startswith("# What is LoRA?\n\n> What is LoRA?\n\n*")
    assert told.endswith("About And QLoRA? [1]\n")


def test_one_conversation_is_exported_as_json(kept):
    shell, (older, _) = kept
    told = shell("logs", older, "--export", "json").json
    assert told["title"] == "What is LoRA?"
    assert [(t["number"], t["answer"]["answer"]) for t in told["turns"]] == [
        (1, "About What is LoRA? [1]"),
        (2, "About And QLoRA? [1]"),
    ]


@pytest.mark.parametrize(
    "wrong", [["--export", "json"], ["x", "--json", "--export", "json"], ["x", "--export", "pdf"]]
)
def test_what_cannot_be_exported_is_wrong_usage(kept, wrong):
    shell, _ = kept
    result = shell("logs", *wrong)
    assert (result.status, result.out) == (2, "")
    assert "--export" in result.error


def test_conversations_of_the_chat_are_not_shown(new_shell):
    shell = new_shell()
    log = ConversationLog(shell.home / "conversations.sqlite")
    hers = log.start("What is LoRA?", "ada")
    log.add(hers, Answer(None, "q", "q", "answered", "a"), owner="ada")
    assert shell("logs").out == ""
    assert shell("logs", hers).status == 2
    assert shell("logs", hers, "--export", "markdown").status == 2


def test_an_unknown_conversation_is_wrong_usage(kept):
    shell, _ = kept
    result = shell("logs", "nowhere")
    assert (result.status, result.out) == (2, "")
    assert "all of them: tutor logs" in result.error


def test_a_home_without_conversations_lists_none(new_shell):
    shell = new_shell()
    assert shell("logs").out == ""
    assert shell("logs", "--json").json == []


def test_a_log_that_is_no_database_is_one_line(new_shell):
    shell = new_shell()
    shell.home.mkdir(parents=True)
    (shell.home / "conversations.sqlite").write_text("these are no conversations " * 100)
    result = shell("logs")
    assert (result.status, result.out) == (1, "")
    assert "conversations.sqlite" in result.error
