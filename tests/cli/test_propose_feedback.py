"""``tutor eval propose --feedback``: from a thumb in the chat to a proposal on the screen."""

import pytest

from tutor.feedback import FeedbackStore
from tutor.log import ConversationLog
from tutor.records import Answer

QUESTION = "Who sells adapters in Paris?"


@pytest.fixture
def told(new_shell):
    """A shell whose home holds what two learners of the chat said of an answer each."""
    shell = new_shell()
    file = shell.home / "conversations.sqlite"
    log, store = ConversationLog(file), FeedbackStore(file)
    for owner in ("ada", "bob"):
        conversation = log.start(QUESTION, owner)
        log.add(conversation, Answer(None, QUESTION, QUESTION, "answered", "Yes."), owner=owner)
        store.give(owner, conversation, 1, "down", "should-have-declined", "No source says so.")
    return shell


def test_feedback_becomes_proposals_that_wait_for_review(told):
    result = told("eval", "propose", "--feedback")
    waiting = told.home / "eval" / "proposed.jsonl"
    assert result.status == 0
    assert result.out == (
        f"proposal-near-001  near-domain  {QUESTION}\n\n"
        f"1 new in {waiting}; look at them: tutor eval review\n"
    )
    assert "2 given, 1 asked already, 0 of no use, 0 left for the next time" in result.err
    reviewed = told("eval", "review", stdin="s\n")
    assert "No source says so." in reviewed.out
    assert "decline" in reviewed.out


def test_a_home_without_feedback_proposes_nothing(new_shell):
    shell = new_shell()
    assert shell("eval", "propose", "--feedback").out.startswith("\n0 new in ")
    assert not (shell.home / "conversations.sqlite").exists()


def test_feedback_and_a_judge_are_two_sources(told):
    result = told("eval", "propose", "--feedback", "--judge", "bundled")
    assert (result.status, result.out) == (2, "")
    assert "--feedback and --judge are two sources" in result.error
