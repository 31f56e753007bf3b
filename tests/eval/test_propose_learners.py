"""Golden questions proposed from what learners said of answers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from corpus import Curriculum
from eval.golden import FOLDER, load
from eval.propose import ProposeError, accept, read_proposals, review
from eval.propose.learners import from_learners
from eval.propose.places import Places
from tutor.feedback import Feedback
from tutor.records import Turn

STATION = "curriculum/stations/07-supervised-fine-tuning.md"
# Questions that no golden one asks.
ASKED = "Does a LoRA adapter slow the model down once it is merged?"


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A copy of the golden sets to accept into."""
    return Path(shutil.copytree(FOLDER, tmp_path / "golden"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "eval" / "proposed.jsonl"


@pytest.fixture(scope="session")
def lora(curriculum: Curriculum) -> dict[str, Any]:
    """A citation of the definition of LoRA, as an answer's JSON has it."""
    text = next(d for d in curriculum.documents if d.id == STATION).text
    start = text.index("LoRA (Low-Rank Adaptation) is")
    end = text.index(".", start) + 1
    return {
        "n": 1, "document_id": STATION, "station": 7, "url": None, "urls": [],
        "quote": text[start:end], "start": start, "end": end,
    }  # fmt: skip


@pytest.fixture
def give(lora):
    """Feedback on an answer that cites the definition of LoRA; later ones have higher ids."""
    given = 0

    def make(question: str = ASKED, verdict: str = "down", reason: str | None = None, **other: Any):
        nonlocal given
        given += 1
        answer = {
            "question": question, "standalone_question": question, "status": "answered",
            "answer": f"{lora['quote']} [1]", "kind": "definition", "citations": [lora],
            "sentences": [{"text": lora["quote"], "citations": [1], "support": "supported"}],
            **other.pop("answer", {}),
        }  # fmt: skip
        usual = {"history": [], "note": ""}
        return Feedback(
            id=given, owner="browser-7f3a", conversation="c", turn=given, question=question,
            answer=answer, retrieved=[], verdict=verdict, reason=reason, given=1.7e9 + given,
            **(usual | other),
        )  # fmt: skip

    return make


@pytest.fixture
def proposed(file, curriculum):
    """What becomes of some feedback, with the package's golden sets."""

    def propose(*given: Feedback, count: int = 20, kinds=()):
        return from_learners(file, given, curriculum, count, kinds)

    return propose


# What becomes of a thumb


@pytest.mark.parametrize("reason", [None, "wrong", "not-supported", "incomplete", "unclear"])
def test_thumb_down_is_a_question_whose_facts_a_person_writes(proposed, give, reason):
    (one,) = proposed(give(reason=reason, note="It “adds”\nlatency.")).proposals
    assert (one.question, one.kind, one.expect) == (ASKED, "definition", "answer")
    assert (one.station, one.sections) == (7, ["supervised-fine-tuning/lora"])
    assert (one.facts, one.reference) == ([], "")
    assert (reason or "wrong in some way").replace("-", " ") in one.why
    assert "“It “adds” latency.”" in one.why
    assert "it was (answered): “LoRA (Low-Rank Adaptation) is" in one.why
    assert "write facts and a reference answer" in one.why
    assert "browser-7f3a" not in one.model_dump_json()


def test_what_should_have_been_declined_is_to_be_declined(proposed, give):
    (one,) = proposed(give(reason="should-have-declined")).proposals
    assert (one.id, one.kind, one.expect) == ("proposal-near-001", "near-domain", "decline")
    assert (one.station, one.sections, one.urls, one.facts) == (None, [], [], [])
    assert "should have declined" in one.why


def test_thumb_up_confirms_the_answer(proposed, give, lora):
    (one,) = proposed(give(verdict="up", note="Thanks")).proposals
    assert (one.expect, one.sections) == ("answer", ["supervised-fine-tuning/lora"])
    assert one.reference == lora["quote"]
    assert 1 <= len(one.facts) <= 3
    assert one.fact_recall(one.reference) == 1.0
    assert not any(fact.holds(one.question) for fact in one.facts)
    assert "found the answer right, and wrote “Thanks”" in one.why


def test_thumb_up_for_declining(proposed, give):
    declined = {"status": "abstained", "answer": "I do not know.", "citations": []}
    (one,) = proposed(give(verdict="up", answer=declined)).proposals
    assert (one.kind, one.expect) == ("near-domain", "decline")


def test_thumb_down_for_declining_is_to_be_answered(proposed, give):
    declined = {"status": "abstained", "answer": "I do not know.", "citations": []}
    (one,) = proposed(give(reason="wrong", answer=declined)).proposals
    assert (one.expect, one.sections) == ("answer", [])
    assert "it was (abstained): “I do not know.”" in one.why


def test_a_false_premise_that_was_corrected(proposed, give):
    (one,) = proposed(give(verdict="up", answer={"kind": "false-premise"})).proposals
    assert (one.kind, one.expect) == ("false-premise", "correct")


def test_a_follow_up_keeps_what_it_follows(proposed, give):
    history = [Turn("user", "What is LoRA?"), Turn("assistant", "A\u202e method. [1]")]
    alone = {"standalone_question": "What does LoRA cost once merged?"}
    (one,) = proposed(give("What does it cost?", history=history, answer=alone)).proposals
    assert (one.kind, one.question) == ("followup", "What does it cost?")
    assert [(m.role, m.content) for m in one.history] == [
        ("user", "What is LoRA?"),
        ("assistant", "A method. [1]"),
    ]


def test_a_question_that_stands_alone_needs_no_history(proposed, give):
    (one,) = proposed(give(history=[Turn("user", "Hello?")])).proposals
    assert one.history == []


@pytest.mark.parametrize(
    "of_no_use",
    [
        {"answer": {"citations": [{"document_id": "mine/12/notes.md"}]}},
        {"verdict": "up", "answer": {"status": "clarify", "citations": []}},
        {"verdict": "up", "answer": {"status": "error", "citations": []}},
        {"question": "\u200b\u202e"},
    ],
)
def test_what_no_golden_set_can_hold_is_counted(proposed, give, of_no_use):
    made = proposed(give(**of_no_use))
    assert (made.proposals, made.unfit) == ([], 1)


def test_what_would_steer_a_terminal_is_taken_out(proposed, give):
    told = give(f"\x1b[31m{ASKED}\r\n", note="\x1b]0;title\x07 \u202eabc")
    (one,) = proposed(told).proposals
    assert one.question == f"[31m{ASKED}"
    assert one.why.isprintable()


# Where it was taken from


def test_place_is_found_after_the_curriculum_was_edited(curriculum, lora):
    moved = {**lora, "start": lora["start"] - 40, "end": lora["end"] - 40}
    assert Places(curriculum).of({"citations": [moved]}).sections == (
        "supervised-fine-tuning/lora",
    )


def test_place_that_is_gone_is_left_out(curriculum, lora):
    gone = {**lora, "quote": "No such sentence."}
    assert Places(curriculum).of({"citations": [gone]}).sections == ()


def test_reference_is_named_by_its_address(curriculum):
    known = curriculum.references[0].url
    page = {
        "document_id": "reference/x", "station": None, "url": "https://mirror.example/",
        "urls": ["https://mirror.example/", known], "quote": "q", "start": 0,
    }  # fmt: skip
    assert Places(curriculum).of({"citations": [page]}).urls == (known,)


# Which are proposed


def test_nothing_is_proposed_twice(proposed, give, file):
    first = proposed(give(), give(ASKED.lower()), give("What is LoRA?", verdict="up"))
    assert (len(first.proposals), first.known) == (1, 2)
    assert proposed(give()).known == 1
    assert len(read_proposals(file)) == 1


def test_thumbs_down_come_first_and_the_rest_waits(proposed, give):
    up = give("How long does an adapter of mine live?", verdict="up")
    down = give("Which colour has a merged adapter?")
    first = proposed(up, down, count=1)
    assert [p.question for p in first.proposals] == [down.question]
    assert first.left == 1
    assert [p.question for p in proposed(up, down).proposals] == [up.question]


def test_kinds_can_be_named(proposed, give):
    given = (give(), give("Who sells adapters in Paris?", reason="should-have-declined"))
    assert [p.kind for p in proposed(*given, kinds=["near-domain"]).proposals] == ["near-domain"]
    with pytest.raises(ProposeError, match="no kind 'riddle'"):
        proposed(*given, kinds=["riddle"])


# How they are accepted


def test_without_facts_it_is_not_accepted(proposed, give, file, curriculum, golden):
    (one,) = proposed(give()).proposals
    with pytest.raises(ProposeError, match="any answer would count as right"):
        accept(file, [one.id], "dev", curriculum, golden)
    assert read_proposals(file) == [one]
    assert load("dev", folder=golden) == load("dev")


def test_what_is_to_be_declined_goes_to_its_own_file_and_leaves_the_rest(
    proposed, give, file, curriculum, golden
):
    before = {f.name: f.read_text(encoding="utf-8") for f in golden.glob("*.jsonl")}
    question = "Who sells adapters in Paris?"
    made = proposed(give(question, reason="should-have-declined"), give(verdict="up"))
    new = accept(file, [p.id for p in made.proposals], "dev", curriculum, golden)
    assert {q.question for q in new} == {question, ASKED}
    assert next(q.id for q in new if q.expect == "decline").startswith("dev-near-")
    after = {f.name: f.read_text(encoding="utf-8") for f in golden.glob("*.jsonl")}
    added = {name: after[name].removeprefix(before[name]) for name in after}
    assert all(after[name].startswith(before[name]) for name in after)
    assert question in added.pop("dev.unanswerable.jsonl")
    assert ASKED in added.pop("dev.answerable.jsonl")
    assert not any(added.values())
    assert read_proposals(file) == []


def test_review_shows_what_is_to_be_declined_and_why(proposed, give, file, curriculum, golden):
    proposed(give(reason="should-have-declined", note="No source says so."))
    shown: list[str] = []
    assert review(file, curriculum, golden, lambda _: "d", shown.append) == 1
    assert "  expect    decline" in shown[0]
    assert "No source says so." in shown[0].splitlines()[2]
