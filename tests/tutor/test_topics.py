"""Every station and every topic of the curriculum answers "What is X?" from itself."""

import pytest

from corpus.loader import load_curriculum

# The map and the references are data of their own: these companions are answered from them.
FROM_THE_MAP, FROM_REFERENCES = "about-the-map", "learning-resources"
CURRICULUM = load_curriculum()
STOPS = {stop.id: stop for stop in (*CURRICULUM.stations, *CURRICULUM.companions)}
TOPICS = [(stop.id, topic.key, topic.title) for stop in STOPS.values() for topic in stop.topics]


def station(stop):
    return pytest.param(stop.id, stop.title, id=stop.id)


def sources(answer):
    """Documents that an answer quotes, and the links."""
    return {c.document_id for c in answer.citations}, {c.url for c in answer.citations}


def is_from(answer, stop, index):
    """Whether one citation is of the stop: its file, or what is kept as data instead."""
    files = {c.document_id for c in index_chunks(index, stop)}
    documents, links = sources(answer)
    if stop.id == FROM_THE_MAP:
        return bool(documents & {"map", *files})
    if stop.id == FROM_REFERENCES:
        serving = {
            reference.url
            for reference in CURRICULUM.references
            if any(key.startswith(f"{stop.id}/") for key in reference.topics)
        }
        return bool(documents & files or links & serving)
    return bool(documents & files)


def index_chunks(index, stop):
    return [chunk for topic in stop.topics for chunk in index.texts.topic(topic.key).values()]


def test_18_stations_and_all_topics_are_asked():
    numbers = [stop.number for stop in STOPS.values() if stop.number is not None]
    assert sorted(numbers) == list(range(1, 19))
    assert all(stop.topics for stop in STOPS.values())


@pytest.mark.parametrize(
    ("stop_id", "title"), [station(s) for s in STOPS.values() if s.number is not None]
)
def test_a_station(quoting, index, stop_id, title):
    answer = quoting.ask(f"What is {title}?")
    assert answer.status == "answered", answer.answer
    assert is_from(answer, STOPS[stop_id], index), sources(answer)


@pytest.mark.parametrize(("stop_id", "key", "title"), TOPICS, ids=[key for _, key, _ in TOPICS])
def test_a_topic(quoting, index, stop_id, key, title):
    answer = quoting.ask(f"What is {title}?")
    assert answer.status == "answered", answer.answer
    cited = {c.chunk_id for c in answer.citations}
    own = {chunk.id for chunk in index.texts.topic(key).values()}
    assert cited & own or is_from(answer, STOPS[stop_id], index), sources(answer)
