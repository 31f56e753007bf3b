"""The tutor as a system: its replies, and all that they were made from."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from corpus.errors import UsageError
from eval.golden import Message, load
from eval.records import Reply
from eval.selection import sample
from eval.systems.tutor import TutorSystem, passage
from tutor import gate
from tutor.answer import Tutor
from tutor.records import Turn

OUT_OF_DOMAIN = "Who won the football world cup in 1974?"


@pytest.fixture(scope="module")
def system(index, settings):
    """By quotation alone: fast, and it takes two questions at once."""
    return TutorSystem(Tutor(index, settings.model_copy(update={"written_sentences": 0}), None))


def test_it_says_what_the_tutor_says(system, quoting):
    reply, answer = system.ask("What is LoRA?", []), quoting.ask("What is LoRA?")
    assert (reply.status, reply.answer) == ("answered", answer.answer)
    assert [(s.text, tuple(s.citations)) for s in reply.sentences] == [
        (s.text, s.citations) for s in answer.sentences
    ]
    assert (reply.read_as, reply.confidence) == ("definition", answer.confidence)
    assert reply.withheld == ""


def test_it_keeps_the_passages_that_were_found(system, index):
    reply = system.ask("What is LoRA?", [])
    assert len(reply.retrieved) == 10
    assert reply.retrieved[0].keys[0] == "supervised-fine-tuning/lora"
    scores = [p.score for p in reply.retrieved]
    assert scores == sorted(scores, reverse=True)
    assert reply.retrieved[0].text == index.search("What is LoRA?", 1).hits[0].chunk.text


def test_a_passage_of_a_topic_counts_as_the_topic(index):
    hit = index.search("What is LoRA?", 1).hits[0]
    shown = passage(hit.chunk, hit.score)
    assert shown.unit == hit.chunk.topic == "supervised-fine-tuning/lora"
    assert (shown.id, shown.station, shown.kind) == (hit.chunk.id, 7, "curriculum")


@pytest.mark.parametrize("question", ["What is LoRA?", "Where can I read about Llama 2?"])
def test_quotations_stand_where_the_citations_say(system, question):
    reply = system.ask(question, [])
    assert reply.citations
    assert all(citation.verbatim for citation in reply.citations)


def test_a_quotation_that_does_not_stand_there_is_seen(system, quoting):
    citation = quoting.ask("What is LoRA?").citations[0]
    moved = replace(citation, start=citation.start + 1)
    assert system._quoted(citation).verbatim
    assert not system._quoted(moved).verbatim


def test_what_was_declined_shows_what_it_withheld(system, quoting):
    reply = system.ask(OUT_OF_DOMAIN, [])
    assert (reply.status, reply.sentences, reply.told) == ("abstained", [], "")
    assert reply.withheld
    assert reply.withheld not in reply.answer
    assert reply.confidence < 0.5
    assert "first_sentence" not in reply.timings_ms
    assert reply.nearest


def test_what_was_declined_for_want_of_evidence_withholds_nothing(system, monkeypatch):
    """Else the refusal itself would be taken for the answer held back."""
    monkeypatch.setattr("tutor.gather.choose_evidence", lambda *_: [])
    reply = system.ask("What is LoRA?", [])
    assert (reply.status, reply.withheld) == ("abstained", "")


def test_asking_back_has_no_confidence(system):
    reply = system.ask("?!", [])
    assert (reply.status, reply.confidence, reply.withheld) == ("clarify", None, "")


def test_a_follow_up_is_read_with_what_came_before(system, quoting):
    before = [("user", "What is LoRA?"), ("assistant", "A low-rank adapter.")]
    reply = system.ask("What does it freeze?", [Message(role=r, content=c) for r, c in before])
    assert "LoRA" in reply.standalone_question
    turns = [Turn(role, content) for role, content in before]
    assert reply.answer == quoting.ask("What does it freeze?", turns).answer


def test_times_are_told_by_stage(system):
    timings = system.ask("What is LoRA?", []).timings_ms
    assert 0 < timings["retrieve"] <= timings["first_sentence"] <= timings["total"]
    assert "first_token" not in timings


def test_an_impossible_question_is_raised_for_the_run_to_count(system):
    with pytest.raises(UsageError, match="the question is empty"):
        system.ask(" ", [])


def test_two_at_a_time_say_what_one_says(system):
    """Each twice in a row, so that two threads meet in the same passages."""
    questions = sample(load("dev"), 1)
    assert system.workers == 2
    one = [_untimed(system.ask(q.question, q.history)) for q in questions]
    with ThreadPoolExecutor(2) as pool:
        twice = [question for question in questions for _ in range(2)]
        two = list(pool.map(lambda q: _untimed(system.ask(q.question, q.history)), twice))
    assert two[::2] == two[1::2] == one


def test_one_model_takes_one_question_at_a_time(tutor):
    assert TutorSystem(tutor).workers == 1


def test_its_configuration_names_no_folder(index, settings, tmp_path):
    own = shutil.copy(gate.PARAMETERS, tmp_path)
    given = {"model": str(tmp_path / "tiny.gguf"), "gate": str(own)}
    tutor = Tutor(index, settings.model_copy(update=given), None)
    described = TutorSystem(tutor).describe()
    assert (described["model"], described["gate"]) == ("tiny.gguf", "of one's own")
    assert described["index"] == index.manifest.fingerprint
    assert described["embedding_model"] == index.manifest.model
    assert str(tmp_path) not in repr(described)


def _untimed(reply: Reply) -> Reply:
    return reply.model_copy(update={"timings_ms": {}})
