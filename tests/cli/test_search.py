"""``tutor search``: the passages themselves, without an answer."""

import json

import pytest

HIT = {
    "rank": int,
    "chunk_id": str,
    "document_id": str,
    "title": str,
    "section": str,
    "station": (int, type(None)),
    "url": (str, type(None)),
    "text": str,
    "score": float,
}


@pytest.fixture(scope="module")
def searched(fresh_search):
    return fresh_search("search", "low-rank adaptation of weights", "--json", "-k", "3")


@pytest.fixture(scope="module")
def fresh_search(new_home, new_shell):
    return new_shell(new_home())


@pytest.fixture(scope="module")
def found(searched):
    return searched.json


def test_the_object_holds_what_the_contract_names(searched):
    assert (searched.status, searched.err) == (0, "")
    assert searched.json.keys() == {"id", "query", "hits", "timings_ms"}
    assert searched.json["query"] == "low-rank adaptation of weights"
    assert searched.json["id"] is None


@pytest.mark.parametrize("key", HIT)
def test_every_hit_holds_what_the_contract_names(found, key):
    assert all(isinstance(hit[key], HIT[key]) for hit in found["hits"])


def test_k_hits_are_ranked_from_1_by_falling_score(found):
    assert [hit["rank"] for hit in found["hits"]] == [1, 2, 3]
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_the_passage_about_lora_comes_first(found):
    assert found["hits"][0]["station"] == 7  # supervised fine-tuning
    assert found["hits"][0]["section"].split(" > ")[1:3] == ["Supervised Fine-Tuning", "LoRA"]


def test_the_text_of_a_hit_is_the_text_of_its_document(found, curriculum):
    texts = {d.id: d.text for d in curriculum.documents}
    for hit in found["hits"]:
        assert texts[hit["document_id"]][hit["start"] : hit["end"]] == hit["text"]


def test_a_search_is_not_kept(searched, fresh_search):
    assert sorted(part.name for part in fresh_search.home.iterdir()) == ["index", "models"]


@pytest.fixture(scope="module")
def lines(shell):
    asked = [
        '{"id": 5, "question": "attention"}',
        "no JSON",
        '{"question": "Which video explains backpropagation?"}',
        '{"id": "e", "question": ""}',
    ]
    result = shell("search", "--jsonl", "-k", "2", stdin="\n".join(asked))
    assert (result.status, result.err) == (0, "")
    return [json.loads(line) for line in result.out.split("\n") if line]


def test_every_line_of_json_lines_is_answered_in_order(lines):
    assert [line["id"] for line in lines] == [5, None, None, "e"]
    assert [len(line.get("hits", ())) for line in lines] == [2, 0, 2, 0]


def test_a_bad_line_is_answered_by_an_error(lines):
    assert [line.get("status") for line in lines] == [None, "error", None, "error"]


def test_who_asks_for_something_to_read_finds_references_first(lines):
    assert lines[2]["hits"][0]["url"].startswith("https://")


def test_for_people_each_hit_is_a_place_and_a_beginning(shell):
    printed = shell("search", "low-rank", "adaptation", "-k", "2")
    assert printed.status == 0
    first, text, second, _ = printed.out.splitlines()
    assert first.startswith("1. ")
    assert second.startswith("2. ")
    assert "(station 7)" in first
    assert text.startswith("   ")


@pytest.mark.parametrize("arguments", [(), ("",), ("attention", "-k", "0")])
def test_nothing_to_look_for_is_wrong_usage(shell, arguments):
    result = shell("search", *arguments)
    assert (result.status, result.out) == (2, "")
    assert "Traceback" not in result.err


def test_a_question_about_the_map_finds_the_map_first(shell):
    hits = shell("search", "--json", "What should I learn before RAG?").json["hits"]
    assert hits[0]["document_id"] == "map"
    assert [hit["rank"] for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit["chunk_id"] for hit in hits}) == len(hits)
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
