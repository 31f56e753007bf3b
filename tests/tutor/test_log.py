"""Conversations in SQLite: kept in order, by several writers, and refused in words."""

import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing

import pytest

from corpus.errors import HomeError, UsageError
from index import Chunk, Hit, Signals
from tutor.log import ConversationLog, answer_from_json, uncited
from tutor.logfile import VERSION
from tutor.records import Answer, Citation, Nearest, Sentence, Turn

WRITER = """
import sys
from pathlib import Path
from tutor.log import ConversationLog
from tutor.records import Answer

log, conversation = ConversationLog(Path(sys.argv[1])), sys.argv[2]
print("ready", flush=True)
sys.stdin.read()  # until both writers are ready
conversation = conversation or log.start("new")
for n in range(20):
    log.add(conversation, Answer(None, f"{sys.argv[3]} {n}", "", "answered", "yes"))
"""


def answer(question, text="An answer. [1]", standalone=""):
    return Answer(None, question, standalone or question, "answered", text)


def questions(log, conversation):
    return [turn.question for turn in log.turns(conversation)]


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
    (turn,) = log.turns(conversation)
    kept = turn.answer
    assert kept["answer"] == told.answer
    assert kept["sentences"] == [{"text": "“Größe” 模型", "citations": [1], "support": "supported"}]
    assert kept["citations"][0]["quote"] == "“Größe” 模型"
    assert answer_from_json(kept) == told


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
    (turn,) = log.turns(conversation)
    assert (turn.question, turn.answer["answer"]) == ("x'; DROP TABLE turns; --", 'a"b\\c\x00d\n')


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
    file = tmp_path / "new" / "log.sqlite"
    told = write_at_once(file, ["", ""])
    assert [code for _, code in told] == [0, 0], told
    assert [c.turns for c in ConversationLog(file).conversations()] == [20, 20]


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


# Whose it is


@pytest.fixture
def hers(log):
    """Id of a conversation of Ada's in a log that the command line uses as well."""
    conversation = log.start("What is LoRA?", "ada")
    log.add(conversation, answer("What is LoRA?"), owner="ada")
    return conversation


@pytest.mark.parametrize("other", ["", "bob", "ADA", "%"])
def test_nobody_but_the_owner_can_tell_that_a_conversation_is_there(log, hers, other):
    assert log.turns(hers, other) == []
    assert log.history(hers, owner=other) == []
    assert log.last(other) is None
    assert log.conversation(hers, other) is None
    assert log.conversations(owner=other) == []
    assert log.conversations(owner=other, search="LoRA") == []
    assert log.delete(hers, other) is False
    for changed in (
        lambda: log.add(hers, answer("?"), owner=other),
        lambda: log.replace(hers, 1, answer("?"), owner=other),
        lambda: log.cut(hers, 1, other),
        lambda: log.rename(hers, "mine", other),
    ):
        with pytest.raises(UsageError, match="there is no conversation"):
            changed()
    (kept,) = log.conversations(owner="ada")
    assert (kept.title, kept.turns) == ("What is LoRA?", 1)


def test_the_command_line_does_not_go_on_with_a_conversation_of_a_browser(log):
    own = log.start("mine?")
    log.add(own, answer("mine?"))
    later = log.start("hers?", "ada")
    log.add(later, answer("hers?"), owner="ada")
    assert (log.last(), log.last("ada")) == (own, later)


# Renaming, deleting, asking again


def test_a_name_is_one_line_of_120_characters(log, hers):
    log.rename(hers, "  Low-rank\nadaptation " + "x" * 200, "ada")
    title = log.conversation(hers, "ada").title
    assert title == "Low-rank adaptation " + "x" * 100


def test_a_name_of_nothing_is_refused(log, hers):
    with pytest.raises(UsageError, match="is empty"):
        log.rename(hers, " \n ", "ada")


def test_what_is_deleted_is_gone_from_the_file_as_well(log, tmp_path):
    conversation = log.start("my secret")
    log.add(conversation, answer("my secret", "xyzzy " * 2000))
    assert log.delete(conversation)
    assert not log.delete(conversation)
    assert log.turns(conversation) == []
    assert b"xyzzy" not in (tmp_path / "home" / "conversations.sqlite").read_bytes()


def test_an_answer_that_comes_after_its_conversation_was_deleted_is_refused(log):
    conversation = log.start("a")
    log.delete(conversation)
    with pytest.raises(UsageError, match="any more"):
        log.add(conversation, answer("a"))


@pytest.fixture
def three(log):
    """Id of a conversation of three turns."""
    conversation = log.start("one?")
    assert [log.add(conversation, answer(q)) for q in ("one?", "two?", "three?")] == [1, 2, 3]
    return conversation


def test_cut_drops_a_turn_and_all_after_it(log, three):
    assert log.cut(three, 2) == 2
    assert questions(log, three) == ["one?"]
    assert log.cut(three, 2) == 0


def test_replace_puts_another_answer_in_its_place(log, three):
    assert log.replace(three, 2, answer("two, edited?"), [{"chunk_id": "d#1"}]) == 2
    assert questions(log, three) == ["one?", "two, edited?"]
    assert [turn.retrieved for turn in log.turns(three)] == [[], [{"chunk_id": "d#1"}]]


def test_a_turn_is_asked_again_with_what_stands_before_it(log, three):
    asked = [turn.content for turn in log.history(three, before=3) if turn.role == "user"]
    assert asked == ["one?", "two?"]
    assert log.history(three, before=1) == []


# Searching


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("lora", ["LoRA at 100%"]),  # the title, in lower case
        ("Änderungen", ["Was ist ein Fluss?"]),  # an answer, beyond ASCII
        ("ÄNDERUNGEN", ["Was ist ein Fluss?"]),
        ("second question", ["LoRA at 100%"]),  # a question that is not the title
        ("100%", ["LoRA at 100%"]),
        ("1%", []),  # % is no wildcard
        ("L_RA", []),  # nor is _
        ("citations", []),  # a key of the JSON, not of the answer
        ("on  two\nlines", ["Was ist ein Fluss?"]),
        ("'; DROP TABLE turns; --", []),
        ("  ", ["Was ist ein Fluss?", "LoRA at 100%"]),
    ],
)
def test_search_takes_what_is_typed_by_the_letter(log, search, found):
    first = log.start("LoRA at 100%")
    log.add(first, answer("LoRA at 100%"))
    log.add(first, answer("A second question?"))
    second = log.start("Was ist ein Fluss?")
    log.add(second, answer("Was ist ein Fluss?", "Es gibt änderungen. It stands\non two lines."))
    assert [c.title for c in log.conversations(search=search)] == found


def test_what_a_search_finds_has_all_its_turns_counted(log, three):
    assert [c.turns for c in log.conversations(search="two")] == [3]


# The evidence


def hit(rank, chunk_id):
    chunk = Chunk(chunk_id, "d", "T", f"Text of {chunk_id}.", 0, 9, ("A", "B"), "curriculum",
                  station=7, url="https://x.example/")  # fmt: skip
    return Hit(rank, rank, chunk, 1 / rank, Signals())


def test_what_was_found_and_not_cited_is_kept_beside_the_answer(log, three):
    citation = Citation(1, "d#0", "d", "T", "A > B", 7, None, "Text", 0, 4, 0.5)
    told = Answer(None, "q?", "q?", "answered", "Text [1]", (), (citation,))
    found = uncited([hit(1, "d#1"), hit(2, "d#0"), hit(3, "d#2")], told)
    log.add(three, told, found)
    assert log.turns(three)[-1].retrieved == found
    assert [(f["rank"], f["chunk_id"], f["score"]) for f in found] == [
        (1, "d#1", 1.0), (3, "d#2", 0.3333),
    ]  # fmt: skip
    assert found[0] == {
        "rank": 1, "chunk_id": "d#1", "document_id": "d", "title": "T", "section": "A > B",
        "station": 7, "url": "https://x.example/", "text": "Text of d#1.", "score": 1.0,
    }  # fmt: skip


def test_of_what_was_found_and_not_cited_twenty_passages_are_kept():
    hits = [hit(n, f"d#{n}") for n in range(1, 61)]
    assert [f["rank"] for f in uncited(hits, answer("q"))] == list(range(1, 21))


def test_half_a_character_is_kept_as_a_question_mark(log):
    conversation = log.start("half \ud83d")
    log.add(conversation, answer("half \ud83d", "and \udc00"), [{"text": "\ud800"}])
    (turn,) = log.turns(conversation)
    assert (turn.question, turn.answer["answer"]) == ("half ?", "and ?")


def test_an_answer_of_another_tutor_is_read_as_far_as_it_goes():
    short = {"id": None, "question": "q", "standalone_question": "q", "status": "abstained",
             "answer": "no", "nearest": [{"station": 7, "title": "T", "colour": "red"}],
             "invented_later": 1}  # fmt: skip
    assert answer_from_json(short) == Answer(
        None, "q", "q", "abstained", "no", nearest=(Nearest(7, "T"),)
    )


@pytest.mark.parametrize("broken", [{}, {"sentences": 3}, {"citations": [{}]}])
def test_what_is_no_answer_is_refused(broken):
    with pytest.raises(HomeError, match="cannot be read"):
        answer_from_json(broken)


# Files of other tutors

OLD = """
CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, started REAL NOT NULL);
CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, asked REAL NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    PRIMARY KEY (conversation, number)
);
INSERT INTO conversations VALUES ('0a1b2c3d', 'What is LoRA?', 1700000000.0);
INSERT INTO turns VALUES ('0a1b2c3d', 1, 1700000001.0, 'What is LoRA?',
    '{"standalone_question": "What is LoRA?", "answer": "A method."}');
"""


@pytest.fixture
def old(tmp_path):
    """A log as it was before conversations had owners."""
    file = tmp_path / "log.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(OLD)
    return file


def version(file):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_an_old_file_is_taken_over_with_all_it_holds(old):
    log = ConversationLog(old)
    (turn,) = log.turns("0a1b2c3d")
    assert (turn.number, turn.asked, turn.retrieved) == (1, 1700000001.0, [])
    assert turn.answer["answer"] == "A method."
    assert log.last() == "0a1b2c3d"
    assert log.conversations(owner="ada") == []
    assert log.add("0a1b2c3d", answer("And QLoRA?")) == 2
    assert version(old) == VERSION


def test_two_processes_take_over_an_old_file_at_once(old):
    assert write_at_once(old, ["0a1b2c3d", ""]) == [("", 0), ("", 0)]
    assert len(ConversationLog(old).turns("0a1b2c3d")) == 21


def test_an_old_file_and_a_new_one_become_the_same(old, log, tmp_path):
    def tables(file):
        with closing(sqlite3.connect(file)) as connection:
            names = [n for (n,) in connection.execute("SELECT name FROM sqlite_master")]
            return {n: connection.execute(f"PRAGMA table_info({n})").fetchall() for n in names}

    log.start("new")
    ConversationLog(old).last()
    assert tables(old) == tables(tmp_path / "home" / "conversations.sqlite")


def test_a_file_of_a_newer_tutor_is_refused_and_left_alone(log, tmp_path):
    log.start("q")
    file = tmp_path / "home" / "conversations.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = file.read_bytes()
    newer = rf"written by a newer tutor \(version {VERSION + 1}, .*update the tutor"
    with pytest.raises(HomeError, match=newer):
        log.start("q")
    with pytest.raises(HomeError, match=newer):
        log.turns("x")
    assert file.read_bytes() == before


def test_a_full_disk_keeps_what_was_there(log, three, files_end_at):
    with (
        files_end_at(40_000),
        pytest.raises(HomeError, match="cannot write the conversation log"),
    ):
        log.replace(three, 1, answer("one?", "long " * 20_000))
    assert questions(log, three) == ["one?", "two?", "three?"]


def test_the_chat_gives_its_own_advice(tmp_path):
    with pytest.raises(HomeError, match=r"; free some space$"):
        ConversationLog(in_a_file(tmp_path), "free some space").start("q")
