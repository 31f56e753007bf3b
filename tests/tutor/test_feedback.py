"""Thumbs, reasons and notes: kept with what they are about, one to a turn, gone with it."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from corpus.errors import HomeError, UsageError
from tutor.feedback import NOTE, REASONS, FeedbackStore
from tutor.log import ConversationLog
from tutor.records import Answer, Citation, Sentence, Turn

CITED = Citation(1, "d#0", "d", "T", "A > B", 7, None, "LoRA freezes “W”.", 0, 17, 0.5)

GIVER = """
import sys
from pathlib import Path
from tutor.feedback import FeedbackStore

store = FeedbackStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.read()  # until both are ready
for n in range(1, 21):
    store.give("ada", sys.argv[2], n, "down", "wrong", sys.argv[3])
"""


def answer(question, text="LoRA freezes “W”. [1]", standalone=""):
    sentence = Sentence("LoRA freezes “W”.", (1,), "supported")
    return Answer(
        None, question, standalone or question, "answered", text, (sentence,), (CITED,)
    )  # fmt: skip


@pytest.fixture
def file(tmp_path):
    return tmp_path / "conversations.sqlite"


@pytest.fixture
def log(file):
    return ConversationLog(file)


@pytest.fixture
def store(file):
    return FeedbackStore(file)


@pytest.fixture
def asked(log):
    """Id of a conversation of Ada's, of two turns."""
    conversation = log.start("What is LoRA?", "ada")
    log.add(conversation, answer("What is LoRA?"), [{"chunk_id": "d#9"}], "ada")
    log.add(conversation, answer("Why?", "To save “W”. [1]", "Why is LoRA used?"), (), "ada")
    return conversation


def test_it_is_kept_with_question_answer_and_evidence(store, log, asked):
    store.give("ada", asked, 1, "down", "incomplete", "  Says nothing of “B” and “A”.\n")
    (given,) = store.all()
    assert (given.owner, given.conversation, given.turn) == ("ada", asked, 1)
    assert given.question == "What is LoRA?"
    assert given.answer == answer("What is LoRA?").as_json() | {
        "sentences": [{"text": "LoRA freezes “W”.", "citations": [1], "support": "supported"}],
        "citations": [log.turns(asked, "ada")[0].answer["citations"][0]],
        "nearest": [],
        "notes": [],
    }
    assert given.retrieved == [{"chunk_id": "d#9"}]
    assert (given.verdict, given.reason) == ("down", "incomplete")
    assert given.note == "Says nothing of “B” and “A”."
    assert abs(given.given - time.time()) < 60


def test_what_was_said_before_is_kept_as_well(store, asked):
    store.give("ada", asked, 2, "up")
    (given,) = store.all()
    assert given.history == [
        Turn("user", "What is LoRA?"),
        Turn("assistant", "LoRA freezes “W”. [1]"),
    ]
    assert (given.reason, given.note) == (None, "")


def test_a_learner_changes_their_mind(store, asked):
    store.give("ada", asked, 1, "down", "wrong", "no")
    store.give("ada", asked, 1, "up")
    store.give("ada", asked, 2, "down")
    assert [(f.turn, f.verdict, f.reason, f.note) for f in store.all()] == [
        (1, "up", None, ""),
        (2, "down", None, ""),
    ]


def test_a_learner_takes_it_back(store, asked):
    store.give("ada", asked, 1, "up")
    assert store.withdraw("ada", asked, 1) is True
    assert store.withdraw("ada", asked, 1) is False
    assert store.all() == []


def test_the_page_finds_what_stands_about_each_turn(store, asked):
    store.give("ada", asked, 2, "down", "unclear")
    assert {n: f.reason for n, f in store.of("ada", asked).items()} == {2: "unclear"}
    assert store.of("bob", asked) == {}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_taken(store, asked, reason):
    store.give("ada", asked, 1, "down", reason)
    assert store.all()[0].reason == reason


@pytest.mark.parametrize(
    ("verdict", "reason", "note", "said"),
    [
        ("sideways", None, "", "no verdict 'sideways'; there are: up, down"),
        ("down", "boring", "", "no reason 'boring'; there are: wrong, not-supported"),
        ("up", "wrong", "", "leave it out"),
        ("down", None, "x" * (NOTE + 1), "the note has 2001 characters, at most 2000"),
    ],
)
def test_what_cannot_be_meant_is_refused(store, asked, verdict, reason, note, said):
    with pytest.raises(UsageError, match=said):
        store.give("ada", asked, 1, verdict, reason, note)
    assert store.all() == []


@pytest.mark.parametrize(("owner", "turn"), [("bob", 1), ("", 1), ("ada", 3), ("ada", 0)])
def test_nothing_can_be_said_of_an_answer_that_one_does_not_have(store, asked, owner, turn):
    with pytest.raises(UsageError, match="the answer is not there"):
        store.give(owner, asked, turn, "down")
    assert store.all() == []


def test_nobody_takes_back_what_another_said(store, asked):
    store.give("ada", asked, 1, "up")
    assert store.withdraw("bob", asked, 1) is False
    assert len(store.all()) == 1


def test_it_outlives_the_answer_that_it_was_about_but_no_longer_belongs_to_the_turn(
    store, log, asked
):
    store.give("ada", asked, 1, "up")
    store.give("ada", asked, 2, "down", "wrong")
    log.replace(asked, 2, answer("Why?", "Better. [1]"), (), "ada")
    assert set(store.of("ada", asked)) == {1}
    store.give("ada", asked, 2, "up")
    told = [(f.turn, f.verdict, f.answer["answer"]) for f in store.all()]
    assert told == [
        (1, "up", "LoRA freezes “W”. [1]"),
        (None, "down", "To save “W”. [1]"),
        (2, "up", "Better. [1]"),
    ]


def test_it_goes_with_its_conversation(store, log, asked, file):
    store.give("ada", asked, 1, "down", "other", "xyzzy")
    log.cut(asked, 1, "ada")
    assert len(store.all()) == 1
    log.delete(asked, "ada")
    assert store.all() == []
    assert b"xyzzy" not in file.read_bytes()


def test_hostile_text_is_only_text(store, asked):
    note = "x'); DROP TABLE feedback; -- \x00 <script> \u202e"
    store.give("ada", asked, 1, "down", None, note + "\ud800")
    assert store.all()[0].note == note + "?"


def test_a_home_without_feedback_creates_nothing(store, file):
    assert store.all() == []
    assert store.of("ada", "x") == {}
    assert store.withdraw("ada", "x", 1) is False
    assert not file.exists()


def test_two_processes_give_at_once(store, log, asked, file):
    for n in range(18):
        log.add(asked, answer(f"{n}?"), (), "ada")
    givers = [
        subprocess.Popen(
            [sys.executable, "-c", GIVER, str(file), asked, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in ("one", "other")
    ]  # fmt: skip
    for giver in givers:
        assert giver.stdout.readline() == "ready\n"
    for giver in givers:
        giver.stdin.close()
        giver.stdin = None  # communicate() would close it once more
    assert [giver.communicate()[1] for giver in givers] == ["", ""]
    assert sorted(f.turn for f in store.all()) == list(range(1, 21))
    assert {f.note for f in store.all()} <= {"one", "other"}


def test_a_full_disk_is_one_line_and_keeps_what_was_there(store, log, file, files_end_at):
    conversation = log.start("q", "ada")
    log.add(conversation, answer("q", "long " * 5000), (), "ada")
    with (
        files_end_at(file.stat().st_size),
        pytest.raises(HomeError, match=r"cannot write the feedback in .*free some space") as told,
    ):
        store.give("ada", conversation, 1, "up")
    assert "\n" not in str(told.value)
    assert store.all() == []
    assert len(log.turns(conversation, "ada")) == 1


@pytest.mark.parametrize("damage", ["UPDATE feedback SET answer = '{'", "DROP TABLE feedback"])
def test_a_damaged_file_is_one_line(store, asked, file, damage):
    store.give("ada", asked, 1, "up")
    with closing(sqlite3.connect(file)) as log:
        log.execute(damage)
        log.commit()
    with pytest.raises(
        HomeError, match=r"^cannot read the feedback in .*move the file away"
    ) as told:
        store.all()
    assert "\n" not in str(told.value)


def test_what_is_no_database_is_one_line_and_left_as_it_was(store, file):
    file.write_text("this is no database, but it is long enough " * 40)
    before = file.read_bytes()
    with pytest.raises(HomeError, match="file is not a database"):
        store.give("ada", "x", 1, "up")
    assert file.read_bytes() == before
