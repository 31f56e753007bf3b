"""What a conversation is about."""

from tutor.asking.focus import Focus
from tutor.prompts import ABSTAIN


def words(focus):
    return [mention.words for mention in focus.subjects]


def test_what_was_asked_last_comes_first(names):
    focus = Focus()
    for question in ("What is LoRA?", "What is HNSW?"):
        focus = focus.after_question(question, names).after_answer("It is a thing. [1]", names)
    assert words(focus) == ["HNSW", "LoRA"]
    assert focus.asked == "What is HNSW?"


def test_an_answer_names_what_was_asked_for(names):
    focus = Focus().after_question("Which station comes after station 13?", names)
    focus = focus.after_answer("After station 13, the map goes on to station 14.", names)
    assert words(focus)[0] == "station 14"


def test_a_declined_question_about_nothing_known_ends_the_subject(names):
    focus = Focus().after_question("What is LoRA?", names).after_answer("LoRA is. [1]", names)
    focus = focus.after_question("Who won the world cup in 1998?", names)
    focus = focus.after_answer(f"{ABSTAIN} The nearest stations are 9 (Evaluation).", names)
    assert words(focus) == []


def test_thirty_turns_keep_a_handful_of_subjects(names, curriculum):
    focus = Focus()
    topics = [topic.title for station in curriculum.stations for topic in station.topics]
    for title in topics[:30]:
        focus = focus.after_question(f"What is {title}?", names).after_answer("It is.", names)
    assert len(focus.subjects) <= 8
