"""Chunks: one topic, whole sentences, exact offsets, a size that the encoder reads."""

from collections import Counter
from itertools import pairwise

import pytest

from corpus import Document, Section
from index.chunker import chunk_document, chunk_documents
from index.sentences import sentence_spans

# Made-up documents, counted in words: 200 words a chunk, headings included; below 60 words a
# section joins the next one of its topic (index/chunker.py).


def count_words(text):
    return len(text.split())


def sentences(words, count=1):
    """``count`` sentences of ``words`` words each."""
    return " ".join([" ".join(["Word"] * (words - 1) + ["end."])] * count)


def made_up(*parts, kind="curriculum"):
    """A document of (headings, topic, body)."""
    text, sections = "", []
    for path, topic, body in parts:
        text += f"{'#' * len(path)} {path[-1]}\n\n"
        sections.append(Section(("Line", *path), len(text), len(text) + len(body), topic))
        text += f"{body}\n\n"
    return Document("curriculum/stations/01-tea.md", "Tea", text, kind, tuple(sections), station=1)


def cut(*parts, kind="curriculum"):
    return chunk_document(made_up(*parts, kind=kind), count_words)


TEA, GREEN, BLACK = ("Tea",), ("Tea", "Green"), ("Tea", "Black")


def test_section_becomes_a_chunk():
    (chunk,) = cut((GREEN, "green", sentences(10, 8)))
    assert chunk.text == sentences(10, 8)
    assert chunk.path == ("Line", "Tea", "Green")
    assert (chunk.section, chunk.heading) == ("Line > Tea > Green", "Tea > Green")
    assert (chunk.id, chunk.document_id) == ("curriculum/stations/01-tea.md#0", chunk.id[:-2])
    assert (chunk.title, chunk.station, chunk.topic) == ("Tea", 1, "tea/green")


def test_offsets_point_into_the_document():
    document = made_up((TEA, None, "An introduction."), (GREEN, "green", "𝑥 is tea. It is not."))
    _, chunk = chunk_document(document, count_words)
    # "# Tea" 5 + 2 breaks, 16 letters + 2 breaks, "## Green" 8 + 2 breaks: 35
    assert (chunk.start, chunk.end) == (35, 55)
    assert document.text[35:55] == "𝑥 is tea. It is not." == chunk.text
    assert [chunk.sentence(span) for span in chunk.sentences] == ["𝑥 is tea.", "It is not."]


def test_long_section_is_split_between_sentences_into_equal_parts():
    # 300 words; 200 less 3 of "Tea > Green" leave 197 a chunk: two chunks of 150
    chunks = cut((GREEN, "green", sentences(10, 30)))
    assert [len(chunk.sentences) for chunk in chunks] == [15, 15]
    assert [chunk.id[-2:] for chunk in chunks] == ["#0", "#1"]


def test_heading_counts_towards_the_size():
    body = sentences(10, 19)  # 190 words, and 7 or 13 of heading
    short = (*TEA, " ".join(["Green"] * 5))  # "Tea > Green…": 1 + 1 + 5
    long = (*TEA, " ".join(["Green"] * 11))
    assert len(cut((short, "green", body))) == 1
    assert len(cut((long, "green", body))) == 2


def test_sentence_over_the_size_stays_whole():
    chunks = cut((GREEN, "green", f"{sentences(5)} {sentences(300)} {sentences(5)}"))
    assert sentences(300) in [chunk.text for chunk in chunks]
    assert [len(chunk.sentences) for chunk in chunks] == [1, 1, 1]


def test_short_section_joins_the_next_of_its_topic():
    (chunk,) = cut(
        (GREEN, "green", sentences(10)), ((*GREEN, "How it is made"), "green", sentences(10, 2))
    )
    assert chunk.path == ("Line", "Tea", "Green")
    assert chunk.text == f"{sentences(10)}\n\n### How it is made\n\n{sentences(10, 2)}"


def test_heading_inside_a_chunk_is_no_sentence():
    (chunk,) = cut((GREEN, "green", sentences(10)), ((*GREEN, "How"), "green", sentences(10)))
    assert [chunk.sentence(span) for span in chunk.sentences] == [sentences(10)] * 2


def test_section_of_sixty_words_stands_alone():
    parts = ((GREEN, "green", sentences(10, 6)), ((*GREEN, "How"), "green", sentences(10)))
    assert [chunk.path[-1] for chunk in cut(*parts)] == ["Green", "How"]


def test_short_sections_of_two_topics_never_join():
    chunks = cut((GREEN, "green", sentences(10)), (BLACK, "black", sentences(10)))
    assert [chunk.topic for chunk in chunks] == ["tea/green", "tea/black"]


def test_sections_without_topic_never_join():
    chunks = cut((TEA, None, sentences(10)), (("Coffee",), None, sentences(10)))
    assert [(chunk.topic, chunk.path[-1]) for chunk in chunks] == [(None, "Tea"), (None, "Coffee")]


def test_first_chunk_of_a_topic_leads_it():
    chunks = cut(
        (TEA, None, sentences(10)),
        (GREEN, "green", sentences(10, 30)),
        (BLACK, "black", sentences(10)),
    )
    assert [chunk.leads for chunk in chunks] == [False, True, False, True]


def test_card_of_a_reference_is_never_split():
    (chunk,) = cut((TEA, None, sentences(10, 40)), kind="card")
    assert chunk.sentences == ((chunk.start, chunk.end),)


@pytest.mark.parametrize("parts", [(), ((GREEN, "green", ""),), ((GREEN, "green", "\n \n"),)])
def test_nothing_to_read_is_no_chunk(parts):
    assert cut(*parts) == []


def test_chunk_is_headed_by_the_section_in_which_it_begins():
    how, why = (*GREEN, "How"), (*GREEN, "Why")
    chunks = cut((how, "green", sentences(10)), (why, "green", sentences(10, 40)))
    assert chunks[-1].path[-1] in {"Why", "Green"}


# The bundled documents, counted in tokens.


@pytest.fixture(scope="module")
def bundled(curriculum, encoder):
    """(document, its chunks)"""
    documents = curriculum.documents
    return [(document, chunk_document(document, encoder.count_tokens)) for document in documents]


@pytest.fixture(scope="module")
def pairs(bundled):
    return [(document, chunk) for document, chunks in bundled for chunk in chunks]


def sections_of(document, chunk):
    return [s for s in document.sections if s.start < chunk.end and chunk.start < s.end]


def test_all_documents_in_order(curriculum, encoder, pairs):
    few = curriculum.documents[:2]
    expected = [chunk for document, chunk in pairs if document in few]
    assert chunk_documents(few, encoder.count_tokens) == expected


def test_text_of_a_chunk_is_the_document_s(pairs):
    for document, chunk in pairs:
        assert chunk.text == document.text[chunk.start : chunk.end], chunk.id


def test_encoder_reads_every_chunk_whole(pairs, encoder):
    """Except a piece of code that is longer: a sentence is never cut."""
    longer = [
        chunk
        for _, chunk in pairs
        if encoder.count_tokens(f"{chunk.heading}\n{chunk.text}") > encoder.max_tokens
    ]
    assert len(longer) <= 1
    assert all(len(chunk.sentences) == 1 and chunk.text.startswith("```") for chunk in longer)


def test_no_chunk_mixes_two_topics(pairs):
    for document, chunk in pairs:
        topics = {section.topic for section in sections_of(document, chunk)}
        assert topics == {chunk.topic.split("/")[1] if chunk.topic else None}, chunk.id


def test_topics_of_chunks_are_those_of_the_curriculum(curriculum, pairs):
    stops = (*curriculum.stations, *curriculum.companions)
    keys = {topic.key for stop in stops for topic in stop.topics}
    assert {chunk.topic for _, chunk in pairs} - {None} == keys


def test_every_topic_is_led_by_the_one_chunk_with_its_first_sentence(curriculum, bundled):
    ids = {stop.title: stop.id for stop in (*curriculum.stations, *curriculum.companions)}
    for document, chunks in bundled:
        if document.kind == "curriculum":
            starts = {}
            for section in document.sections:
                if section.topic:
                    key = f"{ids[document.title]}/{section.topic}"
                    starts.setdefault(key, section.start)
            assert [(c.topic, c.start) for c in chunks if c.leads] == list(starts.items())


def test_every_sentence_is_in_exactly_one_chunk_whole_and_in_order(bundled):
    for document, chunks in bundled:
        if document.kind != "card":
            expected = [
                span
                for section in document.sections
                for span in sentence_spans(document.text, section.start, section.end)
            ]
            assert [span for chunk in chunks for span in chunk.sentences] == expected, document.id


def test_chunk_begins_and_ends_with_its_sentences(pairs):
    for _, chunk in pairs:
        assert (chunk.sentences[0][0], chunk.sentences[-1][1]) == (chunk.start, chunk.end)
        assert all(before[1] <= after[0] for before, after in pairwise(chunk.sentences))


def test_heading_names_line_and_title(pairs):
    for document, chunk in pairs:
        if document.kind == "curriculum":
            assert chunk.path[0].endswith(" line")
            assert chunk.path[1] == document.title


def test_chunk_is_headed_by_a_section_that_it_holds(pairs):
    for document, chunk in pairs:
        begins = sections_of(document, chunk)[0].path
        assert begins[:3] == chunk.path[:3], chunk.id  # line, title, topic


def test_heading_of_a_chunk_is_that_of_the_section_in_which_it_begins(pairs):
    wrong = [
        (chunk.id, chunk.path[-1])
        for document, chunk in pairs
        if sections_of(document, chunk)[0].path[: len(chunk.path)] != chunk.path
    ]
    assert wrong == []


def test_card_is_one_chunk_with_its_link(curriculum, pairs):
    cards = [chunk for document, chunk in pairs if document.kind == "card"]
    assert [chunk.url for chunk in cards] == [r.url for r in curriculum.references]


def test_ids_are_unique(pairs):
    assert Counter(chunk.id for _, chunk in pairs).most_common(1)[0][1] == 1
