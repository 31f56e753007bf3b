"""Search over the bundled curriculum: signals, stages, kinds, odd questions, damage, company."""

import dataclasses
import shutil

import numpy as np
import pytest

from corpus.errors import IndexDamaged, IndexMissing
from index.lexical import terms
from index.search import SEARCHED, Index, Scope, coverage

QUESTIONS = [
    "What is LoRA?",
    "why does a model invent facts",
    "Which stations come before RAG?",
    "difference between top-k and top-p sampling",
    "how do I bake bread with sourdough",
]
ODD = {
    "empty": "",
    "blank": " \n\t",
    "marks": "???",
    "stop words": "what is it",
    "control characters": "LoRA\x00\x07\x1b[31m",
    "other script": "什么是注意力？",
    "emoji": "🤖🤖🤖",
    "100 kB": "attention " * 10_000,
    "quotes": "'; DROP TABLE chunks; --",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_ranks_scores_and_signals_are_in_their_ranges(index, question):
    hits = index.search(question, k=20).hits
    assert [hit.rank for hit in hits] == list(range(1, 21))
    assert sorted((hit.score for hit in hits), reverse=True) == [hit.score for hit in hits]
    assert len({hit.row for hit in hits}) == 20
    for hit in hits:
        signals = hit.signals
        assert -1 <= signals.dense <= 1
        assert 0 <= signals.bm25 < 5
        assert -1 <= signals.probe <= 1
        assert 0 < signals.fused <= 3 / 61  # first in each of three rankings
        assert -1 <= signals.late <= 1.01  # token vectors are rounded to 1/127
        assert 0 <= signals.coverage <= 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_dense_is_the_cosine_of_the_stored_vector(index, question):
    found = index.search(question, k=40)
    for hit in found.hits:
        assert index.cosine(found.query, hit.row) == pytest.approx(hit.signals.dense, abs=1e-4)


def test_late_is_the_mean_of_the_best_cosine_of_each_question_token(index):
    found = index.search("What is LoRA?")
    for hit in found.hits[:3]:
        tokens = index.tokens.vectors(hit.row)
        best = [max(float(q @ t) for t in tokens) for q in found.query.encoded.tokens]
        assert hit.signals.late == pytest.approx(sum(best) / len(best), abs=1e-5)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What is LoRA?", "supervised-fine-tuning/lora"),
        ("What is instruction tuning?", "supervised-fine-tuning/instruction-tuning"),
        ("lora", "supervised-fine-tuning/lora"),
    ],
)
def test_a_plain_question_finds_its_topic_first(index, question, topic):
    assert index.search(question).hits[0].chunk.topic == topic


def test_a_hit_is_a_slice_of_its_document(index):
    for hit in index.search("What is LoRA?", k=20).hits:
        chunk = hit.chunk
        assert index.texts.text(chunk.document_id)[chunk.start : chunk.end] == chunk.text


@pytest.mark.parametrize("k", [1, 3, 40])
def test_k_is_the_number_of_hits(index, k):
    assert len(index.search("attention", k=k).hits) == k


def test_fewer_hits_are_the_first_of_more(index):
    rows = [[hit.row for hit in index.search("attention", k=k).hits] for k in (3, 10)]
    assert rows[0] == rows[1][:3]


@pytest.mark.parametrize("kinds", [("curriculum",), ("card",), ("map",), ("map", "card")])
def test_only_the_kinds_asked_for_are_found(index, kinds):
    hits = index.search("paper about attention on the map", scope=Scope(kinds)).hits
    assert hits
    assert {hit.chunk.kind for hit in hits} <= set(kinds)


def test_cards_are_left_out_unless_asked_for(index):
    hits = index.search("Attention Is All You Need paper", k=40).hits
    assert {hit.chunk.kind for hit in hits} <= set(SEARCHED)


def test_the_stages_of_a_search(index):
    question = "What is LoRA?"
    rankings = index.rankings(question, 10)
    assert list(rankings) == ["bm25", "dense", "fused", "reranked"]
    assert rankings["reranked"] == [hit.chunk for hit in index.search(question).hits]
    for chunks in rankings.values():
        assert len(chunks) == len({chunk.id for chunk in chunks}) == 10


def test_the_dense_stage_is_the_order_of_the_cosines(index):
    question = "why does a model invent facts"
    vector = index.encoder.encode([question])[0].vector
    rows = range(index.texts.rows)
    kept = {row: c for row, c in index.texts.chunks(rows).items() if c.kind in SEARCHED}
    cosines = {chunk.id: float(index._vectors[row] @ vector) for row, chunk in kept.items()}
    found = [cosines[chunk.id] for chunk in index.rankings(question, 10)["dense"]]
    # Chroma's graph is approximate in general; here it finds the true ten.
    assert found == pytest.approx(sorted(cosines.values(), reverse=True)[:10], abs=1e-4)


def test_the_lexical_stage_holds_the_words_of_the_question(index):
    for chunk in index.rankings("LoRA rank", 5)["bm25"]:
        assert {"lora", "rank"} & set(terms(f"{chunk.heading} {chunk.text}"))


def test_a_question_without_a_word_of_the_corpus_has_an_empty_lexical_stage(index):
    rankings = index.rankings("xylophone quokka", 5)
    assert rankings["bm25"] == []
    assert len(rankings["dense"]) == 5


@pytest.mark.parametrize(
    ("weights", "text", "share"),
    [
        ({"tea": 1.0, "green": 3.0}, "Green apples", 0.75),
        ({"tea": 1.0, "green": 3.0}, "A cup of tea", 0.25),
        ({"tea": 1.0, "green": 3.0}, "green tea", 1.0),
        ({"tea": 1.0, "green": 3.0}, "", 0.0),
        ({"leav": 2.0}, "The leaves fall", 1.0),  # words are compared by their stems
        ({}, "anything", 0.0),
    ],
)
def test_coverage_is_the_share_of_the_weight_of_the_words(weights, text, share):
    assert coverage(weights, text) == share


# Reading the question


def test_a_word_of_the_corpus_is_known_and_another_is_not(index):
    query = index.query("does LoRA like a quokka")
    assert [stem for stem in query.weights if not index.bm25.idf(stem)] == ["quokka"]
    assert set(query.weights) == {"lora", "like", "quokka"}


def test_an_unknown_word_weighs_as_much_as_the_rarest(index):
    weights = index.query("quokka model").weights
    assert weights["quokka"] == pytest.approx(np.log(1 + index.texts.rows))
    assert weights["quokka"] > weights["model"] > 0


def test_a_misspelt_word_is_mended_before_it_is_looked_up(index):
    query = index.query("What is quantizatoin?")
    assert query.text == "What is quantization?"
    assert all(index.bm25.idf(stem) for stem in query.weights)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_question_is_searched_like_any_other(index, name):
    found = index.search(ODD[name])
    assert all(np.isfinite(hit.score) for hit in found.hits)
    assert set(found.timings_ms) == {"encode", "first", "rerank"}


# Sentences


def test_each_sentence_is_matched_with_each_token_of_the_question(index):
    found = index.search("What is LoRA?")
    for hit in found.hits:
        matches = index.sentence_matches(found.query, hit.row, hit.chunk)
        assert len(matches) == len(hit.chunk.sentences)
        for match in matches:
            assert match.shape == (len(found.query.encoded.tokens),)
            assert (match <= 1.02).all()


def test_the_sentence_that_was_asked_is_the_one_that_matches_best(index):
    chunk = index.search("What is LoRA?").hits[0].chunk
    for position, span in enumerate(chunk.sentences):
        query = index.query(chunk.sentence(span))
        row = index.texts.rows_of([chunk.id])[chunk.id]
        means = [match.mean() for match in index.sentence_matches(query, row, chunk)]
        assert int(np.argmax(means)) == position


def test_a_sentence_beyond_what_the_encoder_read_matches_nothing(index):
    found = index.search("What is LoRA?")
    hit = found.hits[0]
    beyond = (hit.chunk.end + 10_000, hit.chunk.end + 10_050)
    chunk = dataclasses.replace(hit.chunk, sentences=(*hit.chunk.sentences, beyond))
    *others, last = index.sentence_matches(found.query, hit.row, chunk)
    assert not last.any()
    assert all(other.any() for other in others)


# Opening


def test_the_catalogue_is_the_curriculum(index, curriculum):
    assert index.catalogue.stations == curriculum.stations
    assert index.catalogue.companions == curriculum.companions
    assert index.catalogue.references == curriculum.references


def test_without_an_index_there_is_nothing_to_open(tmp_path, encoder):
    with pytest.raises(IndexMissing, match="tutor index build"):
        Index(tmp_path, encoder)


def use_all(folder, encoder):
    """All that a question reads of an index."""
    index = Index(folder, encoder)
    found = index.search("what is honey?")
    index.cosine(found.query, 0)
    index.sentence_matches(found.query, found.hits[0].row, found.hits[0].chunk)
    return index.catalogue


MISSING, EMPTY, OTHER = None, b"", b"\xff no such thing " * 99


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", MISSING),
        ("manifest.json", EMPTY),
        ("manifest.json", OTHER),
        ("texts.sqlite", MISSING),
        ("texts.sqlite", EMPTY),
        ("texts.sqlite", OTHER),
        ("chroma/chroma.sqlite3", MISSING),
        ("chroma/chroma.sqlite3", EMPTY),
        ("chroma/chroma.sqlite3", OTHER),
        ("bm25/params.index.json", MISSING),
        ("bm25/vocab.index.json", OTHER),
        ("bm25/indptr.csc.index.npy", MISSING),
        ("bm25/indptr.csc.index.npy", EMPTY),
        ("bm25/indptr.csc.index.npy", OTHER),
        ("bm25/words.txt", MISSING),
        ("bm25/words.txt", OTHER),
        ("tokens.npy", MISSING),
        ("tokens.npy", EMPTY),
        ("tokens.npy", OTHER),
        ("token_ends.npy", MISSING),
        ("token_spans.npy", OTHER),
        ("vectors.npy", MISSING),
        ("vectors.npy", EMPTY),
        ("vectors.npy", OTHER),
        ("probes.npy", MISSING),
        ("probes.npy", OTHER),
        ("probes.json", MISSING),
        ("probes.json", EMPTY),
        ("catalogue.json", MISSING),
        ("catalogue.json", OTHER),
        ("catalogue.json", b"{}"),
    ],
)
def test_a_damaged_file_is_damage_and_says_what_to_do(course, encoder, name, content):
    (file,) = course.index.glob(f"v-*/{name}")
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(IndexDamaged, match="tutor index build"):
        use_all(course.index, encoder)


def test_an_index_cut_off_from_its_chunks_is_damage(course, encoder):
    (manifest,) = course.index.glob("v-*/manifest.json")
    manifest.write_text(manifest.read_text().replace('"chunks": 12', '"chunks": 13'))
    with pytest.raises(IndexDamaged, match="half-written"):
        Index(course.index, encoder)


def test_an_index_that_was_moved_answers(built_course, tmp_path, encoder):
    shutil.copytree(built_course.index, tmp_path / "elsewhere")
    assert use_all(tmp_path / "elsewhere", encoder).stations


# Company

ASK = """
import sys
from pathlib import Path
from index.encoder import load_encoder
from index.search import Index
index = Index(Path(sys.argv[1]), load_encoder("bundled", Path(sys.argv[2])))
index.store, index.encoder.encode(["warm"])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(5):
    hits = index.search("what is honey?").hits
print(hits[0].chunk.id)
"""


def test_several_processes_search_one_index_at_once(built_course, settings, start):
    processes = [start(ASK, built_course.index, settings.models) for _ in range(3)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, answers
    assert [out for out, _ in answers] == ["curriculum/stations/02-bees.md#1\n"] * 3
