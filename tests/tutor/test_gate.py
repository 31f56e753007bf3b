"""Whether a side of the corpus answers a question, estimated before anything is written."""

import datetime
import json
import math
from dataclasses import replace

import pytest

from corpus.errors import SettingsError
from index.lexical import stem
from index.search import CANDIDATES, Index
from tutor.answer import Tutor
from tutor.asking import scope_of
from tutor.gate import FEATURES, KINDS, PARAMETERS, features, hits_of, load

GATES = load()


def confidence(values, side):
    return GATES[side](values)


COVERED = [
    "What is LoRA?",
    "How does retrieval-augmented generation work?",
    "Why do language models hallucinate?",
    "What is the difference between HNSW and IVF?",
    "how does a KV cache speed up generation",
    "What is prompt injection?",
    "When should I use a reward model?",
    "what's tokenization",
]
NOT_COVERED = [
    "What is the capital of France?",
    "How do I bake sourdough bread?",
    "Who won the World Cup in 2018?",
    "What is the weather in Berlin tomorrow?",
    "How do I repair a bicycle tyre?",
    "Who is Zlatan Ibrahimovic?",
    "Which guitar strings should I buy?",
    "When did the Roman Empire fall?",
]
HANDBOOK = b"""# The Zorblax Handbook

## Warm-up

The Zorblax coefficient is the ratio of useful tokens to all tokens in a prompt. A Zorblax
coefficient above one half is called warm, and one below it is called cold.

## Storage

Zorblax samples are kept in blue jars at four degrees. The jars are opened only on Tuesdays.
"""
# Of a thing that the curriculum explains, it says something else.
NOTES = b"# Notes on LoRA\n\nLoRA and RAG were asked for in the exam of last year, LoRA twice.\n"
OWN = ["What is the Zorblax coefficient?", "Where are Zorblax samples kept?"]
SIDES = list(FEATURES)


def asked(question, index, side="curriculum"):
    return features(index, index.search(question, CANDIDATES), side)


@pytest.mark.parametrize("question", COVERED)
def test_a_question_that_the_corpus_answers(index, question):
    assert confidence(asked(question, index), "curriculum") > 0.5


@pytest.mark.parametrize("question", NOT_COVERED)
def test_a_question_that_it_does_not(index, question):
    assert confidence(asked(question, index), "curriculum") < 0.5


# With documents of one's own


@pytest.fixture(scope="module")
def taught(home_with):
    """The settings of a home with a handbook and with notes."""
    return home_with({"handbook.md": (HANDBOOK, 7), "notes.md": (NOTES, None)})


@pytest.fixture(scope="module")
def beside(taught, encoder):
    """The curriculum's index with the two beside it."""
    return Index(taught.index, encoder)


@pytest.mark.parametrize("question", OWN)
def test_what_an_own_document_answers_is_no_business_of_the_curriculum(beside, question):
    assert confidence(asked(question, beside, "sources"), "sources") > 0.5
    assert confidence(asked(question, beside), "curriculum") < 0.5


@pytest.mark.parametrize("question", NOT_COVERED)
def test_what_no_document_answers(beside, question):
    assert confidence(asked(question, beside, "sources"), "sources") < 0.5


@pytest.mark.parametrize("question", [*COVERED, *NOT_COVERED, *OWN])
def test_what_has_been_added_hardly_changes_the_confidence_of_the_curriculum(
    index, beside, question
):
    alone, together = (confidence(asked(question, i), "curriculum") for i in (index, beside))
    # Not the last digit: places in the fusion decide which three hits are the first.
    assert together == pytest.approx(alone, abs=0.05)


def test_a_long_document_about_a_topic_does_not_hide_the_curriculum(index, home_with, encoder):
    parts = [
        f"## LoRA in week {n}\n\nIn week {n} the group spoke of LoRA. What LoRA is was asked "
        f"{n} times, and what LoRA is not was asked {n + 1} times; LoRA is what it is.\n"
        for n in range(2 * CANDIDATES)
    ]
    diary = ("# LoRA diary\n\n" + "\n".join(parts)).encode()
    own = home_with({"diary.md": (diary, None)})
    crowded = Index(own.index, encoder)
    assert len(hits_of(crowded.search("What is LoRA?", CANDIDATES), "sources")) > 30
    alone, together = (asked("What is LoRA?", i) for i in (index, crowded))
    # "LoRA" is no longer rare, and weighs less in the score of the answer.
    assert together.pop("answer") == pytest.approx(alone.pop("answer"), rel=0.1)
    assert together == pytest.approx(alone, abs=1e-6)
    answer = Tutor(crowded, own, None).ask("What is LoRA?")
    assert answer.citations[0].document_id.startswith("curriculum/")


@pytest.mark.parametrize("side", SIDES)
def test_a_side_has_its_own_hits_alone_in_their_order(beside, side):
    found = beside.search("What is LoRA?", CANDIDATES)
    hits = hits_of(found, side)
    assert hits
    assert {hit.chunk.kind for hit in hits} <= set(KINDS[side])
    assert [hit.rank for hit in hits] == sorted(hit.rank for hit in hits)


def test_a_side_without_documents_is_sure_of_nothing(index):
    found = index.search("What is LoRA?", CANDIDATES)
    assert hits_of(found, "sources") == ()
    values = features(index, replace(found, hits=()), "sources")
    assert values == {"dense": 0.0, "match": 0.0, "unknown_words": 1.0}
    assert confidence(values, "sources") < 0.1


@pytest.mark.parametrize("question", OWN)
@pytest.mark.parametrize("only", [None, "mine"])
def test_the_question_of_an_own_document_is_answered(taught, beside, question, only):
    answer = Tutor(beside, taught, None).ask(question, scope=scope_of(only, None))
    assert answer.status == "answered"
    assert answer.citations[0].title == "The Zorblax Handbook"
    assert answer.confidence > 0.5


@pytest.mark.parametrize("question", OWN)
def test_it_is_declined_where_the_document_is_not_looked_at(taught, beside, question):
    answer = Tutor(beside, taught, None).ask(question, scope=scope_of("curriculum", None))
    assert answer.status == "abstained"


@pytest.mark.parametrize("question", ["What is LoRA?", "What is prompt injection?"])
def test_what_the_curriculum_answers_it_answers_with_sources_beside_it(taught, beside, question):
    answer = Tutor(beside, taught, None).ask(question)
    assert answer.status == "answered"
    assert answer.citations[0].document_id.startswith("curriculum/")


@pytest.mark.parametrize("question", ["What should I learn before LoRA?", "Where is LoRA taught?"])
def test_a_question_about_the_map_is_answered_by_the_curriculum_alone(taught, beside, question):
    answer = Tutor(beside, taught, None).ask(question)
    assert answer.status == "answered"
    assert not any(c.document_id.startswith("mine/") for c in answer.citations)


# The signals and their weights


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("question", [*COVERED, *NOT_COVERED, *OWN, "zzzz", "the of and"])
def test_features_are_in_range(beside, question, side):
    values = asked(question, beside, side)
    assert set(values) == set(FEATURES[side])
    answer = values.pop("answer", 0.0)  # log odds
    assert -5 < answer < 50
    for name, value in values.items():
        assert (0 if name.startswith("unknown") else -1) <= value <= 1.01, name


@pytest.mark.parametrize("side", SIDES)
def test_confidence_is_the_logistic_of_the_weighted_sum(side):
    fitted = json.loads(PARAMETERS.read_text())[side]
    values = dict(zip(FEATURES[side], (0.5, 0.25, 0.75), strict=True))
    logit = fitted["intercept"] + sum(fitted["weights"][n] * values[n] for n in values)
    sure = confidence(values, side)
    assert math.log(sure / (1 - sure)) == pytest.approx(logit)


@pytest.mark.parametrize(
    ("side", "name", "sign"),
    [
        ("curriculum", "probe", 1),
        ("curriculum", "answer", 1),
        ("curriculum", "unknown_names", -1),
        ("sources", "dense", 1),
        ("sources", "match", 1),
        ("sources", "unknown_words", -1),
    ],
)
def test_each_signal_pulls_in_its_direction(side, name, sign):
    low = dict.fromkeys(FEATURES[side], 0.5)
    assert sign * (confidence({**low, name: 0.9}, side) - confidence(low, side)) > 0


# At most so many of what is covered are declined, at least so many of what is not are. For the
# curriculum these are the limits; for the sources see eval.calibrate.
@pytest.mark.parametrize(
    ("side", "falsely_declined", "declined"), [("curriculum", 0.05, 0.85), ("sources", 0.13, 0.8)]
)
def test_the_parameters_stand_beside_their_measurement(side, falsely_declined, declined):
    fitted = json.loads(PARAMETERS.read_text())[side]
    measured = fitted["measured"]
    assert set(fitted["weights"]) == set(FEATURES[side])
    dev = measured["dev"]
    assert dev["questions"] >= 60
    assert 0.5 < dev["auc"] <= 1
    assert 0 <= dev["falsely_declined"] <= falsely_declined
    assert declined <= dev["declined"] <= 1
    datetime.date.fromisoformat(measured["date"])


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("What is LoRA?", 0.0),
        ("Who is Zlatan Ibrahimovic?", 1.0),  # both content words are names of nothing here
        ("How does Zlatan weave?", 0.5),  # two words of equal weight, one of them a name
        ("How do I weave?", 0.0),  # unknown, but a common word
        ("", 1.0),
    ],
)
def test_unknown_names(index, question, share):
    values = asked(question, index)
    assert values["unknown_names"] == pytest.approx(share)


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Zorblax samples", 0.0),
        ("Zlatan", 1.0),
        ("How do I weave?", 1.0),  # here every word counts
        ("What is a transformer?", 1.0),  # which only the curriculum knows
        ("", 1.0),
    ],
)
def test_unknown_words(beside, question, share):
    assert asked(question, beside, "sources")["unknown_words"] == pytest.approx(share)


def test_a_name_of_a_source_is_unknown_to_the_curriculum(beside):
    assert asked("What is Zorblax?", beside)["unknown_names"] == pytest.approx(1.0)
    assert asked("What is Zorblax?", beside, "sources")["unknown_words"] == 0.0


def test_the_example_word_is_not_in_the_corpus(index):
    assert index.bm25.idf(stem("weave")) == 0


@pytest.mark.parametrize("content", ["", "{}", '{"curriculum": {"weights": {}, "intercept": 0}}'])
def test_file_that_holds_no_gate_is_named_with_what_to_do(tmp_path, content):
    file = tmp_path / "gate.json"
    file.write_text(content)
    with pytest.raises(SettingsError, match=r"gate\.json holds no gate .*set gate to 'bundled'"):
        load(file)


def test_missing_gate_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.json holds no gate"):
        load(tmp_path / "nowhere.json")
