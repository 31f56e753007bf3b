"""Conversations in SQLite: kept in order, by several writers, and refused in words."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from corpus.errors import HomeError
from tutor.log import ConversationLog
from tutor.records import Answer, Citation, Sentence, Turn

WRITER = """
import sys
from pathlib import Path
from tutor.log import ConversationLog
from tutor.records import Answer

log, conversation = ConversationLog(Path(sys.argv[1])), sys.argv[2]
print("ready", flush=True)
sys.stdin.read()  # until both writers are ready
for n in range(20):
    log.add(conversation, Answer(None, f"{sys.argv[3]} {n}", "", "answered", "yes"))
"""


def answer(question, text="An answer. [1]", standalone=""):
    return Answer(None, question, standalone or question, "answered", text)


def questions(log, conversation):
    return [question for question, _ in log.turns(conversation)]


@pytest.fixture
def log(tmp_path):
    return ConversationLog(tmp_path / "home" / "conversations.sqlite")


def test_a_conversation_keeps_its_turns_in_order(log):
    conversation = log.start("one?")
    for question in ("one?", "two?", "three?"):
        log.add(conversation, answer(question))
    assert questions(log, conversation) == ["one?", "two?", "three?"]


def test_answers_come_back_whole(log):
    citation = Citation(1, "d#0", "d", "T", "A > B", 7, None, "“Größe” 模型", 0, 10, 0.5)
    told = Answer("q1", "q?", "Q?", "answered", "“Größe” 模型 [1]",
                  (Sentence("“Größe” 模型", (1,), "supported"),), (citation,))  # fmt: skip
    conversation = log.start("q?")
    log.add(conversation, told)
    ((_, kept),) = log.turns(conversation)
    assert kept["answer"] == told.answer
    assert kept["sentences"] == [{"text": "“Größe” 模型", "citations": [1], "support": "supported"}]
    assert kept["citations"][0]["quote"] == "“Größe” 模型"


def test_history_is_the_last_turns_oldest_first_and_stand_alone(log):
    conversation = log.start("What is LoRA?")
    log.add(conversation, answer("What is LoRA?", "LoRA is a method."))
    log.add(conversation, answer("Why?", "To save memory.", "Why is LoRA used?"))
    log.add(conversation, answer("Since when?", "2021.", "Since when is LoRA used?"))
    assert log.history(conversation, turns=2) == [
        Turn("user", "Why is LoRA used?"),
        Turn("assistant", "To save memory."),
        Turn("user", "Since when is LoRA used?"),
        Turn("assistant", "2021."),
    ]


def test_last_is_the_conversation_with_the_latest_question(log):
    older, newer = log.start("a"), log.start("b")
    log.add(newer, answer("b"))
    log.add(older, answer("a"))
    assert log.last() == older


def test_conversations_newest_first_with_title_and_count(log):
    first, second = log.start("first?"), log.start("second?")
    log.add(first, answer("first?"))
    log.add(first, answer("and then?"))
    told = [(c.id, c.title, c.turns) for c in log.conversations()]
    assert told == [(second, "second?", 0), (first, "first?", 2)]
    assert len(log.conversations(limit=1)) == 1


def test_an_empty_log(log):
    assert log.last() is None
    assert log.conversations() == []
    assert log.history("nobody") == []


def test_it_outlives_the_process(tmp_path):
    file = tmp_path / "log.sqlite"
    conversation = ConversationLog(file).start("kept?")
    ConversationLog(file).add(conversation, answer("kept?"))
    assert questions(ConversationLog(file), conversation) == ["kept?"]


def test_hostile_text_is_only_text(log):
    conversation = log.start("x'; DROP TABLE turns; --")
    log.add(conversation, answer("x'; DROP TABLE turns; --", 'a"b\\c\x00d\n'))
    ((question, kept),) = log.turns(conversation)
    assert (question, kept["answer"]) == ("x'; DROP TABLE turns; --", 'a"b\\c\x00d\n')


def write_at_once(file, conversations):
    """Two processes, 20 turns each, started together; returns what they print on failure."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), conversation, f"writer{n}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for n, conversation in enumerate(conversations)
    ]  # fmt: skip
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.close()
        writer.stdin = None  # communicate() would close it once more
    return [(writer.communicate()[1], writer.returncode) for writer in writers]


def test_two_processes_write_two_conversations(tmp_path):
    log = ConversationLog(tmp_path / "log.sqlite")
    conversations = [log.start("a"), log.start("b")]
    assert write_at_once(tmp_path / "log.sqlite", conversations) == [("", 0), ("", 0)]
    for n, conversation in enumerate(conversations):
        assert questions(log, conversation) == [f"writer{n} {i}" for i in range(20)]


def test_two_windows_write_one_conversation_at_the_same_moment(tmp_path):
    log = ConversationLog(tmp_path / "log.sqlite")
    conversation = log.start("shared")

    class Interrupted(Answer):
        """While it is being written, another window adds its own."""

        __slots__ = ()

        def as_json(self):
            other = threading.Thread(target=log.add, args=(conversation, answer("b")))
            other.start()
            other.join(timeout=1)  # it may rightly wait until this one is done
            return answer("a").as_json()

    log.add(conversation, Interrupted(None, "a", "a", "answered", "yes"))
    # The other window waits at most ten seconds for its turn: look until it has had it.
    for _ in range(100):
        if len(questions(log, conversation)) == 2:
            break
        time.sleep(0.1)
    assert sorted(questions(log, conversation)) == ["a", "b"]


def test_two_processes_open_a_new_log(tmp_path):
    told = write_at_once(tmp_path / "new" / "log.sqlite", ["a", "b"])
    assert [code for _, code in told] == [0, 0], told


def test_a_waiting_writer_gets_its_turn(tmp_path):
    file = tmp_path / "log.sqlite"
    log = ConversationLog(file)
    conversation = log.start("a")
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file), conversation, "late"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert log.turns(conversation) == []  # reading goes on
        other.rollback()
    assert writer.communicate()[1] == ""
    assert len(questions(log, conversation)) == 20


def in_a_file(tmp_path):
    (tmp_path / "file").write_text("in the way")
    return tmp_path / "file" / "log.sqlite"


def a_folder(tmp_path):
    (tmp_path / "log.sqlite").mkdir()
    return tmp_path / "log.sqlite"


def no_database(tmp_path):
    (tmp_path / "log.sqlite").write_text("this is no database, but it is long enough " * 40)
    return tmp_path / "log.sqlite"


@pytest.mark.parametrize("place", [in_a_file, a_folder, no_database])
def test_a_log_that_cannot_be_written(tmp_path, place):
    file = place(tmp_path)
    with pytest.raises(HomeError, match=r"cannot write the conversation log .*; use --no-log"):
        ConversationLog(file).start("What is LoRA?")


def test_what_is_no_database_is_left_as_it_was(tmp_path):
    file = no_database(tmp_path)
    before = file.read_bytes()
    with pytest.raises(HomeError):
        ConversationLog(file).last()
    assert file.read_bytes() == before


def test_reading_creates_nothing(tmp_path):
    ConversationLog(tmp_path / "home" / "log.sqlite").last()
    assert not (tmp_path / "home").exists()
