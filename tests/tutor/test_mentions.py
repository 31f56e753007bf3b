"""Titles, names and station numbers of the curriculum, found in a question."""

import pytest

# Titles that are everyday words too: they are left to the search.
EVERYDAY = {"Scope", "Select", "Bias"}


@pytest.mark.parametrize(
    ("text", "words", "topic"),
    [
        ("What is LoRA?", "LoRA", "supervised-fine-tuning/lora"),
        ("what is lora", "lora", "supervised-fine-tuning/lora"),
        ("Is a KV cache large?", "KV cache", "inference-optimization/kv-cache"),
        ("why byte pair encoding", "byte pair encoding", "llm-foundations/tokenization"),
        ("Who invented DSPy?", "DSPy", "advanced-apps/programming-llms"),
        ("how do programming llms work", "programming llms", "advanced-apps/programming-llms"),
        ("multi head attention", "multi head attention", "llm-foundations/multi-head-attention"),
        ("two tokenizers", "tokenizers", "llm-foundations/tokenization"),
    ],
)
def test_a_topic_by_title_name_bracket_spelling_or_plural(names, text, words, topic):
    (mention,) = names.find(text)
    assert (mention.words, mention.topics[0]) == (words, topic)


def test_offsets_are_those_of_the_text(names):
    text = "How do LoRA and the KV cache differ?"
    assert [text[m.start : m.end] for m in names.find(text)] == ["LoRA", "KV cache"]


def test_the_longest_name_wins(names):
    (mention,) = names.find("RAG vs. fine-tuning")
    assert mention.topics == ("rag/rag-vs-fine-tuning",)


@pytest.mark.parametrize(
    ("text", "station"),
    [("station 7", 7), ("Stop 3", 3), ("station no. 18", 18), ("station #12", 12)],
)
def test_a_station_by_number(names, text, station):
    assert [m.station for m in names.find(text)] == [station]


@pytest.mark.parametrize(
    "text",
    ["station 19", "station 0", "7", "", "???", "LoRaWAN", "the llm on the map", "bake bread"],
)
def test_nothing_named(names, text):
    assert names.find(text) == []


def test_every_station_is_found_by_its_title(names, curriculum):
    found = {s.number: [m.station for m in names.find(s.title)] for s in curriculum.stations}
    assert found == {number: [number] for number in range(1, 19)}


def test_every_topic_is_found_by_its_title(names, curriculum):
    missed = [
        topic.key
        for stop in (*curriculum.stations, *curriculum.companions)
        for topic in stop.topics
        if topic.title not in EVERYDAY
        and [m.topics[:1] for m in names.find(topic.title)] != [(topic.key,)]
    ]
    assert missed == []


@pytest.mark.parametrize("title", sorted(EVERYDAY))
def test_an_everyday_word_names_a_topic_as_its_title(names, title):
    assert [m.words for m in names.find(title)] == [title]


def test_two_stations_by_number(names):
    assert [m.station for m in names.find("stations 7 and 9")] == [7, 9]


def test_the_verb_explain_is_no_topic(names):
    assert [m.words for m in names.find("Explain LoRA")] == ["LoRA"]
    assert [m.words for m in names.find("explainability")] == ["explainability"]


@pytest.mark.parametrize(
    ("text", "station"), [("station 7", 7), ("LoRA", 7), ("Alignment", 8), ("LLM OS", 3)]
)
def test_the_station_of_a_name(names, text, station):
    (mention,) = names.find(text)
    assert names.station(mention) == station
