"""What becomes of the kinds of questions, through the whole answering path."""

import re

import pytest

from tutor import prompts
from tutor.answer import Tutor
from tutor.asking import scope_of
from tutor.records import Finished, Turn


@pytest.fixture(scope="module")
def tutor(index, settings):
    return Tutor(index, settings.model_copy(update={"written_sentences": 0}), None)


def quoted_in(answer):
    return " ".join(citation.quote for citation in answer.citations)


def test_two_questions_at_once_are_answered_one_after_the_other(tutor):
    answer = tutor.ask("What is BM25? And what is a vector database?")
    assert (answer.status, answer.kind) == ("answered", "multi-part")
    first, second = answer.answer.split("\n\n")
    assert "BM25" in first
    assert "vector" in second
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", answer.answer)]
    assert numbers == sorted(numbers)


def test_the_part_that_nothing_answers_is_named(tutor):
    answer = tutor.ask("What is LoRA? And who won the football world cup in 2014?")
    if answer.kind == "multi-part":  # what names nothing of the curriculum is not taken apart
        assert answer.answer.endswith(prompts.UNANSWERED.partition("”")[2])
    assert answer.citations[0].section.endswith("LoRA")


def test_a_false_premise_is_set_right_first(tutor):
    answer = tutor.ask("Why does LoRA update all the weights of the model?")
    assert answer.kind == "false-premise"
    assert answer.answer.startswith(prompts.NOT_SO)
    assert "freezes" in answer.sentences[0].text
    texts = [sentence.text for sentence in answer.sentences]
    assert len(set(texts)) == len(texts)


def test_a_true_premise_is_left_alone(tutor):
    answer = tutor.ask("Why does LoRA freeze the weights of the model?")
    assert answer.kind == "why"
    assert prompts.NOT_SO not in answer.answer


def test_a_comparison_is_a_table_of_quotations(tutor, index):
    answer = tutor.ask("What is the difference between LoRA and QLoRA?")
    header, rule, *rows = answer.answer.split("\n\n")[0].splitlines()
    assert header == "| | LoRA | QLoRA |"
    assert set(rule) <= set("| -")
    assert len(rows) >= 3
    for row in rows:
        assert row.startswith("| ")
        assert row.endswith(" |")
    for citation in answer.citations:
        text = index.texts.text(citation.document_id)
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["How does it work?", "memory", "Tell me more"])
def test_what_could_mean_anything_is_asked_back(tutor, question):
    answer = tutor.ask(question)
    assert (answer.status, answer.kind, answer.citations) == ("clarify", "unclear", ())
    assert answer.answer.endswith("?")


def test_within_a_conversation_it_means_something(tutor):
    history = [Turn("user", "What is LoRA?"), Turn("assistant", "A low-rank adapter.")]
    answer = tutor.ask("How does it work?", history)
    assert answer.status == "answered"
    assert "LoRA" in answer.standalone_question


@pytest.mark.parametrize(
    ("sloppy", "well_put"),
    [
        ("wat is lora pls", "What is LoRA?"),
        ("difernce lora qlora", "difference LoRA QLoRA"),
        ("exlpain tokenizatoin", "Explain tokenization"),
    ],
)
def test_sloppy_typing_finds_what_the_well_put_question_finds(tutor, sloppy, well_put):
    answers = [tutor.ask(question) for question in (sloppy, well_put)]
    first = [answer.citations[0].section for answer in answers]
    assert first[0] == first[1]


def test_lists_of_the_map_are_whole(tutor, index):
    answer = tutor.ask("Which stations are on the scientist line?")
    line = [s for s in index.catalogue.stations if s.line == "scientist"]
    assert all(station.title in answer.answer for station in line)
    assert answer.confidence == 1.0


@pytest.mark.parametrize("level", ["beginner", "expert"])
def test_levels_choose_other_sentences_about_the_same(tutor, level):
    told = {
        chosen: list(tutor.stream("What is quantization?", level=chosen))[-1]
        for chosen in ("practitioner", level)
    }
    one, other = (event.answer for event in told.values())
    assert one.citations[0].section == other.citations[0].section
    assert {s.text for s in one.sentences} != {s.text for s in other.sentences}


def test_a_hint_leads_without_telling(tutor):
    plain = tutor.ask("How does QLoRA save memory?")
    *_, last = tutor.stream("How does QLoRA save memory?", socratic=True)
    assert isinstance(last, Finished)
    hint = last.answer
    assert "?" in hint.answer
    assert "Read: " in hint.answer
    assert hint.citations
    assert not any(sentence.text in hint.answer for sentence in plain.sentences)
    assert quoted_in(hint)


@pytest.mark.parametrize("only", ["references", "mine"])
def test_a_correction_comes_from_where_one_looks(tutor, only):
    answer = tutor.ask("Why does LoRA update all the weights?", scope=scope_of(only, None))
    assert (answer.status, answer.citations) == ("abstained", ())


def test_a_comparison_within_a_station_quotes_that_station_alone(tutor):
    question = "What is the difference between RAG and fine-tuning?"
    answer = tutor.ask(question, scope=scope_of(None, 14))
    assert {citation.station for citation in answer.citations} == {14}


@pytest.mark.parametrize(
    ("question", "station"),
    [
        ("I want to deploy a model on my own server; what must I learn first?", 17),
        ("What should I study before teaching a model to prefer polite answers?", 8),
        ("What do I need to know first to make a model smaller so that it fits on my laptop?", 10),
    ],
)
def test_the_way_to_what_a_learner_describes_and_does_not_name(tutor, question, station):
    answer = tutor.ask(question)
    assert (answer.status, answer.kind) == ("answered", "path")
    assert answer.sentences[0].text.startswith(f"Before station {station} ")


def test_no_way_leads_to_what_the_map_does_not_have(tutor):
    assert tutor.ask("What must I understand before I cook dinner?").status == "abstained"
